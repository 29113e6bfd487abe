"""A function of tensors that is called, `F.max_pool2d(x, 2)`, or a method of one: its tensors, and the layer it is."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from convcalc.kinds import FLATTEN
from convcalc.kinds.arithmetic import ELEMENTWISE, NUMBERED, number_args
from convcalc.kinds.foreign import foreign_classes
from convcalc.kinds.functions import ENDS, SIGNS, WITH_NUMBER, LayerFunction, function_of
from convcalc.kinds.rearranging import RESHAPE
from convcalc.layers import REQUIRED, key_names
from convcalc.problem import Mark, problem
from convcalc.readers import shorthand
from convcalc.readers.code import PythonText, dotted_name
from convcalc.readers.dataflow import MARK
from convcalc.readers.foreign import layer_of_class
from convcalc.readers.trace import raw
from convcalc.spec import WrittenLayer
from convcalc.spec.brackets import as_list
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.kinds.classes import Signature
    from convcalc.layers.values import Raw
    from convcalc.readers.line import LineReader

# Functions and methods that give several tensors, and the layer that is one of them.
SEVERAL = {
    "chunk": "split 3, and split 3 part=1 from=… for the second", "split": "slice 64, and slice 128 start=64 from=…",
    "max": "reduce max axes=1", "min": "reduce min axes=1", "topk": "reduce max axes=1", "unbind": "select 0",
}  # fmt: skip
MODULES = frozenset(("torch", "F", "nn.functional", "tf", "np", "math", "K", "ops", "nn", "layers", "keras"))
EXAMPLES = {"kernel": "k3", "filters": "64", "units": "10", "count": "1000"}  # of what weights would say


class CalledFunction(NamedTuple):
    """A call of a function: its tensors, and its other arguments by parameter, several for a list without brackets."""

    code: PythonText
    head: str
    signature: Signature | None  # None: it gives back its tensor
    operands: list[ast.expr]
    values: list[tuple[str, list[ast.expr]]]

    def layer(self, mark: Mark) -> WrittenLayer:
        """The layer; a Problem where its weights would say its sizes, or where the batch is not left as it is."""
        signed = self.signature
        assert signed is not None
        if known := foreign_classes().get(self.head) if signed.framework == "keras" else None:
            parts = [f"{name}={self.code.text_of(nodes[0])}" for name, nodes in self.values]
            return layer_of_class(self.head, known, parts)
        pairs: list[tuple[str, Raw]] = []
        for name, nodes in self.values:
            if signed.operands.get(name) == "%":
                if not all(map(is_nothing, nodes)):
                    raise problem("L026", *self.weights_unsaid(signed), mark)
            else:
                pairs.append((name, self.raw(signed, name, nodes)))
        if "weight" in signed.required and "weight" not in dict(self.values):
            raise problem("L026", *self.weights_unsaid(signed), mark)
        kind = signed.kind
        if kind is RESHAPE and pairs and pairs[0][1] == ("-1",):  # x.view(x.size(0), -1)
            return WrittenLayer(FLATTEN, 0, (), signed.framework)
        resolved = shorthand.Resolved(kind, signed.dims, signed, signed.framework)
        written = shorthand.keywords(resolved, pairs)
        if signed.required:
            from convcalc.readers.arguments import check_complete

            check_complete(signed, self.head, ["x"], dict(written.args))
        return written

    def raw(self, signed: Signature, name: str, nodes: list[ast.expr]) -> Raw:
        key = key_names(signed.kind).get(signed.sets.get(name, name))
        listed = nodes[0].elts if len(nodes) == 1 and isinstance(nodes[0], (ast.List, ast.Tuple)) else nodes
        if key is not None and key.type == "output" and (other := sides_of(nodes[0])):
            return f"{MARK}{other}"
        if name in signed.batched:
            return tuple(self.code.text_of(node) for node in self.without_batch(listed))
        if name in signed.open:
            return tuple(self.code.text_of(node) for node in listed)
        return as_list(self.code.text_of(nodes[0]))

    def without_batch(self, sizes: list[ast.expr]) -> list[ast.expr]:
        """The sizes of a shape that begins with the batch; a Problem where that does not stay as it is."""
        texts = [self.code.text_of(size) for size in sizes]
        if len(sizes) < 2:
            message = f"{self.head}({', '.join(texts)}) joins the batch to the rest"
            raise problem("L026", message, "write: flatten")
        if is_number(sizes[0]) and texts[0] != "-1":
            own, batch = f"reshape {'x'.join(texts)}", f"{self.head}({', '.join(['-1', *texts[1:]])})"
            message = f"{texts[0]} is the size of the batch in {self.head}({', '.join(texts)})"
            raise problem("L026", message, f"write: {batch}, or where the batch is not among them: {own}")
        if texts.count("-1") > 1:
            raise problem("C015", "only one size may be -1", f"{self.head}(x.size(0), {', '.join(texts[1:])})")
        return sizes[1:]

    def weights_unsaid(self, signed: Signature) -> tuple[str, str]:
        words = [EXAMPLES.get(key.name, "") for key in signed.kind.keys if key.default is REQUIRED]
        line = " ".join([signed.kind.name, *filter(None, words)])
        return f"{self.head} takes its sizes from the weights that it is given", f"write, for example: {line}"


def function_called(code: PythonText, node: ast.Call, reader: LineReader) -> CalledFunction | None:
    """The function of tensors that is called, None where it is a layer, or where no tensor goes in."""
    head, receiver = dotted_name(node.func), []
    found = function_named(node, head, reader) if head else None
    called = head.startswith("self.") and head.count(".") == 1  # self.relu(x), a layer
    if found is None and not called and isinstance(node.func, ast.Attribute) and is_tensor(node.func.value):
        found, receiver = function_of(f"Tensor.{node.func.attr}"), [node.func.value]
    if found is None:
        if (cure := SEVERAL.get(head.rpartition(".")[2])) and "." in head and not called and dotted_name(node.func):
            raise problem("L031", f"{head}(…) gives several tensors", f"write: {cure}")
        return None
    head = head or f"x.{node.func.attr}" if isinstance(node.func, ast.Attribute) else head
    if found.signature is None:
        return CalledFunction(code, head, None, receiver or node.args[:1], [])
    operands, values = [], []
    for name, nodes in arguments_by_name(code, head, found.signature, [*receiver, *node.args], node.keywords):
        sign = found.signature.operands.get(name, "")
        if sign[:1] != "@":
            values.append((name, nodes))
        elif sign == "@@" and isinstance(nodes[0], (ast.List, ast.Tuple)):
            operands += nodes[0].elts
        elif not is_nothing(nodes[0]):
            operands.append(nodes[0])
    if not operands or (is_number(operands[0]) and len(operands) == 1):
        return None
    return CalledFunction(code, head, found.signature, operands, values)


def function_named(node: ast.Call, head: str, reader: LineReader) -> LayerFunction | None:
    """The function of a name, `torch.flatten`; without its module, `concatenate([a, b])`, where it has tensors."""
    if "." in head:
        return function_of(head) or foreign_function(head)
    if reader.is_own(head) or not node.args:
        return None
    first = node.args[0]
    listed = isinstance(first, (ast.List, ast.Tuple)) and len(first.elts) > 1 and not any(map(is_number, first.elts))
    called = isinstance(first, ast.Call) or (isinstance(first, ast.Name) and first.id in (*reader.variables, "x"))
    spelled = "_" in head and not is_number(first)
    for module in ("F", "torch", "layers"):
        found = function_of(f"{module}.{head}")
        if found and found.signature and (listed if "@@" in found.signature.operands.values() else called or spelled):
            return found
    return None


def foreign_function(head: str) -> LayerFunction | None:
    """A function of another framework, whose row says which of its arguments are tensors."""
    known = foreign_classes().get(head)
    return LayerFunction(known.signature, False) if known and known.signature and known.signature.operands else None


def arguments_by_name(
    code: PythonText, head: str, signed: Signature, args: list[ast.expr], keywords: list[ast.keyword]
) -> list[tuple[str, list[ast.expr]]]:
    """Every argument of a call by its parameter."""
    found: dict[str, list[ast.expr]] = {}
    order = list(signed.order)
    for arg in args:
        if not order:
            message = f"{head} takes at most {len(signed.order)} values, {code.text_of(arg)[:40]} is one more"
            raise problem("L012", message, f"they are {', '.join(signed.order)}")
        found.setdefault(order[0], []).append(arg)
        if order[0] not in signed.open:
            order.pop(0)
    for keyword in keywords:
        name = keyword.arg or "**"
        if name in found:
            raise problem("L010", f"{head}: {name} is given twice", "leave one of them out")
        found[name] = [keyword.value]
    return list(found.items())


def is_tensor(node: ast.expr) -> bool:
    """Whether what a method is called on may be a tensor: no module of a framework."""
    name = dotted_name(node)
    module = shorthand.framework_of(name) or shorthand.is_elsewhere(name) or name in MODULES
    return not (name and module) and not isinstance(node, ast.Constant)


def is_number(node: ast.expr) -> bool:
    """Whether an expression is one of numbers only: 2, -1, 16*5*5, 1/255."""
    if isinstance(node, ast.UnaryOp):
        return is_number(node.operand)
    if isinstance(node, ast.BinOp):
        return is_number(node.left) and is_number(node.right)
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


def is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def sides_of(node: ast.expr) -> str:
    """The variable whose sides an expression is: `y.shape[2:]`, `y.size()[-2:]`, `(y.size(2), y.size(3))`."""
    match node:
        case ast.Tuple(elts=elts) | ast.List(elts=elts):
            names = {side_of(each) for each in elts}
            return names.pop() if len(names) == 1 else ""
        case ast.Subscript(value=value, slice=ast.Slice(lower=ast.expr(), upper=None, step=None)):
            return shape_owner(value)
    return ""


def side_of(node: ast.expr) -> str:
    """The variable of `y.size(2)`, `y.shape[3]`; not that of its batch or channels."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return shape_owner(ast.Call(node.func, [], [])) if is_number(node.args[0]) else ""
    return shape_owner(node.value) if isinstance(node, ast.Subscript) and is_number(node.slice) else ""


def shape_owner(node: ast.expr) -> str:
    """The variable of `y.shape`, `y.size()`."""
    if isinstance(node, ast.Call) and not node.args:
        node = node.func
    is_shape = isinstance(node, ast.Attribute) and node.attr in ("shape", "size")
    return node.value.id if is_shape and isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else ""


def with_number(written: WrittenLayer, number: str, first: bool) -> WrittenLayer:
    """A function of a tensor and a number: nothing but the numbers changes."""
    args = dict(written.args)
    function = args.get("function") if written.kind is ELEMENTWISE else WITH_NUMBER.get(written.kind.name)
    if not isinstance(function, str):
        return written
    end = ENDS.get(written.kind.name)
    sign = SIGNS.get(written.kind.name) or next((sign for sign, name in NUMBERED.items() if name == function), "")
    told = {end: number} if end else number_args(sign, number, first)
    pairs = (("function", function), *((key, raw(value)) for key, value in told.items()))
    return WrittenLayer(ELEMENTWISE, 0, pairs, written.framework)
