"""`convcalc kinds`: the reference of the layer kinds, from the records themselves."""

from __future__ import annotations

import sys

import click

from convcalc.cli import USAGE
from convcalc.kinds import KINDS
from convcalc.problem import Problem


@click.command("kinds")
@click.argument("kind", required=False)
def command(kind: str | None) -> int:
    """The layer kinds; with KIND its keys, letters and formulas, their sources, and an example worked."""
    from convcalc.language.shorthand import resolve

    if kind is None:
        width = max(len(known.name) for known in KINDS)
        for known in KINDS:
            click.echo(f"{known.name:{width}}  {known.doc}")
        return 0
    try:
        found = resolve(kind).kind
    except Problem as error:
        click.echo(f"Error: {error}; {error.diagnostics[0].hint}", err=True)
        return USAGE
    from convcalc.commands.formulas import echo, worked
    from convcalc.commands.summary import speaks_unicode
    from convcalc.render.kindpage import lines

    unicode = speaks_unicode(sys.stdout)
    echo(lines(found, "text" if unicode else "ascii", worked(found, (), unicode)), unicode)
    return 0
