"""The text of a file or of standard input, or why there is none."""

from __future__ import annotations

import codecs
import os
import re
import stat
import sys

from convcalc.problem import Mark, Problem, Source, did_you_mean, problem

BREAK = "\r\n|[\n\r\x85\u2028\u2029]"  # YAML's line ends
MAX_BYTES = 256_000_000  # some two million layers
HEAD = 4096  # bytes by which a binary file is known
# What a terminal is told by, and characters without width; compiled only for a text that may have some.
UNSEEN = "\x1b(?:\\[[0-9;?]*[A-Za-z]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\))|[\u200b\u2060\ufeff]"
NO_TEXT = bytes((*range(9), *range(14, 27)))  # control characters


def read(path: str) -> Source:
    """The text of a file, or of standard input where the path is "-"; raises a Problem that says why there is none."""
    name = "standard input" if path == "-" else path
    try:
        if path == "-":
            if sys.stdin is None:
                raise problem("Y032", "there is no standard input", "name a file")
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            status = os.stat(path)
            _refuse_special(path, status)
            if stat.S_ISREG(status.st_mode) and _is_binary(first_bytes(path)):
                return Source(path, "", path=path)
            _refuse_large(path, status)
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        hint = did_you_mean(os.path.basename(path), _neighbours(path))
        hint = hint or "check the path; convcalc specs lists the networks that need none"
        raise problem("Y030", f"there is no file {path}", hint) from None
    except PermissionError:
        raise problem("Y032", f"{name} may not be read", "ask its owner for permission, or copy it") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        reason = getattr(error, "strerror", None) or str(error)
        raise problem("Y032", f"{name} cannot be read: {reason}", "check the path") from None
    if len(data) > MAX_BYTES:
        raise _too_large(name, f"more than {MAX_BYTES:,}")
    return Source(name, "", data=data) if _is_binary(data[:HEAD]) else _decode(name, data)


def first_bytes(path: str) -> bytes:
    """As much of a file as tells what it is."""
    with open(path, "rb") as file:
        return file.read(HEAD)


def contents(source: Source) -> bytes:
    """All that a source holds, a text or a binary file."""
    if source.path:
        with open(source.path, "rb") as file:
            return file.read()
    return source.data or source.text.encode("utf-8", "surrogatepass")


def _is_binary(head: bytes) -> bool:
    """Whether a file of one of the binary forms begins like this: all have signs that no text has."""
    if head.translate(None, NO_TEXT) == head and not head.startswith(b"%PDF"):
        return False
    from convcalc.readers.forms import binary_form

    return binary_form(head) is not None


def _refuse_special(path: str, status: os.stat_result) -> None:
    kind = status.st_mode
    if stat.S_ISDIR(kind):
        from convcalc.readers.named import refuse_folder

        refuse_folder(path)
        raise problem("Y031", f"{path} is a directory", f"name a file in it: {os.path.join(path, 'net.yaml')}")
    if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind) or _is_terminal(path, kind)):
        raise problem("Y035", f"{path} is a device, not a text file", "name a file, or - for standard input")


def _refuse_large(path: str, status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode) and status.st_size > MAX_BYTES:
        raise _too_large(path, f"{status.st_size:,}")


def _is_terminal(path: str, kind: int) -> bool:
    """/dev/stdin is a terminal when nothing is piped in; /dev/zero never ends."""
    if not stat.S_ISCHR(kind):
        return False
    with open(path, "rb", buffering=0) as file:
        return file.isatty()


def _too_large(name: str, size: str) -> Problem:
    hint = "repeat: and blocks: say the same with fewer lines"
    return problem("Y034", f"{name} has {size} bytes; at most {MAX_BYTES:,} are read", hint)


def _neighbours(path: str) -> list[str]:
    """Some names from the folder of a path."""
    try:
        with os.scandir(os.path.dirname(path) or ".") as entries:
            return [entry.name for entry, _ in zip(entries, range(1000))]  # noqa: B905 - the first 1,000 of them
    except OSError:
        return []


def _decode(name: str, data: bytes) -> Source:
    hint = "save the file as UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # as PowerShell writes it
        try:
            return Source(name, _as_seen(data.decode("utf-16")))
        except UnicodeDecodeError:
            raise problem("Y033", f"{name} is damaged UTF-16", hint) from None
    skipped = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    try:
        return Source(name, _as_seen(data[skipped:].decode() if skipped else data.decode()))
    except UnicodeDecodeError as error:
        place = error.start
        before = re.split(BREAK, data[skipped : skipped + place].decode())
        # As much of the text as an excerpt shows.
        shown = data[skipped : skipped + place + 100].decode(errors="replace")
        where = f"line {len(before)}, column {len(before[-1]) + 1}"
        byte = f"byte {skipped + place:,} (counted from 0; {where}) is 0x{error.object[place]:02X}"
        mark = Mark(Source(name, shown), len(before), len(before[-1]) + 1)
        raise problem("Y033", f"{name} is not UTF-8: {byte}", hint, mark) from None


def _as_seen(text: str) -> str:
    """A text without a terminal's colours and what has no width, and with ordinary spaces."""
    if not any(sign in text for sign in "\x1b\xa0\u200b\u2060\ufeff"):  # as nearly always
        return text
    return re.sub(UNSEEN, "", text).replace("\xa0", " ")
