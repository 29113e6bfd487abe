"""The answers in a student's file: each the text as written, by the name of what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from convcalc.problem import Diagnostic, Problem, Source, problem
from convcalc.readers.yaml import Mapping as Branch
from convcalc.readers.yaml import Node, Scalar, Sequence, mark
from convcalc.readers.yaml.tree import load
from convcalc.tuples import NamedTuple

MAX_CHARACTERS = 2_000_000  # of a submission
MAX_ANSWERS = 20_000
MAX_GROUP = 20  # people who hand in together
MAX_DEPTH = 4  # answers: layer: quantity: axis
WHO = frozenset(("student", "name", "id", "student_id", "sid", "email", "author", "netid"))
ABOUT = WHO | {"course", "assignment", "homework", "date", "comment", "comments", "notes", "key", "convcalc", "seed"}
TWICE = " or "  # between two different answers to one question, which nothing can read


class Answers(NamedTuple):
    """Who answered, what, and what was odd about the file."""

    student: str  # "" where the file does not say
    answers: dict[str, str]  # C1.output → 6x28x28
    findings: tuple[Diagnostic, ...] = ()
    source: str = ""  # the file's name
    lines: Mapping[str, int] = {}  # of the file, by the names of the answers
    origins: Mapping[str, AnswerOrigin] = {}  # of answers that a program gives
    group: tuple[str, ...] = ()  # those who handed in together, where it is more than one
    needs_key: bool = False  # more of it can be read by somebody who knows what is asked


class AnswerOrigin(NamedTuple):
    """Where a program has the layer that an answer is of, and in which settings that differs from the key's."""

    place: str  # conv1 on line 8
    codes: tuple[str, ...] = ()


def read_answers(source: Source) -> Answers:
    """The answers of a text in YAML or JSON; a Problem where there is nothing to mark."""
    if len(source.text) > MAX_CHARACTERS:
        length = len(source.text)
        raise problem("H001", f"{length:,} characters are no homework", f"at most {MAX_CHARACTERS:,} are read")
    try:
        return document_answers(load(source), source)
    except Problem as error:
        if any(finding.code in FATAL for finding in error.diagnostics):
            raise
        rows = list(answers_by_line(source.text))
        found = {name: text for name, text, _ in rows}
        answers = {name: text for name, text in found.items() if name.lower() not in ABOUT}
        if not answers:
            raise
        findings = tuple(finding._replace(severity="warning") for finding in error.diagnostics)
        who = next((text for name, text in found.items() if name.lower() in WHO and text), "")
        names = [name.strip(" '\"") for name in who[1:-1].split(",")] if who[:1] + who[-1:] == "[]" else [who]
        group = tuple(names[:MAX_GROUP]) if len(names) > 1 else ()
        lines = {name: line for name, _, line in rows}
        return Answers("; ".join(names), answers, findings, source.name, lines, group=group)


FATAL = frozenset(("Y016", "Y017", "Y019", "Y020", "Y021"))  # not a mere slip


def document_answers(root: Node, source: Source) -> Answers:
    """The answers of a document."""
    if not isinstance(root, Branch):
        hint = "answers: {C1: {output: 6x28x28, parameters: 156}}"
        raise problem("H002", "there are no answers in this file", hint, mark(source, root))
    answers: dict[str, str] = {}
    lines: dict[str, int] = {}
    body = root.get("answers")
    if body is None:
        body = next((value for key, value in root.pairs if is_body(key.text) and not isinstance(value, Scalar)), None)
    if body is None or (isinstance(body, Scalar) and not body.text.strip()):
        keys = [
            (key, value) for key, value in root.pairs
            if key.text.strip().lower() not in ABOUT and value is not body
        ]  # fmt: skip
        body = Branch(tuple(key for key, _ in keys), tuple(value for _, value in keys), root.line, root.column)
    who = [value for key, value in root.pairs if key.text.strip().lower() in WHO]
    group = next((names for value in who if len(names := group_names(value)) > 1), ())
    students = ("; ".join(group)[:200], *(author_named(value) for value in who))
    for name, text, line in dotted_answers(body, "", 0):
        if len(answers) >= MAX_ANSWERS:
            raise problem("H003", f"more than {MAX_ANSWERS:,} answers", "one for each question is enough")
        answers[name], lines[name] = text, line
    return Answers(next(filter(None, students), ""), answers, source=source.name, lines=lines, group=group)


def author_named(node: Node) -> str:
    """Who a file says that it is from: Ada, Ada (17) of {name: Ada, id: 17}, or the only one of a list."""
    if isinstance(node, Scalar):
        return node.text.strip()[:200]
    if isinstance(node, Sequence):
        return author_named(node.items[0]) if len(node.items) == 1 else ""
    facts = {key.text.strip().lower(): value.text.strip() for key, value in node.pairs if isinstance(value, Scalar)}
    names = [facts.pop(word) for word in ("name", "student", "author") if facts.get(word)]
    known = [*names, *(facts[word] for word in ("id", "student_id", "sid", "netid", "email") if facts.get(word))]
    return (f"{known[0]} ({known[1]})" if names and len(known) > 1 else next(iter(known), ""))[:200]


def group_names(node: Node) -> tuple[str, ...]:
    """Those who handed in together: the names in a list."""
    items = node.items[:MAX_GROUP] if isinstance(node, Sequence) else ()
    return tuple(filter(None, map(author_named, items)))


def is_body(name: str) -> bool:
    """Whether the answers are below a key of this name: answers, Answers, answer."""
    return name.strip().lower() in ("answers", "answer")


