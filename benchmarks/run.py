"""How fast convcalc is, as ratios measured in one run: absolute times say little on a shared machine.

    python benchmarks/run.py            # everything, about two minutes
    python benchmarks/run.py start      # only start-up; also: symbolic, large

Run it with the interpreter of an environment in which convcalc is installed (not editable, so that it is compiled).
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PYTHON = sys.executable
CONVCALC = str(Path(PYTHON).with_name("convcalc"))
ROUNDS = 21


def once(command: list[str]) -> float:
    """Seconds of processor time of a command, its output thrown away."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, cwd=tempfile.gettempdir())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(name: str, ours: list[str], theirs: list[str], bar: float, rounds: int = ROUNDS) -> None:
    """Run two commands in turn and print the ratio of their medians."""
    once(ours), once(theirs)
    pairs = [(once(ours), once(theirs)) for _ in range(rounds)]
    a, b = (statistics.median(column) for column in zip(*pairs, strict=True))
    middle = statistics.median(x / y for x, y in pairs)
    print(f"{name:44} {1e3 * a:9.1f} ms {1e3 * b:9.1f} ms   ratio {middle:5.2f}   bar {bar}")


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


def start() -> None:
    plain = [PYTHON, "-c", "import click, yaml"]
    ratio("summary vgg16 --json / click, yaml", [CONVCALC, "summary", "vgg16", "--json"], plain, 1.3)
    ratio("layer, worked / click, yaml", [CONVCALC, "layer", "conv 10 k5 p2", "3x32x32"], plain, 1.5)
    ratio("solve / click, yaml", [CONVCALC, "solve", "3x224x224", "conv 64 k7 s2 p?", "64x112x112"], plain, 1.5)
    bare = [PYTHON, "-c", "import click, yaml, rich.console, rich.table"]
    ratio("summary vgg16 on a terminal / with rich", in_terminal(CONVCALC, "summary", "vgg16"), in_terminal(*bare), 1.3)


def layers(count: int) -> str:
    """A spec of so many layers, block mappings of six keys each."""
    head = "name: large\ninput: 3x224x224\nlayers:\n"
    return head + "".join(
        f"  - conv:\n      filters: {64 + index % 7}\n      kernel: 3\n      stride: 1\n      padding: 1\n"
        f"      bias: false\n      name: c{index}\n"
        for index in range(count)
    )


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds and megabytes of a command."""
    program = (
        "import resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
        "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)\n"
    )
    out = subprocess.run([PYTHON, "-c", program, *command], capture_output=True, text=True, check=True).stdout.split()
    return float(out[0]), float(out[1])


def large() -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, big = os.path.join(folder, "small.yaml"), os.path.join(folder, "big.yaml")
        Path(small).write_text(layers(20_000))
        Path(big).write_text(layers(200_000))
        load = (
            "import sys, time, yaml\ntext = open(sys.argv[1]).read()\nstart = time.perf_counter()\n"
            "yaml.load(text, yaml.CSafeLoader)\nprint(time.perf_counter() - start)"
        )
        rows = []
        for _ in range(5):
            done = subprocess.run([PYTHON, "-c", load, small], capture_output=True, text=True, check=True)
            rows.append((float(done.stdout), *measured([CONVCALC, "summary", small, "--json"])))
        yaml_time, ours, small_memory = (statistics.median(column) for column in zip(*rows, strict=True))
        line = "{:44} {:9.2f} s  {:9.2f} s    ratio {:5.2f}   bar {}"
        print(line.format("20,000 layers to JSON / yaml.load alone", ours, yaml_time, ours / yaml_time, 0.5))
        big_time, big_memory = measured([CONVCALC, "summary", big, "--json"])
        print(line.format("200,000 layers / 20,000", big_time, ours, big_time / ours, 11))
        each = (big_memory - small_memory) * 1024 / 180_000
        print(f"memory a layer                               {each:8.2f} KB (peak {big_memory:.0f} MB)           bar 4")


def symbolic() -> None:
    """The same network with letters and with numbers; the bar allows one start-up beside twice the numeric run."""
    for name in ("resnet152", "densenet201"):
        plain = [CONVCALC, "summary", name, "--json"]
        ratio(f"{name} --symbolic / with numbers", [*plain, "--symbolic"], plain, 2)


def main() -> None:
    began = time.perf_counter()
    wanted = sys.argv[1:] or ["start", "symbolic", "large"]
    for name in wanted:
        {"start": start, "symbolic": symbolic, "large": large}[name]()
    print(f"{time.perf_counter() - began:.0f} s in all; processor time for start-up, wall time for the large ones")


if __name__ == "__main__":
    main()
