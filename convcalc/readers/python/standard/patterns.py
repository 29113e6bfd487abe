"""`re`, on short texts and with patterns that cannot take long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import Cursor, Foreign, Native, movers

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

MAX_TEXT = 500
MAX_PATTERN = 200
MAX_REPEATS = 6  # of unbounded repeats in one pattern: each may try every length of the text
NESTED = re.compile(r"[*+}]\??\+?\)+(?:[*+?]|\{)|\\[1-9]|\(\?P=|\(\?<?[=!]|\|[^()]*\)[*+{]")
FLAGS = ("I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL", "X", "VERBOSE", "A", "ASCII")


class CompiledPattern(Foreign):
    """A compiled pattern."""

    __slots__ = ("compiled",)
    called = "a pattern"

    def __init__(self, compiled: re.Pattern[str]):
        self.compiled = compiled

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name == "pattern":
            return self.compiled.pattern
        if name in RULES:
            return Native(
                name, lambda run, place, *args, **kwargs: RULES[name](run, place, self, *args, **kwargs), True
            )
        return super().attribute(name, run, place)


class Found(Foreign):
    """What a pattern found."""

    __slots__ = ("match",)
    called = "a match"

    def __init__(self, match: re.Match[str]):
        self.match = match

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        host = getattr(self.match, name) if name in ("group", "groups", "groupdict", "start", "end", "span") else None
        if host is None:
            return super().attribute(name, run, place)
        return Native(name, lambda run, place, *args: host(*args))

    def item(self, index: Any, run: Run, place: Place) -> Any:
        try:
            return self.match[index]
        except IndexError:
            raise run.error("IndexError", f"the pattern has no group {index}", place) from None


def compile_pattern(run: Run, place: Place, pattern: Any, flags: Any = 0) -> CompiledPattern:
    if isinstance(pattern, CompiledPattern):
        return pattern
    if type(pattern) is not str:
        raise run.error("TypeError", f"a pattern is a text, not {run.type_name(pattern)}", place)
    repeats = len(re.findall(r"(?<!\\)[*+]|\{\d*,\d*\}", pattern))
    if len(pattern) > MAX_PATTERN or NESTED.search(pattern) or repeats > MAX_REPEATS:
        raise run.unread("a regular expression that is long, or repeats what repeats,", place)
    try:
        return CompiledPattern(re.compile(pattern, flags))
    except (re.error, OverflowError, RecursionError) as error:
        raise run.error("ValueError", f"the regular expression is wrong: {error}", place) from None


def short(text: Any, run: Run, place: Place) -> str:
    if type(text) is not str:
        raise run.error("TypeError", f"a pattern is looked for in a text, not in {run.type_name(text)}", place)
    if len(text) > MAX_TEXT:
        raise run.unread(f"a regular expression on a text of {len(text):,} letters", place)
    run.spend(len(text), place)
    return text


def search(how: str) -> Any:
    def rule(run: Run, place: Place, pattern: Any, text: Any, flags: Any = 0) -> Any:
        found = getattr(compile_pattern(run, place, pattern, flags).compiled, how)(short(text, run, place))
        return None if found is None else Found(found)

    return rule


def split(run: Run, place: Place, pattern: Any, text: Any, maxsplit: int = 0, flags: Any = 0) -> Any:
    return compile_pattern(run, place, pattern, flags).compiled.split(short(text, run, place), maxsplit)


def find_all(run: Run, place: Place, pattern: Any, text: Any, flags: Any = 0) -> Any:
    return compile_pattern(run, place, pattern, flags).compiled.findall(short(text, run, place))


def find_each(run: Run, place: Place, pattern: Any, text: Any, flags: Any = 0) -> Any:
    found = compile_pattern(run, place, pattern, flags).compiled.finditer(short(text, run, place))
    return Cursor(iter([Found(match) for match in found]))


def substitute(run: Run, place: Place, pattern: Any, new: Any, text: Any, count: int = 0, flags: Any = 0) -> Any:
    host = compile_pattern(run, place, pattern, flags).compiled
    text = short(text, run, place)
    if type(new) is str:
        run.spend((len(text) + 1) * (len(new) + len(text)), place)
        return host.sub(new, text, count)
    return host.sub(lambda match: run.text(run.call(new, [Found(match)], {}, place)), text, count)


def escape(run: Run, place: Place, text: Any) -> str:
    return re.escape(short(text, run, place))


RULES: dict[str, Any] = {
    **{how: search(how) for how in ("match", "search", "fullmatch")},
    "split": split,
    "findall": find_all,
    "finditer": find_each,
    "sub": substitute,
}
PATTERNS = {
    **movers(compile=compile_pattern, **RULES),
    "escape": Native("escape", escape),
    **{flag: int(getattr(re, flag)) for flag in FLAGS},
}
