"""An environment with torch, keras and onnx, where there is one: what is written runs there, in processes of its own."""

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture(scope="session")
def frameworks():
    """The Python of the environment, which CONVCALC_FRAMEWORKS names."""
    python = os.environ.get("CONVCALC_FRAMEWORKS", "")
    if not python:
        pytest.skip("CONVCALC_FRAMEWORKS names no Python that has torch, keras and onnx")
    return python


@pytest.fixture(scope="session")
def run_there(frameworks):
    """Run a program of `in_frameworks` there: what it prints in its last line, as JSON."""

    def run(program, *arguments, timeout=900):
        path = Path(__file__).parent / "in_frameworks" / program
        environment = {**os.environ, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1", "PYTHONPATH": ""}
        command = [frameworks, str(path), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture
def folder():
    """One for what is too large to be kept."""
    with TemporaryDirectory() as path:
        yield Path(path)
