"""What a network is written, drawn or explained as: a str with what is to be known beside it, which saves itself."""

from __future__ import annotations

import os
from typing import Any

from convcalc.library.frozen import Frozen, entry_point, fill
from convcalc.whole_file import file_to_write


@entry_point
def write_file(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file, whole or not at all; a Problem where that cannot be done."""
    with file_to_write(os.fspath(path), is_binary=isinstance(content, bytes)) as file:
        file.write(content)


class Document(Frozen, str):
    """A text in some format: a `str`, whose `remarks` say what whoever reads it has to know beside it.

    >>> convcalc.load("3x4x4 -> conv 8 k3 -> relu").to_yaml()
    input: 3x4x4
    layers:
      - conv 8 k3
      - relu
    """

    __slots__ = ("form", "remarks")
    form: str
    remarks: tuple[str, ...]

    def __new__(cls, text: str, form: str = "text", remarks: tuple[str, ...] = ()) -> Document:
        value = super().__new__(cls, text)
        fill(value, form=form, remarks=remarks)
        return value

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file in UTF-8; a Problem where that cannot be done."""
        write_file(path, str(self))

    def __str__(self) -> str:
        return str.__str__(self)

    def __repr__(self) -> str:
        return self.rstrip("\n")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.form, self.remarks)


class RemarkedBytes(Frozen, bytes):
    """A binary file: `bytes`, whose `remarks` say what whoever reads it has to know beside it.

    >>> convcalc.load("8x8x3 -> conv 8 k3", layout="channels_last").convert("onnx").remarks
    ('ONNX has the channels first: the file takes 3×8×8',)
    """

    _remarks: tuple[str, ...]

    def __new__(cls, content: bytes, remarks: tuple[str, ...] = ()) -> RemarkedBytes:
        value = super().__new__(cls, content)
        fill(value, _remarks=remarks)
        return value

    @property
    def remarks(self) -> tuple[str, ...]:
        """What whoever reads it has to know beside it."""
        return self._remarks

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file; a Problem where that cannot be done."""
        write_file(path, self)

    def __reduce__(self) -> tuple[Any, ...]:
        return RemarkedBytes, (bytes(self), self._remarks)
