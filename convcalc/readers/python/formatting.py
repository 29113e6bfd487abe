"""Texts with values in them: f-strings, `%` and `str.format`, with widths within the bounds."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.errors import HOST_ERRORS
from convcalc.readers.python.frame import ABSENT, Frame
from convcalc.readers.python.limits import MAX_ELEMENTS
from convcalc.readers.python.values import Foreign, Instance, Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

NUMBER = re.compile(r"\d+")
DIRECTIVE = re.compile(
    r"%(?:\((?P<key>[^()]*)\))?(?P<flags>[-+ #0]*)(?P<width>\*|\d+)?(?:\.(?P<digits>\*|\d*))?(?P<type>.)", re.DOTALL
)
FIELD = re.compile(
    r"\{\{|\}\}|\{(?P<path>[^{}:!]*)(?:!(?P<conversion>[rsa]))?(?::(?P<spec>(?:[^{}]|\{[^{}]*\})*))?\}|[{}]"
)
STEP = re.compile(r"\.(?P<attribute>\w+)|\[(?P<item>[^\]]*)\]")
HOSTS = (int, float, str)


def joined_text(node: ast.JoinedStr, frame: Frame) -> Any:
    """The text of an f-string; not known where a value in it is not."""
    run, place = frame.run, frame.place(node)
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
            continue
        value = run.evaluate(part.value, frame)  # type: ignore[attr-defined]  # a FormattedValue
        spec = joined_text(part.format_spec, frame) if part.format_spec else ""  # type: ignore[attr-defined]
        for unknown in (value, spec):
            if isinstance(unknown, Opaque):
                return unknown
        conversion = part.conversion  # type: ignore[attr-defined]
        parts.append(format_value(convert(value, conversion, run), spec, run, place))
    return joined_parts(parts, run, place)


def joined_parts(parts: list[str], run: Run, place: Place | None) -> str:
    run.spend(sum(map(len, parts)), place)
    return "".join(parts)


def convert(value: Any, conversion: int, run: Run) -> Any:
    if conversion in (ord("r"), ord("a")):
        return run.representation(value)
    return run.text(value) if conversion == ord("s") else value


def format_value(value: Any, spec: str, run: Run, place: Place) -> str:
    """`format(value, spec)`."""
    if not spec:
        return run.text(value)
    refuse_width(spec, run, place)
    if isinstance(value, Instance):
        found = run.special(value, "__format__", [spec], place)
        value = run.text(value) if found is ABSENT else found
    elif isinstance(value, Foreign):
        value = run.text(value)
    if type(value) not in (*HOSTS, bool):
        value = run.text(value)
    try:
        return format(value, spec)
    except HOST_ERRORS as error:
        raise run.error(type(error).__name__, str(error), place) from None


def refuse_width(spec: str, run: Run, place: Place) -> None:
    for number in NUMBER.findall(spec):
        if len(number) > 6 or int(number) > MAX_ELEMENTS // 100:
            run.spend(MAX_ELEMENTS + 1, place)


def percent(template: str, values: Any, run: Run, place: Place) -> Any:
    """`template % values`."""
    values = values.payload if isinstance(values, Instance) and isinstance(values.payload, (tuple, dict)) else values
    named = isinstance(values, dict)
    left = list(values) if isinstance(values, tuple) else [values]
    if any(isinstance(value, Opaque) for value in (values.values() if named else left)):
        return next(value for value in (values.values() if named else left) if isinstance(value, Opaque))
    left.reverse()

    def following() -> Any:
        if not left:
            raise run.error("TypeError", "there are more % than values", place)
        return left.pop()

    parts = []
    last = 0
    for found in DIRECTIVE.finditer(template):
        parts.append(template[last : found.start()])
        last = found.end()
        parts.append(directive(found, values if named else None, following, run, place))
    parts.append(template[last:])
    if not named and left:
        raise run.error("TypeError", "there are more values than %", place)
    return joined_parts(parts, run, place)


def directive(
    found: re.Match[str], named: dict[Any, Any] | None, following: Callable[[], Any], run: Run, place: Place
) -> str:
    kind = found["type"]
    if kind == "%":
        return "%"
    width = str(following()) if found["width"] == "*" else found["width"] or ""
    digits = str(following()) if found["digits"] == "*" else found["digits"]
    value = run.item(named, found["key"], place) if named is not None and found["key"] is not None else following()
    refuse_width(f"{width} {digits or ''}", run, place)
    if kind in "sra":
        value = run.representation(value) if kind in "ra" else run.text(value)
        kind = "s"
    elif isinstance(value, Foreign):
        value = value.index(run, place)
    template = f"%{found['flags']}{width}{'' if digits is None else '.' + digits}{kind}"
    try:
        return template % (value,)
    except HOST_ERRORS as error:
        raise run.error(type(error).__name__, str(error), place) from None


def braces(run: Run, place: Place, template: str, *args: Any, **kwargs: Any) -> Any:
    """`template.format(*args, **kwargs)`."""
    parts = []
    last = counted = 0
    for found in FIELD.finditer(template):
        parts.append(template[last : found.start()])
        last = found.end()
        if found[0] in ("{{", "}}"):
            parts.append(found[0][0])
            continue
        if found[0] in ("{", "}"):
            raise run.error("ValueError", f"a single {found[0]} in a text that is formatted", place)
        path = found["path"]
        if not path or path[0] in ".[":
            path, counted = f"{counted}{path}", counted + 1
        value = field_value(path, args, kwargs, run, place)
        spec = found["spec"] or ""
        if "{" in spec:
            inner = spec.count("{}")
            spec = braces(run, place, spec, *args[counted:], **kwargs)
            counted += inner
        if isinstance(value, Opaque):
            return value
        parts.append(format_value(convert(value, ord(found["conversion"] or "\0"), run), spec, run, place))
    parts.append(template[last:])
    return joined_parts(parts, run, place)


def field_value(path: str, args: tuple[Any, ...], kwargs: dict[str, Any], run: Run, place: Place) -> Any:
    """The value of `0.size[1]` in braces."""
    first = re.match(r"[^.\[]*", path)
    name = first[0] if first else ""
    if name.isdigit():
        if len(name) > 6 or int(name) >= len(args):
            raise run.error("IndexError", f"there is no value {name} for the text", place)
        value = args[int(name)]
    else:
        value = run.item(kwargs, name, place)
    for step in STEP.finditer(path, len(name)):
        if step["attribute"] is not None:
            value = run.attribute(value, step["attribute"], place)
        else:
            index = step["item"]
            value = run.item(value, int(index) if index.isdigit() and len(index) < 7 else index, place)
    return value
