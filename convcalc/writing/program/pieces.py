"""Settled pieces as code: what is made, with arguments; sequences, loops; expressions over several lines."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from convcalc.writing.program.code import Combination, DefinitionUse, Entry, Make, PieceList
from convcalc.writing.program.layout import WIDTH, Brackets, Code, Joined, Remarked, flat, lines
from convcalc.writing.program.merging import Looped, Optional, Param, Text


class PieceWriter:
    """Writes pieces; a language says what holds a sequence of them, and how paths are joined."""

    container = ""  # the class of a sequence

    def combination(self, piece: Combination) -> Code:
        raise NotImplementedError

    def code(self, piece: Any) -> Code:
        if isinstance(piece, Text):
            return tuple_code(piece.code) if piece.code[:2] == "((" else piece.code
        if isinstance(piece, Make):
            return Brackets(f"{piece.head}(", tuple(self.arguments(piece.arguments)), ")")
        if isinstance(piece, DefinitionUse):
            return Brackets(f"{piece.definition.name}(", tuple(self.arguments(piece.arguments)), ")")
        if isinstance(piece, PieceList):
            if len(piece.entries) == 1 and isinstance(piece.entries[0], Entry) and not piece.has_names:
                return self.code(piece.entries[0].piece)
            if piece.has_names:
                named = tuple(
                    Remarked(Joined(f"{entry.name}=", self.code(entry.piece)), entry.note.text)
                    for entry in piece.entries
                    if isinstance(entry, Entry)
                )
                return Brackets(f"{self.container}(", (Brackets("OrderedDict(", named, ")"),), ")")
            return Brackets(f"{self.container}(", tuple(self.entries(piece)), ")")
        if isinstance(piece, Combination):
            return self.combination(piece)
        assert isinstance(piece, str), piece
        return piece

    def arguments(self, arguments: tuple[Any, ...]) -> Iterator[Code]:
        for argument in arguments:
            value, usual = self.code(argument.value), argument.default and self.code(argument.default)
            if value not in (usual, "None"):
                yield Joined(f"{argument.keyword}=", value) if argument.keyword else value

    def entries(self, sequence: Any) -> Iterator[Code]:
        for entry in sequence.entries:
            if isinstance(entry, Looped):
                yield Remarked(self.loop(entry), entry.note.text)
            elif isinstance(entry, Optional):
                inner = tuple(each.code if isinstance(each, Remarked) else each for each in self.entries(entry.piece))
                parts = Brackets("[", inner, "]"), f"if {entry.condition}", "else []"
                yield Joined("*", Brackets("(", parts, ")", False))
            else:
                yield Remarked(self.code(entry.piece), entry.note.text)

    def loop(self, entry: Looped) -> Code:
        inner = PieceList(entry.entries)
        one = self.code(inner)
        variable = entry.turn if re.search(rf"\b{entry.turn}\b", flat(one)) else "_"
        return Joined("*", Brackets("[", (one, f"for {variable} in range({entry.times})"), "]", False))


def docstring(text: str) -> Iterator[str]:
    first = text.partition(" ")[0]
    text = text if len(first) == 1 else text[:1].upper() + text[1:]
    wrapped = wrap(text + ("" if text[-1:] in ".?!" else "."), 78)
    if len(wrapped) == 1:
        yield f'    """{wrapped[0]}"""'
        return
    yield f'    """{wrapped[0]}'
    for line in wrapped[1:]:
        yield f"    {line}"
    yield '    """'


def expression_lines(before: str, expression: str, remark: str, indent: str) -> Iterator[str]:
    """An assignment, over several lines where it takes them."""
    end = f"  # {remark}" if remark else ""
    text = f"{indent}{before}{expression}{end}"
    if len(text) <= WIDTH:
        yield text
        return
    tree = ast.parse(expression, mode="eval").body
    code: Code = expression
    if isinstance(tree, ast.Call):
        parts = [*map(ast.unparse, tree.args), *(f"{word.arg}={ast.unparse(word.value)}" for word in tree.keywords)]
        parts = [part.replace("'", '"') for part in parts]
        code = Brackets(f"{ast.unparse(tree.func)}(", tuple(map(split_list, parts)), ")")
    elif isinstance(tree, ast.BinOp):
        code = Brackets("(", tuple(terms(tree)), ")", False)
    yield from lines(code, indent, before, "", remark)


def terms(tree: ast.expr) -> list[str]:
    """The terms of a sum, each with its sign before it."""
    if not isinstance(tree, ast.BinOp):
        return [ast.unparse(tree)]
    sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.MatMult: "@"}.get(type(tree.op), "")
    return [*terms(tree.left), f"{sign} {ast.unparse(tree.right)}"] if sign else [ast.unparse(tree)]


def tuple_code(text: str) -> Code:
    """A tuple of tuples with its parts."""
    return Brackets("(", tuple(map(repr, ast.literal_eval(text))), ")")


def split_list(text: str) -> Code:
    """A list with its parts, where it is one."""
    if text[:1] != "[":
        return text
    return Brackets("[", tuple(part.strip() for part in text[1:-1].split(",")), "]")


def default(param: Param) -> str:
    return "" if param.default is None else f" = {param.default}"


def plain_text(text: str) -> str:
    return text.replace("\\", "/").replace('"""', "'''")
