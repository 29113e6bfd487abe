"""How fast a class is marked: 1,000 submissions of 13 rows with 3 quantities each, all wrong in different ways, to CSV.

    python benchmarks/marking.py            # the bar is 3 s on two cores, and memory flat in the number of submissions
    python benchmarks/marking.py 4000       # another number of submissions

Nearly every row of every sheet is wrong, and no two sheets are alike: what one student's answers have cost saves little
at the next.  A real class, which makes the same few mistakes, is faster.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from convcalc.network.load import summarise

ROWS = 13
BAR = 3.0  # seconds


def rows() -> list[tuple[str, tuple[int, ...], int, int]]:
    """Thirteen rows of AlexNet: name, output, parameters, MACs."""
    found = []
    for layer in summarise("alexnet").layers:
        applied = layer.applied
        if applied is not None and applied.setting.kind.name in (
            "conv",
            "maxpool",
            "linear",
            "adaptiveavgpool",
            "flatten",
        ):
            found.append((layer.name, applied.output, int(applied.parameters), int(applied.macs)))
    return found[:ROWS]


def slipped(right: int, chance: random.Random) -> int:
    """A number as a slip of a student's own leaves it."""
    slips = (
        right - 64,
        right - 1,
        right // 3,
        right // 9,
        2 * right,
        right // 2,
        right + chance.randrange(1000),
        10 * right,
    )
    return max(0, chance.choice(slips))


def submission(number: int, table: list[tuple[str, tuple[int, ...], int, int]]) -> str:
    """A sheet in which most of the answers are wrong, in ways that no other sheet has."""
    chance = random.Random(number)
    lines = [f"student: student {number}", "answers:"]
    for name, output, parameters, macs in table:
        sides = [max(1, side + chance.choice((-2, -1, 0, 1, 2, chance.randrange(50)))) for side in output]
        lines.append(f"  {name}:")
        lines.append(f"    output: {'x'.join(map(str, sides))}")
        lines.append(f"    parameters: {slipped(parameters, chance):,}")
        lines.append(f"    macs: {slipped(macs, chance)}")
    return "\n".join(lines) + "\n"


def key(table: list[tuple[str, tuple[int, ...], int, int]]) -> str:
    asks = "".join(
        f"  - {{ask: {name}.{quantity}, points: 1}}\n"
        for name, *_ in table
        for quantity in ("output", "parameters", "macs")
    )
    return f"assignment: AlexNet\nspec: alexnet\nquestions:\n{asks}"


def measured(folder: Path, count: int, table: list[tuple[str, tuple[int, ...], int, int]]) -> tuple[float, float]:
    """Seconds, and megabytes of the largest process, of marking so many."""
    place = folder / str(count)
    place.mkdir()
    for number in range(count):
        (place / f"student{number}.yaml").write_text(submission(number, table))
    (folder / "key.yaml").write_text(key(table))
    program = (
        "import resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
        "seconds = time.perf_counter() - start\n"
        "print(code, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)\n"
    )
    command = [sys.executable, "-m", "convcalc", "check", str(folder / "key.yaml"), str(place), "--format", "csv"]
    done = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True, check=True)
    code, seconds, memory = done.stdout.split()
    assert code == "1", done.stderr
    return float(seconds), float(memory)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    table = rows()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        measured(Path(folder), 10, table)
        few_time, few_memory = measured(Path(folder), count // 4, table)
        seconds, memory = measured(Path(folder), count, table)
    cores = f"on two cores ({os.cpu_count()} here)"
    print(f"{count:,} submissions of {len(table)} rows × 3     {seconds:6.2f} s     bar {BAR} s {cores}")
    print(f"memory of {count:,} / of {count // 4:,}             {memory:6.1f} MB / {few_memory:.1f} MB")
    print(
        f"{count // 4:,} of them                         {few_time:6.2f} s; {time.perf_counter() - began:.0f} s in all"
    )


if __name__ == "__main__":
    main()
