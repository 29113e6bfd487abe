"""Values as JSON: whole numbers are integers of any size, symbolic ones and fractions are strings.

Written here, since to import the library takes a fifteenth of a short run; it still escapes what needs that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def json_text(value: Any) -> str:
    """A value with everything in it: mappings by text, sequences, texts, numbers; else the text that it prints as."""
    write = WRITERS.get(type(value))
    if write is None:
        write = next((each for known, each in WRITERS.items() if isinstance(value, known)), library_text)
    return write(value)


def sequence(values: Iterable[Any]) -> str:
    return f"[{', '.join(map(json_text, values))}]"


def mapping(values: Mapping[str, Any]) -> str:
    return f"{{{', '.join([f'{string(name)}: {json_text(each)}' for name, each in values.items()])}}}"


def string(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return library_text(text)


def library_text(value: Any, ensure_ascii: bool = True) -> str:
    from json import dumps

    return dumps(value, default=str, ensure_ascii=ensure_ascii)


WRITERS: dict[type, Callable[[Any], str]] = {
    int: str,
    str: string,
    tuple: sequence,
    list: sequence,
    dict: mapping,
    type(None): lambda value: "null",
    bool: lambda value: "true" if value else "false",
}
