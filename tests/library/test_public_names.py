"""What the package offers: few names, documented with examples that run, typed, and imported when they are asked for."""

import doctest
import inspect
import json
import os
import subprocess
import sys
import types
from importlib.util import find_spec
from pathlib import Path

import pytest

import convcalc

PACKAGE = Path(convcalc.__file__).parent
# To add one is a minor version, to take one away a major one.
NAMES = {
    "Diagnostic": "code message hint severity layer file line column",
    "ComparedTotal": "values ratios",
    "Document": "form remarks save",
    "Drawing": "subject theme form remarks write save",
    "Explanation": "form remarks write save",
    "FrozenMapping": "get items keys values",
    "Layer": "network index name kind text settings sources inputs input output receptive_field receptive_fields line "
    "counts parameters weights biases buffers macs flops connections activations explain draw",
    "Layers": "block names count index",
    "LayerDifference": "first other",
    "LintReport": "",
    "LintFinding": "code level layer message cure file line column times",
    "MarkedAnswer": "ask given read state score points message hints diagnoses note right",
    "Marks": "student status reason score out_of answers remarks",
    "Network": "name about convention layout settings symbols inputs input output outputs layers totals receptive_field "
    "warnings counts parameters weights biases buffers macs flops connections activations at symbolic explain compare "
    "lint convert to_yaml to_pytorch to_keras to_json to_frame draw",
    "NamedMistake": "codes layers sentence",
    "NetworkDifference": "network same changes",
    "NetworkTotals": "counts parameters weights biases buffers macs flops connections activations",
    "RemarkedBytes": "remarks save",
    "SolvedRun": "first last step",
    "NetworkComparison": "networks totals differences",
    "Problem": "diagnostics located",
    "ReceptiveField": "size stride offset centre whole_input aligned",
    "SolvedValues": "values layer output counts unused",
    "Solutions": "solved unknowns number complete runs formula nearest asymmetric why work count index",
    "SymbolicNumber": "symbols at write",
    "check": "",
    "layer": "",
    "load": "",
    "solve": "",
}


def test_the_names_are_these():
    assert sorted(convcalc.__all__) == sorted(NAMES) and set(NAMES) <= set(dir(convcalc))
    assert convcalc.load and dir(convcalc).count("load") == 1


def public_members(value):
    return {name for name in dir(value) if not name.startswith("_")}


@pytest.mark.parametrize("name", [name for name in NAMES if isinstance(getattr(convcalc, name), type)])
def test_the_members_are_these(name):
    cls = getattr(convcalc, name)
    inherited = public_members(Exception)
    for base in (str, bytes):
        inherited |= public_members(base) if issubclass(cls, base) else set()
    private = {"mark", "note", "work", "axis", "right", "also", "undeclared"} if name == "Diagnostic" else set()
    tuples = {"count", "index"} if issubclass(cls, tuple) else set()
    assert public_members(cls) - inherited - private - tuples == set(NAMES[name].split()) - {"diagnostics"}


def documented():
    """Every public name, and every member that it has itself."""
    for name in NAMES:
        value = getattr(convcalc, name)
        yield name, value
        for member in sorted({*NAMES[name].split()} - {"count", "index", "get", "items", "keys", "values"}):
            found = inspect.getattr_static(value, member, None)
            if isinstance(found, property) or inspect.isfunction(found):
                yield f"{name}.{member}", found


@pytest.mark.parametrize(("name", "value"), list(documented()))
def test_every_name_is_documented(name, value):
    text = inspect.getdoc(value) or ""
    assert text[:1].isupper() and text.split("\n")[0].rstrip().endswith((".", "?", ":", ","))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_has_an_example_that_runs(name):
    value = getattr(convcalc, name)
    members = [inspect.getattr_static(value, member, None) for member in NAMES[name].split()]
    found = [value, *(each for each in members if inspect.isfunction(each))]
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    tests = [test for each in found for test in finder.find(each, name, globs={"convcalc": convcalc})]
    assert any(test.examples for test in tests)
    for test in tests:
        runner.run(test)
    assert runner.summarize().failed == 0


def test_all_records_that_are_given_have_examples_that_run():
    names = [path.stem for path in sorted((PACKAGE / "library").glob("*.py")) if path.stem != "__init__"]
    for name in names:
        module = __import__(f"convcalc.library.{name}", fromlist=["x"])
        tests = doctest.DocTestFinder().find(module, extraglobs={"convcalc": convcalc})
        runner = doctest.DocTestRunner()
        for test in tests:
            runner.run(test)
        assert runner.summarize().failed == 0, name


