"""The value that a text on the command line stands for."""

from __future__ import annotations

import ast
from typing import Any

MAX_LETTERS = 10_000
WORDS = {"true": True, "false": False, "none": None}


def literal(text: str) -> Any:
    """A number, list … where it is one as Python writes it, else the text."""
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    if len(text) > MAX_LETTERS:
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text
    return text if isinstance(value, (bytes, complex)) else value
