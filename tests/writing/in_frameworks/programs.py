"""The programs of a folder, run one after another."""

import json
import sys
from pathlib import Path


def run(path):
    """The names that a program has made, run as the main one."""
    known = {"__name__": "__main__"}
    exec(compile(path.read_text("utf-8"), path.name, "exec"), known)
    return known


def programs():
    return sorted(Path(sys.argv[1]).glob("*.py"))


def print_figures(figures_of):
    """Print what is measured of each, or what it raises."""
    found = {}
    for path in programs():
        try:
            found[path.stem] = figures_of(path)
        except Exception as error:
            found[path.stem] = f"{type(error).__name__}: {error}"
    print(json.dumps({"found": found}))
