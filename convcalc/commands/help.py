"""`convcalc help`: a page on a topic, or a command's own help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from convcalc.commands import COMMANDS, Command, Commands
from convcalc.commands.console import speak, tell
from convcalc.commands.options import format_options
from convcalc.problem import did_you_mean
from convcalc.render.reference.topics import NAMES, TOPICS, page

if TYPE_CHECKING:
    from convcalc.render.reference.codes import ErrorCode

CODE = re.compile(r"[a-z]\d{3}")


@click.command("help", cls=Command)
@click.argument("topic", default="")
@format_options(("text", "json"))
@click.pass_context
def command(ctx: click.Context, topic: str, form: str) -> None:
    """A page on a TOPIC, how a command is used, or what the code of an error means; without one, what there is."""
    word = topic.strip().lower()
    if word and not (word in NAMES or word in COMMANDS or CODE.fullmatch(word)):
        raise click.UsageError(f'there is no topic "{topic[:60]}"; {meant(word)}')
    if form == "json":
        tell(document(ctx, word), form)
        return
    if not word:
        text = "".join(f"{line}\n" for line in overview())
    elif word in NAMES:
        text = page(NAMES[word])
    elif word in COMMANDS:
        text = help_of_command(ctx, word)
    else:
        from convcalc.render.reference.codes import code_page

        text = code_page(error_code(word))
    if not speak():
        from convcalc.render.script import to_ascii

        text = to_ascii(text)
    tell([text])


def meant(word: str) -> str:
    from convcalc.kinds import NAMES as KIND_NAMES

    if word in KIND_NAMES:
        return f"the kind {word} is on a page of its own: convcalc kinds {word}"
    close = did_you_mean(word, (*(topic.name for topic in TOPICS), *COMMANDS))
    return close or f"the topics are {', '.join(topic.name for topic in TOPICS)}"


def document(ctx: click.Context, word: str) -> Iterator[str]:
    """What there is on a word as JSON; without one, all topics and commands."""
    from convcalc.render.reference.json import help_document

    if not word:
        return help_document(TOPICS, COMMANDS)
    if word in NAMES:
        return help_document((NAMES[word],))
    if word in COMMANDS:
        return help_document(commands={word: COMMANDS[word]}, text=help_of_command(ctx, word))
    return help_document(codes=(error_code(word),))


def error_code(word: str) -> ErrorCode:
    """The record of a code of an error; wrong usage where there is none."""
    from convcalc.render.reference.codes import BY_CODE

    code = word.upper()
    if code not in BY_CODE:
        raise click.UsageError(f"no error has the code {code}; the code stands in brackets: error[C001]")
    return BY_CODE[code]


def help_of_command(ctx: click.Context, name: str) -> str:
    """What `convcalc NAME --help` prints."""
    assert ctx.parent is not None and isinstance(ctx.parent.command, Commands)
    context = ctx.parent.command.context_of(ctx.parent, name)
    return f"{context.command.get_help(context)}\n"


def overview() -> Iterator[str]:
    """The topics and the commands, a line each."""
    wide = max(map(len, (*COMMANDS, *(topic.name for topic in TOPICS))))
    yield "convcalc help TOPIC"
    yield from (f"  {topic.name.ljust(wide)}  {topic.about}" for topic in TOPICS)
    yield ""
    yield "convcalc COMMAND --help"
    yield from (f"  {name.ljust(wide)}  {about}" for name, about in COMMANDS.items())
    yield ""
    yield "convcalc help CODE"
    yield f"  {'C001, …'.ljust(wide)}  What the code of an error, a warning or a note means."
