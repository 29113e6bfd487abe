"""Pasted code as a tree, by Python's own parser, and the parts of a call in a text of it; nothing is executed.

What is written like a call and is no Python, `Linear (2450 -> 500)` or `[conv 6 k5, relu]`, is a name and what stands
between its commas.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from convcalc.problem import problem
from convcalc.spec.brackets import CLOSE, OPEN, matching, split
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    Node: TypeAlias = ast.expr | ast.keyword | ast.stmt

INPUTS = ("Input", "InputLayer")
MAX_DEPTH = 40  # of brackets in one another
MAX_LENGTH = 1_000_000  # characters


class CallPart(NamedTuple):
    """What stands between two commas: an argument, or an entry of a list; `name` is empty where it has none."""

    name: str
    text: str
    begin: int  # of the text, in that of the call
    whole: str  # with its name
    times: str = ""  # of `layer for _ in range(3)`; "?" where a program works it out


class TextCall(NamedTuple):
    """A call in a text, and what it is assigned to."""

    target: str
    head: str
    parts: tuple[CallPart, ...]


class PythonText:
    """A text of Python, and where in it each part of its tree is."""

    def __init__(self, text: str):
        self.text = text
        self.body = ast.parse(text).body
        self.starts = [0]
        for line in text.splitlines(keepends=True) if "\n" in text or "\r" in text else ():
            self.starts.append(self.starts[-1] + len(line))
        self.rows = [] if text.isascii() else [line.encode() for line in text.splitlines(keepends=True)]

    def place(self, line: int, column: int) -> int:
        """Where in the text a line and a column of its bytes are."""
        return self.starts[line - 1] + (len(self.rows[line - 1][:column].decode()) if self.rows else column)

    def span(self, node: Node) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.place(node.lineno, node.col_offset), self.place(node.end_lineno, node.end_col_offset)

    def text_of(self, node: Node) -> str:
        begin, end = self.span(node)
        return self.text[begin:end]


@lru_cache(maxsize=256)
def code_of(text: str) -> PythonText | None:
    """A text as Python has it; None where it is none.  A Problem where it is nested too deep."""
    if deepest(text) > MAX_DEPTH:
        raise problem("L020", f"brackets are nested more than {MAX_DEPTH} deep", "use blocks and names")
    if len(text) > MAX_LENGTH:
        raise problem("L020", f"one layer in {len(text):,} characters", "write its layers one after another")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            return PythonText(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def deepest(text: str) -> int:
    """How deep brackets are in one another."""
    depth = most = 0
    for char in text:
        depth += (char in OPEN) - (char in CLOSE)
        most = max(most, depth)
    return most


def dotted_name(node: ast.expr) -> str:
    """A name with what it is imported from, `torch.nn.Conv2d`; "" for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def called_name(text: str) -> str:
    """The name in front of the first bracket of a text that may be a call, maybe assigned to another; else ""."""
    target, _, head = text.partition("(")[0].strip().rpartition("=") if "(" in text else ("", "", "")
    names = f"{target.strip() or 'x'}.{head.strip()}".split(".")
    return head.strip() if all(name.isidentifier() for name in names) else ""


def is_call(text: str) -> bool:
    """Whether a text is a call, maybe applied to something, and nothing more."""
    if not called_name(text):
        return False
    code = code_of(text.strip())
    if code is not None:
        return only_call(code) is not None
    opened = text.index("(")
    rest = text[opened + matching(text[opened:]) + 1 :].strip(" ,;")
    return not rest or rest[0] == "("


def is_class(text: str) -> bool:
    """Whether a text is a call of one class and no more, so that nothing of it flows anywhere."""
    code = code_of(text.strip()) if called_name(text) else None
    found = only_call(code) if code else None
    if code is None or found is None or found[0]:
        return False
    word = dotted_name(found[1].func).rpartition(".")[2]
    value = code.body[0].value if isinstance(code.body[0], (ast.Expr, ast.Assign)) else None
    return word[:1].isupper() and word not in INPUTS and value is found[1]


def call_in(text: str) -> TextCall:
    """The call that a text is, `self.stem = nn.Conv2d(3, 64, 7)`; what it is applied to is not looked at.

    A Problem where there is more than a call.
    """
    code = code_of(text.strip())
    found = only_call(code) if code else None
    if code is None or found is None:
        return call_in_notation(text)
    target, call = found
    return TextCall(target, code.text_of(call.func), tuple(parts_in(code, call)))


def only_call(code: PythonText) -> tuple[str, ast.Call] | None:
    """(what it is assigned to, the call) of code that is one call of a name."""
    if len(code.body) != 1:
        return None
    statement, target = code.body[0], ""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = dotted_name(statement.targets[0]).removeprefix("self.")
        value = statement.value if target else None
    else:
        value = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(value, ast.Tuple) and len(value.elts) == 1:  # a comma behind it
        value = value.elts[0]
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Call):  # Keras: layer(…)(x)
        value = value.func
    return (target, value) if isinstance(value, ast.Call) and dotted_name(value.func) else None


