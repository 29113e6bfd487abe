"""A call of a class that convcalc.kinds.compositions knows, as the layers that the class is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from convcalc.kinds.compositions import COMPOSITIONS, Composition, parameter_names
from convcalc.layers.values import NO, NOTHING
from convcalc.problem import Problem, Source, did_you_mean, problem
from convcalc.readers.yaml.items import LayerReader
from convcalc.readers.yaml.kept import tree_of
from convcalc.spec import Items, RepeatItem, map_items
from convcalc.spec.brackets import as_list

if TYPE_CHECKING:
    from convcalc.readers.calls.call import Call
    from convcalc.readers.line import LineReader

HOLE = re.compile(r"\{(\w+)(?:\?(\w+):(\w+))?\}")
ENTRY = re.compile(r"( *)- (.*?)(?: if (.*))?$")
VALUES_ONLY = ("device", "dtype", "inplace")


def composed_items(reader: LineReader, call: Call) -> Items:
    """The items of a call, each where the call is."""
    composition = COMPOSITIONS[call.word]
    text = "\n".join(entries(composition, given_values(reader, composition, call), call))
    inner = LayerReader(Source(call.word, text))
    inner.blocks, inner.block_names, inner.kinds = reader.blocks, reader.block_names, reader.kinds
    items = inner.items(tree_of(inner.source))
    if inner.findings:
        raise Problem(*(finding._replace(mark=None) for finding in inner.findings))
    items = map_items(items, lambda item: item._replace(place=call.place))
    return (RepeatItem("1", items, call.name, call.place),) if call.name else items


def given_values(reader: LineReader, composition: Composition, call: Call) -> dict[str, str]:
    """The values of a call by parameter, defaults filled in."""
    names = parameter_names(composition)
    order = iter(composition.parameters.partition(" * ")[0].split())
    given: dict[str, str] = {}
    for part in call.parts:
        mark = part.place.mark(reader.source)
        name = part.name or next(order, "").partition("=")[0]
        if not name:
            left = [each for each in names if each not in given]
            hint = f"say which it is: {', '.join(f'{each}=…' for each in left)}" if left else "leave it out"
            raise problem("L012", f"{call.word} takes at most {len(given)} values without a name", hint, mark)
        if name not in (*names, *VALUES_ONLY):
            hint = did_you_mean(name, names) or f"it has {', '.join(names)}"
            raise problem("K002", f'{call.word} has no argument "{name}"', hint, mark)
        if name in given:
            raise problem("L010", f"{call.word}: {name} is given twice", "leave one of them out", mark)
        given[name] = part.value
    return with_defaults(composition, given, call)


def with_defaults(composition: Composition, given: dict[str, str], call: Call) -> dict[str, str]:
    found = dict(given)
    computed = {}
    for each in composition.parameters.split():
        name, equals, default = each.partition("=")
        if each == "*":
            continue
        if "{" in default and found.get(name, "") in ("", *NOTHING, "None"):
            computed[name] = default
        elif name not in found and not equals:
            written = [part.text if not part.name else f"{part.name}={part.text}" for part in call.parts]
            hint = f"for example {call.head}({', '.join([*written, f'{name}=16'])})"
            raise problem("V006", f"{call.word} needs {name}", hint)
        else:
            found.setdefault(name, default)
    for name, default in computed.items():
        found[name] = by_axis(default, found)
    return found


def by_axis(formula: str, values: Mapping[str, str]) -> str:
    """A formula with its values put in, axis by axis where one of them is a list."""
    used = {name: as_list(values[name]) for name, *_ in HOLE.findall(formula)}
    count = max((len(value) for value in used.values() if isinstance(value, tuple)), default=0)
    if not count:
        return fill(formula, values)
    axes = (
        {name: value if isinstance(value, str) else str(value[axis % len(value)]) for name, value in used.items()}
        for axis in range(count)
    )
    return f"[{', '.join(fill(formula, axis) for axis in axes)}]"


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text with the values of its parameters put in."""

    def value(hole: re.Match[str]) -> str:
        name, yes, no = hole.groups()
        return values[name] if yes is None else no if values[name].lower() in NOTHING else yes

    return HOLE.sub(value, text)


def entries(composition: Composition, values: dict[str, str], call: Call) -> Iterator[str]:
    """The lines of its layers, with the values put in; those of a list for each of its values."""
    if not composition.over:
        yield from lines(composition.layers, values)
        return
    listed = as_list(values[composition.over])
    if not isinstance(listed, tuple) or not listed:
        hint = f"{composition.over}=[64, 32]"
        raise problem("V003", f"{call.word}: {composition.over} is a list, not {values[composition.over][:40]}", hint)
    (first, *_) = parameter_names(composition)
    for index, value in enumerate(listed):
        values[composition.over] = str(value)
        yield from lines(composition.layers if index + 1 < len(listed) else composition.last, values)
        values[first] = str(value)


def lines(text: str, values: Mapping[str, str]) -> Iterator[str]:
    for line in text.splitlines():
        entry = ENTRY.match(line)
        if entry is None:
            continue
        indent, layer, conditions = entry.groups()
        needed = (conditions or "").split() + [name for name, *_ in HOLE.findall(layer)[:1] if layer[0] == "{"]
        if any(values[name].lower() in NOTHING or values[name].lower() in NO for name in needed):
            continue
        if layer[-1] == ":":
            yield line
            continue
        called = fill(layer, values).replace("'", "''")
        yield f"{indent}- '{called}'"
