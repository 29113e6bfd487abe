"""The reference of the formulas, by quantity and on the page of a layer kind: each with its letters and its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcalc.algebra.expr import ExprError, Sum, letters
from convcalc.algebra.notation import write
from convcalc.algebra.parser import parse
from convcalc.kinds import KINDS
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.layers import LEARNT_NORMS, NORM, PRODUCTS, REQUIRED, Convention, Key, Kind
from convcalc.layers.window import POINTWISE
from convcalc.network.quantity import QUANTITIES
from convcalc.questions.textbooks import TEXTBOOKS
from convcalc.questions.working import undilated_formula
from convcalc.render.layout import pad, paragraphs, part
from convcalc.render.working.words import meaning
from convcalc.tuples import NamedTuple

SITUATIONS = {"": "", "ceil": "rounding up", "clipped": "rounding up with padding", "output": "asked for"}
OUTPUTS = {
    "size": "Output size", "channels": "Output channels", "features": "Output features", "rows": "Output rows",
    "windows": "Output columns",
}  # fmt: skip


class ReferenceFormula(NamedTuple):
    """A formula of the reference."""

    quantity: str  # of convcalc.network.quantity.TABLE
    label: str
    text: str


def entries(kind: Kind) -> list[ReferenceFormula]:
    """Every formula of a kind; quantities that are 0 are left out."""
    return list(dict.fromkeys([*outputs(kind), *counts(kind), *fields(kind)]))


def outputs(kind: Kind) -> Iterator[ReferenceFormula]:
    for name, text in kind.outputs.items():
        yield ReferenceFormula("output", OUTPUTS[name], text)
    if kind.shape is not None or kind.takes != "map":
        return
    for situation, text in kind.sizes.items():
        said = SITUATIONS.get(situation, situation)
        yield ReferenceFormula("output", situation_label("Output size", said), text)
        plain = write(undilated_formula(text, False), "ascii")
        if parse(plain) != parse(text):
            label = situation_label("Output size", ", ".join(filter(None, (said, "without dilation"))))
            yield ReferenceFormula("output", label, plain)
    found: dict[tuple[str, str, str], list[str]] = {}
    for convention in CONVENTIONS.values():
        for label, situation, text in convention_formulas(kind, convention):
            found.setdefault((label, situation, text), []).append(convention.name)
    for (label, situation, text), names in found.items():
        yield ReferenceFormula("output", situation_label(label, f"{situation}: {', '.join(names)}"), text)
    yield ReferenceFormula("output", "Output channels", kind.channels)


def convention_formulas(kind: Kind, convention: Convention) -> Iterator[tuple[str, str, str]]:
    """What a convention has of its own: label, situation, formula."""
    same = convention.same.get(kind.rules)
    if same:
        yield "Padding in all", "same", same.total
    if same and same.size:
        yield "Output size", "same", same.size
    for (rules, situation), text in convention.sizes.items():
        if rules == kind.rules:
            yield "Output size", situation, text


def situation_label(name: str, situation: str) -> str:
    return f"{name} ({situation})" if situation else name


def counts(kind: Kind) -> Iterator[ReferenceFormula]:
    twice = "" if kind.macs == "0" else f"2*({kind.macs})" if isinstance(parse(kind.macs), Sum) else f"2*{kind.macs}"
    for name, text in (
        ("parameters", kind.parameters), ("biases", kind.biases), ("buffers", kind.buffers), ("macs", kind.macs),
        ("flops", twice), ("connections", kind.connections),
    ):  # fmt: skip
        if text not in ("", "0"):
            yield ReferenceFormula(name, "  of them biases" if name == "biases" else QUANTITIES[name].title, text)
    for word, text in kind.normed.items():
        convention, _, norm = word.rpartition(" ")
        name = "parameters" if norm in LEARNT_NORMS else "buffers"
        label = f"{QUANTITIES[name].title} more (norm={norm}{f', {convention}' if convention else ''})"
        yield ReferenceFormula(name, label, text)


def fields(kind: Kind) -> Iterator[ReferenceFormula]:
    """How the receptive field and its stride grow."""
    window = kind.window
    if window.type.size != POINTWISE.size:
        yield ReferenceFormula("receptive_field", "Receptive field", window.filled(window.type.size))
    if window.type.stride != POINTWISE.stride:
        yield ReferenceFormula("rf_stride", "  its stride", window.filled(window.type.stride))


def versions(kind: Kind) -> Iterator[tuple[str, str]]:
    """The kind's usual size as each source writes it, whose name is said once."""
    text = kind.sizes[""]
    if kind.shape is None:
        for book in TEXTBOOKS.values():
            for place, version in enumerate(book.versions(kind, text)):
                yield "" if place else book.name, version


