"""`convcalc specs`: the bundled networks."""

from __future__ import annotations

import re

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.network.load import spec_of
from convcalc.problem import did_you_mean
from convcalc.readers import library

SENTENCE = re.compile(r"(?<!\b[A-Z])(?<! al)\. ")  # where one ends: not behind an initial, nor behind et al.


@click.command("specs", cls=Command)
@click.option("--names", is_flag=True, help="Names alone, one a line.")
@click.option("--show", metavar="NAME", help="Print the text of one.")
def command(names: bool, show: str | None) -> None:
    """The bundled networks; their names may stand wherever a SPEC may."""
    known = library.bundled_networks()
    if names and show is not None:
        raise click.UsageError("--names and --show exclude each other")
    if show is not None:
        found = library.find_bundled(show)
        if found is None:
            hint = did_you_mean(show, known) or "convcalc specs lists them"
            raise click.UsageError(f'there is no bundled network "{show[:60]}"; {hint}')
        speak("yaml")
        tell((found.text,), "yaml")
        return
    width = max(map(len, known), default=0)
    for name in known:
        if names:
            tell((f"{name}\n",))
            continue
        spec = spec_of(library.find(name))
        tell((f"{name:{width}}  {spec.name}: {SENTENCE.split(spec.about)[0].strip()}\n",))
