"""A pasted line of a program as layers: its assignments, its lists, what it returns.

Nothing that is written is left out: what is not read is an error.
"""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from convcalc.kinds.functions import LIST_METHODS
from convcalc.readers.calls.tensors import TRANSPARENT, TensorReader, variable
from convcalc.readers.code import code_of, dotted_name
from convcalc.readers.dataflow import Flow
from convcalc.spec.shapes import INPUTS, TENSORS

if TYPE_CHECKING:
    from convcalc.readers.line import LineReader
    from convcalc.spec import Items, Place

# Functions and methods of a tensor that give a number, or several.
NUMERIC = ("size", "dim", "ndimension", "numel", "nelement", "item", "shape", "int_shape", "as_list", "tolist")


def items_of_code(reader: LineReader, text: str, name: str, place: Place) -> Items | None:
    """The items of a line of a program; None where it is only a layer, or no Python."""
    code = code_of(text.strip())
    if code is None or not any(map(is_statement, code.body)):
        return None
    line, before = ProgramLine(reader, code, name, place), len(reader.flows)
    if len(code.body) == 1 and line.is_plain(code.body[0]):
        return None
    for statement in code.body:
        line.statement(statement)
    if len(reader.flows) == before + 1 and len(line.items) == 1:
        line.items = [item._replace(place=place) for item in line.items]
    return tuple(line.items)


def is_statement(node: ast.stmt) -> bool:
    """Whether Python's parser has read a line of a program, and no words of this language."""
    if isinstance(node, ast.Expr):
        plain = isinstance(node.value, (ast.Name, ast.Constant, ast.List, ast.Compare))
        return not plain and not (isinstance(node.value, ast.Attribute) and dotted_name(node.value))
    return True


