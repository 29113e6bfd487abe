"""`convcalc convert`: a network in another language."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from convcalc.commands import Command
from convcalc.commands.console import complain, say, send, speak, tell
from convcalc.commands.options import format_options, line_option, network_options
from convcalc.network.load import source_of, spec_of
from convcalc.writing import TARGETS, Target
from convcalc.writing.conversion import Conversion, conversion

if TYPE_CHECKING:
    from convcalc.problem import Source
    from convcalc.spec.choices import Choices


@click.command("convert", cls=Command)
@click.argument("name", required=False, metavar="SPEC")
@line_option(False, "3x32x32 -> conv 8 k3 -> relu")
@click.option(
    "--to", "target", type=click.Choice(tuple(TARGETS)), help="The language; by itself that of FILE's ending."
)
@click.option("--depth", type=click.IntRange(1), metavar="N", help="For mermaid and dot: fold blocks below this depth.")
@network_options
@format_options(("text", "json"), help="json has the text, with notes and remarks.", endings={"": "text"})
def command(
    name: str | None, text: Source | None, target: str | None, form: str, depth: int | None, choices: Choices
) -> None:
    """A network in another language, with the inputs and values that were asked for.

    SPEC is a file, a bundled name (`convcalc specs` lists them), or - for standard input.
    """
    if (text is None) == (name is None):
        raise click.UsageError("name a SPEC, for example `convcalc convert lenet5 --to yaml`, or give one with -e")
    target = target or target_of(click.get_current_context().params.get("path") or "")
    language = TARGETS[target]
    if depth and not language.folds:
        raise click.UsageError(f"--depth is for {' and '.join(each.name for each in TARGETS.values() if each.folds)}")
    if language.is_binary and form == "text" and sys.stdout.isatty():
        raise click.UsageError(f"{target} is no text, and a terminal shows nothing else: add `-o net.{target}`")
    spec = spec_of(source_of(text or name or "", choices), choices)
    found = conversion(spec, choices, target, depth or 0)
    if form == "json":
        tell(document(spec.name, language, found), form)
        return
    if language.is_binary:
        send(found.pieces)
    else:
        speak(target)
        tell(found.pieces, target)
    complain(found.notes)
    for remark in found.remarks:
        say(remark)


def target_of(path: str) -> str:
    """The language of a file by its ending; wrong usage where none has it, or several have."""
    ending = os.path.splitext(path)[1].lower()
    found = [name for name, language in TARGETS.items() if ending in language.endings]
    if len(found) == 1:
        return found[0]
    raise click.UsageError(f"in which language? --to {' or --to '.join(found) if found else ', '.join(TARGETS)}")


def document(name: str, language: Target, found: Conversion) -> Iterator[str]:
    """A network in another language as JSON; bytes in base 64."""
    from convcalc.render.json_text import json_document
    from convcalc.render.report.json import diagnostic

    pieces: list[Any] = list(found.pieces)
    if language.is_binary:
        from base64 import b64encode

        whole: dict[str, Any] = {"text": None, "base64": b64encode(b"".join(pieces)).decode()}
    else:
        whole = {"text": "".join(pieces)}
    notes, remarks = list(map(diagnostic, found.notes)), list(found.remarks)
    return json_document("convert", name=name, to=language.name, **whole, notes=notes, remarks=remarks)
