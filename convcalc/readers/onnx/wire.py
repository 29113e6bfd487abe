"""The messages of ONNX files in the wire format of protocol buffers: fields, each a key, then a number or bytes."""

from __future__ import annotations

from functools import lru_cache
from struct import pack, unpack_from
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from mmap import mmap

MAX_FIELDS = 1_000_000  # read of one file; 50,000 nodes have about as many
LONGEST = 70  # bits of a varint: ten bytes of seven
VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5
CURE = "export the network again: the file was cut off or changed on its way"


# A message a line: number:name:type, with * for any number of them.  A span is where the bytes are, which nobody reads
# until they are asked for: weights, and graphs within nodes.
MESSAGES = """
Model       1:ir_version:int 2:producer_name:text 3:producer_version:text 7:graph:Graph 8:opset_import:Opset*
            25:functions:span*
Function    1:name:text 4:input:text* 5:output:text* 7:node:Node* 10:domain:text 11:attribute_proto:Attribute*
Opset       1:domain:text 2:version:int
Graph       1:node:Node* 2:name:text 5:initializer:Tensor* 11:input:Value* 12:output:Value* 13:value_info:Value*
            15:sparse_initializer:Sparse* 16:metadata_props:span*
Node        1:input:text* 2:output:text* 3:name:text 4:op_type:text 5:attribute:Attribute* 7:domain:text
            9:metadata_props:span*
Entry       1:key:text 2:value:span
Attribute   1:name:text 2:f:float 3:i:int 4:s:text 5:t:Tensor 6:g:span 7:floats:float* 8:ints:int* 9:strings:text*
            20:type:int 21:ref_attr_name:text
Tensor      1:dims:int* 2:data_type:int 4:float_data:span* 5:int32_data:span* 7:int64_data:span* 8:name:text
            9:raw_data:span 10:double_data:span* 11:uint64_data:span* 14:data_location:int
Sparse      1:values:Tensor 3:dims:int*
Value       1:name:text 2:type:Type 4:metadata_props:span*
Type        1:tensor_type:TensorType
TensorType  1:elem_type:int 2:shape:Shape
Shape       1:dim:Dimension*
Dimension   1:dim_value:int 2:dim_param:text
"""


class MessageField(NamedTuple):
    """A field of a message: its name, the type of what is in it, and whether there may be several."""

    name: str
    type: str
    is_list: bool


@lru_cache(maxsize=1)
def messages() -> dict[str, dict[int, MessageField]]:
    """The fields of every message by number."""
    found: dict[str, dict[int, MessageField]] = {}
    for line in MESSAGES.replace("\n     ", " ").strip().splitlines():
        message, *fields = line.split()
        found[message] = {}
        for field in fields:
            number, name, kind = field.split(":")
            found[message][int(number)] = MessageField(name, kind.rstrip("*"), kind.endswith("*"))
    return found


# The types of numbers in tensors by their number, and the letter by which Python's struct reads them.
FLOAT, INT64 = 1, 7
FLOAT_TYPES = frozenset((1, 10, 11, 16))
NUMBER_TYPES = {1: "f", 2: "B", 3: "b", 4: "H", 5: "h", 6: "i", 7: "q", 9: "?", 10: "e", 11: "d", 12: "I", 13: "Q"}


class Span(NamedTuple):
    """Where bytes are that were not read: from `begin` up to `end`."""

    begin: int
    end: int


class Wire:
    """The bytes of a file, of which messages are read by their tables; what has no row in them is skipped."""

    def __init__(self, data: bytes | mmap, name: str):
        self.data, self.name = data, name
        self.left = MAX_FIELDS

    def message(self, kind: str, span: Span) -> dict[str, Any]:
        """The fields of a message by name, those that may be several as lists, and `at`, where it begins."""
        data, known, (at, end) = self.data, messages()[kind], span
        found: dict[str, Any] = {"at": at}
        while at < end:
            begin = at
            key = data[at]
            if key < 128:  # as nearly all are
                at += 1
            else:
                key, at = self.varint(at, end)
            field = known.get(key >> 3)
            if key & 7 == LENGTH:
                size, at = (data[at], at + 1) if at < end and data[at] < 128 else self.varint(at, end)
                start, at = at, at + size
                if not start <= at <= end:
                    shown = f"{size % (1 << 64):,}"
                    raise self.damage(begin, f"{shown} bytes are announced, {end - start:,} are left")
                value = self.inside(field.type, start, at) if field else None
            else:
                value, at = self.number(field, key & 7, begin, at, end)
            self.left -= 1
            if field is None:
                continue
            if not field.is_list:
                if isinstance(value, list):
                    raise self.damage(begin, f"{field.name} is written as several numbers")
                found[field.name] = value
            elif isinstance(value, list):
                found.setdefault(field.name, []).extend(value)
            else:
                found.setdefault(field.name, []).append(value)
        if self.left < 0:
            raise problem("Y042", f"{self.name} holds more than {MAX_FIELDS:,} fields", "a smaller network")
        return found

    def number(self, field: MessageField | None, form: int, begin: int, at: int, end: int) -> tuple[Any, int]:
        """A number that is a field by itself, and where the next one begins."""
        kind = field.type if field else ""
        if form == VARINT:
            number, after = self.varint(at, end)
            fits = kind == "int"
        elif form in (EIGHT_BYTES, FOUR_BYTES):
            after = at + (8 if form == EIGHT_BYTES else 4)
            if after > end:
                raise self.damage(begin, f"{after - at} bytes are announced, {end - at} are left")
            fits = kind == "float" and form == FOUR_BYTES
            number = unpack_from("<f", self.data, at)[0] if fits else 0
        else:
            raise self.damage(begin, f"there is no field of wire type {form}")
        if field and not fits:
            raise self.damage(begin, f"{field.name} has wire type {form}")
        return number, after

    def inside(self, kind: str, begin: int, end: int) -> Any:
        """What bytes of a known length hold."""
        if kind == "text":
            return self.data[begin:end].decode("utf-8", "replace")
        if kind == "int":
            return self.packed(begin, end)
        if kind == "float":
            return list(unpack_from(f"<{(end - begin) // 4}f", self.data, begin))
        return Span(begin, end) if kind == "span" else self.message(kind, Span(begin, end))

    def packed(self, at: int, end: int) -> list[int]:
        """The numbers that are packed into some bytes."""
        found = []
        while at < end:
            number, at = self.varint(at, end)
            found.append(number)
        self.left -= len(found)
        return found

    def varint(self, at: int, end: int) -> tuple[int, int]:
        """A whole number, seven bits a byte, as a signed one of 64 bits; and where the next field begins."""
        begin, number, bits = at, 0, 0
        while at < end:
            byte = self.data[at]
            at += 1
            number |= (byte & 127) << bits
            if byte < 128:
                number &= (1 << 64) - 1
                return number - (number >> 63 << 64), at
            bits += 7
            if bits >= LONGEST:
                raise self.damage(begin, "a number of more than ten bytes")
        raise self.damage(begin, "the file ends within a number" if at == len(self.data) else "a number is cut off")

    def damage(self, at: int, what: str) -> Problem:
        """The error of bytes that are no ONNX, with the place in words: there are no lines in such a file."""
        return problem("Y041", f"{self.name} is damaged at byte {at:,} (counted from 0): {what}", CURE)


# Written


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
