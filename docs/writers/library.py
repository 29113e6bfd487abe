"""The library: every public name with its signature, its docstring and its public members."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import convcalc
from writers.markdown import block, code, page, prose, table

if TYPE_CHECKING:
    from collections.abc import Iterator

ABOUT = (
    "`import convcalc` offers these names, and no others: what is not listed may change with any version. It costs "
    "next to nothing, because each is imported when it is first asked for."
)
WIDTH = 80  # of a signature, before it is broken
SESSION = re.compile(r"((?:^ *>>>.*\n(?:^(?! *>>>).+\n)*)+)", re.MULTILINE)
MODULES = re.compile(r"\b(?:convcalc|typing|collections|builtins|pathlib)\.(?:\w+\.)*(?=\w)")


def pages() -> dict[str, str]:
    names = sorted(convcalc.__all__, key=str.lower)
    found = {name: getattr(convcalc, name) for name in names}
    places = [name.lower() for name in names]  # Layer and layer: the second has a number behind it
    again = [
        f"-{places[:number].count(place)}" if place in places[:number] else "" for number, place in enumerate(places)
    ]
    rows = (
        (f"[{code(name)}](#{place}{number})", prose(first_sentence(found[name])))
        for name, place, number in zip(names, places, again, strict=True)
    )
    parts = (part for name, each in found.items() for part in documented(name, each))
    return {"index.md": page("Library", ABOUT, table(("name", "what it is"), rows), *parts)}


def first_sentence(found: object) -> str:
    return (inspect.getdoc(found) or "").partition("\n\n")[0].replace("\n", " ")


def documented(name: str, found: Any) -> Iterator[str]:
    """A public name: how it is called, what it says of itself, and its members."""
    yield f"## {name}"
    if not isinstance(found, type):  # what is given back is made by nobody else
        yield block("python", f"convcalc.{name}{signature(found)}")
    yield from described(found)
    if isinstance(found, type):
        known = [(member, each) for member, each in members(found) if inspect.getdoc(each)]
        yield table(
            ("attribute", "type", "what it is"),
            (
                (code(member), code(result(each)), prose(SESSION.split(f"{inspect.getdoc(each)}\n")[0]))
                for member, each in known
                if not callable(each)
            ),
        )
        for member, each in known:
            if callable(each):
                yield block("python", f"{member}{signature(each)}")
                yield from described(each)


def members(found: type) -> Iterator[tuple[str, Any]]:
    """What a class offers of its own, in its order."""
    seen: set[str] = set()
    for home in found.__mro__[:-1]:
        if home.__module__.startswith("convcalc"):
            for name, each in vars(home).items():
                if (
                    not name.startswith("_")
                    and name not in seen
                    and (inspect.isfunction(each) or hasattr(each, "__get__"))
                ):
                    seen.add(name)
                    yield name, each if inspect.isfunction(each) or isinstance(each, property) else getattr(found, name)


def signature(found: Any) -> str:
    """How it is called, without the modules of its types and without `self`; a long one with a line for each value."""
    try:
        known = inspect.signature(found)
    except (TypeError, ValueError):
        return "(…)"
    known = known.replace(parameters=[each for name, each in known.parameters.items() if name != "self"])
    text = plain_types(str(known))
    if len(text) <= WIDTH:
        return text
    behind = text.rpartition(") -> ")[2]
    parts = [plain_types(str(inspect.Signature([each])))[1:-1] for each in known.parameters.values()]
    named = next((n for n, each in enumerate(known.parameters.values()) if each.kind is each.KEYWORD_ONLY), len(parts))
    parts = [part.removeprefix("*, ") for part in parts]
    is_bare = named < len(parts) and not any(part.startswith("*") for part in parts[:named])
    lines = [*parts[:named], *["*"] * is_bare, *parts[named:]]
    return "(\n" + "".join(f"    {line},\n" for line in lines) + f") -> {behind}"


def result(found: Any) -> str:
    """The type of a property."""
    getter = getattr(found, "fget", None) or getattr(found, "func", None)
    said = getattr(getter, "__annotations__", {}).get("return", "")
    return plain_types(said if isinstance(said, str) else getattr(said, "__name__", str(said)))


def plain_types(text: str) -> str:
    return MODULES.sub("", re.sub(r"(^|: |-> )'([^']*)'", r"\1\2", text))


def described(found: Any) -> Iterator[str]:
    """A docstring, its sessions of Python as blocks."""
    text = inspect.getdoc(found) or ""
    for part in SESSION.split(f"{text}\n"):
        if part.lstrip().startswith(">>>"):
            yield block("pycon", inspect.cleandoc(part))
        else:
            yield from filter(None, (prose(" ".join(each.split())) for each in part.split("\n\n")))
