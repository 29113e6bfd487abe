"""How fast a class is marked: 1,000 submissions of 13 rows with 3 quantities each, all wrong in different ways, to CSV.

    python benchmarks/marking.py            # two processes, held against yaml.load of the same files in one
    python benchmarks/marking.py 4000       # another number of submissions

Nearly every row of every sheet is wrong, and no two sheets are alike: what one student's answers have cost saves little
at the next.  A real class, which makes the same few mistakes, is faster.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from pathlib import Path

from run import CONVCALC, cost

from convcalc.network.load import summarise

ROWS = 13
ROUNDS = 5
LOAD = """
import pathlib, sys, yaml
for path in pathlib.Path(sys.argv[1]).iterdir():
    with open(path) as file:
        yaml.load(file, yaml.CSafeLoader)
"""


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


def handed_in(folder: Path, count: int, table: list[tuple[str, tuple[int, ...], int, int]]) -> Path:
    """A folder of so many submissions."""
    place = folder / str(count)
    place.mkdir()
    for number in range(count):
        (place / f"student{number}.yaml").write_text(submission(number, table))
    return place


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    table = rows()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "key.yaml").write_text(key(table))
        few, many = handed_in(folder, count, table), handed_in(folder, 3 * count, table)
        check = [CONVCALC, "check", str(folder / "key.yaml"), "--format", "csv"]
        two = [*check, "--processes", "2"]
        runs = [(cost([*two, str(few)]), cost([sys.executable, "-c", LOAD, str(few)])) for _ in range(ROUNDS)]
        memory = [cost([*check, "--processes", "1", str(place)]).megabytes for place in (few, many)]
    print(f"{count:,} submissions of {len(table)} rows × 3, by two processes / yaml.load(CSafeLoader) by one")
    # The fastest of each, since whatever else runs takes from two processes more than from one.
    for what, bar in (("clock", 6), ("processor", 12)):
        ours, theirs = (min(getattr(run, what) for run in column) for column in zip(*runs, strict=True))
        middle = statistics.median(getattr(mine, what) / getattr(other, what) for mine, other in runs)
        print(
            f"  {what:10} {ours:6.2f} s {theirs:6.2f} s   ratio {ours / theirs:6.2f}, median {middle:.2f}   bar {bar}"
        )
    print(f"memory of one process, {count:,} and {3 * count:,}: {memory[0]:.1f} MB, {memory[1]:.1f} MB, to be alike")


if __name__ == "__main__":
    main()
