"""How the package is laid out: its modules, what each imports, and what a run has imported when it ends."""

import ast
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "convcalc"


FLOORS = [
    {"parallel", "problem", "tuples", "whole_file"},
    {"algebra"},
    {"layers"},
    {"kinds"},
    {"spec"},
    {"readers"},
    {"network"},
    {"arrays"},
    {"tools"},
    {"closed_forms"},
    {"writing"},
    {"solving"},
    {"questions"},
    {"linting"},
    {"sweep"},
    {"marking"},
    {"exercises"},
    {"handin"},
    {"render"},
    {"commands", "cli", "library", "__main__"},
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


def imports_yaml(path: Path) -> bool:
    """Whether a module imports PyYAML, wherever in it the import is."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] == "yaml" for name in names):
            return True
    return False
