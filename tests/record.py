"""What two hundred command lines print and end with, recorded before a change of the code and compared after it.

python tests/record.py before.json             # before
python tests/record.py before.json --compare   # after: the first lines that differ, and exit code 1
"""

import argparse
import json
import os
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from difflib import unified_diff
from io import BytesIO, StringIO, TextIOWrapper
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from convcalc.cli import run

TESTS = Path(__file__).parent
SHOWN, WIDTH = 12, 240  # lines of a difference, and characters of a line


def command_lines() -> list[str]:
    """One a line, without the program's name; a line that begins with # is a heading."""
    lines = (TESTS / "data" / "command_lines.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def outcome(line: str) -> list[str | int]:
    """The exit code, the output and the errors of a command line, run in the folder of tests."""
    os.chdir(TESTS)
    os.environ.update(COLUMNS="80", NO_COLOR="1", PYTHONHASHSEED="0")
    sys.stdin = StringIO()
    streams = [TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        code = run(shlex.split(line))
    return [code or 0, *(stream.buffer.getvalue().decode("utf-8", "replace") for stream in streams)]


def recorded() -> dict[str, list[str | int]]:
    """What every command line prints, each in a process of its own where there are processes."""
    lines = command_lines()
    if sys.platform == "emscripten":
        return {line: outcome(line) for line in lines}
    with get_context("fork").Pool(maxtasksperchild=1) as pool:
        return dict(zip(lines, pool.map(outcome, lines, chunksize=1), strict=True))


def differences(before: dict[str, list[str | int]], after: dict[str, list[str | int]]) -> list[str]:
    """What differs, a paragraph for each command line that is in both."""
    found = []
    for line in before.keys() & after.keys():
        if before[line] == after[line]:
            continue
        paragraph = [f"$ convcalc {line}"]
        for what, one, other in zip(("exit code", "output", "errors"), before[line], after[line], strict=True):
            changed = unified_diff(str(one).splitlines(), str(other).splitlines(), "before", "after", what, what, 0, "")
            paragraph += [text[:WIDTH] for text in islice(changed, SHOWN)]
        found.append("\n".join(paragraph))
    return sorted(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--compare", action="store_true")
    options = parser.parse_args()
    found = recorded()
    if not options.compare:
        options.file.write_text(json.dumps(found, indent=0, ensure_ascii=False), "utf-8")
        print(f"{len(found)} recorded")
        return 0
    changed = differences(json.loads(options.file.read_text("utf-8")), found)
    print(*changed, f"{len(changed)} of {len(found)} differ", sep="\n\n")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
