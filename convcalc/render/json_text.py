"""Values as JSON: whole numbers are integers of any size, symbolic ones and fractions are strings.

The json module is imported only for a text that needs escapes: its import takes as long as the report of a network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

WORDS = {None: "null", True: "true", False: "false"}


def json_text(value: Any, in_words: Callable[[Any], str] = str) -> str:
    """A value on one line, in ASCII; what JSON has no type for is a string, `in_words`."""
    cls = type(value)  # the commonest first
    if cls is int or cls is float:
        return repr(value)
    if cls is str:
        return quoted(value)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join([json_text(part, in_words) for part in value])}]"
    if cls is dict:
        return f"{{{', '.join([f'{quoted(key)}: {json_text(part, in_words)}' for key, part in value.items()])}}}"
    return WORDS[value] if value is None or cls is bool else quoted(in_words(value))


def quoted(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    from json import dumps

    return dumps(text)
