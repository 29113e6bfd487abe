"""Definitions as classes of PyTorch: what they hold, and how it is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.kinds.pytorch import BUFFER, GENERATED, PARAMETER
from convcalc.writing.program.code import Combination, Formula, Make, Shared
from convcalc.writing.program.forward import Forward, fill, input_names
from convcalc.writing.program.layout import Brackets, Joined, flat, lines
from convcalc.writing.program.merging import Optional, Text
from convcalc.writing.program.pieces import PieceWriter, default, docstring, expression_lines, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from convcalc.writing.program.code import Statement
    from convcalc.writing.program.layout import Code
    from convcalc.writing.program.merging import Definition, Param


class ClassWriter(PieceWriter):
    """Writes settled definitions as classes."""

    container = "nn.Sequential"

    def definition(self, definition: Definition) -> Iterator[str]:
        body = definition.body
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
        if piece is None or isinstance(piece, (Formula, Shared)) or is_made_by(piece, GENERATED):
            return
        if is_made_by(piece, BUFFER):
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
        names = input_names([note.text for note in body.inputs])
        count = f"len({names[0]})" if names else "1"
        device = f", device={names[0]}.device" if names else ""
        kept = kept_params(definition)

        def call(statement: Statement, sources: list[str]) -> str:
            piece = statement.piece
            if isinstance(piece, Formula):
                return fill(of_self(piece, kept), sources)
            if is_made_by(piece, PARAMETER) or is_made_by(piece, BUFFER):
                return f"self.{statement.name}.expand({count}, *self.{statement.name}.shape)"
            if is_made_by(piece, GENERATED):
                sizes = flat(self.code(piece.arguments[0].value)).strip("(,)")
                return f"torch.zeros({count}, {sizes}{device})"
            return f"self.{statement.name}({', '.join(sources)})"

        constants = {
            each.targets[0]: f"self.{each.name}"
            for each in body.statements
            if is_made_by(each.piece, PARAMETER) or is_made_by(each.piece, BUFFER)
        }
        forward = Forward(body, names, call, constants=constants)
        written = list(forward.lines())
        given = [forward.names[value] for value in forward.outputs]
        several = ", ".join(["Tensor"] * len(given)) if len(given) < 6 else "Tensor, ..."
        kind = "Tensor" if len(given) == 1 else f"tuple[{several}]"
        arguments = tuple(f"{name}: Tensor" for name in names)
        yield from lines(Brackets("def forward(", ("self", *arguments), f") -> {kind}:"), "    ")
        for line in written:
            yield from expression_lines(f"{line.targets} = ", line.expression, line.note.text, " " * 8)
        yield f"        return {', '.join(given)}"

    def combination(self, piece: Combination) -> Code:
        if piece.join in ("Residual", "Gate"):
            (path,) = (path for path in piece.paths if path is not None)
            return Brackets(f"{piece.join}(", tuple(self.entries(path)), ")")
        paths = tuple("nn.Identity()" if path is None else self.code(path) for path in piece.paths)
        return Brackets(f"{piece.join}(", paths, ")")


def is_made_by(piece: Any, head: str) -> TypeGuard[Make]:
    return isinstance(piece, Make) and piece.head == head


def kept_params(definition: Definition) -> list[str]:
    """The parameters that are used where layers are called."""
    codes = [
        atom.code
        for statement in definition.body.statements
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


def type_of(param: Param) -> str:
    kinds = {"None" if value is None else type(value).__name__ for value in param.values}
    return " | ".join(sorted("tuple[int, ...]" if kind == "tuple" else kind for kind in kinds))