def dotted_answers(node: Node, name: str, depth: int) -> Iterator[tuple[str, str, int]]:
    """Every answer with its dotted name and its line."""
    if isinstance(node, Scalar):
        words = [] if node.quoted else [GLUED.fullmatch(word) for word in node.text.split()]
        if words and all(words):
            yield from ((dotted_name(name, word[1]), word[2], node.line) for word in words if word)
        else:
            yield name, node.text, node.line
    elif isinstance(node, Sequence):
        if all(isinstance(item, Scalar) for item in node.items[:20]) and len(node.items) <= 20:
            yield name, f"[{', '.join(item.text for item in node.items if isinstance(item, Scalar))}]", node.line
        elif text := array_text(node):
            yield name, text, node.line
        elif depth >= MAX_DEPTH or not all(isinstance(item, Branch) for item in node.items):
            yield name, "[[]]", node.line
        else:  # - C1: {…} or - {layer: C1, …}
            for item in node.items:
                assert isinstance(item, Branch)
                named = next((item.get(key) for key in ("layer", "ask", "question", "name") if item.get(key)), None)
                below = f"{name}.{named.text}" if isinstance(named, Scalar) and name else ""
                below = below or (named.text if isinstance(named, Scalar) else name)
                for key, value in item.pairs:
                    if value is not named:
                        answer = isinstance(named, Scalar) and key.text in ("answer", "value")
                        yield from dotted_answers(value, below if answer else dotted_name(below, key.text), depth + 1)
    elif depth >= MAX_DEPTH:
        yield name, "{}", node.line
    else:
        for key, value in zip(node.keys, node.values, strict=True):
            below = dotted_name(name, key.text)
            if isinstance(value, Scalar) and ":" not in value.text:  # as nearly all are, and nothing is glued to them
                yield below, value.text, value.line
            else:
                yield from dotted_answers(value, below, depth + 1)


def array_text(node: Node, depth: int = 0) -> str:
    """Numbers in lists in lists as one text, or a text as it is; "" for anything else."""
    if isinstance(node, Scalar):
        return node.text
    if depth > MAX_DEPTH or not isinstance(node, Sequence):
        return ""
    parts = [array_text(item, depth + 1) for item in node.items]
    return f"[{', '.join(parts)}]" if all(parts) else ""


def dotted_name(name: str, part: str) -> str:
    part = part.strip()
    return f"{name}.{part}" if name else part


GLUED = re.compile(r"([A-Za-z_]\w*):([\d(\[]\S*)")  # output:6x28x28, which YAML takes for a text


# What YAML refuses is read line by line: a slip of YAML is no slip of arithmetic.

LINE = re.compile(
    r"(?P<indent> *)(?:- +)?(?P<key>[^\s:#'\"{}\[\]][^:#{}\[\]]{0,80}?|\"[^\"]{1,80}\"|'[^']{1,80}') *:"
    r"(?:(?:\s+|(?=[\d(\[\"']))(?P<value>.*))?$"  # C1.output:6x28x28 too
)
ENTRY = re.compile(r"(?:^|,)\s*(?P<key>[A-Za-z_][\w. ]{0,60}?)\s*:\s*")
COMMENT = re.compile(r"(?:^|\s)#.*$")


def answers_by_line(text: str) -> Iterator[tuple[str, str, int]]:
    """Answers read line by line, `key: value` below the keys further left; different answers to one name are joined."""
    found: dict[str, dict[str, None]] = {}  # name → its different answers, as many as say that nothing can read them
    lines: dict[str, int] = {}
    inner: set[str] = set()  # names below which there are answers
    above: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        match = LINE.match(COMMENT.sub("", line.expandtabs(8)).rstrip()) if len(line) < 10_000 else None
        if not match:
            continue
        indent, key, value = len(match["indent"]), match["key"].strip("'\" "), (match["value"] or "").strip()
        while above and above[-1][0] >= indent:
            above.pop()
        names = [name for _, name in above if not is_body(name)]
        if not value:
            above.append((indent, key))
            if not above[:-1] or is_body(key):
                continue
        path = ".".join([*names, key] if not is_body(key) else names)
        inner.add(".".join(names))
        entries = mapping_entries(value) if value.startswith("{") else [("", value.strip("'\""))]
        for part, answer in entries:
            name = dotted_name(path, part) if part and path else part or path
            known = found.setdefault(name, {})
            lines[name] = number
            if answer and len(known) < 3:
                known[answer] = None
            if len(found) > MAX_ANSWERS:
                return
    for name, texts in found.items():
        if name in inner and not texts:
            continue
        yield name, TWICE.join(texts), lines[name]


def mapping_entries(text: str, depth: int = 0) -> list[tuple[str, str]]:
    """The entries of {output: (16, 5, 5), parameters: 61,706}: cut where the next key begins, not at every comma."""
    inside = text.strip().removeprefix("{")
    inside = inside.removesuffix("}") if inside.endswith("}") else inside
    levels = [0]
    for char in inside:
        levels.append(levels[-1] + (char == "{") - (char == "}"))
    starts = [match for match in ENTRY.finditer(inside) if not levels[match.start()]]
    ends = [*(match.start() for match in starts), len(inside)][1:]
    found: list[tuple[str, str]] = []
    for match, end in zip(starts, ends, strict=True):
        value = inside[match.end() : end].strip(" ,")
        if value.startswith("{") and depth < MAX_DEPTH:
            found += [(dotted_name(match["key"], part), answer) for part, answer in mapping_entries(value, depth + 1)]
        else:
            found.append((match["key"], value.strip("'\"")))
    return found
