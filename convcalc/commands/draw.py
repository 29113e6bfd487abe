"""`convcalc draw`: pictures of networks, and of single layers."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from convcalc.cli import INVALID
from convcalc.commands import Command
from convcalc.commands.console import colours_on, complain, say, speak, tell
from convcalc.commands.console import width as columns
from convcalc.commands.options import (
    BATCH,
    DTYPE,
    DTYPES,
    file_option,
    format_options,
    line_option,
    network_options,
    option_reader,
    size_in_bytes,
    usage,
)
from convcalc.network.load import graph_and_report
from convcalc.problem import LINE, Problem, Source, problem
from convcalc.render.pictures import (
    BINARY,
    DRAWN,
    ENDINGS,
    FORMATS,
    OPTIONS,
    PAGE,
    SUBJECTS,
    WRITTEN,
    PicturedNetwork,
    PictureOptions,
    Screen,
    Subject,
    asked_of,
    draw,
    draw_text,
    in_print,
    notes_of,
    write_picture,
)
from convcalc.render.pictures.themes import THEMES

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Photograph
    from convcalc.spec.choices import Choices

OF_PAGE = ("depth", "bits", "batch")  # the options that a page has too
MILLIMETRES = {"mm": 1, "cm": 10, "in": 25.4, "pt": 25.4 / 72, "px": 25.4 / 96}


def options_of(subject: Subject) -> str:
    """The options that a picture takes, beside those of every picture."""
    names = (option for option in PictureOptions._fields if option in subject.takes)
    return " ".join(f"--{OPTIONS.get(name, name)}" for name in names)


EPILOG = (
    """
\b
Pictures:
"""
    + "".join(f"  {name:11} {subject.doc}\n{'':14}{options_of(subject)}\n" for name, subject in SUBJECTS.items())
    + """
\b
Examples:
  convcalc draw lenet5 -o lenet5.svg
  convcalc draw resnet50 --as graph --depth 2 -o resnet50.pdf
  convcalc draw "conv 1 k3 s2 p1" 1x5x5 --steps -o steps.svg
"""
)


@option_reader
def millimetres(text: str) -> float:
    """A length with its unit."""
    found = re.fullmatch(r"([0-9]*\.?[0-9]+)\s*(mm|cm|in|pt|px)", text.strip())
    if not found or not 1 <= (length := float(found[1]) * MILLIMETRES[found[2]]) <= 10_000:
        raise problem("U002", f'"{text[:40]}" is not a width', "such as 86mm, 12cm, 7in, 400pt or 800px")
    return length


@option_reader
def names_of(values: tuple[str, ...]) -> tuple[str, ...]:
    """Names, one by one or several between commas."""
    return tuple(word for value in values for word in value.replace(",", " ").split())


@option_reader
def photograph(path: str) -> Photograph:
    from convcalc.render.pictures.photographs import open_photograph

    return open_photograph(path)


@click.command("draw", cls=Command, epilog=EPILOG)
@click.argument("specs", nargs=-1, metavar="SPEC…")
@line_option(True, "3x32x32 -> conv 8 k3 -> relu")
@click.option(
    "--as",
    "name",
    type=click.Choice(tuple(SUBJECTS)),
    help="What the picture shows. By default volumes; of one layer arithmetic, of several networks compare.",
)
@format_options(
    (*FORMATS, "json"),
    None,
    "By default that of FILE's ending, or svg; json has the numbers of the picture.",
    file=None,
)
@file_option("Write to a file.")
@click.option(
    "--theme",
    type=click.Choice(tuple(THEMES)),
    default="light",
    show_default=True,
    help="The colours; print has only greys.",
)
@click.option("--width", callback=millimetres, metavar="LENGTH", help="The width of the picture: 86mm, 12cm, 800px.")
@click.option(
    "--layers",
    multiple=True,
    callback=names_of,
    metavar="A,B,…",
    help="Only these layers or blocks; conv3@0,2 is the field of one cell.",
)
@click.option("--depth", type=click.IntRange(1), metavar="N", help="Fold blocks below this depth.")
@click.option("--direction", type=click.Choice(("down", "right")), help="Which way the network runs.")
@click.option(
    "--scale",
    type=click.Choice(("log", "sqrt", "linear")),
    default="log",
    show_default=True,
    help="How lengths follow sides and channels.",
)
@click.option("--image", callback=photograph, metavar="FILE", help="A PNG or JPEG to draw on the input.")
@click.option("--steps", is_flag=True, help="Every step of the window, one after another.")
@click.option("--step", type=click.IntRange(1), metavar="N", help="One step of the window, counted from 1.")
@click.option("--strip", is_flag=True, help="All steps side by side, for print.")
@click.option(
    "--quantities", multiple=True, callback=names_of, metavar="A,B,…", help="What is drawn: parameters, macs, …"
)
@click.option("--budget", callback=size_in_bytes, metavar="BYTES", help="A line at this much memory: 320KiB, 2GB.")
@click.option("--training", is_flag=True, help="Memory in training, not at inference.")
@BATCH
@DTYPE
@network_options
def command(
    specs: tuple[str, ...], texts: tuple[Source, ...], name: str | None, form: str | None, path: str | None,
    theme: str, width: float | None, dtype: str, choices: Choices, **own: Any,
) -> int:  # fmt: skip
    """A picture of a network, with its sizes.

    SPEC is a file, a bundled name, or - for standard input; or one layer and its input, "conv 1 k3 p1" 1x5x5.
    """
    networks = networks_of(specs, texts)
    if not networks:
        raise click.UsageError("name a SPEC, for example `convcalc draw lenet5`, or give a network with -e")
    is_layer = len(specs) == 2 and len(networks) == 1
    asked = name or ""
    name = name or ("arithmetic" if is_layer else "compare" if len(networks) > 1 else "volumes")
    form = form or (format_of(path) if path or not (SUBJECTS[name].text and sys.stdout.isatty()) else "text")
    options = PictureOptions(**{key: value for key, value in own.items() if value is not None}, bits=DTYPES[dtype])
    pictured = [PicturedNetwork(*graph_and_report(network, choices)) for network in networks]
    errors = tuple(error for each in pictured for error in each.report.errors)
    if any(not any(layer.known for layer in each.report.layers) for each in pictured) and errors:
        raise Problem(*errors)
    if form == "json" and errors:
        raise Problem(*errors)
    if form in PAGE:
        refuse_drawing(asked, options, theme, width or 0)
        pieces = page_pieces(pictured, choices, options, dtype)
    else:
        pieces = pieces_of(name, tuple(pictured), options, form, theme, width or 0)
    write(pieces, form, path)
    complain(errors)
    return INVALID if errors else 0


def networks_of(specs: tuple[str, ...], texts: tuple[Source, ...]) -> tuple[str | Source, ...]:
    """What is to be drawn: a layer and the shape of its input are a network of one layer."""
    if len(specs) == 2 and not texts:
        from convcalc.spec.shapes import is_shape

        layer, shape = specs if is_shape(specs[1]) else reversed(specs)
        if is_shape(shape):
            return (Source(LINE, f"{shape} -> {layer}"),)
    return (*specs, *texts)


def page_pieces(
    pictured: list[PicturedNetwork], choices: Choices, options: PictureOptions, dtype: str
) -> Iterable[str | bytes]:
    """The page that explains a network, which `summary` writes too."""
    if len(pictured) > 1:
        raise problem("U010", "a page that explains a network is of one", "convcalc compare sets several side by side")
    from convcalc.commands.page import page_of
    from convcalc.render.report import ReportOptions

    chosen = ReportOptions(
        depth=options.depth, dtype=dtype, bits=options.bits, batch=options.batch or pictured[0].report.batch or 1
    )
    return page_of(*pictured[0], choices, chosen)


def refuse_drawing(name: str, options: PictureOptions, theme: str, width: float) -> None:
    """A Problem for what is asked of one picture, where a page is to have its own."""
    asked = {"as": name, "theme": theme != "light", "width": width}
    idle = [option for option in asked_of(options) if option not in OF_PAGE]
    for option in (*(key for key, value in asked.items() if value), *idle):
        message = f"--{option} has no say over a page, which has pictures of its own"
        raise problem("U010", message, "leave it out, or --format svg")


def format_of(path: str | None) -> str:
    """The format that the ending of a file's name stands for; a Problem where it stands for none."""
    ending = os.path.splitext(path or "")[1][1:].lower()
    form = ENDINGS.get(ending, ending or "svg")
    if form not in (*FORMATS, "json"):
        raise problem("U010", f"a picture is not written as .{ending[:40]}", f"--format {', '.join(FORMATS)}")
    return form


