"""`convcalc schema`: the JSON schema of a format."""

from __future__ import annotations

import json

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.render.editor import WRITTEN, schema_text
from convcalc.render.reference.schemas import SCHEMAS


@click.command("schema", cls=Command)
@click.argument("name", type=click.Choice((*SCHEMAS, *WRITTEN)))
def command(name: str) -> None:
    """The JSON schema of what a command writes; or of a spec, answers and an assignment, for an editor."""
    speak("json")
    text = schema_text(name) if name in WRITTEN else json.dumps(SCHEMAS[name], indent=2)
    tell((text, "\n"), "json")
