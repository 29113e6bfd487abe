"""Numbers and sizes as findings say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Kind
    from convcalc.layers.applied import Applied


def count(number: Any, noun: str = "") -> str:
    """`12,832`, `1 bias`, `64 biases`."""
    text = f"{number:,}" if isinstance(number, int) else str(number)
    if not noun:
        return text
    plural = noun if number == 1 else f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{text} {plural}"


def sides(sizes: Iterable[Value]) -> str:
    """`3` for equal sides, `3×5` for others, and formulas of letters in brackets."""
    from convcalc.algebra.notation import write_shape

    shown = tuple(sizes)
    return write_shape(shown[:1] if len(set(shown)) == 1 else shown)


def plain(numbers: tuple[Any, ...]) -> Any:
    """One number where all are alike, as a layer's values are written."""
    return numbers[0] if len(set(numbers)) == 1 else numbers


def one_of(choices: Sequence[str], word: str = "or") -> str:
    """`a, b or c`."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} {word} {choices[-1]}"


def size_change(before: Applied, after: Applied) -> str:
    """`16 instead of 15`, `the same size`."""
    if after.output == before.output:
        return "the same size"
    return f"{sides(after.output[1:])} instead of {sides(before.output[1:])}"


def settings(kind: Kind, values: Mapping[str, Any], framework: str = "") -> str:
    """Values as the shorthand has them, `k4 p1`; or as the classes of a framework do, `kernel_size=4, padding=1`."""
    from convcalc.layers import key_names
    from convcalc.writing.shorthand import key_text, raw_of, value_text

    table = key_names(kind)
    if framework and getattr(kind, framework):
        names = argument_names(kind, framework)
        return ", ".join(f"{names.get(name, name)}={value!r}" for name, value in values.items())
    return " ".join(
        key_text(kind, table[name], value_text(table[name], raw_of(value))) for name, value in values.items()
    )


def argument_names(kind: Kind, framework: str) -> dict[str, str]:
    """By key, how a framework's class calls it: its own names go before those that it shares with other frameworks."""
    from convcalc.kinds.classes import signature_of
    from convcalc.layers import key_names

    table = key_names(kind)
    sign = signature_of(framework, kind, 0, getattr(kind, framework)[0][1])
    names = {table[key].name: each for each in sign.order if (key := sign.sets.get(each, each)) in table}
    return {**names, **{name: shown for name, shown in TORCH_NAMES.items() if framework == "torch" and name in names}}


TORCH_NAMES = {"filters": "out_channels", "units": "out_features"}  # which the kinds know as aliases


def layer_text(applied: Applied, framework: str = "") -> str:
    """A layer in the shorthand, what is usual left out, `conv 32 k5 s2`; or as a call of a framework's class."""
    from convcalc.layers import REQUIRED
    from convcalc.writing.shorthand import layer_of, value_text, words_of

    kind = applied.setting.kind
    written = dict(layer_of(applied.setting).args)
    shown = {
        key.name: text for key in kind.settings
        if key.name in written and key.type not in ("check", "ignored")
        and ((text := value_text(key, written[key.name])) != str(key.default) or key.default is REQUIRED)
    }  # fmt: skip
    if framework and getattr(kind, framework):
        name = getattr(kind, framework)[0][0].replace("{n}", str(len(applied.output) - 1))
        known = dict(applied.setting.values)
        names = argument_names(kind, framework) if framework == "torch" else {}
        given: dict[str, Any] = {each: applied.letters["c"] for each in ("in_channels", "in_features") if each in names}
        return f"{name}({settings(kind, {**given, **{key: known[key] for key in shown}}, framework)})"
    return " ".join((kind.name, *words_of(kind, shown)))
