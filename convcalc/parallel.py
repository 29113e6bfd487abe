"""A function applied to many items on all processors: results in order, and only a few items in progress at a time.

The processes are forked, so that they inherit the function and whatever it needs.  None outlives this one: they wait
for work on a pipe that ends with it, and are killed where a run is broken off.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 4  # items that travel together
WORTH = 16 * CHUNK  # fewer are done before a second process has started


def spread(work: Callable[[Item], Result], items: Iterable[Item], processes: int = 0) -> Generator[Result, None, None]:
    """work(item) for every item, in order; in this process if a second one would not pay, or cannot be started."""
    source = iter(items)
    first = list(islice(source, WORTH))
    count = min(processes or processors(), processors())
    if len(first) < WORTH or count < 2 or not hasattr(os, "fork"):
        yield from map(work, chain(first, source))
    else:
        yield from map(work, first[:CHUNK])  # whatever is imported and remembered for these, the others inherit
        yield from share(work, chain(first[CHUNK:], source), count)


def share(work: Callable[[Any], Result], items: Iterator[Any], count: int) -> Iterator[Result]:
    """The results, computed in `count` processes; this one does what another leaves undone when it dies."""
    crew: list[Worker] = []
    try:
        start_workers(crew, work, count)
        chunks = enumerate(iter(lambda: list(islice(items, CHUNK)), []))
        idle, busy, ready, due = [*crew], dict[Worker, tuple[int, list[Any]]](), dict[int, Iterable[Result]](), 0
        while True:
            while idle and len(ready) + len(busy) < 2 * count and (task := next(chunks, None)):
                worker = idle.pop()
                busy[worker] = task
                worker.send(task[1])
            if due in ready:
                yield from ready.pop(due)
                due += 1
            elif busy:
                for worker in answering_workers(busy):
                    number, chunk = busy.pop(worker)
                    results = worker.receive()
                    if results is not None:
                        idle.append(worker)
                    ready[number] = results if results is not None else map(work, chunk)
            elif task := next(chunks, None):  # nobody is left
                yield from map(work, task[1])
                due += 1
            else:
                break
        while crew:
            crew.pop().dismiss()
    finally:
        for worker in crew:
            worker.kill()


def start_workers(crew: list[Worker], work: Callable[[Any], Any], count: int) -> None:
    """Start `count` processes, or as many as the system allows; no signal can come between a fork and its record."""
    import signal

    held = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        for _ in range(count):
            try:
                crew.append(Worker(work, [*crew]))
            except OSError:
                break
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


class Worker:
    """A forked process, and the pipes to it."""

    def __init__(self, work: Callable[[Any], Any], others: list[Worker]):
        tasks_in, tasks_out = os.pipe()
        results_in, results_out = os.pipe()
        try:
            self.pid = os.fork()
        except OSError:
            for end in (tasks_in, tasks_out, results_in, results_out):
                os.close(end)
            raise
        self.tasks, self.results = os.fdopen(tasks_out, "wb"), os.fdopen(results_in, "rb")
        if self.pid:
            os.close(tasks_in)
            os.close(results_out)
        else:
            try:
                for worker in (self, *others):  # the pipes end with the process that hands out the work
                    os.close(worker.tasks.fileno())
                    os.close(worker.results.fileno())
                serve(work, tasks_in, results_out)
            finally:
                os._exit(1)

    def send(self, chunk: list[Any]) -> None:
        from pickle import dump

        with suppress(BrokenPipeError):  # where it has died, its results end too
            dump(chunk, self.tasks)
            self.tasks.flush()

    def receive(self) -> list[Any] | None:
        """The results of what was sent; None from a process that has died."""
        from pickle import UnpicklingError, load

        try:
            results: list[Any] = load(self.results)
            return results
        except (EOFError, UnpicklingError):
            return None

    def dismiss(self) -> None:
        for end in (self.tasks, self.results):
            with suppress(BrokenPipeError):
                end.close()
        os.waitpid(self.pid, 0)

    def kill(self) -> None:
        import signal

        os.kill(self.pid, signal.SIGKILL)
        self.dismiss()


def answering_workers(workers: Iterable[Worker]) -> list[Worker]:
    """Those that have results or have died; waits until there is one."""
    import select

    known = {worker.results.fileno(): worker for worker in workers}
    poll = select.poll()
    for descriptor in known:
        poll.register(descriptor, select.POLLIN)
    return [known[descriptor] for descriptor, _ in poll.poll()]


def serve(work: Callable[[Any], Any], tasks: int, results: int) -> None:
    """The life of a forked process, which leaves the terminal and its signals to the one that forked it."""
    import pickle
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    with open(tasks, "rb") as source, open(results, "wb") as target:
        while True:
            try:
                chunk = pickle.load(source)
            except EOFError:
                os._exit(0)
            pickle.dump([work(item) for item in chunk], target)
            target.flush()


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
