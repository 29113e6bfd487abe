"""How fast convcalc is, as ratios of processor times measured in turn: absolute times say little on a shared machine.

    python benchmarks/run.py            # everything, about two minutes
    python benchmarks/run.py start      # only start-up; also: library, help, completion, symbolic, large

Run it with the interpreter of an environment in which convcalc is installed (not editable, so that it is compiled).
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

PYTHON = sys.executable
CONVCALC = str(Path(PYTHON).with_name("convcalc"))
ROUNDS = 21


class Cost(NamedTuple):
    """What a command took: seconds of processor time, seconds by the clock, and its peak of megabytes."""

    processor: float
    clock: float
    megabytes: float


def cost(command: list[str]) -> Cost:
    """One run of a command, its output thrown away; exit code 1 of convcalc is an answer that is wrong."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/") as run:
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    assert run.returncode == 0 or (run.returncode == 1 and command[0] == CONVCALC), command
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024)


def processor_times(ours: list[str], theirs: list[str], rounds: int) -> list[tuple[float, float]]:
    """Two commands in turn, after one round that warms the caches."""
    return [(cost(ours).processor, cost(theirs).processor) for _ in range(rounds + 1)][1:]


def row(name: str, pairs: list[tuple[float, float]], bar: float) -> None:
    """A line of the table: the medians of both times, the median of their ratios, and what it should not exceed."""
    ours, theirs = (1e3 * statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(mine / other for mine, other in pairs)
    times = f"{ours:9.1f} ms {theirs:9.1f} ms"
    print(f"{name:52} {times}   ratio {ratio:6.3f}   bar {bar:5.3g}{'' if ratio <= bar else '   !'}")


def ratio(name: str, ours: list[str], theirs: list[str], bar: float, rounds: int = ROUNDS) -> None:
    row(name, processor_times(ours, theirs, rounds), bar)


def in_terminal(*args: str) -> list[str]:
    """A command with a terminal of 120 columns for its output."""
    program = (
        "import os, pty, sys\n"
        "os.environ.update(COLUMNS='120', TERM='xterm-256color')\n"
        "pid, fd = pty.fork()\n"
        "if not pid: os.execv(sys.argv[1], sys.argv[1:])\n"
        "try:\n"
        "    while os.read(fd, 65536): pass\n"
        "except OSError: pass\n"
        "os.waitpid(pid, 0)\n"
    )
    return [PYTHON, "-S", "-c", program, *args]


def instructions(command: list[str]) -> int:
    """How many instructions a command takes, counted by Valgrind: the same in every run."""
    counting = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([*counting, *command], capture_output=True, text=True, check=True, env=environment, cwd="/")
    return int(re.findall(r"I\s+refs:\s+([\d,]+)", done.stderr)[-1].replace(",", ""))


def help_text() -> None:
    ours, theirs = [CONVCALC, "--help"], [PYTHON, "-c", "import click"]
    ratio("--help / click", ours, theirs, 1.15, 2 * ROUNDS)
    if shutil.which("valgrind"):
        counts = instructions(ours), instructions(theirs)
        print(f"--help / click, instructions: {counts[0]:,} / {counts[1]:,} = {counts[0] / counts[1]:.3f}, bar 1.15")


def completion() -> None:
    """The processor time of the answer to a TAB: a tenth of a second is at once."""
    for line in ("expl", "summary --c", "explain resnet152 layer3.1", "sweep resnet --over "):
        os.environ.update(_CONVCALC_COMPLETE="bash_complete", _CONVCALC_LINE=f"convcalc {line}")
        times = [cost([CONVCALC]).processor for _ in range(ROUNDS)]
        print(f"convcalc {line}<TAB>".ljust(52), f"{1e3 * statistics.median(times):9.1f} ms   bar 100")
    del os.environ["_CONVCALC_COMPLETE"]


def library() -> None:
    """What a program pays for having the library at hand: instructions, which are the same in every run."""
    ours, theirs = [PYTHON, "-c", "import convcalc"], [PYTHON, "-c", "pass"]
    ratio("import convcalc / pass", ours, theirs, 1.1, 2 * ROUNDS)
    if shutil.which("valgrind"):
        mine, other = instructions(ours), instructions(theirs)
        print(f"import convcalc / pass, instructions: {mine:,} / {other:,} = {mine / other:.3f}, bar 1.1")
    program = "import convcalc; convcalc.load('vgg16').parameters"
    ratio("load('vgg16') / click, yaml", [PYTHON, "-c", program], [PYTHON, "-c", "import click, yaml"], 2)


def start() -> None:
    plain = [PYTHON, "-c", "import click, yaml"]
    ratio("summary vgg16 --json / click, yaml", [CONVCALC, "summary", "vgg16", "--json"], plain, 1.2)
    ratio("layer, worked / click, yaml", [CONVCALC, "layer", "conv 10 k5 p2", "3x32x32"], plain, 1.5)
    ratio("solve / click, yaml", [CONVCALC, "solve", "3x224x224", "conv 64 k7 s2 p?", "64x112x112"], plain, 1.5)
    bare = [PYTHON, "-c", "import click, yaml, rich.console, rich.table"]
    ratio(
        "summary vgg16 on a terminal / click, yaml, rich",
        in_terminal(CONVCALC, "summary", "vgg16"),
        in_terminal(*bare),
        1,
    )


def layers(count: int) -> str:
    """A spec of so many layers, block mappings of six keys each."""
    head = "name: large\ninput: 3x224x224\nlayers:\n"
    return head + "".join(
        f"  - conv:\n      filters: {64 + index % 7}\n      kernel: 3\n      stride: 1\n      padding: 1\n"
        f"      bias: false\n      name: c{index}\n"
        for index in range(count)
    )


def large() -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, big = os.path.join(folder, "small.yaml"), os.path.join(folder, "big.yaml")
        Path(small).write_text(layers(20_000))
        Path(big).write_text(layers(200_000))
        to_json = [[CONVCALC, "summary", path, "--json"] for path in (small, big)]
        program = (
            "import sys, time, yaml\ntext = open(sys.argv[1]).read()\nstart = time.process_time()\n"
            "yaml.load(text, yaml.CSafeLoader)\nprint(time.process_time() - start)"
        )

        def load() -> float:
            done = subprocess.run([PYTHON, "-c", program, small], capture_output=True, text=True, check=True)
            return float(done.stdout)

        row(
            "20,000 layers to JSON / yaml.load(CSafeLoader) alone",
            [(cost(to_json[0]).processor, load()) for _ in range(7)],
            0.45,
        )
        pairs = [(cost(to_json[1]), cost(to_json[0])) for _ in range(3)]
        row("200,000 layers / 20,000", [(more.processor, less.processor) for more, less in pairs], 10)
        most, least = (statistics.median(run.megabytes for run in column) for column in zip(*pairs, strict=True))
        print(f"memory per layer {(most - least) * 1024 / 180_000:.2f} KB, bar 4 (peak {most:.0f} MB)")


def symbolic() -> None:
    """The same network with letters and with numbers; the bar allows one start-up beside twice the numeric run."""
    for name in ("resnet152", "densenet201"):
        plain = [CONVCALC, "summary", name, "--json"]
        ratio(f"{name} --symbolic / with numbers", [*plain, "--symbolic"], plain, 2)


def main() -> None:
    began = time.perf_counter()
    known = {
        "start": start,
        "library": library,
        "help": help_text,
        "completion": completion,
        "symbolic": symbolic,
        "large": large,
    }
    for name in sys.argv[1:] or known:
        known[name]()
    print(f"{time.perf_counter() - began:.0f} s in all; ! marks what exceeds its bar")


if __name__ == "__main__":
    main()
