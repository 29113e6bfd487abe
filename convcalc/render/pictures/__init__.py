"""Pictures of networks: what each shows, as a list of shapes, and that list in a format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network import Graph
    from convcalc.network.walk import NetworkReport
    from convcalc.render.pictures.shapes import Photograph, Picture


class PicturedNetwork(NamedTuple):
    """A network as a picture is drawn of it."""

    graph: Graph
    report: NetworkReport


class PictureOptions(NamedTuple):
    """What is asked of a picture; each subject has a say over some of it."""

    layers: tuple[str, ...] = ()  # names of layers, or of blocks; empty: those that the subject chooses
    depth: int = 0  # blocks below it are folded; 0: as the subject chooses
    direction: str = ""  # down or right; empty: as the subject has it
    scale: str = "log"  # of sides and channels: log, sqrt or linear
    image: Photograph | None = None  # that lies on the input
    steps: bool = False  # a frame for each place of the window, one after another
    step: int = 0  # one place of the window, counted from 1
    strip: bool = False  # the frames beside each other
    quantities: tuple[str, ...] = ()  # names of convcalc.network.quantity.QUANTITIES
    budget: int = 0  # bytes
    training: bool = False  # the memory of training, not of inference
    bits: int = 32  # of one number
    batch: int = 0  # examples; 0: as many as the input says


class Subject(NamedTuple):
    """What a picture may show: a function of (networks, options) that gives a Picture, and where it lives."""

    name: str
    doc: str
    where: str
    takes: frozenset[str]  # the options that it has a say over
    several: bool = False  # networks in one picture; else one below another
    text: str = ""  # where the function is that gives it as lines of text, for a terminal


def subject(name: str, doc: str, where: str, takes: str, several: bool = False, text: str = "") -> Subject:
    return Subject(name, doc, f"{HERE}.{where}", frozenset(takes.split()), several, text and f"{HERE}.{text}")


HERE = "convcalc.render.pictures"


SUBJECTS = {
    each.name: each
    for each in (
        subject("volumes", "each map as a cuboid, as in figures of LeNet and VGG", "volumes:volumes",
                "layers depth scale"),
        subject("graph", "layers as nodes, shapes at the edges, blocks folded", "graph:network_graph",
                "depth direction"),
        subject("field", "the receptive fields of layers on the input", "field.sheet:receptive_fields", "layers image"),
        subject("arithmetic", "the steps of a window over the padded input", "arithmetic.layers:arithmetic",
                "layers steps step strip"),
        subject("bars", "parameters, MACs and activations, layer by layer", "charts.bars:bars",
                "depth quantities bits batch", text="charts.terminal:bar_lines"),
        subject("memory", "the tensors in memory at each step, and the peak", "charts.memory:memory",
                "budget training bits batch"),
        subject("compare", "several networks by their parameters and MACs", "charts.comparison:comparison",
                "quantities bits batch", True),
    )
}  # fmt: skip
# Formats of which a picture is drawn, and those that a graph is written in for another's layout.
DRAWN, WRITTEN, PAGE = ("svg", "pdf", "tikz", "png"), ("dot", "mermaid"), ("html",)
FORMATS = (*DRAWN, *WRITTEN, "text", *PAGE)
ENDINGS = {"tex": "tikz", "gv": "dot", "mmd": "mermaid", "htm": "html", "txt": "text"}  # that are no format's name
OPTIONS = {"bits": "dtype"}  # by what they say
BINARY = ("pdf", "png")


class Screen(NamedTuple):
    """What text is written to."""

    width: int = 0  # columns; 0: as many as it takes
    colour: bool = False
    unicode: bool = True


def draw(name: str, networks: tuple[PicturedNetwork, ...], options: PictureOptions) -> Picture:
    """A picture of networks; a Problem for options that it has no say over, or that nothing can be drawn of."""
    chosen = SUBJECTS[name]
    refuse_idle(chosen, options)
    make = function_at(chosen.where)
    if chosen.several:
        picture: Picture = make(networks, options)
        return picture
    from convcalc.render.pictures.shapes import stack

    return stack([make(network, options) for network in networks])


def in_print(options: PictureOptions, form: str) -> PictureOptions:
    """The options as a format takes them: only in SVG a window moves, elsewhere its steps are side by side."""
    return options._replace(steps=False, strip=True) if options.steps and form != "svg" else options


def refuse_idle(chosen: Subject, options: PictureOptions) -> None:
    """A Problem for an option that a subject has no use for."""
    for option in asked_of(options):
        if option not in chosen.takes:
            message = f"--{OPTIONS.get(option, option)} has no say over the picture {chosen.name}"
            others = " or ".join(f"--as {other.name}" for other in SUBJECTS.values() if option in other.takes)
            raise problem("U010", message, f"leave it out, or {others}")


def asked_of(options: PictureOptions) -> list[str]:
    """The names of the options that are not as they come."""
    pairs = zip(PictureOptions._fields, options, PictureOptions(), strict=True)
    return [name for name, value, default in pairs if value != default]


def function_at(where: str) -> Any:
    module, _, function = where.partition(":")
    return getattr(import_module(module), function)


def draw_text(
    name: str, networks: tuple[PicturedNetwork, ...], options: PictureOptions, screen: Screen
) -> Iterator[str]:
    """The pieces of a picture as text for a screen, where its subject has that; a Problem as above."""
    chosen = SUBJECTS[name]
    refuse_idle(chosen, options)
    make = function_at(chosen.text)
    for place, network in enumerate(networks):
        yield "\n" if place else ""
        yield from (f"{line}\n" for line in make(network, options, screen))


def write_picture(picture: Picture, form: str, theme: str, width: float = 0) -> Iterable[str | bytes]:
    """The pieces of a picture in one of DRAWN; `width` in millimetres, 0 for as many pixels as it has."""
    module = import_module(f"convcalc.render.pictures.{form}")
    pieces: Iterable[str | bytes] = getattr(module, f"{form}_pieces")(picture, theme, width)
    return pieces


def notes_of(picture: Picture, form: str) -> Iterable[str]:
    """What a picture leaves out, and what its format cannot say."""
    module = import_module(f"convcalc.render.pictures.{form}")
    own: Iterable[str] = module.notes(picture) if hasattr(module, "notes") else ()
    return (*picture.notes, *own)
