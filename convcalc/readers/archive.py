"""Zip archives in which networks are saved: whose it is by the names of its members, and one of them inflated."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from convcalc.problem import Problem, Source, problem

if TYPE_CHECKING:
    from zipfile import ZipFile

    from convcalc.spec import Spec
    from convcalc.spec.choices import Choices

# By the name of a member, the module that reads the archive: the first of which one is there.
READERS = (
    (r"config\.json", "keras.configuration"),
    (r"(?:[^/]+/)?models/[^/]+\.json|serialized_exported_program\.json", "pytorch.exported"),
    (r"(?:.*/)?data\.pkl|(?:.*/)?code/.*\.py|.*\.npy|word/document\.xml", "named"),
)
MAX_DIRECTORY = 1_000_000  # bytes of the list of members, some ten thousand
MAX_MEMBER = 8_000_000  # bytes of a member, inflated
PLAIN = (0, 8)  # stored and deflated: of others zipfile inflates gigabytes before it gives the first byte


class BoundedFile(io.BufferedReader):
    """A file that gives no more at once than its limit, whatever an archive says of its own lengths."""

    limit = MAX_DIRECTORY

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:  # the end of the archive, where its list is said to be
            size = self.limit
        if size > self.limit:
            raise ValueError("its list of members is too long")
        return super().read(size)


def read_spec(source: Source, choices: Choices) -> Spec:
    """The Spec of the network in an archive; a Problem that names the members where none is known."""
    with archive(source) as stored:
        names = stored.namelist()
    for pattern, module in READERS:
        if any(re.fullmatch(pattern, name) for name in names):
            found: Spec = import_module(f"convcalc.readers.{module}").read_spec(source, choices)
            return found
    listed = ", ".join(names[:4])[:100] or "nothing"
    hint = 'of Keras, model.save("net.keras") writes one that is read'
    raise problem("Y052", f"{source.name} is a zip archive without a network that is read: it holds {listed}", hint)


@contextmanager
def archive(source: Source) -> Iterator[ZipFile]:
    """The archive, with its list of members read; a Problem for whatever is wrong in it."""
    from zipfile import ZipFile

    with open(source.path, "rb", buffering=0) if source.path else io.BytesIO(source.data) as raw:
        file = BoundedFile(raw)
        try:
            with ZipFile(file) as stored:
                file.limit = MAX_MEMBER + 1
                yield stored
        except Problem:
            raise
        except Exception as error:  # zipfile and zlib have each their own: all in it is taken for lengths and dates
            message = f"{source.name} is a damaged zip archive: {str(error)[:100]}"
            raise problem("Y052", message, "save the network again") from None


def member_text(source: Source, name: str) -> str:
    """The text of a member, inflated as far as it may be long: what its header says of that is not believed."""
    with archive(source) as stored:
        member = next((each for each in stored.infolist() if each.filename == name), None)
        if member is None:
            raise problem("Y052", f"{source.name} has no {name}", "save the network again")
        if member.flag_bits & 1:
            raise problem("Y052", f"{name} in {source.name} needs a password", "save it without one")
        if member.compress_type not in PLAIN:
            raise problem("Y052", f"{name} in {source.name} is packed in an unusual way", "make an ordinary zip file")
        with stored.open(member) as file:
            data = file.read(MAX_MEMBER + 1)
    if len(data) > MAX_MEMBER:
        raise problem(
            "Y052", f"{name} in {source.name} has more than {MAX_MEMBER:,} bytes", "save the parts of the network"
        )
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise problem("Y052", f"{name} in {source.name} is no UTF-8", "save the network again") from None
