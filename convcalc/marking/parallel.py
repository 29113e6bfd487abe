"""A function over many items on all processors: results in the items' order, and few of them under way at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 16  # items that travel together
WORTH = 4 * CHUNK  # fewer are done before a second process has started

_work: Callable[[Any], Any] | None = None  # what a process inherits from the one that forks it


def spread(work: Callable[[Item], Result], items: Iterable[Item], processes: int = 0) -> Iterator[Result]:
    """work(item) for every item, in order; by itself where a second process would not pay, or cannot be had."""
    source = iter(items)
    first = list(islice(source, WORTH))
    count = processes or processors()
    if len(first) < WORTH or count < 2 or not hasattr(os, "fork"):
        yield from map(work, chain(first, source))
    else:
        yield from shared(work, chain(first, source), count)


def shared(work: Callable[[Item], Result], items: Iterator[Item], count: int) -> Iterator[Result]:
    """In so many processes; should one of them die, the rest is done here."""
    global _work
    from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
    from multiprocessing import get_context

    _work = work
    under_way: deque[tuple[list[Item], Future[list[Result]]]] = deque()
    with ProcessPoolExecutor(count, get_context("fork")) as pool:
        while True:
            chunk = list(islice(items, CHUNK))
            if chunk:
                try:
                    under_way.append((chunk, pool.submit(done, chunk)))
                except BrokenExecutor:
                    under_way.append((chunk, Future()))
                    under_way[-1][1].set_exception(BrokenExecutor())
            if not under_way:
                return
            if not chunk or len(under_way) > 2 * count:
                chunk, future = under_way.popleft()
                try:
                    yield from future.result()
                except BrokenExecutor:
                    yield from map(work, chunk)


def done(chunk: list[Any]) -> list[Any]:
    assert _work is not None
    return [_work(item) for item in chunk]


def processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
