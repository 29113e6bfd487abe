"""The networks that a folder or a pattern of names stands for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from convcalc.problem import Problem, problem

# Files that hold a network more often than not.
ENDINGS = (".yaml", ".yml", ".py", ".ipynb", ".onnx", ".keras", ".pt2", ".prototxt", ".cfg")
MAX_FILES = 10_000


def expand_names(names: Iterable[str]) -> Iterator[str | Problem]:
    """The networks that names stand for, one after another; a Problem in the place of one that stands for none."""
    for name in names:
        try:
            yield from networks_in(name)
        except Problem as error:
            yield error


def networks_in(name: str) -> list[str]:
    """The files of a folder and those below, or of a pattern such as nets/*.yaml, in order; else the name itself.

    A Problem where there are none, or too many.
    """
    if os.path.isdir(name):
        from convcalc.readers.named import refuse_folder

        refuse_folder(name)
        return found_files(name, files_below(name), f"files with a network end with {', '.join(ENDINGS)}")
    if re.search(r"[*?\[]", name) and not os.path.lexists(name) and "->" not in name and "→" not in name:
        from glob import iglob

        matching = (path for path in iglob(name, recursive=True) if os.path.isfile(path))
        return found_files(name, matching, "check the pattern")
    return [name]


def files_below(folder: str) -> Iterator[str]:
    """The files with a usual ending, hidden folders left out."""
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith((".", "__")))
        yield from (os.path.join(path, file) for file in files if file.endswith(ENDINGS))


def found_files(name: str, paths: Iterator[str], hint: str) -> list[str]:
    found = [path for path, _ in zip(paths, range(MAX_FILES + 1))]  # noqa: B905 - no more than that
    if not found:
        raise problem("Y036", f"there is no file of a network in {name}", hint)
    if len(found) > MAX_FILES:
        raise problem("Y036", f"{name} stands for more than {MAX_FILES:,} files", "name some of them")
    return sorted(found)
