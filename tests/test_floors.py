"""Imports only go down, and nothing heavy is imported on the way to a number."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "convcalc"

FLOORS = [
    {"problem", "tuples"},
    {"algebra"},
    {"layer"},
    {"kinds"},
    {"spec", "readers"},
    {"network"},
    {"tools"},
    {"solving"},
    {"questions"},
    {"marking"},
    {"handin"},
    {"render"},
    {"commands", "cli", "__main__"},
]


def floor(module: str) -> int:
    return next(index for index, names in enumerate(FLOORS) if module in names)


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def imports(path: Path):
    """The parts of convcalc that a module imports, wherever in it the import stands."""
    tree = ast.parse(path.read_text())
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "convcalc":
            parts = node.module.split(".")
            yield from (
                [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names if alias.name != "__version__"]
            )
        elif isinstance(node, ast.Import):
            yield from [alias.name.split(".")[1] for alias in node.names if alias.name.startswith("convcalc.")]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_go_down(path):
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for other in imports(path):
        assert floor(other) <= floor(here), f"{here} imports {other} from a floor above"


def test_that_test_sees_an_import_upwards(tmp_path):
    bad = tmp_path / "expr.py"
    bad.write_text("from convcalc.render import json\n")
    assert [floor(name) > floor("algebra") for name in imports(bad)] == [True]


def imported_by(*arguments: str) -> set[str]:
    """The modules that a run of convcalc has imported when it ends."""
    program = (
        "import sys\nfrom convcalc.cli import run\n"
        f"code = run({list(arguments)!r})\n"
        "print('\\nMODULES', code, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=PACKAGE.parent, check=True
    )
    code, *names = done.stderr.split("MODULES")[-1].split()
    assert code == "0", done.stderr
    return set(names)


HEAVY = {"rich", "sympy", "numpy", "torch", "dataclasses", "importlib.metadata", "fractions", "decimal"}


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "plain"])
def test_machine_formats_import_nothing_heavy(form):
    assert not HEAVY & imported_by("summary", "vgg16", "--format", form)


def test_that_test_would_see_rich():
    assert "rich" in imported_by("summary", "lenet5", "--format", "svg")


def test_the_version_is_that_of_the_metadata():
    import convcalc

    setup = (PACKAGE.parent / "setup.cfg").read_text()
    assert "version = attr: convcalc.__version__" in setup
    changes = (PACKAGE.parent / "CHANGELOG.md").read_text()
    assert f"## {convcalc.__version__}" in changes


def test_every_package_is_in_the_wheel():
    setup = (PACKAGE.parent / "setup.cfg").read_text()
    packages = {".".join(path.parent.relative_to(PACKAGE.parent).parts) for path in PACKAGE.rglob("__init__.py")}
    listed = set(setup.partition("packages =")[2].partition("package_dir")[0].split())
    assert listed == packages | {"convcalc.specs"}