def pieces_of(
    name: str, networks: tuple[PicturedNetwork, ...], options: PictureOptions, form: str, theme: str, width: float
) -> Iterable[str | bytes]:
    """The picture in its format; what it leaves out is said."""
    if form == "json":
        if width:
            raise problem("U010", "--width has no say over JSON, which has no picture", "--format svg")
        from convcalc.render.pictures.data import document

        with usage():
            return list(document(name, networks, options))
    if form == "text" and SUBJECTS[name].text:
        if width:
            raise problem("U010", "--width has no say over text, which is as wide as the terminal", "--format svg")
        with usage():
            return list(draw_text(name, networks, options, Screen(columns(), colours_on(sys.stdout), speak(form))))
    if form in WRITTEN and name == "graph":
        if width:
            raise problem("U010", f"--width has no say over {form}, which others lay out", "--format svg")
        return graph_text(networks, options, form, theme)
    if form not in DRAWN:
        known = (*DRAWN, *WRITTEN) if name == "graph" else DRAWN
        raise problem("U010", f"a picture of {name} is not written as {form}", f"--format {', '.join(known)}")
    with usage():
        picture = draw(name, networks, in_print(options, form))
    for note in notes_of(picture, form):
        say(f"note: {note}")
    return write_picture(picture, form, theme, width)


def graph_text(
    networks: tuple[PicturedNetwork, ...], options: PictureOptions, form: str, theme: str
) -> Iterable[str | bytes]:
    """The graph of a network in one of WRITTEN."""
    from convcalc.render.pictures.graph.written import write_graphs

    with usage():
        found = write_graphs(networks, options, form, theme)
    for note in found.notes:
        say(f"note: {note}")
    return found.pieces


def write(pieces: Iterable[str | bytes], form: str, path: str | None) -> None:
    """To a file, which is said, or to standard output."""
    if path is None:
        if form in BINARY:
            if sys.stdout.isatty():
                raise problem("U010", f"{form} is not for a terminal", "-o FILE")
            from convcalc.commands.console import send

            send(piece for piece in pieces if isinstance(piece, bytes))
            return
        speak(form)
        tell((piece for piece in pieces if isinstance(piece, str)), form)
        return
    from convcalc.whole_file import file_to_write

    with file_to_write(path, is_binary=form in BINARY) as file:
        file.writelines(pieces)
    say(f"wrote {path}")