def letters_of(kind: Kind, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Letters with meaning and unit, in the order in which the formulas have them."""
    for letter in dict.fromkeys(letter for text in texts for letter in letters(parse(text))):
        said, unit = meaning(letter, kind)
        yield letter, f"{said}, in {unit}" if unit and unit not in said else said


def formula(text: str, notation: str) -> str:
    try:
        return write(parse(text), notation)
    except ExprError:  # of a kind's record that is written wrongly: shown as it is
        return text


def page(kind: Kind, notation: str, chosen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The formulas of a kind with their letters and sources."""
    found = [entry for entry in entries(kind) if not chosen or entry.quantity in chosen]
    if not found:
        yield "Nothing to work out: it has no parameters and no MACs, and keeps the size."
        return
    formulas = [(entry.label, formula(entry.text, notation)) for entry in found]
    own = versions(kind) if not chosen or "output" in chosen else ()
    parts = {
        "Formulas": two_columns(formulas),
        "Letters": two_columns(letters_of(kind, [entry.text for entry in found])),
        "The output size as sources write it": two_columns((name, formula(text, notation)) for name, text in own),
        "Sources": kind.sources,
    }
    yield from paragraphs(*(part(title, lines) for title, lines in parts.items()))


def two_columns(rows: Iterable[tuple[str, str]]) -> list[str]:
    table = list(rows)
    names = pad([name for name, _ in table], True)
    return [f"{name}  {text}" for name, (_, text) in zip(names, table, strict=True)]


def quantity_page(quantity: str) -> Iterator[str]:
    """The formulas of a quantity, and the kinds that have each; nothing where there are none."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for kind in KINDS:
        for entry in entries(kind):
            if entry.quantity == quantity:
                kinds.setdefault((entry.label.strip(), entry.text), []).append(kind.name)
    if kinds:
        yield QUANTITIES[quantity].title
    several = len({label for label, _ in kinds}) > 1
    for (label, text), names in kinds.items():
        yield f"  {formula(text, 'text')}"
        yield f"    {f'{label}: ' if several else ''}{', '.join(names)}"


# A kind


def kind_page(kind: Kind, notation: str, example: Iterator[str]) -> Iterator[str]:
    """Its names, its keys, its formulas, and an example worked."""
    names = [f"{kind.name}: {kind.doc}"]
    also = [*kind.aliases, *(f"{stem}1d/2d/3d" for stem in kind.dims.split()[:1])]
    if also:
        names.append(f"  also written   {', '.join(also)}")
    if classes := classes_of(kind):
        names.append(f"  frameworks     {', '.join(classes)}")
    lines = (f"{key_line(key):<24} {key.doc}{axes_note(key)}" for key in keys_of(kind))
    yield from paragraphs(names, part("Keys", lines), page(kind, notation), example)


def classes_of(kind: Kind) -> tuple[str, ...]:
    """The classes of the frameworks that are of a kind, N for the number of axes."""
    rows = {"nn.": kind.torch, "keras.layers.": kind.keras, "onnx.": kind.onnx}
    names = (f"{module}{name.partition(':')[0]}" for module, known in rows.items() for name, _ in known)
    return tuple(dict.fromkeys(name.replace("{n}", "N") for name in names))


def keys_of(kind: Kind) -> list[Key]:
    """What may be said of a kind."""
    return [key for key in (*kind.keys, *[NORM] * bool(kind.normed)) if key.type not in ("ignored", "check")]


def axes_note(key: Key) -> str:
    """For a letter with a number per axis, the letter of their product."""
    whole = PRODUCTS.get(key.symbol)
    return f"; {key.symbol} for each axis, {whole} their product" if key.per_axis and whole else ""


def key_line(key: Key) -> str:
    """`stride s = 1`."""
    name = f"{key.name} {key.symbol}".strip()
    if key.default is REQUIRED:
        return name
    default = key.default
    if default is None:
        return f"{name} (optional)"
    if isinstance(default, bool):
        default = "yes" if default else "no"
    elif isinstance(default, tuple):
        default = ", ".join(map(str, default))
    return f"{name} = {str(default).removeprefix('=')}"
