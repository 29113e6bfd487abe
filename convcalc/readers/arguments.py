"""What a framework's class refuses of what this language takes: `padding="SAME"`, `kernel_size=(3,)`, `groups=[1]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.kinds import plain
from convcalc.kinds.classes import INPUT_SHAPES, Signature, signature
from convcalc.layers import Key, Kind, key_names
from convcalc.layers.values import NOTHING, choices, show
from convcalc.problem import did_you_mean, problem
from convcalc.readers.shorthand import Resolved, takes
from convcalc.spec import Implied
from convcalc.spec.brackets import texts

if TYPE_CHECKING:
    from convcalc.layers.values import Raw

LISTED = frozenset(("shape", "kept axes", "sides", "table", "given"))  # types of keys that are lists, however long
NONE_SAYS = frozenset(("flag", "kept axes", "given"))  # types of keys for which Keras's None says something
# PyTorch's parameters that may be None.
OPTIONAL = frozenset((
    "align_corners", "approximate", "device", "dim", "divisor_override", "dtype", "eps", "kdim", "max_norm", "momentum",
    "padding_idx", "recompute_scale_factor", "scale_factor", "size", "stride", "vdim",
))  # fmt: skip


def check_argument(signed: Signature, key: Key | None, name: str, value: Raw) -> None:
    """Raise where a class does not take an argument; `key` is None where it only changes values."""
    if key is not None:
        check_word(signed, key, name, value)
    if isinstance(value, tuple):
        check_list(signed, key, name, value)
    elif value.lower() in NOTHING and not takes_none(signed, key, name):
        who = "PyTorch" if signed.framework == "torch" else "Keras"
        hint = f"{name}=1{', or leave it out' * (name not in signed.required)}"
        raise problem("V006", f"{name} is {value}, and {who} needs a value", hint)


def said_input(kind: Kind, special: Mapping[str, str]) -> Implied:
    """What a class of Keras says goes in: `input_shape=(28, 28, 1)`, `input_dim=20`, `input_length=16`."""
    name = next(name for name in INPUT_SHAPES if name in special)
    sizes = [part.strip() for part in special[name].split(",")]
    if name.startswith("batch"):
        sizes = sizes[1:]
    elif name == "input_dim":
        length = special.get("input_length")
        sizes = [length, *sizes] if length else ["None", *sizes] if kind.rules == "recurrent" else sizes
    return Implied("Keras", shape=tuple(sizes))


def called_class(resolved: Resolved, pairs: list[tuple[str, Raw]]) -> tuple[Resolved, list[tuple[str, Raw]]]:
    """A class and its arguments, as these have it: `Activation("relu")` is a ReLU, `ReLU(max_value=6)` a ReLU6."""
    signed = resolved.signature
    assert signed is not None
    for name, value in pairs if signed.calls else ():
        known = signed.calls.get(name)
        if known is None or not isinstance(value, str):
            continue
        is_word = value[:1].isalpha()
        text = value.rpartition(".")[2] if is_word else value.removesuffix("0").removesuffix(".")
        kind, settings = known.get(plain(text), (None, {}))
        if kind is not None and all(takes(kind, other) or other == name for other, _ in pairs):
            told = signed._replace(kind=kind, sets={**signed.sets, name: ""}, fixed=settings)
            resolved = resolved._replace(kind=kind, signature=told)
        elif is_word and value not in ("None", "null"):
            close = did_you_mean(plain(text), known) or choices(tuple(known))
            raise problem("K001", f'unknown {name} "{value[:60]}"', close)
    return resolved, joined_sides(signed, pairs)


def settings_of_name(name: str) -> tuple[tuple[str, Raw], ...]:
    """What a name says where Keras has it for an activation: the slope of "leaky_relu" is 0.2, not its class's."""
    signed = signature("keras", "Activation")
    _, settings = signed.calls["activation"].get(plain(name), (None, {})) if signed else (None, {})
    return tuple(settings.items())


