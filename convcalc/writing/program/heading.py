"""A program as a whole: what it says of itself, what its language lacks, its definitions, and a run of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.algebra.notation import write_shape
from convcalc.kinds.pytorch import INDEXED
from convcalc.network.walk import totals
from convcalc.writing.program.pieces import plain_text

if TYPE_CHECKING:
    from convcalc.writing.program.program import DefinedNetwork


def heading(program: DefinedNetwork, language: str) -> Iterator[str]:
    """The docstring of a module."""
    graph, spec = program.graph, program.spec
    found = totals(node.applied for node in graph.nodes)
    inputs = ", ".join(write_shape(program.language.written_shape(shape), " × ") for shape in graph.inputs.values())
    yield f'"""{spec.name or "A network"} in {language}, written by convcalc {__version__}.'
    yield ""
    yield from wrap(
        f"Input {inputs}; {found.parameters:,} parameters, {found.macs:,} MACs. {plain_text(spec.about)}".strip(), 88
    )
    yield '"""'


def program_text(
    head: Iterable[str],
    imports: Callable[[str], Iterable[str]],
    lacking: Mapping[str, str],
    definitions: Iterable[Iterable[str]],
    check: Iterable[str],
) -> str:
    """The text of a module whose imports are those of the rest of its text."""
    defined = ["\n".join(each) for each in definitions]
    parts = (*used_sources("\n".join(defined), lacking), *defined, "\n".join(check))
    text = "".join(f"\n\n\n{part}" for part in parts) + "\n"
    return "\n".join((*head, "", *imports(text))) + text


def used_sources(text: str, known: Mapping[str, str]) -> list[str]:
    """Of what a language lacks the classes and functions that a text uses, with those that they use themselves."""
    found: dict[str, str] = {}
    waiting = [text]
    while waiting:
        seen = waiting.pop()
        for name, source in known.items():
            if name not in found and re.search(rf"(?<![\w.]){name}\(", seen):
                found[name] = source.strip("\n")
                waiting.append(source)
    return [found[name] for name in known if name in found]


def is_index(program: DefinedNetwork, index: int) -> bool:
    """Whether an input holds indices, of which a layer looks something up."""
    users = [program.graph.nodes[user].applied for user in program.wiring.users[index]]
    return any(applied is not None and applied.setting.kind.name in INDEXED for applied in users)
