"""How blocks of commands are coloured: a prompt, what is typed, and what is printed."""

from __future__ import annotations

from pygments.lexer import RegexLexer, bygroups, using
from pygments.lexers.shell import BashLexer
from pygments.token import Generic


class CommandLexer(RegexLexer):
    """Only `$ ` is a prompt; Pygments' own takes a line in brackets for one."""

    tokens = {"root": [(r"^(\$ )(.*\n?)", bygroups(Generic.Prompt, using(BashLexer))), (r".+\n?|\n", Generic.Output)]}  # noqa: RUF012
