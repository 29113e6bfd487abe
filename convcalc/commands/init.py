"""`convcalc init`: a first spec, file of answers or assignment, which an editor completes and checks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from shlex import quote

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.commands.options import format_options
from convcalc.whole_file import file_to_write

ENDINGS = (".yaml", ".yml")
FILES = {"spec": "net.yaml", "answers": "answers.yaml", "assignment": "key.yaml"}
USES = "convcalc init net.yaml, convcalc init answers KEY, or convcalc init assignment SPEC"


@click.command("init", cls=Command)
@click.argument("words", nargs=-1, metavar="[FILE | answers KEY [FILE] | assignment SPEC [FILE]]")
@click.option("--from", "origin", metavar="SPEC", help="A copy of this network, to edit.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@format_options(("text", "json"), help="How to report what was written.", file=None)
def command(words: tuple[str, ...], origin: str | None, force: bool, form: str) -> None:
    """A first spec, file of answers or assignment, for an editor to complete and underline.

    Without FILE it is net.yaml, answers.yaml or key.yaml.  Beside it, in .convcalc, goes the schema that its first
    line names: an editor with yaml-language-server needs nothing else, not even the Internet.
    """
    kind, *rest = words if words and words[0] in FILES else ("spec", *words)
    about = rest.pop(0) if kind != "spec" and rest else ""
    if kind != "spec" and (not about or origin):
        raise click.UsageError(f"name what it is for: {USES}")
    if len(rest) > 1:
        raise click.UsageError(f"{rest[1]} is one word too many: {USES}")
    path = rest[0] if rest else FILES[kind]
    if not path.endswith(ENDINGS):
        meant = f"convcalc init --from {quote(path)} net.yaml" if is_network(path) else f"{path}.yaml"
        raise click.UsageError(f"{path} is no file in YAML: {meant}")
    if os.path.lexists(path) and not force:
        raise click.UsageError(f"{path} is there already: --force writes over it")
    write(kind, path, text_of(kind, about or origin or "", path))
    speak(form)
    tell((document if form == "json" else report)(kind, about or origin or "", path), form)


def is_network(word: str) -> bool:
    from convcalc.readers import library

    return os.path.isfile(word) or library.bundled_path(word) is not None


def text_of(kind: str, about: str, path: str) -> str:
    """What the file will have in it."""
    from convcalc.render.editor import beginning

    if kind == "answers":
        return beginning.first_answers(about)
    if kind == "assignment":
        return beginning.first_assignment(about, path)
    if not about:
        return beginning.first_spec(path)
    from convcalc.network.load import source_of

    return beginning.copied_spec(source_of(about))


def write(kind: str, path: str, text: str) -> None:
    """The file, and before it the schema that its first line names."""
    from convcalc.commands.reports import make
    from convcalc.render.editor import schema_text

    schema = schema_path(kind, path)
    make(os.path.dirname(schema))
    with file_to_write(schema) as file:
        file.write(f"{schema_text(kind)}\n")
    with file_to_write(path) as file:
        file.write(text)


def report(kind: str, about: str, path: str) -> Iterator[str]:
    """What was written, and what can be done with it: each line may be pasted."""
    yield f"{path} is written, and {schema_path(kind, path)}, by which an editor completes and underlines it.\n\n"
    yield "Fill it in. Then:\n" if kind == "answers" else "Edit it. Then:\n"
    yield from (f"  {line}\n" for line in next_commands(kind, about, path))


def document(kind: str, about: str, path: str) -> Iterator[str]:
    """The same as JSON."""
    from convcalc.render.json_text import json_document

    commands = list(next_commands(kind, about, path))
    return json_document("init", kind=kind, file=path, editor_schema=schema_path(kind, path), commands=commands)


def schema_path(kind: str, path: str) -> str:
    from convcalc.render.editor.beginning import FOLDER

    return os.path.join(os.path.dirname(path), FOLDER, f"{kind}.json")


def next_commands(kind: str, about: str, path: str) -> Iterator[str]:
    name, known = word_of(path), word_of(about)
    if kind == "answers":
        yield f"convcalc check {known} {name}"
    elif kind == "assignment":
        yield f"convcalc quiz {name} --solutions"
        yield f"convcalc check {name} --template"
    else:
        yield f"convcalc summary {name}"
        yield f"convcalc lint {name}"
        if about and about != "-":
            yield f"convcalc compare {known} {name}"


def word_of(path: str) -> str:
    """A path as a word of a command line, which is no option."""
    return quote(f"./{path}" if path.startswith("-") and path != "-" else path)
