"""A file that a command writes is there whole in the end, or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = count(1)


@contextmanager
def file_to_write(path: str, is_binary: bool = False, encoding: str = "utf-8") -> Iterator[Any]:
    """A file for text or bytes, which is there whole in the end or not at all; a Problem where that is not allowed."""
    beside = os.path.join(os.path.dirname(path), f".convcalc-{os.getpid()}-{next(NUMBERS)}")
    try:
        try:
            with (
                open(beside, "xb")
                if is_binary
                else open(beside, "x", encoding=encoding, errors="replace", newline="\n") as file
            ):
                yield file
            os.replace(beside, path)
        except BaseException:
            if os.path.lexists(beside):
                os.unlink(beside)
            raise
    except OSError as error:
        raise unwritten(path, "written", error) from None


def unwritten(path: str, done: str, error: OSError) -> Problem:
    return problem("B040", f"{path} cannot be {done}: {error.strerror or error}", "name another folder")
