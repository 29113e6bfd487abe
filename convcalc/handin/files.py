"""The files of a folder or of a zip archive, listed alike: read with limits, never unpacked, no link followed.

A student's archives are opened when that student is marked, each once, and forgotten with them.

| code | refused |
|---|---|
| B001 | more than MAX_BYTES in one file |
| B002 | bytes that are not text |
| B003 | text that is not UTF-8, nor UTF-16 that begins with its mark, nor Latin-1 |
| B004 | a link, a device, a pipe |
| B005 | a name that leads out of its archive |
| B006 | a zip archive that cannot be read, or needs a password |
| B007 | more than MAX_FILES files, or in a student's archives MAX_MEMBERS, MAX_ARCHIVE bytes or MAX_NESTING levels |
| B008 | a file that the system does not give |
"""

from __future__ import annotations

import codecs
import io
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from convcalc.problem import Problem, Source, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

MAX_BYTES = 1_000_000  # of one file of answers; those of ResNet-152 have some forty thousand
MAX_NOTEBOOK = 10_000_000  # of a notebook, which has pictures in it
MAX_FILES = 100_000
JOINERS = "\u200c\u200d"  # that names in Persian, Hindi and others have
MAX_DEPTH = 20  # folders inside one another
MAX_ARCHIVE = 50_000_000  # of all archives of one student, those inside others inflated
MAX_MEMBERS = 1_000  # files in all archives of one student, who needs some hundred at most
MAX_NESTING = 2  # archives inside one another

ONLINE_TEXT = "onlinetext.html"  # what is typed into Moodle's editor
JUNK = frozenset(("__MACOSX", "Thumbs.db", "desktop.ini", "timestamp.txt"))  # the last is nbgrader's
BOUNDED = (0, 8)  # stored and deflated: of bzip2 and lzma zipfile inflates gigabytes before it gives the first byte
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # as Blackboard writes
ZIP = b"PK\x03\x04"


class File(NamedTuple):
    """A file: its path inside the folder or archive, what to call it, and how to get at its first bytes."""

    path: tuple[str, ...]
    name: str
    head: Callable[[int], bytes]  # at most so many bytes; a Problem if it cannot be read

    @property
    def suffix(self) -> str:
        return os.path.splitext(self.path[-1])[1].lower()

    def data(self, limit: int = MAX_BYTES) -> bytes:
        data = self.head(limit + 1)
        if len(data) > limit:
            hint = "hand in only the answers: they take a few kilobytes"
            raise problem("B001", f"{self.name} has more than {limit:,} bytes, and is not read", hint)
        return data

    def decoded(self, limit: int = MAX_BYTES) -> tuple[str, str]:
        """Its text, and the encoding if that is not UTF-8."""
        return decode(self.name, self.data(limit))

    def text(self, limit: int = MAX_BYTES) -> str:
        return self.decoded(limit)[0]

    def source(self) -> Source:
        return self.encoded_source()[0]

    def encoded_source(self) -> tuple[Source, str]:
        text, encoding = self.decoded(MAX_NOTEBOOK if self.suffix == ".ipynb" else MAX_BYTES)
        if self.path[-1] == ONLINE_TEXT:
            from convcalc.handin.online_text import typed_text

            text = typed_text(text)
        return Source(self.name, text), encoding


def decode(name: str, data: bytes) -> tuple[str, str]:
    """The text that the bytes hold, and its encoding if that is not UTF-8; a Problem if they are not text."""
    hint = "save it as plain text, in UTF-8"
    if data.startswith(UTF_16):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            raise problem("B003", f"{name} is damaged UTF-16", hint) from None
    if b"\0" in data:
        raise problem("B002", f"{name} is not a text file", hint)
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        if text := latin_text(data):
            return text, "Latin-1"
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{name} is not UTF-8: byte 0x{data[error.start]:02X} on line {line}"
        raise problem("B003", message, hint) from None


def latin_text(data: bytes) -> str:
    """Bytes as the text of an old editor, Windows' Latin-1; "" for what is none, or is UTF-8 but for some damage."""
    if not data.decode("utf-8", "ignore").isascii():
        return ""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    return text if all(char.isprintable() or char.isspace() for char in text) else ""


def named_file(path: str) -> File:
    """The file at a path that the user names, who may name a link or a pipe; `-` is standard input."""
    if path == "-":
        from functools import cache

        return File(("standard input",), "standard input", cache(standard_input))  # it can be read only once

    def head(limit: int) -> bytes:
        try:
            with open(path, "rb") as file:
                return file.read(limit)
        except (OSError, ValueError) as error:
            raise unreadable_file(path, error) from None

    return File((os.path.basename(os.path.normpath(path)),), path, head)


def standard_input(limit: int) -> bytes:
    if sys.stdin is None:
        raise problem("B008", "there is no standard input", "name a file")
    return sys.stdin.buffer.read(limit)


def unreadable_file(name: str, error: Exception) -> Problem:
    reason = getattr(error, "strerror", None) or str(error)
    return problem("B008", f"{name} cannot be read: {reason}", "check the path, and who may read it")


def raiser(found: Problem) -> Callable[..., NoReturn]:
    """A function that raises it, for what cannot be read."""

    def fail(*_: object) -> NoReturn:
        raise found

    return fail


# Folders


def files_of_folder(root: str) -> list[File]:
    """Every file below a folder, in order; without hidden ones and those that systems leave behind."""
    found = sorted(files_below(root, ()), key=lambda file: file.path)
    if len(found) > MAX_FILES:
        raise problem("B007", f"{root} has more than {MAX_FILES:,} files", "name the folder of the submissions")
    return found


