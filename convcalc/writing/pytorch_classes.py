"""Definitions as classes of PyTorch: what they hold, and how it is called."""

from __future__ import annotations

import ast
import re
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from convcalc.kinds.pytorch import BUFFER, PARAMETER
from convcalc.writing.program.code import Combination, DefinitionUse, Entry, Formula, Make, PieceList, Shared
from convcalc.writing.program.forward import Forward, fill
from convcalc.writing.program.layout import WIDTH, Brackets, Joined, Remarked, flat, lines
from convcalc.writing.program.merging import Looped, Optional, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.writing.program.code import Statement
    from convcalc.writing.program.layout import Code
    from convcalc.writing.program.merging import Definition, Param


class ClassWriter:
    """Writes settled definitions as classes."""

    def definition(self, definition: Definition) -> Iterator[str]:
        body = definition.body
        assert body is not None
        base = "nn.Sequential" if body.sequence is not None else "nn.Module"
        yield f"class {definition.name}({base}):"
        if definition.about and len(definition.about) < 200:
            yield from docstring(plain_text(definition.about))
            yield ""
        params = [Joined(f"{param.name}: {type_of(param)}", default(param)) for param in definition.params]
        yield from lines(Brackets("def __init__(", ("self", *params), "):"), "    ")
        if body.sequence is not None:
            yield from lines(Brackets("super().__init__(", tuple(self.entries(body.sequence)), ")"), " " * 8)
            return
        yield " " * 8 + "super().__init__()"
        kept = kept_params(definition)
        for name in kept:
            yield f"        self.{name} = {name}"
        for statement in body.statements:
            yield from self.attribute(statement)
        yield ""
        yield from self.forward(definition)

    def attribute(self, statement: Statement) -> Iterator[str]:
        piece, indent = statement.piece, " " * 8
        if piece is None or isinstance(piece, (Formula, Shared)):
            return
        if isinstance(piece, Make) and piece.head == BUFFER:
            (value,) = piece.arguments
            yield from lines(
                Brackets("self.register_buffer(", (f'"{statement.name}"', self.code(value.value)), ")"), indent
            )
            return
        if isinstance(piece, Optional):
            yield f"{indent}if {piece.condition}:"
            yield from lines(self.code(piece.piece), indent + "    ", f"self.{statement.name} = ")
            yield f"{indent}else:"
            yield f"{indent}    self.{statement.name} = nn.Identity()"
            return
        yield from lines(self.code(piece), indent, f"self.{statement.name} = ")
        if statement.tied:
            yield f"{indent}self.{statement.name}.weight = self.{statement.tied}.weight"

    def forward(self, definition: Definition) -> Iterator[str]:
        body = definition.body
        assert body is not None
        names = ["x"]
        for note in body.inputs[1:]:
            name = re.sub(r"\W", "_", note.text) or "y"
            while name in names or name[0].isdigit():
                name = f"{name}_" if not name[0].isdigit() else f"x{name}"
            names.append(name)
        names = names[: len(body.inputs)]
        batch = names[0] if names else ""
        kept = kept_params(definition)

        def call(statement: Statement, sources: list[str]) -> str:
            piece = statement.piece
            if isinstance(piece, Formula):
                return fill(of_self(piece, kept), sources)
            if isinstance(piece, Make) and piece.head in (PARAMETER, BUFFER):
                return f"self.{statement.name}.expand(len({batch}), *self.{statement.name}.shape)"
            return f"self.{statement.name}({', '.join(sources)})"

        forward = Forward(body, names, call)
        written = list(forward.lines())
        given = [forward.names[value] for value in forward.outputs]
        kind = "Tensor" if len(given) == 1 else f"tuple[{', '.join(['Tensor'] * len(given))}]"
        arguments = tuple(f"{name}: Tensor" for name in names)
        yield from lines(Brackets("def forward(", ("self", *arguments), f") -> {kind}:"), "    ")
        for line in written:
            yield from expression_lines(f"{line.targets} = ", line.expression, line.note.text)
        yield f"        return {', '.join(given)}"

    # Pieces

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
                return Brackets("nn.Sequential(", (Brackets("OrderedDict(", named, ")"),), ")")
            return Brackets("nn.Sequential(", tuple(self.entries(piece)), ")")
        if isinstance(piece, Combination):
            return self.combination(piece)
        assert isinstance(piece, str), piece
        return piece

    def combination(self, piece: Combination) -> Code:
        if piece.join in ("Residual", "Gate"):
            (path,) = (path for path in piece.paths if path is not None)
            return Brackets(f"{piece.join}(", tuple(self.entries(path)), ")")
        paths = tuple("nn.Identity()" if path is None else self.code(path) for path in piece.paths)
        return Brackets(f"{piece.join}(", paths, ")")

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


def kept_params(definition: Definition) -> list[str]:
    """The parameters that are used where layers are called."""
    body = definition.body
    assert body is not None
    codes = [
        atom.code
        for statement in body.statements
        if isinstance(statement.piece, Formula)
        for atom in statement.piece.atoms
        if isinstance(atom, Text)
    ]
    return [param.name for param in definition.params if any(re.search(rf"\b{param.name}\b", code) for code in codes)]


def of_self(formula: Formula, names: list[str]) -> Formula:
    """A formula with the parameters that the module has kept."""
    atoms = []
    for atom in formula.atoms:
        code = atom.code if isinstance(atom, Text) else ""
        for name in names:
            code = re.sub(rf"\b{name}\b", f"self.{name}", code)
        atoms.append(atom._replace(code=code) if isinstance(atom, Text) else atom)
    return Formula(formula.template, tuple(atoms))


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


def expression_lines(before: str, expression: str, remark: str) -> Iterator[str]:
    """An assignment, over several lines where it takes them."""
    end = f"  # {remark}" if remark else ""
    text = f"        {before}{expression}{end}"
    if len(text) <= WIDTH:
        yield text
        return
    tree = ast.parse(expression, mode="eval").body
    code: Code = expression
    if isinstance(tree, ast.Call):
        parts = [*map(ast.unparse, tree.args), *(f"{word.arg}={ast.unparse(word.value)}" for word in tree.keywords)]
        code = Brackets(f"{ast.unparse(tree.func)}(", tuple(map(split_list, parts)), ")")
    elif isinstance(tree, ast.BinOp):
        code = Brackets("(", tuple(terms(tree)), ")", False)
    yield from lines(code, " " * 8, before, "", remark)


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


def type_of(param: Param) -> str:
    kinds = {"None" if value is None else type(value).__name__ for value in param.values}
    return " | ".join(sorted("tuple[int, ...]" if kind == "tuple" else kind for kind in kinds))


def default(param: Param) -> str:
    return "" if param.default is None else f" = {param.default}"


def plain_text(text: str) -> str:
    return text.replace("\\", "/").replace('"""', "'''")
