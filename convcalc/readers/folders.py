"""The networks that a folder or a pattern of names stands for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import NoReturn

from convcalc.problem import Problem, problem
from convcalc.readers.library import ENTRY

# Files that hold a network more often than not.
ENDINGS = (".yaml", ".yml", ".py", ".ipynb", ".onnx", ".keras", ".pt2", ".prototxt", ".cfg")
MAX_FILES = 10_000
SEPARATOR = f"[/{re.escape(os.sep)}]"
STARS = rf"(?:^|(?<={SEPARATOR}))\*\*(?:{SEPARATOR}+|$)"


def expand_names(names: Iterable[str]) -> Iterator[str | Problem]:
    """The networks that names stand for, one after another; a Problem in the place of one that stands for none."""
    for name in names:
        try:
            yield from networks_in(name)
        except Problem as error:
            yield error


def stands_for_many(name: str) -> bool:
    """Whether a SPEC is a folder or a pattern; one in a line, or one of a program, may have brackets, too."""
    return os.path.isdir(name) or is_pattern(name)


def is_pattern(name: str) -> bool:
    if not re.search(r"[*?\[]", name) or os.path.lexists(name):
        return False
    if "->" in name or "→" in name or re.match(ENTRY, name):
        return False
    from convcalc.readers.slips import arrows_mended

    return not arrows_mended(name)


def networks_in(name: str) -> list[str]:
    """The files of a folder and those below, or of a pattern such as nets/*.yaml, in order; else the name itself.

    A Problem where there are none, or too many.
    """
    try:
        if os.path.isdir(name):
            from convcalc.readers.named import refuse_folder

            refuse_folder(name)
            return found_files(name, files_below(name), f"files with a network end with {', '.join(ENDINGS)}")
        if is_pattern(name):
            return found_files(name, filter(os.path.isfile, matching(name)), "check the pattern")
    except (RecursionError, ValueError) as error:  # ValueError: a NUL in a pattern
        reason = "its folders lie too deep in one another" if isinstance(error, RecursionError) else str(error)
        raise problem(
            "Y036", f"{name} stands for no files: {reason}", "name the files, or a folder nearer to them"
        ) from None
    return [name]


def files_below(folder: str) -> Iterator[str]:
    """The files with a usual ending, and links that lead nowhere; hidden ones, pipes and devices are left out."""
    for path, files in folders_below(folder):
        for file in files:
            found = os.path.join(path, file)
            if file.endswith(ENDINGS) and not file.startswith(".") and is_read(found):
                yield found


def is_read(path: str) -> bool:
    return os.path.isfile(path) or not os.path.exists(path)


def folders_below(folder: str) -> Iterator[tuple[str, list[str]]]:
    """A folder and those below it that are not hidden, each with its files; links to folders are not followed."""
    for path, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(each for each in folders if not each.startswith((".", "__")))
        yield path, files


def refuse(error: OSError) -> NoReturn:
    raise problem("Y032", f"{error.filename} cannot be read: {error.strerror}", "name the folders that can be read")


def matching(pattern: str) -> Iterator[str]:
    """The paths that match; `**` stands for folders below one another as far as no link leads."""
    from glob import escape, iglob

    start, *rest = re.split(STARS, pattern, maxsplit=1)
    if not rest:
        yield from iglob(pattern)
        return
    for top in iglob(start) if start else (".",):
        for folder, _ in folders_below(top):
            inside = os.path.join(escape(folder), rest[0] or "*")
            yield from matching(inside if start else inside.removeprefix(f".{os.sep}"))


def found_files(name: str, paths: Iterator[str], hint: str) -> list[str]:
    found = {path for path, _ in zip(paths, range(MAX_FILES + 1))}  # noqa: B905 - no more than that
    if not found:
        raise problem("Y036", f"there is no file of a network in {name}", hint)
    if len(found) > MAX_FILES:
        raise problem("Y036", f"{name} stands for more than {MAX_FILES:,} files", "name some of them")
    return sorted(found)
