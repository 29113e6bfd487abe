"""Values as JSON: whole numbers are integers of any size, symbolic ones and fractions are strings.

The library's encoder in C, without the library: to import that takes a fifteenth of a short run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

try:
    from _json import encode_basestring_ascii, make_encoder
except ImportError:  # an interpreter that has it in Python only
    from json.encoder import JSONEncoder, encode_basestring_ascii

    def encode(value: Any, level: int) -> Any:
        return JSONEncoder(default=str).encode(value)
else:
    encode = make_encoder(None, str, encode_basestring_ascii, None, ": ", ", ", False, False, True)  # type: ignore[assignment]

PLAIN: dict[type, Callable[[Any], str]] = {int: str, str: encode_basestring_ascii}


def json_text(value: Any) -> str:
    """A value with everything in it: mappings by text, sequences, texts, numbers; else the text that it prints as."""
    write = PLAIN.get(type(value))
    return write(value) if write else "".join(encode(value, 0))


def library_text(value: Any, ensure_ascii: bool = True) -> str:
    from json import dumps

    return dumps(value, default=str, ensure_ascii=ensure_ascii)


def json_document(name: str, /, **parts: Any) -> Iterator[str]:
    """A document that names its schema, `convcalc/NAME/1`; lists of objects have a line for each."""
    from convcalc import __version__

    yield f'{{"schema": "convcalc/{name}/1", "convcalc": {json_text(__version__)}'
    for key, value in parts.items():
        yield f",\n {json_text(key)}: "
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield "[" + ",".join(f"\n  {json_text(each)}" for each in value) + "]"
        else:
            yield json_text(value)
    yield "}\n"
