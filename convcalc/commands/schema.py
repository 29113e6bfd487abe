"""`convcalc schema`: the JSON schema of a format."""

from __future__ import annotations

import json

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.render.reference.schemas import SCHEMAS


@click.command("schema", cls=Command)
@click.argument("name", type=click.Choice(tuple(SCHEMAS)))
def command(name: str) -> None:
    """The JSON schema of what a command writes."""
    speak("json")
    tell((json.dumps(SCHEMAS[name], indent=2), "\n"), "json")
