"""Networks written out in other languages, each by a module of its own, which is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network import Graph
    from convcalc.spec import Spec


class Target(NamedTuple):
    """A language, and the module that writes it."""

    name: str
    doc: str
    folds: bool = False  # what lies deep may be folded
    is_binary: bool = False  # bytes, which no terminal shows
    endings: tuple[str, ...] = ()  # of files in it

    def pieces(self, spec: Spec, graph: Graph, depth: int = 0) -> Iterator[Any]:
        """A network as text or bytes: a spec that says itself all that was asked, and its graph, which is right."""
        options = (self.name, depth) if self.folds else ()
        found: Iterator[Any] = self.module.pieces(spec, graph, *options)
        return found

    def remarks(self, spec: Spec, graph: Graph) -> Iterator[str]:
        """What whoever reads the text has to know beside it."""
        yield from getattr(self.module, "remarks", lambda _spec, _graph: ())(spec, graph)

    @property
    def module(self) -> Any:
        return import_module(f"convcalc.writing.{'diagram' if self.folds else self.name}")


TARGETS = {
    target.name: target
    for target in (
        Target("yaml", "the language of convcalc, as a person would write it", endings=(".yaml", ".yml")),
        Target("chain", "one line, where every layer takes what the one before it gives"),
        Target("pytorch", "a program of PyTorch, a class for each block", endings=(".py",)),
        Target("keras", "a program of Keras, a function for each block", endings=(".py",)),
        Target("onnx", "a file of ONNX, its weights zeros", is_binary=True, endings=(".onnx",)),
        Target("mermaid", "a flowchart, for Markdown", folds=True, endings=(".mmd", ".mermaid")),
        Target("dot", "a graph, for Graphviz", folds=True, endings=(".dot", ".gv")),
    )
}
