"""What all tests share: golden files, and how many cases run on every push; the rest are `slow`, and `.ci/run` runs them."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from convcalc import __version__
from convcalc.cli import run
from convcalc.layers import cure

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser):
    parser.addoption("--renew", action="store_true", help="write the golden files anew")


def pytest_generate_tests(metafunc):
    """`@pytest.mark.seeds(2, 20)`: the seeds 0 to 19, of which all but the first two are slow."""
    if mark := metafunc.definition.get_closest_marker("seeds"):
        quick, every = mark.args
        slow = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(quick, every)]
        metafunc.parametrize("seed", [*range(quick), *slow])


@pytest.fixture
def convcalc(capsys):
    """Run a command line in this process: (exit code, standard output, standard error)."""

    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def summary_of_program(tmp_path, monkeypatch, convcalc):
    """The exit code and the JSON of `summary` for a text as net.py, or for a network in it."""
    monkeypatch.chdir(tmp_path)

    def summarise(text, *more, entry="net.py"):
        (tmp_path / "net.py").write_text(text)
        code, out, _ = convcalc("summary", entry, "--json", *more)
        return code, json.loads(out)

    return summarise


@pytest.fixture
def golden(request):
    """A check that a text equals a golden file, byte for byte but for convcalc's version."""

    def check(name, text):
        path, text = GOLDEN / name, text.replace(f"convcalc {__version__}", "convcalc VERSION")
        if request.config.getoption("--renew"):
            path.write_text(text, encoding="utf-8", newline="")
        assert path.exists(), f"there is no {path.name} yet: run pytest with --renew"
        assert text == path.read_bytes().decode("utf-8")

    return check


@pytest.fixture
def calls():
    """How many functions a piece of work calls, which does not depend on what else the machine does."""

    def count(work, events=("call",)):
        made = 0

        def note(_frame, event, _argument):
            nonlocal made
            made += event in events

        sys.setprofile(note)
        try:
            work()
        finally:
            sys.setprofile(None)
        return made

    return count


@pytest.fixture
def quick_errors(monkeypatch):
    """Errors without their cures: trying every value makes thousands of errors that nobody reads."""
    monkeypatch.setattr(cure, "cures", lambda *_: [])


# The same examples in every run, so that a change is judged by what it changed; `--hypothesis-profile=random` seeks new ones.
settings.register_profile("steady", derandomize=True, deadline=None, max_examples=30)
settings.register_profile("thorough", derandomize=True, deadline=None, max_examples=1000)
settings.register_profile("random", deadline=None, max_examples=1000)
settings.load_profile("steady")
