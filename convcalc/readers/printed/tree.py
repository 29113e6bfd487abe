"""A printed PyTorch model as a tree of modules, out of whatever stands around it: a session, a log, a quotation."""

from __future__ import annotations

import re

from convcalc.problem import Mark, Problem, Source, problem
from convcalc.spec import Place
from convcalc.spec.blocks import MAX_LAYERS
from convcalc.tuples import NamedTuple

MAX_NAMED = 5  # models of a text that are named
MAX_DEPTH = 100  # of modules in one another
CLASS = r"[A-Za-z_][\w.]*"
CHILD = re.compile(rf"\(([^\s()]+)\): (?:(\d{{1,9}}) x )?({CLASS}) ?\(")
LEAF = re.compile(rf"\(([^\s()]+)\): ({CLASS}) ?\(((?!\s*\([^\s()]+\): )[^()]*(?:\([^()]*\)[^()]*)*)\)")
ROOT = re.compile(
    rf"^([^\n(]*?)(?<![\w.])({CLASS}) ?\([ \t]*"
    rf"(?:\n(?:[^\n]*\n){{0,2}}?([^\n(]*))?\([^\s()]+\): (?:(?:\d+ x )?{CLASS} ?\(|Parameter )",
    re.MULTILINE,
)
TENSOR = re.compile(r"\(([^\s()]+)\): Parameter containing: \[torch\.[\w.]+ of size ?([\dx]*)")
ENTRY = re.compile(r"\([^\s()]+\): (?!Parameter containing: |Object of type: )")
RANGE = re.compile(r"(\d{1,9})-(\d{1,9})")
WHOLE = "paste all of what print(model) gives, from the name of its class to its closing bracket"


class PrintedModule(NamedTuple):
    """A module: its name in the one around it, its class, what it prints of itself, and what is in it."""

    name: str
    kind: str
    args: str
    place: Place
    children: tuple[PrintedModule, ...] = ()
    tensors: tuple[tuple[str, str], ...] = ()  # of a list of parameters: their names and sizes
    size: int = 1  # modules that it is made of, itself included


class OpenModule:
    """A module whose closing bracket has not come yet."""

    __slots__ = ("args", "children", "column", "depth", "kind", "line", "name", "times")

    def __init__(self, name: str, times: str | None, kind: str, line: int, column: int):
        self.name, self.times, self.kind, self.line, self.column = name, times, kind, line, column
        self.args: list[str] = []
        self.depth = 1  # brackets open in what it prints of itself, its own included
        self.children: list[PrintedModule] = []


class TreeReader:
    """Lines read one after another into modules."""

    def __init__(self, source: Source):
        self.source = source
        self.open: list[OpenModule] = []
        self.root: PrintedModule | None = None
        self.count = 0  # modules that were read

    def error(self, message: str, cure: str, line: int, column: int, length: int = 1) -> Problem:
        return problem("P010", message, cure, Mark(self.source, line, column, length))

    def take(self, line: int, column: int, text: str) -> int:
        """One line of the model; how much of it is left behind its last bracket."""
        while text:
            top = self.open[-1] if self.open else None
            if top and top.depth == 1 and (leaf := LEAF.match(text)):
                place = Place(line, column + leaf.start(2), leaf.end() - leaf.start(2))
                self.add(module_of(leaf[1], leaf[2], leaf[3], (), place), None)
                end = leaf.end()
            elif (top is None or top.depth == 1) and (child := CHILD.match(text)):
                self.begin(OpenModule(child[1], child[2], child[3], line, column + child.start(2 if child[2] else 3)))
                end = child.end()
            else:
                end = self.within(line, column, text)
            text = text[end:]
            column += end + len(text) - len(text.lstrip())
            text = text.strip()
            if self.root:
                break
        return len(text)

    def within(self, line: int, column: int, text: str) -> int:
        """What a module prints of itself, up to its closing bracket if that is here; where it ends."""
        top = self.open[-1]
        if text[0] != ")" and (top.children or ENTRY.match(text)):
            raise self.error(f"this is neither a module in {top.kind} nor its closing bracket", WHOLE, line, column)
        end = closing(text, top.depth)
        part = (text if end < 0 else text[:end]).strip()
        if part in ("...", "…"):
            raise self.error(f"modules of {top.kind} are left out here", WHOLE, line, column, len(part))
        top.args.append(part)
        top.depth += part.count("(") - part.count(")")
        if end < 0:
            return len(text)
        self.open.pop()
        length = column + end + 1 - top.column if line == top.line else len(top.kind)
        place = Place(top.line, top.column, length)
        self.add(module_of(top.name, top.kind, " ".join(filter(None, top.args)), tuple(top.children), place), top.times)
        return end + 1

    def begin(self, module: OpenModule) -> None:
        if len(self.open) >= MAX_DEPTH:
            message = f"modules are nested more than {MAX_DEPTH} deep"
            raise self.error(message, "print the part of the network that is meant", module.line, module.column)
        self.open.append(module)

    def add(self, module: PrintedModule, times: str | None) -> None:
        """A module is complete, or as many as its line stands for."""
        self.count += 1
        if max(self.count, module.size) > MAX_LAYERS:
            raise self.too_many(module.place)
        if self.open:
            self.open[-1].children += self.copies(module, times) if times else [module]
        else:
            self.root = module

    def too_many(self, place: Place) -> Problem:
        message, cure = f"the network has more than {MAX_LAYERS:,} modules", "print the part of it that is meant"
        return self.error(message, cure, place.line, place.column, place.length)

    def copies(self, module: PrintedModule, times: str) -> list[PrintedModule]:
        """`(0-2): 3 x Linear(…)`."""
        names, place = RANGE.fullmatch(module.name), module.place
        first, last = (int(names[1]), int(names[2])) if names else (0, -1)
        if last - first + 1 != int(times):
            message = f"({module.name}) are not {times} modules"
            raise self.error(message, WHOLE, place.line, place.column, place.length)
        if module.size * int(times) > MAX_LAYERS:
            raise self.too_many(place)
        return [module._replace(name=str(number)) for number in range(first, last + 1)]


