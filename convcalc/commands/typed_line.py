"""A command line as far as it is typed: its words, and what is left to write of the last one."""

from __future__ import annotations

import re

from convcalc.tuples import NamedTuple

ESCAPED = {"": "", '"': '"$`\\'}  # what a backslash stands before in a quote; outside of them before anything


class TypedLine(NamedTuple):
    """Whole words, without their quotes, and the word at the cursor."""

    words: tuple[str, ...]
    word: str
    quote: str = ""  # that is open
    opened: int = 0  # how much of the word lies before that

    def rest(self, value: str, breaks: str) -> str:
        """What Bash is to write for a value: behind a sign that breaks words, or behind the open quote; quoted."""
        start = self.opened if self.quote else max((self.word.rfind(sign) + 1 for sign in breaks), default=0)
        return (
            quote_text(value[start:], self.quote)
            if value.startswith(self.word[:start])
            else quote_text(value, self.quote)
        )


def read_line(line: str) -> TypedLine:
    """The words of a line, as shells split it; a quote may be open, and a backslash the last sign."""
    words: list[str] = []
    word: str | None = None
    quote, opened = "", 0
    signs = iter(line)
    for sign in signs:
        if sign == quote:
            quote = ""
        elif sign == "\\" and quote != "'":
            escaped = next(signs, "")
            word = (word or "") + (sign if quote and escaped not in ESCAPED[quote] else "") + escaped
        elif quote:
            word = (word or "") + sign
        elif sign in "'\"":
            word = word or ""
            quote, opened = sign, len(word)
        elif sign.isspace():
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + sign
    return TypedLine(tuple(words), word or "", quote, opened)


def quote_text(text: str, quote: str) -> str:
    """A text as Bash reads it where this quote is open."""
    if quote == "'":
        return text.replace("'", "'\\''")
    return re.sub(r'(["$`\\])' if quote else r"([^\w@%+=:,./~^-])", r"\\\1", text)