class ProgramLine(TensorReader):
    """A line of a program, statement by statement."""

    def is_plain(self, node: ast.stmt) -> bool:
        """Whether a line is a call of one class and no more, that the words of this language may be as well."""
        call = node.value if isinstance(node, (ast.Expr, ast.Assign)) else None
        if not isinstance(call, ast.Call):
            return False
        head = dotted_name(call.func)
        targets = node.targets if isinstance(node, ast.Assign) else []
        if not head or self.is_called(head) or len(targets) > 1 or not all(map(dotted_name, targets)):
            return False
        if (hasattr(builtins, head) or head.rpartition(".")[2] in NUMERIC) and not self.reader.is_layer(head):
            self.refuse(call, "is no layer", "leave the line out")
        if self.function(call) or self.is_list_method(call) or self.input_shape(call):
            return False
        if isinstance(call.func, ast.Attribute) and call.func.attr in TRANSPARENT:
            return False
        self.target_name(targets)
        return True

    def statement(self, node: ast.stmt) -> None:
        self.used = set()
        if isinstance(node, ast.Return):
            if node.value is not None:
                self.result(node.value)
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.value, (ast.List, ast.Tuple)):
                self.layers(node.value)
            else:
                operands = ast.BinOp(node.target, node.op, node.value)
                self.assign(self.tensor(ast.copy_location(operands, node)), self.targets([node.target]))
        elif isinstance(node, ast.Assign):
            self.expression(node.value, node.targets)
        elif isinstance(node, ast.AnnAssign):  # `(conv1): Conv2d(3, 64, …)`, as PyTorch prints it
            self.expression(node.value or node.annotation, [node.target])
        elif isinstance(node, ast.Expr):
            self.expression(node.value, [])
        else:
            self.refuse(
                node, "is a program's, and no layer", "give the whole program as a file: convcalc summary net.py"
            )

    def result(self, node: ast.expr) -> None:
        """`return x`: what comes last."""
        if isinstance(node, ast.Tuple):
            names = ", ".join(self.code.text_of(each) for each in node.elts)
            self.refuse(
                node, "are several outputs", f"leave the line out, and name them in the spec: outputs: [{names}]"
            )
        if name := variable(node):
            self.flow(Flow(self.place(node), (name,), role="output"))
        elif layers := self.layer(node):
            self.items.extend(layers)
        else:
            self.tensor(node)

    def expression(self, node: ast.expr, targets: list[ast.expr]) -> None:
        if isinstance(node, ast.Tuple) and not targets:
            for each in node.elts:
                self.expression(each, [])
        elif self.is_list_method(node):
            assert isinstance(node, ast.Call)
            for keyword in node.keywords:
                self.refuse(keyword, "says nothing of a layer", "leave it out")
            self.layers(node.args[-1], self.name_added(node))
        elif shape := self.input_shape(node):
            self.flow(Flow(self.place(node), targets=self.targets(targets)[:1], role="input", shape=shape))
        elif layers := self.layer(node, self.target_name(targets)):
            self.items.extend(layers)
        elif source := variable(node) if targets else "":
            self.flow(Flow(self.place(node), (source,), self.targets(targets), role="alias"))
        else:
            self.assign(self.tensor(node), self.targets(targets), self.lost(targets))

    def target_name(self, targets: list[ast.expr]) -> str:
        """What a layer is called that is assigned, and not yet called on anything."""
        whole = dotted_name(targets[0]) if targets else ""
        name = whole.removeprefix("self.")
        if name:
            self.reader.layers_assigned[name] = whole != name
        return name

    def targets(self, nodes: list[ast.expr]) -> tuple[str, ...]:
        """The variables that get the output of a line: of several, the first."""
        found = []
        for node in nodes:
            first = node.elts[0] if isinstance(node, (ast.Tuple, ast.List)) and node.elts else node
            name = variable(first)
            if not name:
                self.refuse(node, "is no variable", "x = …")
            found.append(name)
        return tuple(found)

    def lost(self, nodes: list[ast.expr]) -> tuple[str, ...]:
        """The variables that get what else comes out, as the state of a recurrent layer."""
        tuples = [node for node in nodes if isinstance(node, (ast.Tuple, ast.List))]
        others = [each for node in tuples for other in node.elts[1:] for each in ast.walk(other)]
        return tuple(each.id for each in others if isinstance(each, ast.Name))

    def assign(self, mark: str, targets: tuple[str, ...], lost: tuple[str, ...] = ()) -> None:
        """Say of the flow that came last what its output is called."""
        flow = self.reader.flows.get(mark)
        if not targets and len(self.used) == 1:  # `F.relu(x)` by itself: as if its output were x again
            targets = tuple(self.used)
        self.reader.variables.update(targets)
        if flow is None:  # `x = x.contiguous()`
            self.flow(Flow(self.whole, (mark,), targets, role="alias"))
        else:
            self.reader.flows[mark] = flow._replace(
                targets=targets, lost=lost, name=self.name or flow.name, is_reused=not self.used.isdisjoint(targets)
            )

    # Lists of layers, and inputs

    def layers(self, node: ast.expr, name: str = "") -> None:
        """`model.add(layer)`, `layers += [layer, layer]`."""
        for each in node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]:
            found = self.layer(each, name)
            if not found:
                self.refuse(each, "is no layer", "model.add(Conv2D(64, 3))")
            self.items.extend(found)

    def is_list_method(self, node: ast.expr) -> bool:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            return False
        last = node.args[-1]
        held = last.elts[0] if isinstance(last, (ast.List, ast.Tuple)) and last.elts else last
        if node.func.attr not in LIST_METHODS or not isinstance(held, ast.Call) or isinstance(held.func, ast.Call):
            return False
        return bool(dotted_name(held.func)) and not self.function(held)

    @staticmethod
    def name_added(node: ast.Call) -> str:
        """The name that add_module gives."""
        match node.args:
            case [ast.Constant(value=str(name)), _]:
                return name
        return ""

    def input_shape(self, node: ast.expr) -> str:
        """The text of a call that makes an input, `Input((28, 28, 1))`, `torch.randn(1, 3, 32, 32)`."""
        module, _, word = (dotted_name(node.func) if isinstance(node, ast.Call) else "").rpartition(".")
        is_made = word.lower() in TENSORS and module.partition(".")[0] in ("torch", "np", "numpy", "tf", "tensorflow")
        return self.code.text_of(node) if is_made or word.lower() in INPUTS else ""
