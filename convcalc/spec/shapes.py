"""A shape as people have it: `3x224x224`, `(1, 3, 224, 224)`, `torch.randn(16, 3, 64, 64)`, `Input(shape=(28, 1))`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from convcalc.algebra.expr import ExprError, is_fraction
from convcalc.layers.values import number, sides_or_number
from convcalc.problem import Problem, problem
from convcalc.spec.brackets import matching, parts_of
from convcalc.spec.names import symbol
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.values import Raw

OPEN = "?"
MAX_SIZES = 5
EXAMPLE = "channels x height x width, for example 3x224x224"
# Patterns stay texts until a shape needs them.
CALL = r"(?s)(?:[A-Za-z_]\w*\s*=\s*)?([A-Za-z_][\w.]*)\s*\((.*)\)"
# Calls that make a tensor or print its shape have the batch in front; Keras's inputs leave it out.
TENSORS = frozenset(("size", "randn", "rand", "randint", "zeros", "ones", "empty", "full", "tensor", "floattensor",
                     "normal", "uniform", "random", "tensorshape"))  # fmt: skip
INPUTS = frozenset(("input", "inputlayer", "keras_tensor", "kerastensor"))
NAMED = ("batch_shape", "batch_input_shape", "input_shape", "shape", "size")
UNKNOWN = frozenset(("none", "-1"))  # how Keras and torchsummary print the batch
WORD = r"\d[\d_,]*|\?|[A-Za-z]|None"
THOUSANDS = r"\d{1,3},\d{3}|\d{1,3}(,\d{3})*,0\d\d(,\d{3})*"


class ShapeText(NamedTuple):
    """The sizes of a shape as they are written, and what the text itself says of their order and of a batch."""

    parts: tuple[str, ...]
    layout: str = ""  # channels_first, where maps@height x width says so, channels_last in Keras's words
    batch: str = ""  # what is in front of the shape for the batch; not among the parts
    is_tensor: bool = False  # a tensor of PyTorch or NumPy: its first size is the batch, if there are enough


def read_shape(raw: Raw, names: Container[str] = ()) -> ShapeText:
    """The sizes that a text or a list of YAML names; a Problem (V001) where it is no shape."""
    if not isinstance(raw, str):
        return with_batch(tuple(part if isinstance(part, str) else "" for part in raw))
    text = raw.strip()
    if text in names:
        return ShapeText((text,))
    if "(" in text and (called := re.fullmatch(CALL, text)):
        return shape_of_call(called[1], called[2], text)
    if "@" in text:
        return ShapeText(read_brackets(text.replace("@", "x", 1)), "channels_first")
    return with_batch(read_brackets(text))


def is_shape(text: str) -> bool:
    """Whether a word is a shape and cannot be a layer: numbers, open sides and single letters only."""
    return is_readable(text) and all(re.fullmatch(WORD, part) for part in read_shape(text).parts)


def is_readable(raw: Raw) -> bool:
    """Whether `read_shape` takes it for a shape."""
    try:
        return bool(read_shape(raw).parts)
    except Problem:
        return False


def spell_shape(sizes: Iterable[object]) -> str:
    """A shape (channels first) as a text that is read so whatever the layout: `3@32x32`, `784`."""
    channels, *sides = map(str, sizes)
    return f"{channels}@{'x'.join(sides)}" if sides else channels


def shape_of(parts: tuple[str, ...], values: dict[str, Value], what: str) -> Shape:
    """The numbers of these sizes; a letter without a value stays one, and joins the values."""
    sizes: list[Value] = []
    for part in parts:
        if part.isidentifier() and part not in values:
            values[part] = symbol(part)
        try:
            size = number(part, values)
        except ExprError as error:
            raise problem("V001", f"{what}: {error}", EXAMPLE) from None
        sizes.append(checked_size(size, what))
    if len(sizes) > MAX_SIZES:
        raise problem("V007", f"{what}: {len(sizes)} sizes", "channels and at most 3 axes, without the batch")
    return tuple(sizes)


def checked_size(size: Value, what: str) -> Value:
    """A size as it is; a Problem (V002) where no side can be so long."""
    if (isinstance(size, int) and size < 1) or is_fraction(size):
        raise problem("V002", f"{what}: a size must be a whole number, at least 1, not {size}")
    return size


def with_batch(parts: tuple[str, ...]) -> ShapeText:
    """A printed shape: None in front, as Keras has it, or −1, as torchsummary does, is the batch."""
    if len(parts) > 1 and parts[0].lower() in UNKNOWN:
        return ShapeText(parts[1:], "channels_last" if parts[0] == "None" else "", parts[0])
    return ShapeText(parts)


def shape_of_call(name: str, inner: str, text: str) -> ShapeText:
    """`torch.Size([1, 3, 224, 224])`, `np.zeros((1, 28, 28))`, `keras.Input(shape=(28, 28, 1), batch_size=16)`."""
    module, _, word = name.rpartition(".")
    is_input = word.lower() in INPUTS
    if (not is_input and word.lower() not in TENSORS) or not is_enclosed(f"({inner})"):
        raise problem("V001", f'"{text[:60]}" is not a shape', EXAMPLE)
    pairs = [part.partition("=") for part in commas(inner)]
    given = {key.strip(): value.strip() for key, equals, value in pairs if equals}
    bare = [part for part, equals, _ in pairs if not equals]
    key = next((key for key in NAMED if key in given), "")
    lists = [part for part in bare if part[:1] in ("(", "[")]
    parts = read_brackets(given[key]) if key else read_brackets(lists[0]) if lists else tuple(bare)
    if not any(parts):
        raise problem("V001", f"{text[:60]} names no sizes", EXAMPLE)
    if is_input:
        batch = given.get("batch_size", "")
        if key.startswith("batch"):
            parts, batch = parts[1:], parts[0]
        return ShapeText(parts, "channels_last", batch)
    layout = "channels_last" if module.partition(".")[0] in ("tf", "tensorflow", "keras") else ""
    found = with_batch(parts)
    return found._replace(layout=found.layout or layout, is_tensor=not found.batch)


def read_brackets(text: str) -> tuple[str, ...]:
    """The sizes in brackets, `(512,)` or `[3, 224, 224]`, or without; brackets around brackets count for nothing."""
    text = text.strip()
    is_list = False
    while is_enclosed(text):
        text, is_list = text[1:-1].strip().removesuffix(","), True
    return tuple(commas(text)) if is_list and "," in text else sizes_of(text)


def is_enclosed(text: str) -> bool:
    """Whether a text is in one pair of brackets, and not `(3, 8) => conv(4)`."""
    return text[:1] in ("(", "[") and text[-1:] in (")", "]") and matching(text) == len(text) - 1


def sizes_of(text: str) -> tuple[str, ...]:
    """The sizes between `x`, `×`, commas or spaces."""
    bare = re.sub(r"(?<=\d)\s*X\s*(?=\d)", "x", text) if "X" in text else text
    bare = bare.replace("×", "x").replace(" x ", "x").strip()
    if "x" in bare:
        parts = tuple(part.strip() for part in bare.split("x"))
        if both := sides_or_number(parts):
            raise problem("V001", f"{text} is the shape {' or '.join(both)}", f"write: {', or: '.join(both)}")
        return parts if all(parts) or not bare.isidentifier() else (bare,)
    if "," in bare:
        return (bare,) if re.fullmatch(THOUSANDS, bare) else tuple(commas(bare))
    words = bare.split()
    return tuple(words) if len(words) > 1 and all(re.fullmatch(WORD, word) for word in words) else (bare,)


def commas(text: str) -> list[str]:
    """Parts between commas that are outside brackets; an empty one after a last comma is none."""
    parts = parts_of(text, ",")
    return parts[:-1] if len(parts) > 1 and not parts[-1] else parts
