"""What a sweep costs: seconds and megabytes against hand-written loops, and torchinfo in a loop on the same question.

    python benchmarks/sweep.py                                # everything but torchinfo
    CONVCALC_FRAMEWORKS=PYTHON python benchmarks/sweep.py     # and torchinfo, in the environment of that Python

Times are of the whole command, from its start to its last row: the processor's, of all processes, are held against the
bars, for those of the clock say little on a shared machine.  `!` marks what exceeds its bar.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from run import CONVCALC, PYTHON, Cost, cost

ROUNDS = 5
SWEEP = [CONVCALC, "sweep"]
LENET = """
name: LeNet with names
input: 1xHxH
let: {A: 6, B: 16, E: 120, F: 84, classes: 10}
layers:
  - [conv A k5, tanh, avgpool 2, conv B k5, tanh, avgpool 2, flatten]
  - [linear E, tanh, linear F, tanh, linear classes]
"""
# 10 · 20 · 20 · 20 · 5 · 25 = 10 million
LENET_AXES = ("A=2..11", "B=2..40:2", "E=20..210:10", "F=10..105:5", "classes=10..50:10", "H=16..64:2")
LENET_WHERE = "parameters <= 60000 and macs <= 3M"
# The same by hand: what does not change in an inner loop is worked outside, which takes some care, and once more for
# every network.
BY_HAND = """
kept = 0
for A in range(2, 12):
    for H in range(16, 65, 2):
        one = H - 4
        two = one // 2 - 4
        three = two // 2
        first = 25 * A * one * one
        for B in range(2, 41, 2):
            convolutions = first + 25 * A * B * two * two
            weights = 26 * A + (25 * A + 1) * B
            flat = B * three * three
            for E in range(20, 211, 10):
                macs_E = convolutions + flat * E
                weights_E = weights + (flat + 1) * E
                for F in range(10, 106, 5):
                    macs_F = macs_E + E * F
                    weights_F = weights_E + (E + 1) * F
                    for classes in range(10, 51, 10):
                        if weights_F + (F + 1) * classes <= 60000 and macs_F + F * classes <= 3000000:
                            kept += 1
print(kept)
"""
BY_TORCHINFO = """
import random, sys, time
import torch
from torch import nn
from torchinfo import summary

torch.set_num_threads(1)


class Bottleneck(nn.Module):
    def __init__(self, i, c, width, stride):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(i, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, 4 * c, 1, bias=False), nn.BatchNorm2d(4 * c),
        )
        self.side = nn.Identity() if i == 4 * c and stride == 1 else nn.Sequential(
            nn.Conv2d(i, 4 * c, 1, stride, bias=False), nn.BatchNorm2d(4 * c))
        self.last = nn.ReLU()

    def forward(self, x):
        return self.last(self.main(x) + self.side(x))


class Basic(nn.Module):
    def __init__(self, i, c, width, stride):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(i, c, 3, stride, 1, bias=False), nn.BatchNorm2d(c), nn.ReLU(),
            nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c),
        )
        self.side = nn.Identity() if i == c and stride == 1 else nn.Sequential(
            nn.Conv2d(i, c, 1, stride, bias=False), nn.BatchNorm2d(c))
        self.last = nn.ReLU()

    def forward(self, x):
        return self.last(self.main(x) + self.side(x))


def resnet(depth, width):
    block, times, grows = {
        18: (Basic, (2, 2, 2, 2), 1), 34: (Basic, (3, 4, 6, 3), 1), 50: (Bottleneck, (3, 4, 6, 3), 4),
        101: (Bottleneck, (3, 4, 23, 3), 4), 152: (Bottleneck, (3, 8, 36, 3), 4),
    }[depth]
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    i = 64
    for stage, number in enumerate(times):
        c = 64 * 2 ** stage
        for place in range(number):
            layers.append(block(i, c, width * 2 ** stage, 2 if stage and not place else 1))
            i = grows * c
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(i, 1000))


