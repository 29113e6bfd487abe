"""A network in other forms: as a spec, a program, a file, JSON, a table of data, a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from convcalc.library.counts import CountedThing
from convcalc.library.frozen import entry_point, require_known

if TYPE_CHECKING:
    import pandas
    import polars

    from convcalc.library.document import Document, RemarkedBytes
    from convcalc.library.drawing import Drawing


class WritableNetwork(CountedThing):
    """What can be written in other forms."""

    __slots__ = ()

    @overload
    def convert(
        self, form: Literal["yaml", "chain", "pytorch", "keras", "mermaid", "dot"], *, depth: int = 0
    ) -> Document: ...
    @overload
    def convert(self, form: Literal["onnx"]) -> RemarkedBytes: ...
    @overload
    def convert(self, form: str, *, depth: int = 0) -> Document | RemarkedBytes: ...
    @entry_point
    def convert(self, form: str, *, depth: int = 0) -> Document | RemarkedBytes:
        """The network in another language: yaml, chain, pytorch, keras, mermaid or dot as text, onnx as bytes.

        What its reader has to know beside the text is in its `remarks`.  `depth` folds deeper blocks of mermaid and
        dot.  A Problem where the language cannot say it.

        >>> convcalc.load("3x4x4 -> conv 8 k3 -> relu").convert("chain")
        3x4x4 -> conv 8 k3 -> relu
        """
        from convcalc.library.document import Document, RemarkedBytes
        from convcalc.library.wording import in_python
        from convcalc.writing import TARGETS
        from convcalc.writing.conversion import conversion

        require_known("language", form, TARGETS)
        origin, choices = self._network._origin, self._network._choices
        found = conversion(origin.spec(choices), choices, form, depth)
        remarks = tuple(map(in_python, found.remarks))
        if TARGETS[form].is_binary:
            return RemarkedBytes(b"".join(found.pieces), remarks)
        return Document("".join(found.pieces), form, remarks)

    def to_yaml(self) -> Document:
        """The network as a spec, in few words: read again, it is the same network.

        >>> convcalc.load("3x4x4 -> conv 8 k3 -> relu").to_yaml().splitlines()
        ['input: 3x4x4', 'layers:', '  - conv 8 k3', '  - relu']
        """
        return self.convert("yaml")

    def to_pytorch(self) -> Document:
        """The network as a program of PyTorch, which runs as it is; a Problem where PyTorch cannot say it."""
        return self.convert("pytorch")

    def to_keras(self) -> Document:
        """The network as a program of Keras 3; a Problem where Keras cannot say it."""
        return self.convert("keras")

    @entry_point
    def to_json(self) -> str:
        """All of it as JSON, as `convcalc summary --json` has it: see `convcalc schema summary`."""
        from convcalc.render.report import render

        return "".join(render(self._network._report, "json"))

    @overload
    def to_frame(self, engine: Literal["pandas"] = "pandas") -> pandas.DataFrame: ...
    @overload
    def to_frame(self, engine: Literal["polars"]) -> polars.DataFrame: ...
    @entry_point
    def to_frame(self, engine: str = "pandas") -> Any:
        """A row for each layer as a DataFrame of pandas, or polars; a Problem where that is not installed.

        >>> frame = convcalc.load("lenet5").to_frame()
        >>> int(frame.loc["C3", "parameters"]), int(frame["macs"].sum())
        (2416, 416520)
        """
        from convcalc.library.frames import layers_frame

        return layers_frame(self._network.layers, engine)

    @overload
    def draw(self, subject: str = "volumes", form: Literal["svg"] = "svg", **options: Any) -> Drawing: ...
    @overload
    def draw(self, subject: str, form: Literal["pdf", "png"], **options: Any) -> bytes: ...
    @overload
    def draw(self, subject: str, form: Literal["tikz"], **options: Any) -> str: ...
    @entry_point
    def draw(self, subject: str = "volumes", form: str = "svg", theme: str = "light", **options: Any) -> Any:
        """A picture: volumes, graph, field, arithmetic, bars, memory or compare, in the theme light, dark or print.

        `options` are those of `convcalc draw` that the picture takes: layers, depth, steps, budget, …  The Drawing
        shows itself in a notebook and saves itself; other formats than svg are text or bytes.

        >>> convcalc.load("vgg16").draw("bars", depth=1)
        <bars of VGG-16, light>
        """
        from convcalc.library.drawing import drawing

        found = drawing(self._network, subject, theme, options)
        return found if form == "svg" else found.write(form)
