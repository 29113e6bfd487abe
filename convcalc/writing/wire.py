"""Messages in the wire format of protocol buffers, by the tables that the reader has too."""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING, Any

from convcalc.readers.onnx.fields import messages
from convcalc.readers.onnx.wire import FOUR_BYTES, LENGTH, VARINT

if TYPE_CHECKING:
    from collections.abc import Mapping


def encode(message: str, values: Mapping[str, Any]) -> bytes:
    """The bytes of a message: by name a number, a text, bytes or the values of a message, or a list of these."""
    known = {field.name: (number, field.type) for number, field in messages()[message].items()}
    found = bytearray()
    for name, value in values.items():
        number, kind = known[name]
        for each in value if isinstance(value, (list, tuple)) else (value,):
            found += field_bytes(number, kind, each)
    return bytes(found)


def field_bytes(number: int, kind: str, value: Any) -> bytes:
    if kind == "int":
        return varint(number << 3 | VARINT) + varint(value)
    if kind == "float":
        return varint(number << 3 | FOUR_BYTES) + pack("<f", value)
    data: bytes = value.encode() if kind == "text" else value if isinstance(value, bytes) else encode(kind, value)
    return varint(number << 3 | LENGTH) + varint(len(data)) + data


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; a negative number as the one of 64 bits that it is."""
    number &= (1 << 64) - 1
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)
