"""Command lines at random, run and judged: every one ends soon, small, with an exit code of the table and a word said.

    python tests/fuzz.py                                    # 1,000 of every command
    python tests/fuzz.py --command solve --cases 20000      # more of one
    python tests/fuzz.py --command solve --seed 4711        # one of them again

What is found is printed once for each place in the code, made as small as it can be, with the command line and its seed.
"""

import argparse
import gc
import io
import json
import os
import pickle
import re
import resource
import select
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from time import monotonic
from typing import NamedTuple
from unittest import mock

from command_lines import Case, command_line

from convcalc.cli import run
from convcalc.commands import COMMANDS

CODES = (0, 1, 2, 3, 4, 130)
SECONDS, MEGABYTES = 2, 160  # megabytes beside the 40 that it starts with
PATIENCE = 60  # seconds until a run that cannot be interrupted is killed
TOGETHER = 200  # cases in one process


class Outcome(NamedTuple):
    """What a command line came to: an exit code and what was written, or where it was when it ended otherwise."""

    code: int | None
    out: str
    errors: str
    megabytes: float
    ended: str = ""  # what was raised
    place: str = ""


class Finding(NamedTuple):
    """What is wrong with an outcome, and where: findings of one place are one."""

    what: str
    place: str

    @property
    def fault(self) -> tuple[str, str]:
        return self.what.split(":")[0], self.place


class TooLong(BaseException):
    """Out of time; not an Exception, so that nothing on the way takes it for one of its own."""


@contextmanager
def limit(seconds: float):
    """Ends what takes more processor time than this, whatever else the machine does."""

    def stop(_signal, _frame):
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def memory(line: str) -> float:
    """Megabytes of this process, now (`VmRSS`) or at most since the peak was forgotten (`VmHWM`)."""
    try:
        text = Path("/proc/self/status").read_text()
    except OSError:  # no Linux: the memory is not judged
        return 0
    return int(text.partition(f"{line}:")[2].split()[0]) / 1024


@contextmanager
def among(case: Case):
    """In a folder with the case's files, its standard input, and the streams caught."""
    here, streams = os.getcwd(), (sys.stdin, sys.stdout, sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in case.files:
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        out, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        sys.stdin = io.TextIOWrapper(io.BytesIO(case.standard_input.encode()), encoding="utf-8")
        sys.stdout, sys.stderr = out, errors
        os.chdir(folder)
        try:
            yield out, errors
        finally:
            os.chdir(here)
            sys.stdin, sys.stdout, sys.stderr = streams


def outcome(case: Case, seconds: float = SECONDS) -> Outcome:
    """A command line run in this process."""
    ended, where, code = "", "", None
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    with among(case) as (out, errors), mock.patch.dict(os.environ, CONVCALC_DEBUG="1"):
        try:
            with limit(seconds):
                code = run(list(case.arguments))
        except (Exception, SystemExit, TooLong) as error:
            ended, where = f"{type(error).__name__}: {str(error)[:80]}", place(error)
        texts = [stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, errors)]
    return Outcome(code, *texts, memory("VmHWM") - before, ended, where)


