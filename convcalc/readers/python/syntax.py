"""A text to its tree, where it is not larger or deeper than Python itself reads without harm."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from convcalc.problem import Mark, Source, problem
from convcalc.readers.python.limits import MAX_BRANCHES, MAX_CHARACTERS, MAX_DEPTH, MAX_TOKENS
from convcalc.spec import Place
from convcalc.tuples import NamedTuple

TOKEN = re.compile(
    r"""\#[^\n]*|\\\n
    |'''(?:[^\\']|\\.|'(?!''))*'''|\"\"\"(?:[^\\"]|\\.|"(?!""))*\"\"\"
    |'(?:[^\\'\n]|\\.)*'|"(?:[^\\"\n]|\\.)*"
    |(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>[,;]|\n)
    |(?P<branch>\belif\b)
    |(?P<deeper>\b(?:not|lambda|if|else|and|or|in|is|await|for)\b|\.(?!\d)|[-+*/%@&|^~<>=!:]+)
    |\w+""",
    re.VERBOSE | re.DOTALL,
)
MAX_LETTERS = 10_000
WORDS = {"true": True, "false": False, "none": None}


class Program(NamedTuple):
    """A source and its tree; of a notebook, the cells that it was joined from and the first line of each."""

    source: Source
    tree: ast.Module
    lines: Sequence[str]
    cells: tuple[Source, ...] = ()
    first_lines: tuple[int, ...] = ()

    def place(self, node: Any) -> Place:
        """Where a node is in its source; of several lines the first is meant."""
        source, line = self.source, node.lineno
        if self.cells:
            cell = bisect_right(self.first_lines, line) - 1
            source, line = self.cells[cell], line - self.first_lines[cell] + 1
        column, end = node.col_offset, node.end_col_offset
        text = self.lines[node.lineno - 1]
        if not text.isascii():
            letters = text.encode()
            column, end = len(letters[:column].decode(errors="replace")), len(letters[:end].decode(errors="replace"))
        if node.end_lineno != node.lineno:
            end = len(text.rstrip())
        return Place(line, column + 1, max(end - column, 1), source)


def parse(source: Source) -> Program:
    """The code of a Python text, or of a notebook."""
    text = source.text
    if text.lstrip()[:1] == "{" and '"cells"' in text:
        from convcalc.readers.python.notebook import join_cells

        return join_cells(source)
    return Program(source, tree_of(source), text.split("\n"))


def tree_of(source: Source) -> ast.Module:
    text = source.text
    if len(text) > MAX_CHARACTERS:
        message = f"{source.name} has {len(text):,} characters, and at most {MAX_CHARACTERS:,} are read as Python"
        raise problem("P001", message, "take the network out into a file of its own")
    if "\0" in text:
        line, column = position(text, text.index("\0"))
        raise problem("P001", "there is a NUL character in it", "save it as plain text", Mark(source, line, column))
    refuse_depth(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the user's own escapes and comparisons
            return ast.parse(text)
    except SyntaxError as error:
        mark = Mark(source, error.lineno or 1, max(error.offset or 1, 1))
        raise problem("P001", f"Python cannot read this line: {error.msg}", "mend the line", mark) from None
    except (RecursionError, MemoryError):
        raise problem("P001", f"{source.name} is nested too deep", "write it in several statements") from None
    except ValueError as error:
        raise problem("P001", f"Python cannot read {source.name}: {error}", "save it as plain text") from None


def refuse_depth(source: Source) -> None:
    """Refuse what would have more than MAX_DEPTH levels in the tree, or more than MAX_TOKENS words."""
    outer: list[int] = []  # operators before each bracket that is open
    depth = around = tokens = elifs = 0
    for token in TOKEN.finditer(source.text):
        tokens += 1
        group = token.lastgroup
        if group == "open":
            outer.append(depth)
            around += depth + 1
            depth = 0
        elif group == "close" and outer:
            depth = outer.pop() + 1
            around -= depth
        elif group == "end" and (token[0] != "\n" or not outer):
            depth = 0
        elif group == "deeper":
            depth += 1 if token[0].isalpha() else len(token[0])
        elif group == "branch":
            elifs += 1
        if depth + around > MAX_DEPTH or elifs > MAX_BRANCHES:
            what = f"{MAX_DEPTH} operators and brackets" if depth + around > MAX_DEPTH else f"{MAX_BRANCHES} elif"
            mark = Mark(source, *position(source.text, token.start()))
            raise problem("P001", f"this is nested deeper than {what}", "write it in several statements", mark)
    if tokens > MAX_TOKENS:
        message = f"{source.name} has {tokens:,} words and signs, and at most {MAX_TOKENS:,} are read as Python"
        raise problem("P001", message, "take the network out into a file of its own")


def position(text: str, index: int) -> tuple[int, int]:
    """The line and column, from 1, of a character."""
    before = text[:index]
    return before.count("\n") + 1, index - before.rfind("\n")


def parse_expression(text: str) -> tuple[Program, ast.expr]:
    """The code and the node of one expression, which is a source of its own."""
    source = Source("the command line", text)
    tree = tree_of(source)
    match tree.body:
        case [ast.Expr(value=value)]:
            return Program(source, tree, text.split("\n")), value
    raise problem("P001", f'"{text}" is no expression', "write a call: Net(num_classes=10)", Mark(source, 1, 1))


def literal(text: str) -> Any:
    """A number, list … where it is one as Python writes it, else the text."""
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    if len(text) > MAX_LETTERS:
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text
    return text if isinstance(value, (bytes, complex)) else value
