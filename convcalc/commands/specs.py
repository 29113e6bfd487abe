"""`convcalc specs`: the bundled networks."""

from __future__ import annotations

import click

from convcalc.language import library
from convcalc.network.summary import spec_of


@click.command("specs")
@click.option("--names", is_flag=True, help="Names alone, one a line.")
@click.option("--show", metavar="NAME", help="Print the text of one.")
def command(names: bool, show: str | None) -> None:
    """The bundled networks; their names may stand wherever a SPEC may."""
    if show:
        click.echo(library.find(show).text, nl=False)
        return
    known = library.bundled()
    width = max(map(len, known), default=0)
    for name in known:
        if names:
            click.echo(name)
            continue
        spec = spec_of(library.find(name))
        click.echo(f"{name:{width}}  {spec.name}: {spec.about.split('. ')[0].strip()}")
