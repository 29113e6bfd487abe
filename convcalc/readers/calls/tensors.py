"""A tensor of a pasted line of a program, inside out: a layer called on tensors, or a function of them.

`nn.Conv2d(3, 6, 5)(x)`, `self.conv1(x)`, `F.relu(x)`, `x.view(-1, 400)`, `x + y`, `out[:, -1]`; which layers their
tensors are, convcalc.readers.dataflow finds out.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NoReturn

from convcalc.kinds.functions import OPERATORS
from convcalc.kinds.rearranging import SELECT, SLICE
from convcalc.problem import problem
from convcalc.readers.calls.call import TextParts
from convcalc.readers.calls.functions import CalledFunction, function_called, is_nothing, is_number, with_number
from convcalc.readers.code import PythonText, dotted_name
from convcalc.readers.dataflow import MARK, Flow
from convcalc.spec import BrokenItem, Item, Items, LayerItem, Place, RepeatItem, WrittenLayer

if TYPE_CHECKING:
    from convcalc.readers.line import LineReader

# What a layer is called with beside its tensors, that changes no shape.
BESIDE = frozenset((
    "training", "mask", "attn_mask", "key_padding_mask", "need_weights", "average_attn_weights", "initial_state", "hx",
    "return_attention_scores", "attention_mask", "src_mask", "tgt_mask", "memory_mask", "src_key_padding_mask",
    "tgt_key_padding_mask", "memory_key_padding_mask",
))  # fmt: skip
# A layer's own words for its tensors.
TENSOR_WORDS = ("query", "key", "value", "inputs", "input", "x", "src", "tgt", "memory")
TRANSPARENT = ("cuda", "cpu", "to", "float", "double", "half", "bfloat16", "eval", "train", "requires_grad_", "type")


class TensorReader:
    """A line, and the items that it stands for so far."""

    def __init__(self, reader: LineReader, code: PythonText, name: str, place: Place):
        self.reader, self.code, self.name, self.whole = reader, code, name, place
        self.parts = TextParts(reader, code.text, place)
        self.items: list[Item] = []
        self.used: set[str] = set()  # the variables of a statement

    def place(self, node: ast.expr | ast.stmt | ast.keyword) -> Place:
        begin, end = self.code.span(node)
        return self.parts.place(begin, end - begin)

    def refuse(self, node: ast.expr | ast.stmt | ast.keyword, message: str, hint: str) -> NoReturn:
        shown = self.code.text_of(node)
        shown = shown if len(shown) <= 60 else f"{shown[:59]}…"
        raise problem("L031", f"{shown} {message}", hint, self.place(node).mark(self.reader.source))

    # Layers that are called on nothing yet

    def layer(self, node: ast.expr, name: str = "") -> Items:
        """The layer that an expression makes, `nn.Conv2d(3, 6, 5).cuda()`; none where it is called on a tensor."""
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TRANSPARENT:
            if not isinstance(node.func.value, ast.Call):
                return ()
            node = node.func.value
        if not isinstance(node, ast.Call):
            return ()
        if bound := self.bound_layer(node):
            return self.reader.layer_text(bound, self.place(node), self.name or name)
        head = dotted_name(node.func)
        if not head or self.is_called(head) or self.function(node) or not self.reader.is_layer(head):
            return ()
        return self.reader.layer_text(self.code.text_of(node), self.place(node), self.name or name)

    # Tensors

    def flow(self, flow: Flow, items: Items = ()) -> str:
        """Add what a line does with tensors; its mark."""
        mark = f"{MARK}{len(self.reader.flows)}"
        self.reader.flows[mark] = flow
        first, *others = items or (BrokenItem("", flow.place),)
        if others and not all(isinstance(item, LayerItem) and item.activates for item in others):
            first, others = RepeatItem("1", items, "", flow.place), []
        self.items += [first._replace(name=mark), *others]
        return mark

    def tensor(self, node: ast.expr) -> str:
        """The variable that an expression is, or the mark of the layer that it is the output of."""
        if name := variable(node):
            self.used.add(name)
            return name
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.BinOp):
            return self.operation(node)
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        if isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) == 1:
            return self.tensor(node.elts[0])
        hint = "leave the line out, or write the layer: x = F.relu(self.conv1(x))"
        return self.refuse(node, "is no layer and no tensor", hint)

    def call(self, node: ast.Call) -> str:
        func = node.func
        if isinstance(func, ast.Call):
            layers = self.layer(func)
            if not layers and dotted_name(func.func):
                layers = self.reader.layer_text(self.code.text_of(func), self.place(func))
            if not layers:
                return self.refuse(func, "is no layer", "call one layer after another")
            return self.applied(node, layers)
        if function := self.function(node):
            return self.function_layer(node, function)
        head = dotted_name(func)
        if self.is_called(head):
            return self.applied(node, (), head.removeprefix("self."))
        if head and self.reader.is_layer(head):
            is_class = head.rpartition(".")[2][:1].isupper()
            hint = f"write: {self.code.text_of(node)}(x)" if is_class else "say which it is, as nn.Conv2d(3, 64, 3)(x)"
            return self.refuse(node, "makes a layer, and is called on no tensor", hint)
        return self.refuse(node, "calls what is not known", "write the layers that it stands for")

    def bound_layer(self, node: ast.Call) -> str:
        """`partial(nn.Conv2d, kernel_size=3)(3, 64)` as a call of the class; "" for anything else."""
        func = node.func
        if not isinstance(func, ast.Call) or dotted_name(func.func) not in ("partial", "functools.partial"):
            return ""
        head, *first = func.args
        values: list[ast.expr | ast.keyword] = [*first, *node.args, *node.keywords, *func.keywords]
        return f"{self.code.text_of(head)}({', '.join(map(self.code.text_of, values))})"

    def is_called(self, head: str) -> bool:
        """Whether a name is that of a layer that a line above makes."""
        return head.startswith("self.") or head in self.reader.layers_assigned

    def applied(self, node: ast.Call, layers: Items, called: str = "") -> str:
        """A layer called on tensors."""
        operands: dict[str, list[str]] = {"": []}
        for arg in node.args:
            listed = arg.elts if isinstance(arg, (ast.List, ast.Tuple)) else [arg]
            if any(map(is_number, listed)):
                self.refuse(node, "calls what is not known", "write the layers that it stands for")
            operands[""] += [self.tensor(each) for each in listed if not is_nothing(each)]
        for keyword in node.keywords:
            if keyword.arg in TENSOR_WORDS:
                operands[keyword.arg] = [self.tensor(keyword.value)]
            elif keyword.arg not in BESIDE:
                self.refuse(keyword, "is not read where a layer is called", "leave it out")
        names = [*operands.pop(""), *(each for word in TENSOR_WORDS for each in operands.get(word, ()))]
        first = layers[0] if layers else None
        is_keras = isinstance(first, LayerItem) and first.written.framework == "keras"
        if is_keras and isinstance(first, LayerItem) and first.written.kind.inputs < 0 and len(node.args) == 3:
            names = [names[0], names[2], names[1]]  # Keras's attention takes its values before its keys
        place = self.place(node)
        own = first.name if first is not None and not isinstance(first, BrokenItem) else ""
        return self.flow(Flow(place, tuple(names or [""]), name=own, layer=called), layers)

    def function(self, node: ast.Call) -> CalledFunction | None:
        """The function that is called on tensors, if it is one."""
        return function_called(self.code, node, self.reader)

    def function_layer(self, node: ast.Call, function: CalledFunction) -> str:
        """A function of tensors, or a method of one."""
        numbers = [place for place, operand in enumerate(function.operands) if is_number(operand)]
        operands = [self.tensor(operand) for operand in function.operands if not is_number(operand)]
        if function.signature is None:
            return operands[0]
        place = self.place(node)
        written = function.layer(place.mark(self.reader.source))
        if numbers:
            number = self.code.text_of(function.operands[numbers[0]])
            written = with_number(written, number, numbers[0] == 0)
        return self.flow(Flow(place, tuple(operands)), self.reader.with_activation(written, "", place))

    def operation(self, node: ast.BinOp) -> str:
        """`x + y`, `x / 255`, `q @ k`."""
        name = OPERATORS.get(type(node.op).__name__)
        if name is None:
            return self.refuse(node, "is not read", "the sums and products of tensors are: x + y")
        call = ast.Call(dotted_call(name), [node.left, node.right], [])
        for each in ast.walk(call.func):
            ast.copy_location(each, node)
        function = function_called(self.code, ast.copy_location(call, node), self.reader)
        assert function is not None
        return self.function_layer(call, function)

    def subscript(self, node: ast.Subscript) -> str:
        """`out[:, -1]` and `x[:, :3]`; `self.lstm(x)[0]`, the output of a layer that has several."""
        index, value = node.slice, node.value
        if isinstance(value, ast.Call) and isinstance(index, ast.Constant) and index.value == 0:
            return self.tensor(value)
        entries = index.elts if isinstance(index, ast.Tuple) else [index]
        if not entries or not is_whole(entries[0]) or isinstance(index, ast.Slice):
            return self.refuse(
                node, "takes one of several outputs, or some of the batch", "begin with all of the batch, as out[:, -1]"
            )
        mark, place, axis = self.tensor(value), self.place(node), 1
        for entry in entries[1:]:
            args: tuple[tuple[str, str], ...] = ()
            if isinstance(entry, ast.Slice):
                ends = (("start", entry.lower), ("stop", entry.upper), ("step", entry.step))
                args = tuple((key, self.code.text_of(end)) for key, end in ends if end is not None)
                if args:
                    written = WrittenLayer(SLICE, 0, (*args, ("axis", str(axis))))
                    mark = self.flow(Flow(place, (mark,)), (LayerItem(written, "", place),))
                axis += 1
            elif is_number(entry):
                written = WrittenLayer(SELECT, 0, (("index", self.code.text_of(entry)), ("axis", str(axis))))
                mark = self.flow(Flow(place, (mark,)), (LayerItem(written, "", place),))
            else:
                return self.refuse(entry, "is no place on an axis that is read", "a number, or start:stop")
        return mark


def variable(node: ast.expr | ast.stmt) -> str:
    """The name of a variable, `x` or `self.x`; "" for anything else."""
    name = dotted_name(node).removeprefix("self.") if isinstance(node, (ast.Name, ast.Attribute)) else ""
    return name if name.isidentifier() else ""


def dotted_call(name: str) -> ast.expr:
    module, _, function = name.partition(".")
    return ast.Attribute(ast.Name(module), function)


def is_whole(node: ast.expr) -> bool:
    """Whether an index is `:`."""
    return isinstance(node, ast.Slice) and node.lower is node.upper is node.step is None
