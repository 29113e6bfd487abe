"""Layers and uses of units as code, with atoms for what a form says in the letters and keys of a layer."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.spec import UseItem
from convcalc.writing.program.code import (
    Application,
    Atom,
    DefinitionUse,
    Entry,
    Formula,
    GivenArgument,
    Make,
    PieceList,
    ShapeRemark,
)
from convcalc.writing.program.hints import Hints, in_names

if TYPE_CHECKING:
    from convcalc.writing.program.code import Piece
    from convcalc.writing.program.elements import Leaf, Use
    from convcalc.writing.program.program import DefinedNetwork

CALL = "call"  # what a layer is that is made just before
INPUT = re.compile(r"xs|y|x\d*")


@lru_cache(maxsize=1024)
def parsed_form(form: str) -> ast.expr:
    return ast.parse(form, mode="eval").body


class Maker:
    """Makes the pieces of one unit."""

    def __init__(self, program: DefinedNetwork, params: dict[str, Any]):
        self.program = program
        self.graph, self.wiring, self.language = program.graph, program.wiring, program.language
        self.hints = Hints(program.spec, program.graph, params)

    def make(self, tree: ast.expr, leaf: Leaf) -> Piece:
        """The code of a form, with atoms for what it says in the letters and keys of a layer."""
        if (
            isinstance(tree, ast.Call)
            and not holds_input(tree.func)
            and not any(holds_input(part) for part in (*tree.args, *(word.value for word in tree.keywords)))
        ):
            head = ast.unparse(tree.func)
            positional = [GivenArgument("", *self.with_default(each, leaf)) for each in tree.args]
            named = [GivenArgument(word.arg or "", *self.with_default(word.value, leaf)) for word in tree.keywords]
            return Make(head, (*positional, *named))
        if isinstance(tree, ast.List):
            return PieceList(tuple(Entry("", self.make(each, leaf), ShapeRemark("")) for each in tree.elts))
        if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Call) and not holds_input(tree.func):
            call = ast.Call(ast.Name(CALL), tree.args, tree.keywords)
            return Application(self.make(tree.func, leaf), self.formula(call, leaf))
        if holds_input(tree):
            return self.formula(tree, leaf)
        if isinstance(tree, ast.Constant) or is_constant_tuple(tree):
            return Atom(ast.literal_eval(tree), None, "value")
        text = ast.unparse(tree)
        return text if isinstance(tree, ast.Attribute) else self.language.atom(self, leaf, text)

    def with_default(self, tree: ast.expr, leaf: Leaf) -> tuple[Piece, Piece | None]:
        if isinstance(tree, ast.BoolOp):
            value, default = tree.values
            return self.make(value, leaf), self.make(default, leaf)
        return self.make(tree, leaf), None

    def formula(self, tree: ast.expr, leaf: Leaf) -> Formula:
        atoms: list[Piece] = []
        return Formula(self.template(tree, leaf, atoms), tuple(atoms))

    def template(self, tree: ast.expr, leaf: Leaf, atoms: list[Piece]) -> str:
        """An expression as a text with holes."""
        holes: dict[str, str] = {}

        class Holes(ast.NodeTransformer):
            def visit(self, node: ast.AST) -> Any:
                if isinstance(node, ast.Name) and INPUT.fullmatch(node.id):
                    holes[f"hole_{node.id}_"] = f"{{{node.id}}}"
                    return ast.Name(f"hole_{node.id}_")
                if is_plain(node):
                    return node
                is_slice = any(map(is_of_axes, ast.walk(node)))
                if isinstance(node, ast.expr) and not (holds_input(node) or is_path(node) or is_slice):
                    if isinstance(node, ast.Starred):
                        return self.generic_visit(node)
                    atoms.append(sketcher.make(node, leaf))
                    holes[f"hole_{len(atoms) - 1}_"] = f"{{{len(atoms) - 1}}}"
                    return ast.Name(f"hole_{len(atoms) - 1}_")
                return self.generic_visit(node)

        sketcher = self
        text = ast.unparse(Holes().visit(ast.parse(ast.unparse(tree), mode="eval").body))
        for hole, place in holes.items():
            text = text.replace(hole, place)
        return text.replace("'", '"')

    def instance(self, element: Use) -> DefinitionUse:
        """A unit where it is used, with its arguments in the names of this one."""
        unit = element.unit
        definition, index = self.program.definition_of(unit)
        inputs = self.wiring.inputs(unit.span)
        names = self.argument_hints(element, inputs)
        arguments = []
        for param in definition.params:
            value = param.values[index]
            default = None if param.default is None else Atom(param.default)
            keyword = "" if param.is_main else param.name
            arguments.append(GivenArgument(keyword, Atom(value, names.get(param.name), param.name), default))
        known = {**{param.name: param.values[index] for param in definition.params}, **names}
        for node, shape in zip(self.program.exports(unit), definition.shapes, strict=True):
            self.hints.shapes[node] = tuple(in_names(size, known) for size in shape)
        return DefinitionUse(definition, tuple(arguments))

    def argument_hints(self, element: Use, inputs: tuple[int, ...]) -> dict[str, Any]:
        """What the parameters of a unit are where it is used, in the names of this one."""
        found: dict[str, Any] = {}
        if isinstance(element.item, UseItem):
            block = self.program.spec.blocks[element.item.block]
            said = {name: raw for name, raw in element.item.args if name}
            free = (name for name, _ in block.params if name not in said)
            said.update(zip(free, (raw for name, raw in element.item.args if not name), strict=False))
            for name, default in block.params:
                if name in said:
                    hint = self.hints.value(said[name], element.run)
                else:  # over the parameters before it
                    hint = self.hints.value(default or "", {**self.graph.names, **found})
                if hint is not None:
                    found[name] = hint
        if inputs:
            axis = self.program.entry_axis(element.unit)
            shape = self.hints.shape(inputs[0])
            if shape and shape[axis] is not None:
                found[self.program.entry_name(element.unit)] = shape[axis]
        return found


def holds_input(tree: ast.AST) -> bool:
    return any(isinstance(node, ast.Name) and INPUT.fullmatch(node.id) for node in ast.walk(tree))


def is_constant_tuple(tree: ast.AST) -> bool:
    return isinstance(tree, ast.Tuple) and all(isinstance(each, ast.Constant) for each in tree.elts)


def is_plain(node: ast.AST) -> bool:
    """`...`, True, `float("-inf")`: what is written as it stands."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and all(isinstance(each, ast.Constant) for each in node.args)
    return isinstance(node, ast.Constant) and (node.value is ... or isinstance(node.value, bool))


def is_of_axes(node: ast.AST) -> bool:
    """`:`, `...`, `None`: what is said of axes in brackets."""
    return isinstance(node, ast.Slice) or (isinstance(node, ast.Constant) and node.value in (None, ...))


def is_path(node: ast.expr) -> bool:
    """`torch.cat`: what is called, and no value."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("torch", "F", "nn", "ops", "layers", "keras", CALL)
