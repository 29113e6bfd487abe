"""Pictures of a network as values: an SVG text that shows itself, and is saved as SVG, PDF, TikZ or PNG."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.library.arguments import NAMES, are_names, short_repr
from convcalc.library.document import Document, write_file
from convcalc.library.frozen import entry_point, fill, require_known
from convcalc.library.loading import names_of
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.library.network import Network
    from convcalc.render.pictures import PictureOptions


class Drawing(Document):
    """A picture as SVG: a `str`, which a notebook shows, and which saves itself in the format of a file's ending.

    `remarks` say what it leaves out.

    >>> drawing = convcalc.load("lenet5").draw("graph", theme="dark")
    >>> drawing
    <graph of LeNet-5, dark>
    >>> drawing.startswith("<svg")
    True
    """

    __slots__ = ("_network", "_options", "subject", "theme")
    subject: str
    theme: str
    _network: Network
    _options: PictureOptions

    @entry_point
    def write(self, form: str) -> str | bytes:
        """The picture as svg, pdf, tikz or png (with the extra `png`)."""
        return written_drawing(self._network, self.subject, self.theme, self._options, form)[0]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, in the format of its ending: .svg, .pdf, .tikz, .tex or .png."""
        from convcalc.render.pictures import ENDINGS

        ending = os.path.splitext(os.fspath(path))[1][1:].lower()
        write_file(path, self.write(ENDINGS.get(ending, ending)))

    def __repr__(self) -> str:
        from convcalc.render.errors import visible

        return f"<{self.subject} of {visible(self._network.name) or 'a network'}, {self.theme}>"

    def __reduce__(self) -> tuple[Any, ...]:
        options = dict(zip(self._options._fields, self._options, strict=True))
        return drawing, (self._network, self.subject, self.theme, options)

    def _repr_svg_(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from convcalc.library.html import block

        return block(str(self))


def drawing(network: Network, subject: str, theme: str, options: Mapping[str, Any]) -> Drawing:
    """A picture of a network; a Problem where that cannot be drawn, or there is no such picture, theme or option."""
    from convcalc.render.pictures import SUBJECTS, PictureOptions
    from convcalc.render.pictures.themes import THEMES

    require_known("picture", subject, SUBJECTS)
    require_known("theme", theme, THEMES)
    for option in options:
        if option not in PictureOptions._fields:
            taken = ", ".join(name for name in PictureOptions._fields if name in SUBJECTS[subject].takes)
            raise problem("U010", f'there is no option "{option[:40]}"', f"the picture {subject} takes {taken}")
    chosen = PictureOptions(**{name: option_value(name, value) for name, value in options.items()})
    text, remarks = written_drawing(network, subject, theme, chosen, "svg")
    assert isinstance(text, str)
    found = Drawing(text, "svg", remarks)
    fill(found, subject=subject, theme=theme, _network=network, _options=chosen)
    return found


WORDS = {"scale": ("log", "sqrt", "linear"), "direction": ("", "down", "right")}
NUMBERS = ("depth", "step", "budget", "bits", "batch")


def option_value(name: str, value: Any) -> Any:
    """An option as pictures take it: names as a tuple, bytes as a number, a photograph read from its file.

    A Problem where it is nothing of the kind.
    """
    if name in ("layers", "quantities"):
        if not are_names(value):
            raise TypeError(f"draw(): {name} has to be {NAMES.words}, not {short_repr(value)}")
        return names_of(value)
    if name in WORDS:
        require_known(name, value, WORDS[name])
    if name == "budget" and isinstance(value, str):
        from convcalc.algebra.parser import size_in_bytes

        value = size_in_bytes(value)
    if name in NUMBERS and (not isinstance(value, int) or value < 0):
        raise problem("U002", f"{name}={short_repr(value)} is not a whole number, at least 0", f"{name}=1")
    if name == "image" and isinstance(value, (str, os.PathLike)):
        from convcalc.render.pictures.photographs import open_photograph

        return open_photograph(os.fspath(value))
    return value


def written_drawing(
    network: Network, subject: str, theme: str, options: PictureOptions, form: str
) -> tuple[str | bytes, tuple[str, ...]]:
    """A picture in a format, and what that leaves out."""
    from convcalc.render.pictures import BINARY, DRAWN, PicturedNetwork, draw, in_print, notes_of, write_picture

    require_known("format", form, DRAWN)
    picture = draw(subject, (PicturedNetwork(network._graph, network._report),), in_print(options, form))
    pieces: Iterable[Any] = write_picture(picture, form, theme)
    return (b"".join(pieces) if form in BINARY else "".join(pieces)), tuple(notes_of(picture, form))
