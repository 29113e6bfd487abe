"""Values as JSON: whole numbers are integers of any size, symbolic ones and fractions are strings.

Written here, since to import the library takes a fifteenth of a short run; it still escapes what needs that.
"""

from __future__ import annotations

from typing import Any

CONSTANTS = {None: "null", True: "true", False: "false"}


def json_text(value: Any) -> str:
    """A value with everything in it: mappings by text, sequences, texts, numbers; else the text that it prints as."""
    if isinstance(value, str):
        return string(value)
    if value is None or isinstance(value, bool):
        return CONSTANTS[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(json_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join([f'{string(name)}: {json_text(each)}' for name, each in value.items()])}}}"
    return library_text(value)


def string(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return library_text(text)


def library_text(value: Any, ensure_ascii: bool = True) -> str:
    from json import dumps

    return dumps(value, default=str, ensure_ascii=ensure_ascii)