def lenet(A, B, E, F, classes):
    return nn.Sequential(
        nn.Conv2d(1, A, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(A, B, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.LazyLinear(E), nn.Tanh(), nn.Linear(E, F), nn.Tanh(), nn.Linear(F, classes),
    )


chance = random.Random(0)
took = 0
for number in range(-3, 100):  # three to warm up
    start = time.process_time()
    if sys.argv[1] == "lenet":
        A, B, E = chance.randrange(2, 12), chance.randrange(2, 41, 2), chance.randrange(20, 211, 10)
        F, classes, H = chance.randrange(10, 106, 5), chance.randrange(10, 51, 10), chance.randrange(16, 65, 2)
        found = summary(lenet(A, B, E, F, classes), (1, 1, H, H), verbose=0)
    else:
        depth, width, H = chance.choice([18, 34, 50, 101, 152]), chance.randrange(16, 257), chance.randrange(33, 513)
        found = summary(resnet(depth, width), (1, 3, H, H), verbose=0)
    found.total_params, found.total_mult_adds
    took += (time.process_time() - start) * (number >= 0)
print(took / 100)
"""
RESNET_AXES = ("depth=18,34,50,101,152", "width=16..256", "H=33..512")
RESNET_SIZE = 5 * 241 * 480
LARGE_AXES = ("A=1..100", "B=1..100", "E=1..100", "F=1..100", "classes=1..100", "H=16..115")
LARGE_WHERE = "parameters <= 360 and macs <= 100k"  # 1,000,458 points
TWO = ("--columns", "parameters,macs")
WIDE_AXES = ("A=1..20", "B=1..50", "E=1..100", "F=1..100", "classes=10", "H=16..25")


def over(*axes: str) -> list[str]:
    return [word for axis in axes for word in ("--over", axis)]


def median(command: list[str], rounds: int = ROUNDS) -> Cost:
    """The medians of several runs."""
    runs = [cost(command) for _ in range(rounds)]
    return Cost(*(statistics.median(column) for column in zip(*runs, strict=True)))


def row(name: str, found: Cost, seconds: float, megabytes: float = float("inf")) -> None:
    """What a command took, and what it should not exceed."""
    slow, large = (" !" if more else "" for more in (found.processor > seconds, found.megabytes > megabytes))
    memory = f"bar {megabytes:.0f}{large}" if megabytes < float("inf") else ""
    times = f"{found.processor:7.2f} s (by the clock {found.clock:6.2f})"
    print(f"{name:54} {times}   bar {seconds:.3g}{slow:2}   {found.megabytes:5.0f} MB {memory}")


def grids(folder: Path) -> None:
    """Whole grids: what is computed, what is cut, what is kept."""
    few = ["--limit", "20", "--format", "csv"]
    lenet, resnet = [*SWEEP, lenet_spec(folder)], [*SWEEP, "resnet"]
    ours = median([*lenet, *over(*LENET_AXES), "--where", LENET_WHERE, *few])
    row("LeNet, 10^7 points, six names, two conditions", ours, 1.5, 30)
    theirs = median([PYTHON, "-c", BY_HAND]).processor
    print(f"{'  as a loop nest written by hand':54} {theirs:7.2f} s   ratio {ours.processor / theirs:.2f}")
    found = median([*resnet, *over(*RESNET_AXES), "--sort", "max macs", *few])
    row(f"ResNet, all of {RESNET_SIZE:,} points", found, RESNET_SIZE / 500_000)
    found = median([*lenet, *over(*LARGE_AXES), "--where", LARGE_WHERE, *few], 3)
    row("LeNet, 10^12 points, of which a budget keeps 10^6", found, 5)
    if find_spec("duckdb"):
        found = median([*lenet, *over(*LENET_AXES), *TWO, "-o", str(folder / "all.parquet")], 3)
        row("LeNet, 10^7 rows of eight columns to Parquet", found, 5, 1024)
        # With maps of 1×1 the usual columns have no query: rows are written one by one.
        found = median([*lenet, *over(*LENET_AXES), "-o", str(folder / "all.parquet")], 1)
        row("LeNet, 10^7 rows of the usual columns to Parquet", found, 5, 1024)
    else:
        print("without the extra convcalc[sweep], Parquet is not asked for")
    found = median([*lenet, *over(*WIDE_AXES), "--pareto", "max macs, min parameters", *few], 1)
    row("LeNet, 10^8 points, their front", found, float("inf"), 300)


def lenet_spec(folder: Path) -> str:
    path = folder / "lenet.yaml"
    path.write_text(LENET)
    return str(path)


def torchinfo(folder: Path) -> None:
    """How many of our points one of torchinfo's takes, by the processor's time."""
    python = os.environ.get("CONVCALC_FRAMEWORKS")
    if not python:
        print("without CONVCALC_FRAMEWORKS, torchinfo is not asked")
        return
    few = ["--limit", "20", "--format", "csv"]
    questions = {
        "lenet": ([lenet_spec(folder), *over(*LENET_AXES), "--where", LENET_WHERE], 10_000_000),
        "resnet": (["resnet", *over(*RESNET_AXES), "--where", "parameters <= 25M and macs <= 4G"], RESNET_SIZE),
    }
    for name, (question, points) in questions.items():
        loop = subprocess.run([python, "-c", BY_TORCHINFO, name], capture_output=True, text=True, check=True)
        theirs, ours = float(loop.stdout), median([*SWEEP, *question, *few]).processor / points
        times = theirs / ours
        print(f"{name}: torchinfo {1e3 * theirs:.1f} ms a point, convcalc {1e9 * ours:.0f} ns: {times:,.0f} times"
              f"   bar 100,000{'' if times >= 1e5 else '   !'}")  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in sys.argv[1:] or ["grids", "torchinfo"]:
            {"grids": grids, "torchinfo": torchinfo}[part](folder)


if __name__ == "__main__":
    main()
