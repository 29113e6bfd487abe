"""`convcalc specs`: the bundled networks."""

from __future__ import annotations

import re

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.network.load import spec_of
from convcalc.problem import BUNDLED, did_you_mean
from convcalc.readers import library

SENTENCE = re.compile(r"(?<!\b[A-Z])(?<! al)\. ")  # where one ends: not behind an initial, nor behind et al.


@click.command("specs", cls=Command)
@click.option("--names", is_flag=True, help="Names alone, one a line.")
@click.option("--show", metavar="NAME", help="Print the text of one.")
def command(names: bool, show: str | None) -> None:
    """The bundled networks by families; their names may stand wherever a SPEC may."""
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
    if names:
        tell(f"{name}\n" for name in known)
        return
    specs = {name: spec_of(library.find(name)) for name in known}
    roots = {name: spec.family.removeprefix(BUNDLED).removesuffix(".yaml") or name for name, spec in specs.items()}
    ordered = sorted(known, key=lambda name: (roots[name], name != roots[name], name))
    width = max(map(len, known), default=0) + 2
    for name in ordered:
        spec = specs[name]
        shown = name if name == roots[name] else f"  {name}"
        tell((f"{shown:{width}}  {spec.name}: {SENTENCE.split(spec.about)[0].strip()}\n",))
