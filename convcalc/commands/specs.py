"""`convcalc specs`: the bundled networks, all of them or those that are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from convcalc.commands import Command
from convcalc.commands.console import say, speak, tell
from convcalc.commands.options import amount, format_options, record
from convcalc.problem import Source, did_you_mean
from convcalc.readers import library
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.bundled import BundledNetwork

SENTENCE = re.compile(r"(?<!\b[A-Z])(?<! al)\. ")  # where one ends: not behind an initial, nor behind et al.
BETWEEN_SIDES = re.compile(r"(?<=\d)x(?=\d)")
SORTED = ("family", "name", "parameters", "macs")


class WantedSpecs(NamedTuple):
    """Which of the networks are asked for, and in which order."""

    min_parameters: int = 0
    max_parameters: int | None = None
    min_macs: int = 0
    max_macs: int | None = None
    sort: str = "family"

    def among(self, known: Iterable[BundledNetwork], words: tuple[str, ...]) -> list[BundledNetwork]:
        """Those within the bounds that are called by every word or, where none are, are described by them."""
        met = [each for each in known if self.is_met(each)]
        called = [each for each in met if has(f"{each.name} {each.family} {each.title}", words)]
        found = called or [each for each in met if has(each.about, words)]
        return found if self.sort == "family" else sorted(found, key=lambda each: getattr(each, self.sort))

    def is_met(self, each: BundledNetwork) -> bool:
        bounds = (each.parameters, self.min_parameters, self.max_parameters), (each.macs, self.min_macs, self.max_macs)
        return all(least <= found and (most is None or found <= most) for found, least, most in bounds)


def has(text: str, words: tuple[str, ...]) -> bool:
    return all(word.lower() in text.lower() for word in words)


wanted_options = record(
    "wanted", WantedSpecs, WantedSpecs._fields,
    *(
        click.option(f"--{side}-{name}", callback=amount, metavar="N",
                     help=f"Only networks with so many {word} or {'more' if side == 'min' else 'fewer'}{example}.")
        for name, word, example in (("parameters", "parameters", ": 5M"), ("macs", "MACs", ""))
        for side in ("min", "max")
    ),
    click.option("--sort", type=click.Choice(SORTED), default="family", show_default=True, help="The order."),
)  # fmt: skip


@click.command("specs", cls=Command)
@click.argument("words", nargs=-1, metavar="[WORD…]")
@wanted_options
@click.option("--names", is_flag=True, help="Only names, one a line.")
@click.option("--show", metavar="NAME", help="Print the text of one.")
@format_options(("text", "csv", "json"), endings={"yaml": "text", "yml": "text"})
def command(words: tuple[str, ...], wanted: WantedSpecs, names: bool, show: str | None, form: str) -> None:
    """The bundled networks by family, with input, parameters and MACs; with WORDs, only those that match.

    Their names can be used wherever a SPEC can.
    """
    from convcalc.readers.bundled import bundled_table

    if names and show is not None:
        raise click.UsageError("--names and --show exclude each other")
    table = bundled_table()
    if show is not None:
        source = bundled_source(show)
        if form == "text":
            speak("yaml")
            tell((source.text,), "yaml")
            return
        found = [each for each in table if library.bundled_path(show) == library.bundled_path(each.name)]
        tell(specs_document(found, source.text) if form == "json" else specs_csv(found), form)
        return
    found = wanted.among(table, words)
    if form != "text":
        tell(specs_document(found) if form == "json" else specs_csv(found), form)
    elif names:
        kept = {each.name for each in found}
        tell(f"{name}\n" for name in library.bundled_networks() if name in kept)
    else:
        tell(lines(found, speak(form)))
    if not found:
        known = [name for each in table for name in (each.name, each.title)]
        hint = (len(words) == 1 and did_you_mean(words[0], known)) or "convcalc specs lists them all"
        say(f"no bundled network is like this; {hint}")


def bundled_source(name: str) -> Source:
    found = library.find_bundled(name)
    if found is None:
        hint = did_you_mean(name, library.bundled_networks()) or "convcalc specs lists them"
        raise click.UsageError(f'there is no bundled network "{name[:60]}"; {hint}')
    return found


def lines(found: list[BundledNetwork], unicode: bool) -> Iterator[str]:
    """A table: members of a family below it, where it is there."""
    from convcalc.render.layout import pad
    from convcalc.render.script import ASCII, COUNTS, UNICODE, scale_down

    if not found:
        return
    roots, below = {each.name for each in found}, ""
    names: list[str] = []
    for each in found:
        is_member = each.family != each.name and each.family in roots and below == each.family
        below = below if is_member else each.name
        names.append(f"  {each.name}" if is_member else each.name)
    script = UNICODE if unicode else ASCII
    counts = [[scale_down(count, 1000, COUNTS) for count in (each.parameters, each.macs)] for each in found]
    columns = [
        pad(["Network", *names], True),
        pad(["Input", *(BETWEEN_SIDES.sub(script.times, each.inputs) for each in found)], True),
        pad(["Parameters", *(parameters for parameters, _ in counts)], False),
        pad(["MACs", *(macs for _, macs in counts)], False),
        ["", *(f"{each.title}: {script.text(SENTENCE.split(each.about)[0].strip())}" for each in found)],
    ]
    yield from ("  ".join(row).rstrip() + "\n" for row in zip(*columns, strict=True))


def specs_csv(found: list[BundledNetwork]) -> Iterator[str]:
    from convcalc.render.report.csv import csv_lines

    names = ("name", "family", "title", "input", "output", "layers", "parameters", "macs", "receptive_field", "about")
    return csv_lines([names, *((*each[:3], *each[4:], each.about) for each in found)])


def specs_document(found: list[BundledNetwork], text: str | None = None) -> Iterator[str]:
    """The networks as JSON; of one that is shown its text, too."""
    from convcalc.readers.bundled import sides
    from convcalc.render.json_text import json_document

    def entry(each: BundledNetwork) -> dict[str, Any]:
        shapes = {"output": sides(each.output), "receptive_field": sides(each.receptive_field) or None}
        return {**dict(zip(each._fields, each, strict=True)), "inputs": each.shapes, **shapes} | (
            {} if text is None else {"text": text}
        )

    return json_document("specs", specs=list(map(entry, found)))
