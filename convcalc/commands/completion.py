"""`convcalc completion`: the script by which a shell completes command lines."""

from __future__ import annotations

import click

from convcalc.commands import Command
from convcalc.commands.console import tell
from convcalc.commands.options import format_options
from convcalc.commands.shells import SHELLS

EPILOG = """
\b
Install it with one line, which a virtual environment need not be active for later:
  convcalc completion bash > ~/.convcalc.bash && echo 'source ~/.convcalc.bash' >> ~/.bashrc
  convcalc completion zsh > ~/.convcalc.zsh && echo 'source ~/.convcalc.zsh' >> ~/.zshrc
  convcalc completion fish > ~/.config/fish/completions/convcalc.fish

Then, in a new shell, TAB completes commands, options and their values, bundled networks and files, and what is in the
network on the line: `convcalc explain lenet5 C` and TAB shows its layers C1, C3 and C5, `--set` its names.

Bash should be 4.4 or newer.  An older one, such as the 3.2 of macOS, completes too, but sorts what it shows, and adds
a space after a folder and after `width=`.
"""


@click.command("completion", cls=Command, epilog=EPILOG)
@click.argument("shell", type=click.Choice(tuple(SHELLS)), metavar="SHELL")
@format_options(("text", "json"), endings={"": "text"})
def command(shell: str, form: str) -> None:
    """The script by which a SHELL completes command lines: bash, zsh or fish."""
    script = SHELLS[shell].source_template
    if form == "json":
        from convcalc.render.json_text import json_document

        tell(json_document("completion", shell=shell, script=script), form)
        return
    tell((script,), "script")