def read_tree(source: Source) -> PrintedModule:
    """The one model that a text has; a Problem where it has several, or less than one."""
    text = source.text.replace("\r\n", " \n") if "\r" in source.text else source.text
    found = ROOT.search(text)
    first = CHILD.search(text)
    if found is None or (first and (first.start() < found.start() or found[1].rstrip()[-2:] == "):")):
        line = text.count("\n", 0, first.start() if first else 0) + 1
        raise TreeReader(source).error("the beginning of the model is missing: the name of its class", WHOLE, line, 1)
    root, end = read_model(source, text, found)
    other, seen = ROOT.search(text, end), [root]
    while other:
        another, end = read_model(source, text, other)
        seen.append(another)
        other = ROOT.search(text, end)
    different = [one for one in seen if without_places(one) != without_places(root)]
    if different:
        where = ", ".join(f"{one.kind} on line {one.place.line}" for one in (root, *different)[:MAX_NAMED])
        place = different[0].place
        raise problem("P011", f"there are several models: {where}", "leave one of them", place.mark(source))
    return root


def read_model(source: Source, text: str, found: re.Match[str]) -> tuple[PrintedModule, int]:
    """The model whose first line a match is, and where in the text it ends."""
    number = text.count("\n", 0, found.start()) + 1
    reader = TreeReader(source)
    reader.begin(OpenModule("", None, found[2], number, len(found[1]) + 1))
    # Where every line of a log or a quotation begins alike, as its first one does.
    prefix = re.compile(re.sub(r"(?:\\ )+", r"\\s+", re.sub(r"\d+", r"\\d+", re.escape(found[1]))))
    is_logged = found[1].strip() and prefix.match(found[3] or "")
    place = text.index("(", found.end(2)) + 1
    while reader.root is None and place < len(text):
        stop = text.find("\n", place)
        stop = len(text) if stop < 0 else stop
        start = place
        if is_logged and (match := prefix.match(text, place, stop)):
            start = match.end()
        line = text[start:stop]
        if content := line.strip():
            reader.take(number, start - text.rfind("\n", 0, place) + line.index(content), content)
        place = stop + 1
        number += 1
    if reader.root is None:
        last = reader.open[-1]
        message = f"the text ends within {last.kind}, whose bracket opens here"
        raise reader.error(message, WHOLE, last.line, last.column, len(last.kind))
    return reader.root, min(place, len(text))


def without_places(module: PrintedModule) -> tuple[object, ...]:
    return (module.name, module.kind, module.args, module.tensors, *map(without_places, module.children))


def module_of(name: str, kind: str, args: str, children: tuple[PrintedModule, ...], place: Place) -> PrintedModule:
    tensors = tuple(TENSOR.findall(args)) if "Parameter containing" in args else ()
    size = 1 + len(tensors) + sum([child.size for child in children])
    return PrintedModule(name, kind.rpartition(".")[2], "" if tensors else args, place, children, tensors, size)


def closing(text: str, depth: int) -> int:
    """Where the bracket closes that so many are open before, or −1."""
    if text.count(")") < depth:
        return -1
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth:
            return place
    return -1
