"""`convcalc schema`: the JSON schema of a format."""

from __future__ import annotations

import json

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.commands.options import format_options
from convcalc.render.editor import WRITTEN, schema_text
from convcalc.render.reference.schemas import SCHEMAS


@click.command("schema", cls=Command)
@click.argument("name", type=click.Choice((*SCHEMAS, *WRITTEN)), metavar="NAME")
@format_options(("json",), "json")
def command(name: str, form: str) -> None:
    """The JSON schema of what a command writes; or of a spec, answers and an assignment, for an editor.

    NAME is a command, or error, totals (summary --totals), class (check --class-report), spec, answers or assignment.

    What is written is stable: an added key is a minor version of convcalc, a changed or removed one a major one.
    """
    speak("json")
    text = schema_text(name) if name in WRITTEN else json.dumps(SCHEMAS[name], indent=2)
    tell((text, "\n"), "json")
