"""Protocol buffers' wire format: fields one after another, each a key, and then a number or a run of bytes."""

from __future__ import annotations

from struct import unpack_from
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, problem
from convcalc.readers.onnx.fields import messages
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from mmap import mmap

    from convcalc.readers.onnx.fields import MessageField

MAX_FIELDS = 1_000_000  # read of one file; 50,000 nodes have about as many
LONGEST = 70  # bits of a varint: ten bytes of seven
VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5
CURE = "export the network again: the file was cut off or changed on its way"


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
