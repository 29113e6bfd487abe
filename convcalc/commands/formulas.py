"""`convcalc formulas`: the formulas with their letters, sources and an example worked, from the records themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.commands.options import format_options
from convcalc.commands.words import spec_of_words
from convcalc.kinds import KINDS, NAMES, find
from convcalc.network.load import NOTHING, summarise_spec
from convcalc.network.quantity import QUANTITIES
from convcalc.network.quantity import find as find_quantity
from convcalc.problem import did_you_mean
from convcalc.questions.explain import Explained, ExplanationRequest, explain_layers
from convcalc.render.reference.formulas import ReferenceFormula, entries, page, quantity_page
from convcalc.render.script import ASCII
from convcalc.render.working.works import WorkedOptions, render

if TYPE_CHECKING:
    from convcalc.layers import Kind

# What an example shows.
SHOWN = ("output", "parameters", "weights", "biases", "buffers", "macs", "receptive_field", "rf_stride")


@click.command("formulas", cls=Command)
@click.argument("name", required=False)
@format_options(("text", "json"))
def command(name: str | None, form: str) -> int:
    """All formulas; with NAME those of a kind (conv), of a quantity (macs), or one of a kind (conv.macs)."""
    unicode = speak()
    try:
        if form == "json":
            from convcalc.render.reference.json import formulas_document

            tell(formulas_document(named_formulas(name)), form)
            return 0
        lines = list(overview() if name is None else named_page(name, unicode))
    except LookupError:
        known = [each for each in QUANTITIES if any(quantity_page(each))]
        hint = did_you_mean(name or "", [*known, *NAMES]) or "a kind, a quantity, or both: conv, macs, conv.macs"
        raise click.UsageError(f'there are no formulas of "{name}"; {hint}') from None
    echo(lines, unicode)
    return 0


def echo(lines: Iterable[str], unicode: bool) -> None:
    tell((line if unicode else ASCII.text(line)) + "\n" for line in lines)


def overview() -> Iterator[str]:
    """Every formula, by quantity."""
    pages = filter(None, (list(quantity_page(name)) for name in QUANTITIES))
    for index, lines in enumerate(pages):
        yield from ("", *lines) if index else lines


def named_page(name: str, unicode: bool) -> Iterator[str]:
    """The page of a kind, of a quantity, or of one quantity of a kind; a LookupError where there is none."""
    word, _, rest = name.partition(".")
    found = find(word)
    if found is not None:
        chosen = frozenset((known_quantity(rest),)) if rest else frozenset()
        yield f"{found.kind.name}: {found.kind.doc}"
        yield ""
        yield from page(found.kind, "text" if unicode else "ascii", chosen)
        yield ""
        yield from worked_example(found.kind, tuple(chosen), unicode)
        return
    lines = list(quantity_page(known_quantity(name)))
    if not lines:
        raise LookupError(name)
    yield from lines


def named_formulas(name: str | None) -> list[tuple[Kind, list[ReferenceFormula]]]:
    """The formulas that a name stands for, by kind; a LookupError where there are none."""
    if name is None:
        return [(kind, entries(kind)) for kind in KINDS]
    word, _, rest = name.partition(".")
    kind = find(word)
    quantity = known_quantity(rest) if kind and rest else "" if kind else known_quantity(name)
    found = [
        (each, [entry for entry in entries(each) if quantity in ("", entry.quantity)])
        for each in ((kind.kind,) if kind else KINDS)
    ]
    if not kind and not any(formulas for _, formulas in found):
        raise LookupError(name)
    return found


def known_quantity(name: str) -> str:
    found = find_quantity(name)
    if found is None:
        raise LookupError(name)
    return found.name


def explained_example(kind: Kind, quantities: tuple[str, ...] = ()) -> Explained:
    layer, *shapes = kind.worked_example
    report = summarise_spec(spec_of_words((*shapes, layer), NOTHING))
    return explain_layers(report, ExplanationRequest(quantities or SHOWN))


def worked_kind(kind: Kind) -> list[dict[str, Any]]:
    """The example of a kind, for JSON."""
    from convcalc.render.working.json import work_records

    return [record for section in explained_example(kind).sections for record in work_records(section.works, "full")]


def worked_example(kind: Kind, quantities: tuple[str, ...], unicode: bool) -> Iterator[str]:
    """An example, without the legend that the page has already."""
    layer, *shapes = kind.worked_example
    found = explained_example(kind, quantities)
    yield f"Example: {layer} on {' and '.join(shape.replace('x', '×') for shape in shapes)}"
    text = "".join(render(found, WorkedOptions(unicode=unicode, legend=False)))
    yield from text.rstrip("\n").split("\n")[1:]