def joined_sides(signed: Signature, pairs: list[tuple[str, Raw]]) -> list[tuple[str, Raw]]:
    """The arguments with `height` and `width` as one of two values."""
    given = dict(pairs)
    if not signed.together or not given.keys() & set(signed.together) or len(given) < len(pairs):
        return pairs
    missing = [name for name in signed.together if name not in given]
    if missing:
        both, one = " and ".join(signed.together), next(show(given[name]) for name in signed.together if name in given)
        raise problem("V006", f"it needs both {both}", f"{missing[0]}={one} as well")
    return [(signed.together[0], tuple(given.pop(name) for name in signed.together)), *given.items()]


def check_complete(signed: Signature, head: str, parts: list[str], given: Mapping[str, Raw]) -> None:
    """Raise where a class has no default for what its kind has one for: `nn.AdaptiveAvgPool2d()`."""
    for name in signed.required:
        key = key_names(signed.kind).get(signed.sets.get(name, name))
        if key is None:
            if not parts:
                raise problem("V006", f"{head} needs {name}", f"for example {head}({name}=…)")
        elif key.name not in given:
            cure = f"for example {head}({', '.join([*parts, f'{name}=1'])})"
            if key.hidden or key.type == "shape":
                cure = f"give it, or write plain `{signed.kind.name}`: its input says so"
            raise problem("V006", f"{head} needs {name}: {key.doc}", cure)


def takes_none(signed: Signature, key: Key | None, name: str) -> bool:
    if signed.framework == "torch":
        return name in OPTIONAL
    if key is None or key.type in NONE_SAYS or name == "output_padding":
        return True
    follows = isinstance(key.default, str) and key.default[:1] == "="
    return (key.default is None or follows) and name not in ("axis", "rate")


def check_word(signed: Signature, key: Key, name: str, value: Raw) -> None:
    words = signed.words.get(name)
    word = value if isinstance(value, str) and value.lower().replace("-", "_") in key.words else None
    if words is None:
        if word is not None and signed.framework == "torch" and word != word.lower() and key.type != "decimal":
            raise problem("V004", f'{name}: PyTorch does not take "{word}"', f'{name}="{word.lower()}"')
        return
    taken = [known.lower() for known in words]
    if word is not None and word not in words and word.upper() not in words:
        hint = f"it takes {' or '.join(taken)}" if words else "it takes numbers only"
        raise problem("V004", f'{name}: {signed.convention} does not take "{word}" here', hint)
    if signed.framework == "keras" and word is None and not (isinstance(value, str) and value.isidentifier()):
        hint = f"{' or '.join(taken)}, or put `ZeroPadding` before it"
        raise problem("V004", f"{name}: keras takes no numbers here", hint)


def check_list(signed: Signature, key: Key | None, name: str, value: tuple[Raw, ...]) -> None:
    """A single value, or one number per axis; PyTorch takes a list of one for all axes where it is not exact."""
    cure = f"{name}={show(value[0])}" if value else f"{name}=1"
    single = signed.framework == "torch" and name == "dim" and key is not None and key.name != "axes"
    if key is None or single or not (key.per_axis or key.type in LISTED):
        if signed.framework == "torch" or key is not None:
            raise problem("V003", f"{name} takes one value, not the list {show(value)}", cure)
    elif key.name == "amount":
        check_amount(signed, name, value)
    elif key.type not in LISTED and (axes := signed.dims or signed.kind.rank):
        if any(isinstance(part, tuple) for part in value):
            raise problem("V003", f"{name} takes a number per axis, not the list {show(value)}", f"{name}=1")
        if len(value) != axes and (len(value) != 1 or name in signed.exact or signed.framework == "keras"):
            wanted = "1 axis" if axes == 1 else f"{axes} axes"
            raise problem("V007", f"{name} has {len(value)} values for {wanted}", f"one value, or {axes}: {cure}")


def check_amount(signed: Signature, name: str, value: tuple[Raw, ...]) -> None:
    """Keras's padding and cropping: cells before and after one axis, or a number or a pair for each; none below 0."""
    wanted = max(signed.dims, 2)
    if len(value) != wanted:
        raise problem("V007", f"{name} has {len(value)} values", f"one value, or {wanted}: {name}=1")
    for part in value:
        if isinstance(part, tuple) and signed.dims == 1:
            raise problem("V003", f"{name} is a number before and one after", f"{name}=({show(part)[1:-1]})")
        if any(text.startswith("-") for text in texts(part)):
            raise problem("V002", f"{name} must be at least 0, not {show(part)}", f"{name}=0")
