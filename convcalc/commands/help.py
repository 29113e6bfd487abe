"""`convcalc help`: a page on a topic, or a command's own help."""

from __future__ import annotations

from collections.abc import Iterator

import click

from convcalc.commands import COMMANDS, Command
from convcalc.commands.console import speak, tell
from convcalc.problem import did_you_mean
from convcalc.render.reference.topics import NAMES, TOPICS, page


@click.command("help", cls=Command)
@click.argument("topic", default="")
@click.pass_context
def command(ctx: click.Context, topic: str) -> None:
    """A page on a TOPIC, or how a command is used; without one, what there is."""
    word = topic.strip().lower()
    if not word:
        text = "".join(f"{line}\n" for line in overview())
    elif word in NAMES:
        text = page(NAMES[word])
    elif word in COMMANDS:
        text = help_of_command(ctx, word)
    else:
        raise click.UsageError(f'there is no topic "{topic[:60]}"; {meant(word)}')
    if not speak():
        from convcalc.render.script import to_ascii

        text = to_ascii(text)
    tell([text])


def meant(word: str) -> str:
    close = did_you_mean(word, (*(topic.name for topic in TOPICS), *COMMANDS))
    return close or f"the topics are {', '.join(topic.name for topic in TOPICS)}"


def help_of_command(ctx: click.Context, name: str) -> str:
    """What `convcalc NAME --help` prints."""
    assert ctx.parent is not None and isinstance(ctx.parent.command, click.Group)
    command = ctx.parent.command.get_command(ctx.parent, name)
    assert isinstance(command, Command)
    return f"{command.get_help(command.context_class(command, parent=ctx.parent, info_name=name))}\n"


def overview() -> Iterator[str]:
    """The topics and the commands, a line each."""
    wide = max(map(len, (*COMMANDS, *(topic.name for topic in TOPICS))))
    yield "convcalc help TOPIC"
    yield from (f"  {topic.name.ljust(wide)}  {topic.about}" for topic in TOPICS)
    yield ""
    yield "convcalc COMMAND --help"
    yield from (f"  {name.ljust(wide)}  {about}" for name, about in COMMANDS.items())
