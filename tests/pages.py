"""Pages whose blocks a test runs, one after another in a folder of the page's own.

A `console` block is commands behind `$`, each with what it prints; `…` on a line of its own leaves lines out. An `sh` block
is commands whose output is not shown. A block that begins with `# NAME.ending` is a file, and a `pycon` block is a session
of Python. Commands of other programs are shown in `text` blocks, and not run.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import ClassVar, NamedTuple

from convcalc.cli import BUG, run

BLOCK = re.compile(r"^( *)(`{3,})(\w+) *\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"# (\S+\.\w+)\n")
PROMPT = re.compile(r"^\$ (.*)\n", re.MULTILINE)
ELISION = "…\n"
OF_A_SHELL = re.compile(r"[|<>;&]|\$\(")
COMMENTED = (".yaml", ".yml", ".py", ".toml", ".cfg", ".sh")  # of files, in which `# NAME` is a comment


class Block(NamedTuple):
    """A fenced block of a page, and where its body begins."""

    language: str
    body: str
    begin: int

    @property
    def file_name(self) -> str:
        named = FILE_NAME.match(self.body)
        return named[1] if named else ""

    @property
    def contents(self) -> str:
        """What is in the file: a form without comments of that sign begins behind the name."""
        return self.body if self.file_name.endswith(COMMENTED) else self.body.partition("\n")[2]


class Example(NamedTuple):
    """A command, the output that the page shows, and where that begins."""

    command: str
    shown: str
    begin: int


class Difference(NamedTuple):
    """A command that prints something else than the page shows."""

    example: Example
    found: str

    def __str__(self) -> str:
        lines = (text.splitlines() for text in (self.example.shown, self.found))
        return "\n".join((f"$ {self.example.command}", *difflib.unified_diff(*lines, "page", "printed", lineterm="")))


def blocks_of(text: str) -> list[Block]:
    return [
        Block(found[3], re.sub(f"^{found[1]}", "", found[4], flags=re.MULTILINE), found.start(4))
        for found in BLOCK.finditer(text)
    ]


def examples_of(block: Block) -> list[Example]:
    """The commands of a `console` block."""
    prompts = list(PROMPT.finditer(block.body))
    assert prompts and prompts[0].start() == 0, f"a console block begins with a command behind $: {block.body[:60]}"
    ends = [prompt.start() for prompt in prompts[1:]] + [len(block.body)]
    return [
        Example(prompt[1], block.body[prompt.end() : end], block.begin + prompt.end())
        for prompt, end in zip(prompts, ends, strict=True)
    ]


def commands_of(text: str) -> list[Example]:
    """Every command of a page that shows its output."""
    return [example for block in blocks_of(text) if block.language == "console" for example in examples_of(block)]


class PageRun:
    """The blocks of a page, run in their order in the folder that is the current one."""

    def __init__(self) -> None:
        self.code = 0
        self.commands = 0
        self.session: dict[str, object] = {}
        self.differences: list[Difference] = []

    def follow(self, text: str) -> None:
        for block in blocks_of(text):
            if block.file_name:
                path = Path(block.file_name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.contents, "utf-8")
            elif block.language in self.ways:
                self.ways[block.language](self, block)

    def compare(self, block: Block) -> None:
        for example in examples_of(block):
            found = self.printed(example.command)
            assert self.code != BUG, found
            if not is_shown(example.shown, found):
                self.differences.append(Difference(example, found))

    def only_run(self, block: Block) -> None:
        for command in block.body.replace("\\\n", "").splitlines():
            if command.startswith("convcalc "):
                found = self.printed(command)
                assert self.code in (0, 1), f"$ {command}\n{found}"

    def printed(self, command: str) -> str:
        """What a command prints, errors last; in this process, where it needs no shell."""
        if command == "echo $?":
            return f"{self.code}\n"
        self.commands += 1
        words = shlex.split(command, comments=True)
        if words[0] != "convcalc" or OF_A_SHELL.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", command)):
            return self.said_by_a_shell(command)
        for name in words:
            if name.count("/") == 1 and Path(name).suffix:
                Path(name).parent.mkdir(exist_ok=True)
        out, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            self.code = run(words[1:])
        return "".join(stream.buffer.getvalue().decode("utf-8") for stream in (out, errors))

    def said_by_a_shell(self, command: str) -> str:
        """What a command prints whose home is the folder of the page."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "HOME": os.getcwd()}
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, timeout=60)
        self.code = done.returncode
        return done.stdout + done.stderr

    def talk(self, block: Block) -> None:
        """Run a session of Python, which keeps its names to the end of the page."""
        session = doctest.DocTestParser().get_doctest(block.body, self.session, "page", None, None)
        report = io.StringIO()
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        self.commands += len(session.examples)
        runner.run(session, out=report.write, clear_globs=False)
        self.session = session.globs
        assert not runner.failures, report.getvalue()

    ways: ClassVar = {"console": compare, "sh": only_run, "pycon": talk}


def is_shown(shown: str, found: str) -> bool:
    """Whether a page shows what was found; a line … stands for any lines."""
    if ELISION not in shown:
        return shown == found
    parts = shown.split(ELISION)
    pattern = "(?:.*\n)*?".join(map(re.escape, parts))
    return re.fullmatch(pattern, found) is not None


def renewed(shown: str, found: str) -> str:
    """What a page should show: as many lines before and behind a … as it had."""
    if ELISION not in shown:
        return found
    head, _, tail = shown.partition(ELISION)
    lines = found.splitlines(keepends=True)
    first, last = head.count("\n"), tail.count("\n")
    if first + last >= len(lines):
        return found
    return "".join([*lines[:first], ELISION, *lines[len(lines) - last :]])


def renew(page: Path, differences: list[Difference]) -> None:
    """Put what commands print in the place of what the page says."""
    text = page.read_text("utf-8")
    for (_, shown, begin), found in reversed(differences):
        assert text.startswith(shown, begin)
        text = text[:begin] + renewed(shown, found) + text[begin + len(shown) :]
    page.write_text(text, "utf-8")
