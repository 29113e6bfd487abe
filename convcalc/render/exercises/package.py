"""A package of XML files: a zip of always the same bytes."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
UNIX = 3
DATE = (1980, 1, 1, 0, 0, 0)  # of the files: the first that a zip can have


def zip_of(files: Iterable[tuple[str, str]]) -> bytes:
    """The files by name, of no date and not compressed: libraries differ in how they do that."""
    packed = BytesIO()
    with ZipFile(packed, "w") as package:
        for name, content in files:
            info = ZipInfo(name, DATE)
            info.create_system, info.external_attr = UNIX, 0o644 << 16
            package.writestr(info, content)
    return packed.getvalue()
