"""What a program says of itself at its beginning, and what goes into it."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.algebra.notation import write_shape
from convcalc.kinds.pytorch import INDEXED
from convcalc.network.walk import totals
from convcalc.writing.program.pieces import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.writing.program.program import DefinedNetwork


def heading(program: DefinedNetwork, language: str) -> Iterator[str]:
    """The docstring of a module."""
    graph, spec = program.graph, program.spec
    found = totals(node.applied for node in graph.nodes)
    inputs = ", ".join(write_shape(program.language.written(shape), " × ") for shape in graph.inputs.values())
    yield f'"""{spec.name or "A network"} in {language}, written by convcalc {__version__}.'
    yield ""
    yield from wrap(
        f"Input {inputs}; {found.parameters:,} parameters, {found.macs:,} MACs. {plain_text(spec.about)}".strip(), 88
    )
    yield '"""'


def is_index(program: DefinedNetwork, index: int) -> bool:
    """Whether an input holds indices, of which a layer looks something up."""
    users = [program.graph.nodes[user].applied for user in program.wiring.users[index]]
    return any(applied is not None and applied.setting.kind.name in INDEXED for applied in users)
