"""`convcalc kinds`: the reference of the layer kinds, from the records themselves."""

from __future__ import annotations

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.commands.options import format_options, usage
from convcalc.kinds import KINDS


@click.command("kinds", cls=Command)
@click.argument("kind", required=False)
@format_options(("text", "json"))
def command(kind: str | None, form: str) -> int:
    """The layer kinds; with KIND its keys, letters and formulas, their sources, and an example worked."""
    from convcalc.readers.shorthand import resolve

    with usage():
        found = resolve(kind).kind if kind is not None else None
    if form == "json":
        from convcalc.commands.formulas import worked_kind
        from convcalc.render.reference.json import kinds_document

        tell(kinds_document((found,) if found else KINDS, worked_kind(found) if found else None), form)
        return 0
    if found is None:
        width = max(len(known.name) for known in KINDS)
        tell(f"{known.name:{width}}  {known.doc}\n" for known in KINDS)
        return 0
    from convcalc.commands.formulas import echo, worked_example
    from convcalc.render.reference.formulas import kind_page

    unicode = speak()
    echo(kind_page(found, "text" if unicode else "ascii", worked_example(found, (), unicode)), unicode)
    return 0
