"""A network as a program of PyTorch: a class for each block, and one for the network, that can be run as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeGuard

from convcalc.kinds.pytorch import BUFFER, GENERATED, PARAMETER
from convcalc.kinds.unsaid import lost_in_pytorch
from convcalc.network.walk import totals
from convcalc.writing.facts import lost_settings, unsaid_numbers
from convcalc.writing.program.code import Combination, Formula, Make, Shared, Statement
from convcalc.writing.program.forward import Forward, fill, input_names
from convcalc.writing.program.heading import heading, is_index, program_text
from convcalc.writing.program.layout import Brackets, Code, Joined, flat, lines
from convcalc.writing.program.merging import Definition, Optional, Param, Text
from convcalc.writing.program.pieces import PieceWriter, default, docstring, expression_lines, plain_text
from convcalc.writing.program.program import DefinedNetwork, check_numbers
from convcalc.writing.pytorch_language import PyTorch
from convcalc.writing.pytorch_modules import MODULES

if TYPE_CHECKING:
    from convcalc.network import Graph
    from convcalc.spec import Spec

FROZEN = '''
def frozen(module: nn.Module) -> nn.Module:
    """A module that is not trained."""
    return module.requires_grad_(False)
'''


def pieces(spec: Spec, graph: Graph) -> Iterator[str]:
    """The program; a Problem where a layer has no form in PyTorch."""
    check_numbers(graph)
    program = DefinedNetwork(spec, PyTorch(spec))
    main = program.network()
    head, check = heading(program, "PyTorch"), check_lines(program, main)
    yield program_text(head, import_lines, known_modules(), class_lines(program, main), check)


def class_lines(program: DefinedNetwork, main: Definition) -> Iterator[Iterator[str]]:
    return map(ClassWriter().definition, (*program.definitions, main))


def remarks(_spec: Spec, graph: Graph) -> Iterator[str]:
    """What stands in the program for numbers that its layers do not say."""
    if unknown := unsaid_numbers(graph):
        yield f"numbers that the layers do not say are 0 and 1 in the program: of {unknown}"
    yield from lost_settings(graph, "PyTorch", lost_in_pytorch)


def import_lines(text: str) -> Iterator[str]:
    if "math." in text:
        yield "import math"
    if "OrderedDict(" in text:
        yield "from collections import OrderedDict"
    if "math." in text or "OrderedDict(" in text:
        yield ""
    yield "import torch"
    if re.search(r"\bF\.", text):
        yield "import torch.nn.functional as F"
    yield "from torch import Tensor, nn"


def known_modules() -> dict[str, str]:
    """The modules that PyTorch does not have, for every number of axes."""
    found = {name.replace("{n}", n): source.replace("{n}", n) for name, source in MODULES.items() for n in "123"}
    return {**found, "frozen": FROZEN}


def check_lines(program: DefinedNetwork, main: Definition) -> Iterator[str]:
    """A run without memory for the weights, which holds what is claimed."""
    graph = program.graph
    parameters = totals(node.applied for node in graph.nodes).parameters
    yield 'if __name__ == "__main__":'
    yield '    with torch.device("meta"):  # no memory for the weights'
    yield f"        network = {main.name}().eval()"
    inputs = []
    for index, shape in enumerate(graph.inputs.values()):
        variable = "x" if len(graph.inputs) == 1 else f"x{index + 1}"
        sizes = ", ".join(map(str, (1, *shape)))
        kind = ", dtype=torch.long" if is_index(program, index) else ""
        yield f"        {variable} = torch.zeros({sizes}{kind})"
        inputs.append(variable)
    yield f"    y = network({', '.join(inputs)})"
    several = len(program.wiring.outputs) > 1
    main_output = "y[0]" if several else "y"
    shape = graph.shape(program.wiring.outputs[0]) or ()
    yield f"    assert {main_output}.shape == ({', '.join(map(str, (1, *shape)))})"
    yield "    parameters = sum(p.numel() for p in network.parameters() if p.requires_grad)"
    yield '    print(f"{parameters:,} parameters")'
    yield f"    assert parameters == {parameters:_}"


# Classes


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
