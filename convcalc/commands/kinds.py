"""`convcalc kinds`: the reference of the layer kinds, from the records themselves."""

from __future__ import annotations

import click

from convcalc.commands.console import speak, tell
from convcalc.kinds import KINDS
from convcalc.problem import Problem


@click.command("kinds")
@click.argument("kind", required=False)
def command(kind: str | None) -> int:
    """The layer kinds; with KIND its keys, letters and formulas, their sources, and an example worked."""
    from convcalc.language.shorthand import resolve

    if kind is None:
        width = max(len(known.name) for known in KINDS)
        tell(f"{known.name:{width}}  {known.doc}\n" for known in KINDS)
        return 0
    try:
        found = resolve(kind).kind
    except Problem as error:
        raise click.UsageError(f"{error}; {error.diagnostics[0].hint}") from None
    from convcalc.commands.formulas import echo, worked
    from convcalc.render.reference.kind_page import lines

    unicode = speak()
    echo(lines(found, "text" if unicode else "ascii", worked(found, (), unicode)), unicode)
    return 0
