"""A file of Python: the answers that it writes down as a dict, or those that its network gives; never executed."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.handin.answer_forms.collection import CollectedAnswers
from convcalc.handin.answer_forms.program import program_answers
from convcalc.marking.answers import MAX_DEPTH, WHO, Answers, dotted_name
from convcalc.marking.answers import read_answers as read_yaml
from convcalc.problem import Mark, Problem, Source
from convcalc.readers.python.syntax import tree_of
from convcalc.readers.pytorch.pasted import plain_source

if TYPE_CHECKING:
    from convcalc.marking.key import AnswerKey


def read_answers(source: Source, key: AnswerKey | None) -> Answers:
    """The answers that a program holds or computes; a Problem where it does neither."""
    found = CollectedAnswers(source.name)
    plain = plain_source(source)
    try:
        tree = tree_of(plain)
    except Problem:  # which the reader of networks tells
        return program_answers(source, key)
    add_literals(found, tree, plain)
    return found.answers() if found.answers_any(key) else program_answers(source, key, found.student)


# `answers = {"C1": {"output": (6, 28, 28)}}`

NAME = re.compile(r"(?:[a-z]\w*_)?(?:answer|solution)s?\d*", re.IGNORECASE)
MAX_PATH = 8  # subscripts in one another


def add_literals(found: CollectedAnswers, tree: ast.Module, source: Source) -> bool:
    """Collect the answers that a program assigns; whether there are any."""
    before = len(found.known)
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text)) if (
                name.lower() in WHO and (name.isupper() or name not in ("name", "id"))
            ):
                found.add_fact(name, text)
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                path = answer_path(target)
                if path is not None:
                    add_value(found, value, path, source)
            case ast.Expr(value=ast.Dict() as value) if statement is tree.body[-1]:
                add_value(found, value, "", source)
    return len(found.known) > before


def answer_path(target: ast.expr, depth: int = 0) -> str | None:
    """What a target is of the answers: "" for `answers`, C1.output for `answers["C1"]["output"]`; None for no part."""
    match target:
        case ast.Name(id=name):
            return "" if NAME.fullmatch(name) else None
        case ast.Subscript(value=value, slice=ast.Constant(value=key)) if depth < MAX_PATH:
            path = answer_path(value, depth + 1)
            return None if path is None else dotted_name(path, str(key))
    return None


def add_value(found: CollectedAnswers, value: ast.expr, path: str, source: Source) -> None:
    """Collect what is assigned to the answers, or to a part of them."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and "\n" in value.value and not path:
        document = read_yaml(Source(source.name, textwrap.dedent(value.value)))
        found.add_document(document, place_of(value, source))
        return
    for name, node in dict_entries(value, path, 0):
        if name.lower() in WHO and isinstance(node, ast.Constant):
            found.add_fact(name, str(node.value))
        elif name:
            found.add(name.removeprefix("answers."), text_of(node, source), place_of(node, source))


def dict_entries(value: ast.expr, path: str, depth: int) -> Iterator[tuple[str, ast.expr]]:
    """The entries of dicts in one another, by their dotted names."""
    match value:
        case ast.Dict(keys=keys, values=values) if depth <= MAX_DEPTH:
            for key, each in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant):
                    yield from dict_entries(each, dotted_name(path, str(key.value)), depth + 1)
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=named) if depth <= MAX_DEPTH:
            for keyword in named:
                if keyword.arg:
                    yield from dict_entries(keyword.value, dotted_name(path, keyword.arg), depth + 1)
        case _:
            yield path, value


def text_of(node: ast.expr, source: Source) -> str:
    """An answer as it is written, a string without its quotes; "" for None and for `...`, which are blanks."""
    if isinstance(node, ast.Constant) and (node.value is None or node.value is ...):
        return ""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    lines = text_lines(source.text)[node.lineno - 1 : node.end_lineno]
    if node.lineno != node.end_lineno or not lines:
        return ast.unparse(node)
    return lines[0].encode()[node.col_offset : node.end_col_offset].decode(errors="replace")


@lru_cache(maxsize=4)
def text_lines(text: str) -> list[str]:
    """Lines as Python counts them."""
    return text.split("\n")


def place_of(node: ast.expr, source: Source) -> Mark:
    return Mark(source, node.lineno, node.col_offset + 1)