def parts_in(code: PythonText, call: ast.Call) -> Iterator[CallPart]:
    """The arguments of a call, in the order in which they are written."""
    nodes: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    for node in sorted(nodes, key=code.span):
        yield part_of(code, node)


def part_of(code: PythonText, node: ast.expr | ast.keyword) -> CallPart:
    whole, name = code.text_of(node), ""
    if isinstance(node, ast.keyword):
        name, node = node.arg or "", node.value
        if not name:  # **options
            return CallPart("", whole, code.span(node)[0] - 2, whole)
    begin, _ = code.span(node)
    return CallPart(name, code.text_of(node), begin, whole)


def call_in_notation(text: str) -> TextCall:
    """A call whose values are written as in a lecture; a Problem where its brackets do not match."""
    opened = text.index("(")
    target, _, head = text[:opened].strip().rpartition("=")
    closed = opened + matching(text[opened:])
    if closed < opened:
        raise problem("L023", f"the bracket of {text[: opened + 1]} is not closed", "put `)` at the end")
    rest = text[closed + 1 :].strip().rstrip(",;").strip()
    if rest and not (rest[0] == "(" and matching(rest) == len(rest) - 1):
        others = f"{text[: closed + 1]} -> {rest.lstrip(',; ')}"
        cure = f"write: {others}" if rest[0] in ",;" else "one layer an entry"
        raise problem("L023", f"after the call stands {rest[:40]}", cure)
    return TextCall(target.strip().removeprefix("self."), head.strip(), tuple(parts_between(text, opened + 1, closed)))


def parts_between(text: str, start: int, end: int) -> Iterator[CallPart]:
    """What stands between commas in a part of a text."""
    for offset, piece in split(text[start:end], ","):
        whole = piece.strip()
        if whole:
            begin = start + offset + len(piece) - len(piece.lstrip())
            name, equals, value = whole.partition("=")
            if equals and name.strip().isidentifier() and not value.startswith("="):
                value = value.lstrip()
                yield CallPart(name.strip(), value, begin + len(whole) - len(value), whole)
            else:
                yield CallPart("", whole, begin, whole)


def layers_listed(text: str) -> tuple[list[CallPart], bool] | None:
    """The entries of `[a, b]`, `*[…]`, `list((…))`, `OrderedDict([("first", a)])`, and whether they have names.

    None where a text is none of these.
    """
    inner = text.lstrip("* ")
    code, shift = code_of(inner), len(text) - len(inner)
    if code is None:
        if inner[:1] not in ("[", "(") or matching(inner) != len(inner) - 1:
            return None
        return list(parts_between(text, shift + 1, len(text) - 1)), False
    node = code.body[0].value if len(code.body) == 1 and isinstance(code.body[0], ast.Expr) else None
    called = dotted_name(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    if isinstance(node, ast.Call) and called in ("list", "tuple", "OrderedDict", "dict"):
        named = [part_of(code, keyword) for keyword in node.keywords]
        is_paired = called not in ("list", "tuple")
        found = [*named, *(each for arg in node.args for each in entries_of(code, arg, is_paired))]
    elif isinstance(node, (ast.List, ast.Tuple, ast.Dict, ast.ListComp, ast.GeneratorExp)):
        is_paired, found = isinstance(node, ast.Dict), list(entries_of(code, node, False))
    else:
        return None
    return [part._replace(begin=part.begin + shift) for part in found], is_paired


def entries_of(code: PythonText, node: ast.expr, is_paired: bool) -> Iterator[CallPart]:
    """The entries of a list of layers, or of pairs or a dictionary by their names; without one what is no pair."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            yield part_of(code, value)._replace(name="" if key is None else word_of(code, key))
    elif isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        yield repeated_part(code, node)
    else:
        for each in node.elts if isinstance(node, (ast.List, ast.Tuple)) else (node,):
            if is_paired and isinstance(each, ast.Tuple) and len(each.elts) == 2:
                yield part_of(code, each.elts[1])._replace(name=word_of(code, each.elts[0]))
            else:
                yield part_of(code, each)


def repeated_part(code: PythonText, node: ast.ListComp | ast.GeneratorExp) -> CallPart:
    """`layer for _ in range(3)` with how often, unless the number of the turn or a condition decides what it is."""
    (loop, *others), part = node.generators, part_of(code, node.elt)
    end = code.span(loop.ifs[-1] if loop.ifs else loop.iter)[1]
    used = {each.id for each in ast.walk(node.elt) if isinstance(each, ast.Name)}
    counter = loop.target.id if isinstance(loop.target, ast.Name) else ""
    runs = loop.iter if isinstance(loop.iter, ast.Call) and dotted_name(loop.iter.func) == "range" else None
    if runs and len(runs.args) == 1 and counter and counter not in used and not (others or loop.ifs):
        return part._replace(times=code.text_of(runs.args[0]))
    return part._replace(text=code.text[part.begin : end], times="?")


def word_of(code: PythonText, key: ast.expr) -> str:
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else code.text_of(key)
