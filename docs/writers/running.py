"""Commands run for a page, in this process: what they print is what the page shows."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from convcalc.cli import BUG, USAGE, run
from writers.markdown import block

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def folder_with(files: Mapping[str, str]) -> Iterator[None]:
    """A new folder with these files, in which commands run."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).write_text(text, "utf-8")
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def output(command: str) -> tuple[int, str]:
    """The exit code of a command line, and what it prints, errors last."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        exit_code = run(shlex.split(command)[1:])
    texts = [stream.buffer.getvalue().decode("utf-8") for stream in streams]  # type: ignore[attr-defined]
    assert exit_code != BUG, f"{command}: {texts[1]}"
    return exit_code, "".join(texts)


def console(*commands: str, lines: int = 0, is_wrong: bool = False) -> str:
    """Commands with what they print, of which at most so many lines are shown; wrong ones are errors on purpose."""
    shown = []
    for command in commands:
        exit_code, text = output(command)
        assert is_wrong or exit_code != USAGE, f"{command}: {text}"
        shown.append(f"$ {command}\n{shortened(text, lines)}")
    return block("console", "".join(shown))


def shortened(text: str, lines: int) -> str:
    """A text without its middle, where it has more lines than that: the sums at its end are kept."""
    found = text.splitlines(keepends=True)
    return text if not lines or len(found) <= lines else "".join([*found[: lines - 6], "…\n", *found[-5:]])


def file_block(name: str, text: str) -> str:
    """A file that a page shows, under its name."""
    language = {"yaml": "yaml", "py": "python", "json": "json", "csv": "csv"}.get(name.rpartition(".")[2], "text")
    return block(language, text if text.startswith(f"# {name}\n") else f"# {name}\n{text}")


def drawn(name: str, command: str) -> dict[str, str]:
    """A picture in both themes, by the names that `picture` shows."""
    exit_code, light = output(f"{command} --format svg")
    if exit_code or not light.startswith("<svg"):
        return {}
    dark = output(f"{command} --format svg --theme dark")[1]
    return {f"{name}.svg": light, f"{name}-dark.svg": dark}
