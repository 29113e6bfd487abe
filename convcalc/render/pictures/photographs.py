"""Photographs that a picture is drawn on: PNG and JPEG, taken as they are."""

from __future__ import annotations

from convcalc.problem import problem
from convcalc.render.pictures.shapes import Photograph

MAX_BYTES = 20_000_000
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def open_photograph(path: str) -> Photograph:
    """A file as a photograph without a place; a Problem where it is none."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise problem("U001", f"{path}: {error.strerror or error}") from None
    if len(data) > MAX_BYTES:
        raise problem("U002", f"{path} has more than {MAX_BYTES // 10**6} MB", "make it smaller")
    media = next((media for signature, media in SIGNATURES.items() if data.startswith(signature)), "")
    if not media:
        raise problem("U002", f"{path} is no PNG and no JPEG", "convert it to one of them")
    return Photograph(0, 0, 0, 0, data, media)