def test_to_import_the_package_imports_nothing():
    """Nothing of its own, and nothing of Python's that starting does not."""
    program = "import sys; before = {*sys.modules}; import convcalc; print({*sys.modules} - before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "{'convcalc'}\n"


def test_a_name_is_imported_once():
    program = "import convcalc; first = convcalc.load; assert vars(convcalc)['load'] is first"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_package_has_nothing_else():
    with pytest.raises(AttributeError, match="lode"):
        convcalc.lode  # noqa: B018


def test_everything_may_be_imported_by_a_star():
    names: dict[str, object] = {}
    exec("from convcalc import *", names)
    assert NAMES.keys() <= names.keys()
    assert not any(isinstance(names[name], types.ModuleType) for name in NAMES)


SCRIPT = '''
from __future__ import annotations

from fractions import Fraction

import convcalc
from convcalc import Layer, Network, Problem, Solutions, SymbolicNumber


def largest(network: Network) -> Layer:
    """The layer with the most MACs."""
    return max((layer for layer in network.layers if isinstance(layer.macs, int)), key=lambda layer: str(layer.macs))


def millions(network: Network) -> int | float | Fraction | SymbolicNumber:
    return network.totals.parameters / 1e6


def main() -> None:
    network = convcalc.load("vgg16", input=(3, 224, 224), bn=True)
    name: str = largest(network).name
    channels, *sides = network.layers[name].output
    at: Network = network.symbolic().at(H=32)
    size = network.receptive_field.size[0]
    if size is not None and size > 3:
        print(f"{name}: {channels:,}, {sides}, {size + 1}")
    for warning in at.warnings:
        print(warning.code, warning.file, warning.line, warning.hint.upper())
    found: Solutions = convcalc.solve("3x224x224", "conv 64 k7 s2 p?", "64x112x112", parameters="<= 1M")
    for solution in found:
        print(solution.values["padding"], solution.output[0], solution.layer.upper())
    print(network.compare("vgg19").totals["macs"].ratios[1], [each.cure for each in network.lint()])
    network.draw("bars", theme="dark").save("bars.svg")
    data: bytes = network.draw("bars", "pdf")
    program: str = network.to_pytorch()
    print(len(data), len(program), network.explain("total").write("latex"), network.convert("onnx").remarks)
    layers: list[Layer] = list(network.layers[2:5]) + [convcalc.layer("conv 10 k5 p2", "3x32x32")]
    total: dict[str, int | Fraction | SymbolicNumber] = {layer.name: layer.parameters for layer in layers}
    print(total, millions(network))
    try:
        convcalc.load({"input": "3x4x4", "layers": ["conv 8 k7"]})
    except Problem as problem:
        print(problem.diagnostics[0].message)


main()
'''
BAD = """
import convcalc

convcalc.load("vgg16").layers["conv1"].outptu
convcalc.load("vgg16", input=3.5)
convcalc.lode("vgg16")
wrong: str = convcalc.load("vgg16").parameters
"""


SEEN = {**os.environ, "MYPYPATH": str(PACKAGE.parent), "PYTHONPATH": str(PACKAGE.parent)}


@pytest.fixture
def scripts(tmp_path):
    (tmp_path / "good.py").write_text(SCRIPT)
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(PACKAGE.parent)]}))
    (tmp_path / "bad.py").write_text(BAD)
    return tmp_path


def test_a_script_of_a_user_passes_mypy(scripts):
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--python-version", "3.10"]
    done = subprocess.run([*mypy, "good.py"], cwd=scripts, capture_output=True, text=True, env=SEEN)
    assert done.stdout == ""
    done = subprocess.run([*mypy, "bad.py"], cwd=scripts, capture_output=True, text=True, env=SEEN)
    assert [line.split(":")[1] for line in done.stdout.splitlines() if ": error:" in line] == ["4", "5", "6", "7"]


def test_a_script_of_a_user_passes_pyright(scripts):
    if find_spec("pyright") is None:
        pytest.skip("pyright is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "good.py"],
        cwd=scripts,
        capture_output=True,
        text=True,
    )
    assert "0 errors" in done.stdout, done.stdout


def test_the_script_runs(scripts):
    done = subprocess.run([sys.executable, "good.py"], cwd=scripts, capture_output=True, text=True, env=SEEN)
    assert (done.stderr, done.returncode) == ("", 0)
