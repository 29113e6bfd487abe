"""`convcalc kinds`: the reference of the layer kinds, from the records themselves."""

from __future__ import annotations

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.commands.options import usage
from convcalc.kinds import KINDS


@click.command("kinds", cls=Command)
@click.argument("kind", required=False)
def command(kind: str | None) -> int:
    """The layer kinds; with KIND its keys, letters and formulas, their sources, and an example worked."""
    from convcalc.readers.shorthand import resolve

    if kind is None:
        width = max(len(known.name) for known in KINDS)
        tell(f"{known.name:{width}}  {known.doc}\n" for known in KINDS)
        return 0
    with usage():
        found = resolve(kind).kind
    from convcalc.commands.formulas import echo, worked_example
    from convcalc.render.reference.formulas import kind_page

    unicode = speak()
    echo(kind_page(found, "text" if unicode else "ascii", worked_example(found, (), unicode)), unicode)
    return 0