def place(error: BaseException) -> str:
    """The functions of convcalc on the way to an error: of one that was raised the last, else the first ones."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/convcalc/" in frame.filename]
    shown = frames[1:7] if isinstance(error, (TooLong, MemoryError)) else frames[-1:]
    return " > ".join(f"{Path(frame.filename).stem}.{frame.name}" for frame in shown)


def writes_files(case: Case) -> bool:
    """Whether what it says goes into a file or a folder: -o out, -oout, --output=out."""
    return any(re.match("-o|--output(=|$)", argument) for argument in case.arguments)


def finding(case: Case, found: Outcome) -> Finding | None:
    """What is wrong with an outcome."""
    command, said = case.arguments[0], found.out + found.errors
    faults = [
        (found.ended, found.ended),
        (found.megabytes > MEGABYTES, f"over {MEGABYTES} MB"),
        (found.code not in CODES, f"exit code {found.code}"),
        ("Traceback" in said or "a bug in convcalc" in said, "a traceback"),
        (not said.strip() and not writes_files(case), f"exit code {found.code} and not a word"),
        (found.code == 0 and "--json" in case.arguments and not (writes_files(case) or is_json(found.out)), "no JSON"),
    ]
    return next((Finding(what, found.place or command) for wrong, what in faults if wrong), None)


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


# In processes of their own: what cannot be interrupted is killed, and one case's memory is not the next one's.


def isolated(cases: Sequence[Case], seconds: float = SECONDS) -> Iterator[Outcome]:
    """The outcome of each case, in order; one that cannot be interrupted is killed."""
    done = 0
    while done < len(cases):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
            for case in cases[done:]:
                data = pickle.dumps(outcome(case, seconds))
                os.write(writer, len(data).to_bytes(4, "big") + data)
                gc.collect()
            os._exit(0)
        os.close(writer)
        for _ in cases[done:]:
            data = received(reader, int.from_bytes(received(reader, 4), "big"))
            done += 1
            if not data:
                os.kill(child, signal.SIGKILL)
                yield Outcome(None, "", "", 0, "hangs or dies, and cannot be interrupted")
                break
            yield pickle.loads(data)
        os.close(reader)
        os.waitpid(child, 0)


def received(reader: int, size: int) -> bytes:
    """So many bytes of a pipe; nothing where they do not come."""
    data = b""
    while len(data) < size:
        if not select.select([reader], [], [], PATIENCE)[0] or not (more := os.read(reader, size - len(data))):
            return b""
        data += more
    return data


# Smaller


def smaller(case: Case) -> Iterator[Case]:
    """The case with an argument, a file, or a part of a text less."""
    command, *arguments = case.arguments
    for place in range(len(arguments)):
        for count in (2, 1):
            yield case._replace(arguments=(command, *arguments[:place], *arguments[place + count :]))
    for place in range(len(case.files)):
        yield case._replace(files=case.files[:place] + case.files[place + 1 :])
    for place, text in enumerate(arguments):
        for less in shorter(text):
            yield case._replace(arguments=(command, *arguments[:place], less, *arguments[place + 1 :]))
    for place, (name, text) in enumerate(case.files):
        for less in shorter(text):
            yield case._replace(files=(*case.files[:place], (name, less), *case.files[place + 1 :]))
    for less in shorter(case.standard_input):
        yield case._replace(standard_input=less)


def shorter(text: str) -> Iterator[str]:
    """A text without each of its halves, quarters, … and last each of its letters."""
    size = len(text) // 2
    while size:
        for start in range(0, len(text), size):
            yield text[:start] + text[start + size :]
        size //= 2


def smallest(case: Case, wanted: Finding, tries: int = 1000) -> Case:
    """The smallest case that has the same fault, as far as so many tries and a minute lead."""
    end = monotonic() + 60
    changed = True
    while changed:
        changed = False
        for less in smaller(case):
            tries -= 1
            if tries < 0 or monotonic() > end:
                return case
            (found,) = isolated([less])
            other = finding(less, found)
            if other and other.fault == wanted.fault:
                case, changed = less, True
                break
    return case


# The command line of the fuzzer itself


def search(command: str, first: int, count: int) -> int:
    """Tries so many cases, prints each fault once, and gives the number of cases that have one."""
    seen: Counter[tuple[str, str]] = Counter()
    for start in range(first, first + count, TOGETHER):
        seeds = range(start, min(start + TOGETHER, first + count))
        cases = [command_line(command, Random(f"{command} {seed}")) for seed in seeds]
        for seed, case, found in zip(seeds, cases, isolated(cases), strict=True):
            wrong = finding(case, found)
            if wrong is None:
                continue
            seen[wrong.fault] += 1
            if seen[wrong.fault] == 1:
                print(f"\n{command} {seed}: {wrong.what}\n  in {wrong.place}\n{smallest(case, wrong)}", flush=True)
    print(f"\n{command}: {count:,} cases, {seen.total()} findings of {len(seen)} kinds", flush=True)
    return seen.total()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", action="append", choices=list(COMMANDS))
    parser.add_argument("--cases", type=int)
    parser.add_argument("--seed", type=int, help="the first one; alone: this one only")
    given = parser.parse_args()
    count = given.cases or (1000 if given.seed is None else 1)
    found = sum(search(command, given.seed or 0, count) for command in given.command or COMMANDS)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