def files_below(root: str, path: tuple[str, ...]) -> Iterator[File]:
    place = os.path.join(root, *path)
    try:
        with os.scandir(place) as entries:
            known = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield File((*path, "?"), place, raiser(unreadable_file(place, error)))
        return
    for entry in known:
        if is_junk(entry.name):
            continue
        inside = (*path, entry.name)
        if entry.is_dir(follow_symlinks=False):
            if len(inside) < MAX_DEPTH:
                yield from files_below(root, inside)
        else:
            yield file_on_disk(entry.path, inside)


def file_on_disk(place: str, path: tuple[str, ...]) -> File:
    """A student's file, which may be a link or a pipe."""

    def head(limit: int) -> bytes:
        try:
            # Without blocking: a pipe would be waited for.
            handle = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except (OSError, ValueError) as error:
            if os.path.islink(place):
                raise problem("B004", f"{place} is a link; links are not followed", "hand in the file itself") from None
            raise unreadable_file(place, error) from None
        with open(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise problem("B004", f"{place} is no regular file", "hand in a text file")
            return file.read(min(limit, status.st_size))  # as much is set aside before it is read

    return File(path, place, head)


def is_junk(name: str) -> bool:
    return name.startswith(".") or name in JUNK


# Archives


def is_archive(file: File) -> bool:
    return file.suffix == ".zip"


def archive_members(name: str, stored: ZipFile) -> list[File]:
    """The files of a zip archive; one whose name leads out of it is listed, and is refused when it is read."""
    found = []
    for member in sorted(stored.infolist(), key=lambda member: member.filename):
        path = tuple(part for part in member.filename.replace("\\", "/").split("/") if part not in ("", ".", ".."))
        if path and not member.is_dir() and not any(map(is_junk, path)):
            found.append(File(path, f"{name}/{member.filename}", member_reader(stored, member)))
    return found


def archive_of_class(place: str) -> ZipFile:
    """The archive that the user names, who may name a link to it; a device or a pipe has no end to begin with."""
    try:
        if not stat.S_ISREG(os.stat(place).st_mode):
            raise problem("B004", f"{place} is no regular file", "name a zip archive")
        return open_archive(place, open(place, "rb"), MAX_FILES)
    except (OSError, ValueError) as error:
        raise unreadable_file(place, error) from None


def open_archive(name: str, stored: BinaryIO, limit: int) -> ZipFile:
    """An archive of at most so many files, counted before they are listed: a list takes a hundred times their room."""
    from zipfile import ZipFile

    hint = "create the archive again, or hand in the file itself"
    # Every file has a header of its own, whatever the end of an archive says of their number.
    if sum(part.count(b"PK\1\2") for part in iter(lambda: stored.read(1 << 20), b"")) > limit:
        raise problem("B007", f"{name} has more than {limit:,} files", hint)
    try:
        return ZipFile(stored)
    except Exception as error:  # whatever is in it is taken for lengths, dates and names
        raise problem("B006", f"{name} is no zip archive that can be read: {error}", hint) from None


def member_reader(stored: ZipFile, member: ZipInfo) -> Callable[[int], bytes]:
    """Reads the beginning of a member: what its header says of its size is not believed."""

    def head(limit: int) -> bytes:
        name = member.filename
        if ".." in name.replace("\\", "/").split("/") or name.startswith(("/", "\\")) or name[1:2] == ":":
            raise problem("B005", f'the name "{name}" leads out of the archive', "create the archive again")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise problem("B004", f"{name} is a link; links are not followed", "hand in the file itself")
        if member.compress_type not in BOUNDED:
            hint = "create the archive again, as an ordinary zip file"
            raise problem("B006", f"{name} is packed in an unusual way", hint)
        if member.flag_bits & 1:
            raise problem("B006", f"{name} needs a password", "make the archive without one")
        try:
            with stored.open(member) as file:
                return file.read(limit)
        except Exception as error:  # zipfile, zlib, lzma and bz2 have each their own
            raise problem("B006", f"{name} is damaged: {error}", "create the archive again") from None

    return head


class Unpacking:
    """One student's files, each archive replaced by its contents, within limits for all of them together."""

    def __init__(self) -> None:
        self.bytes, self.files = MAX_ARCHIVE, MAX_MEMBERS  # that are left

    def expand(self, found: Iterable[File], depth: int = 1) -> Iterator[File]:
        """The files; an archive that cannot be opened stays, and is refused when it is read."""
        for file in found:
            if not is_archive(file):
                yield file
                continue
            try:
                inner = self.open_inner(file, depth)
            except Problem as error:
                yield file._replace(head=raiser(error))
            else:
                for member in self.expand(inner, depth + 1):
                    yield member._replace(path=(*file.path, *member.path))

    def open_inner(self, file: File, depth: int) -> list[File]:
        hint = "hand in only the answers"
        if depth > MAX_NESTING:
            raise problem("B007", f"{file.name} is an archive inside an archive inside an archive", hint)
        data = file.head(self.bytes + 1)
        if len(data) > self.bytes:
            raise problem("B007", f"with {file.name} there are archives of more than {MAX_ARCHIVE:,} bytes", hint)
        self.bytes -= len(data)
        found = archive_members(file.name, open_archive(file.name, io.BytesIO(data), MAX_MEMBERS))
        if not found:
            raise problem("B006", f"{file.name} is an empty archive", "put the answers into it")
        self.files -= len(found)
        if self.files < 0:
            raise problem("B007", f"with {file.name} there are archives of more than {MAX_MEMBERS:,} files", hint)
        return found


def printable_name(value: object, limit: int = 200) -> str:
    """A name from outside: no control characters, not too long."""
    text = str(value).strip()
    if not text.isprintable():
        text = "".join(char if char.isprintable() or char in JOINERS else "·" for char in text).strip(JOINERS)
    return text if len(text) <= limit else text[: limit - 1] + "…"
