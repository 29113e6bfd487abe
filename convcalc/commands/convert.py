"""`convcalc convert`: a network in another language."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcalc.commands import Command
from convcalc.commands.console import complain, say, send, speak, tell
from convcalc.commands.options import line_option, network_options
from convcalc.commands.output import file_to_write
from convcalc.network.load import source_of, spec_of
from convcalc.writing import TARGETS
from convcalc.writing.conversion import conversion

if TYPE_CHECKING:
    from convcalc.problem import Source
    from convcalc.spec.choices import Choices


@click.command("convert", cls=Command)
@click.argument("name", required=False, metavar="SPEC")
@line_option(False, "3x32x32 -> conv 8 k3 -> relu")
@click.option("--to", "target", type=click.Choice(tuple(TARGETS)), required=True, help="The language.")
@click.option("-o", "--output", "path", metavar="FILE", help="Write to a file.")
@click.option("--depth", type=click.IntRange(1), metavar="N", help="Of a picture: fold blocks below this depth.")
@network_options
def command(
    name: str | None, text: Source | None, target: str, path: str | None, depth: int | None, choices: Choices
) -> None:
    """A network in another language, with the inputs and values that were asked for.

    SPEC is a file, a bundled name (`convcalc specs` lists them), or - for standard input.
    """
    if (text is None) == (name is None):
        raise click.UsageError("name a SPEC, for example `convcalc convert lenet5 --to yaml`, or give one with -e")
    language = TARGETS[target]
    if depth and not language.folds:
        raise click.UsageError(f"--depth is for {' and '.join(each.name for each in TARGETS.values() if each.folds)}")
    if language.is_binary and not path and sys.stdout.isatty():
        raise click.UsageError(f"{target} is no text, and a terminal shows nothing else: add `-o net.{target}`")
    found = conversion(spec_of(source_of(text or name or "", choices), choices), choices, target, depth or 0)
    if path:
        with file_to_write(path, language.is_binary) as file:
            file.writelines(found.pieces)
    elif language.is_binary:
        send(found.pieces)
    else:
        speak(target)
        tell(found.pieces, target)
    complain(found.notes)
    for remark in found.remarks:
        say(remark)
