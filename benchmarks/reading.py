"""What reading a network costs: programs and files against the bundled specs, and against torchinfo on the meta device.

    python benchmarks/reading.py                       # programs / specs
    CONVCALC_FRAMEWORKS=PYTHON python benchmarks/reading.py   # also an ONNX file of 500 MB, and torchinfo

PYTHON is the interpreter of an environment with torch, onnx and torchinfo. The programs are those that convcalc writes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from run import CONVCALC, cost, ratio

FRAMEWORKS = os.environ.get("CONVCALC_FRAMEWORKS")
INPUTS = {"lenet5": "1x32x32", "resnet152": "3x224x224"}

TORCHINFO = """
import importlib.util, sys, torch, torchinfo
spec = importlib.util.spec_from_file_location("program", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
with torch.device("meta"):
    network = getattr(module, sys.argv[2])()
shape = [1, *map(int, sys.argv[3].split("x"))]
print(torchinfo.summary(network, input_size=shape, device="meta", verbose=0))
"""

VGG = """
import sys, torch
from torch import nn
channels, layers, width = [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"], [], 3
for item in channels:
    layers += [nn.MaxPool2d(2)] if item == "M" else [nn.Conv2d(width, item, 3, padding=1), nn.ReLU()]
    width = width if item == "M" else item
layers += [nn.Flatten(), nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]
torch.onnx.export(nn.Sequential(*layers).eval(), (torch.zeros(1, 3, 224, 224),), sys.argv[1], dynamo=False)
"""


def program_of(spec: str, folder: Path) -> Path:
    """A bundled spec as a PyTorch program."""
    path = folder / f"{spec}_program.py"
    path.write_text(
        subprocess.run(
            [CONVCALC, "convert", spec, "--to", "pytorch"], capture_output=True, text=True, check=True
        ).stdout
    )
    return path


def class_of(program: Path) -> str:
    """The network's class: the last one that a program defines."""
    return [line[6:].split("(")[0] for line in program.read_text().splitlines() if line.startswith("class ")][-1]


def programs(folder: Path) -> None:
    for spec, bar in (("lenet5", 1.6), ("resnet152", 3)):
        path = program_of(spec, folder)
        reading = [CONVCALC, "summary", f"{path}:{class_of(path)}", "--input", INPUTS[spec]]
        ratio(f"{spec} as a PyTorch program / as a spec", reading, [CONVCALC, "summary", spec], bar)
        if FRAMEWORKS:
            rival = [FRAMEWORKS, "-I", "-c", TORCHINFO, str(path), class_of(path), INPUTS[spec]]
            subprocess.run(rival, stdout=subprocess.DEVNULL, check=True)
            ratio(f"convcalc / torchinfo on the meta device, {spec}", reading, rival, 1 / 15, rounds=5)


def onnx(folder: Path, frameworks: str) -> None:
    path = folder / "vgg11.onnx"
    subprocess.run([frameworks, "-c", VGG, str(path)], capture_output=True, check=True)
    runs = [cost([CONVCALC, "summary", str(path)]) for _ in range(5)]
    seconds = statistics.median(run.clock for run in runs)
    processor = statistics.median(run.processor for run in runs)
    megabytes = statistics.median(run.megabytes for run in runs)
    size = path.stat().st_size / 1e6
    print(f"an ONNX file of {size:.0f} MB: {seconds:.2f} s by the clock, bar 0.3 ({processor:.2f} s of processor)")
    print(f"and its peak of memory: {megabytes:.0f} MB, bar 100")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        programs(Path(name))
        if FRAMEWORKS:
            onnx(Path(name), FRAMEWORKS)


if __name__ == "__main__":
    main()
