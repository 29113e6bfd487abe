"""The inputs of a network: their shapes as written or as a run gives them, with letters where there is no number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import ExprError
from convcalc.kinds.values import number, show
from convcalc.language.names import symbol
from convcalc.problem import Problem, did_you_mean, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.kinds.record import Shape
    from convcalc.kinds.values import Raw
    from convcalc.language.names import Choices
    from convcalc.language.spec import Spec, Where

EXAMPLE = "channels x height x width, for example 3x224x224"
SIDES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}


class Inputs(NamedTuple):
    """Shapes (channels first) and places by name, and what is wrong with them."""

    shapes: dict[str, Shape]
    places: dict[str, Where | None]
    problems: list[tuple[Problem, Where | None]]


def read_inputs(spec: Spec, choices: Choices, values: dict[str, Value]) -> Inputs:
    """The inputs of a run; new letters in them join `values`."""
    found = Inputs({}, {}, [])
    given = dict(choices.inputs)
    written: tuple[tuple[str, Raw, Where | None], ...] = spec.inputs or (("input", "", None),)
    known = [name for name, _, _ in written]
    letters: set[str] = set()
    sides: dict[tuple[str, Value], str] = {}
    for index, (name, raw, place) in enumerate(written):
        text: Raw = given.pop(name, "") or (given.pop("", "") if index == 0 else "") or raw
        try:
            if not text:
                if not spec.diagnostics:
                    raise problem("L004", "the network has no input", "--input 3x224x224")
                continue
            if not name.replace("-", "_").replace(".", "_").isidentifier():
                raise problem("L007", f'"{name[:60]}" is not a name for an input')
            if text is not raw:
                letters |= bind(raw, text, values)
            letters |= {part for part in parts_of(text, values) if part.isidentifier()}
            found.shapes[name] = shape = shape_of(text, spec, values)
            if choices.symbolic:
                found.shapes[name] = lettered(shape, sides_of(text, spec), values, choices, sides)
            found.places[name] = place
        except Problem as error:
            found.problems.append((error, place))
    for name in given:
        if name:
            hint = did_you_mean(name, known) or f"the inputs are {', '.join(known)}"
            found.problems.append((problem("N002", f'there is no input "{name}"', hint), None))
    letters.update(sides.values())
    found.problems.extend((error, None) for error in unknown_sets(spec, choices, letters))
    return found


def letters_of_sides(spec: Spec) -> frozenset[str]:
    """The letters that inputs give to their sides, `H` and `W` in [channels, H, W]; a word is a number to them."""
    parts = [part for _, raw, _ in spec.inputs for part in sides_of(raw, spec)]
    return frozenset(part for part in parts if part.isidentifier() and len(part) == 1)


def sides_of(raw: Raw, spec: Spec) -> list[str]:
    """The sizes of an input without its channels, as they are written."""
    parts = parts_of(raw, {})
    if len(parts) < 2:
        return []
    # maps@height x width says itself where the channels are.
    return parts[:-1] if spec.channels_last and not (isinstance(raw, str) and "@" in raw) else parts[1:]


def unknown_sets(spec: Spec, choices: Choices, letters: set[str]) -> list[Problem]:
    """What --set names although nothing in the spec does."""
    names = [name for name, _, _ in spec.let] + [*spec.symbols, *sorted(letters)]
    for variant in spec.variants:
        names += [variant.name, *(name for _, chosen in variant.choices for name, _ in chosen)]
    known = f"the names are {', '.join(dict.fromkeys(names))}" if names else "the spec declares none"
    return [
        problem("N003", f'--set: there is no name "{name}"', did_you_mean(name, names) or known)
        for name in choices.sets
        if name not in names
    ]


def parts_of(raw: Raw, values: Mapping[str, Value]) -> list[str]:
    """The sizes of an input as they are written: `3x32x32`, `6@28×28`, `[3, H, W]`, `(3, 32, 32)`."""
    if not isinstance(raw, str):
        return [part if isinstance(part, str) else "" for part in raw]
    text = raw.strip().strip("()[]").replace("×", "x").replace("@", "x").replace(" ", "")
    return [text] if text in values else text.split("x" if "x" in text or "," not in text else ",")


def bind(raw: Raw, text: Raw, values: dict[str, Value]) -> set[str]:
    """With `input: 3xHxW`, another input 3x64x96 is also H = 64 and W = 96; the letters that are bound."""
    letters, numbers = parts_of(raw, {}), parts_of(text, {})
    bound = set()
    if len(letters) == len(numbers):
        for letter, digits in zip(letters, numbers, strict=True):
            if letter.isidentifier() and digits.isdecimal():
                values[letter] = int(digits)
                bound.add(letter)
    return bound


def lettered(
    shape: Shape, parts: list[str], values: dict[str, Value], choices: Choices, sides: dict[tuple[str, Value], str]
) -> Shape:
    """The shape with letters for the numbers of its sides: H and W; H2 where another input has another height.

    `--set H=224` gives a letter its number, and a name that the sides have in the spec.
    """
    sizes = [shape[0]]
    for letter, size, part in zip(SIDES.get(len(shape) - 1, ()), shape[1:], parts, strict=False):
        if isinstance(size, int) and part not in choices.sets:
            name = sides.get((letter, size))
            if name is None:
                count = sum(1 for known, _ in sides if known == letter)
                name = sides[letter, size] = f"{letter}{count + 1}" if count else letter
            if name not in choices.sets:
                values.setdefault(name, symbol(name))
            size = values[name]
        sizes.append(size)
    return (*sizes, *shape[len(sizes) :])


def shape_of(raw: Raw, spec: Spec, values: dict[str, Value]) -> Shape:
    """The shape that a text means, channels first; a letter without a value stays one."""
    sizes: list[Value] = []
    for part in parts_of(raw, values):
        if part.isidentifier() and part not in values:
            values[part] = symbol(part)
        try:
            size = number(part, values)
        except ExprError as error:
            raise problem("V001", f"input {show(raw)}: {error}", EXAMPLE) from None
        if (isinstance(size, int) and size < 1) or (hasattr(size, "denominator") and not isinstance(size, int)):
            raise problem("V002", f"input {show(raw)}: a size must be a whole number, at least 1, not {size}")
        sizes.append(size)
    if len(sizes) > 5:
        raise problem("V007", f"an input of {len(sizes)} axes", "channels and at most 3 axes, without the batch")
    # maps@height x width says itself where the channels are.
    if spec.channels_last and not (isinstance(raw, str) and "@" in raw):
        sizes = [sizes[-1], *sizes[:-1]]
    return tuple(sizes)
