"""A file that a command writes is there whole in the end, or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

NUMBERS = count(1)


def file_to_write(path: str, is_binary: bool = False, encoding: str = "utf-8") -> AbstractContextManager[Any]:
    """A file for text or bytes, which is there whole in the end or not at all; a Problem where that is not allowed.

    A device or a pipe is written to and stays one, and so does a link to a file.
    """
    text = {} if is_binary else {"encoding": encoding, "errors": "replace", "newline": "\n"}
    is_stream = os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)
    return (stream if is_stream else whole_file)(path, "b" if is_binary else "", text)


@contextmanager
def stream(path: str, mode: str, text: dict[str, Any]) -> Iterator[Any]:
    try:
        with open(path, f"w{mode}", **text) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritten(path, "written", error) from None


@contextmanager
def whole_file(path: str, mode: str, text: dict[str, Any]) -> Iterator[Any]:
    if not os.path.basename(path):  # x.csv/ is a folder, and there is none
        raise unwritten(path, "written", OSError("it is a folder"))
    target = os.path.realpath(path)
    beside = os.path.join(os.path.dirname(target), f".convcalc-{os.getpid()}-{next(NUMBERS)}")
    try:
        try:
            with open(beside, f"x{mode}", **text) as file:
                yield file
            os.replace(beside, target)
        except BaseException:
            if os.path.lexists(beside):
                os.unlink(beside)
            raise
    except OSError as error:
        raise unwritten(path, "written", error) from None


def unwritten(path: str, done: str, error: OSError) -> Problem:
    return problem("B040", f"{path} cannot be {done}: {error.strerror or error}", "name another folder")
