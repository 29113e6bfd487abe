"""Lines of a program by themselves: `self.conv1 = nn.Conv2d(3, 6, 5)`, `x = F.relu(self.conv1(x))`, without a class."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcalc.problem import Source
    from convcalc.readers.python.syntax import Program

PROMPT = re.compile(r"^(?:>>> |\.\.\. ?|In \[\d+\]: )", re.MULTILINE)
NAME = "Pasted"
CLASS = f"""
class {NAME}(nn.Module):
    def __init__(self):
        super().__init__()
    def forward(self, x):
        pass
"""


def plain_source(source: Source) -> Source:
    """A pasted text without the prompts before its lines, and without what all of them are indented by."""
    text = PROMPT.sub("", source.text)
    first = next((line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    if first[:1] in " \t":
        from textwrap import dedent

        text = dedent(text)
    return source if text == source.text else source._replace(text=text)


def layers_listed(tree: ast.Module) -> list[tuple[str, ast.expr]] | None:
    """The layers that a text lists and does nothing with, each by its name or none; None where it does more."""
    found: list[tuple[str, ast.expr]] = []
    for node in tree.body:
        name = ""
        values: list[ast.expr] = []
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                continue
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)]):
                values = [node.value]
            case ast.Assign(targets=[ast.Name(id=name)]) if called_class(node.value) != "Sequential":
                values = [node.value]
            case ast.Expr(value=ast.Tuple(elts=values)):
                pass
            case ast.Expr():
                values = [node.value]
        if not values or not all(map(called_class, values)):
            return None
        found += [(name, value) for value in values]
    if not found:
        return None
    names = [name for name, _ in found if name]
    is_network = len(found) > 1 or isinstance(getattr(node, "targets", [None])[0], ast.Attribute)
    return found if is_network and len(set(names)) == len(names) else None


def called_class(node: ast.expr) -> str:
    """The class that is called by its name, `Conv2d` of `nn.Conv2d(3, 6, 5)`; none of anything else."""
    if not isinstance(node, ast.Call):
        return ""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name if name[:1].isupper() else ""


def with_class(program: Program) -> Program | None:
    """The program with a class made of its loose lines; None where none of them makes a layer of `self`."""
    made: list[ast.stmt] = []
    followed: list[ast.stmt] = []
    others: list[ast.stmt] = []
    for node in program.tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
            others.append(node)
        elif isinstance(node, ast.Assign) and all(is_attribute_of_self(target) for target in node.targets):
            made.append(node)
        else:
            followed.append(node)
    if not made or not followed:
        return None
    if not isinstance(followed[-1], ast.Return):
        followed.append(result_of(followed[-1]))
    network: Any = ast.parse(CLASS).body[0]
    for part in ast.walk(network):
        ast.copy_location(part, made[0])
    begin, forward = network.body
    begin.body += made
    forward.body, forward.args.args[1].arg = followed, free_name(followed)
    return program._replace(tree=ast.fix_missing_locations(ast.Module([*others, network], [])))


def is_attribute_of_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def result_of(node: ast.stmt) -> ast.Return:
    """What the last line gives: its name, or its value."""
    value: ast.expr | None = node.value if isinstance(node, ast.Expr) else None
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        value = ast.copy_location(ast.Name(target.id, ast.Load()), target) if isinstance(target, ast.Name) else None
    return ast.copy_location(ast.Return(value), node)


def free_name(nodes: list[ast.stmt]) -> str:
    """The name that goes in: the first that is used before anything is bound to it."""
    bound: set[str] = set()
    for node in nodes:
        for each in ast.walk(node):
            is_input = isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) and each.id not in bound
            if is_input and each.id not in ("self", "torch", "F", "nn"):  # type: ignore[attr-defined]
                return str(each.id)  # type: ignore[attr-defined]
        bound |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return "x"
