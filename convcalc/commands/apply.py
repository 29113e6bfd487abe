"""`convcalc apply`: a layer, or a chain of them, on small arrays, every number worked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell, width
from convcalc.commands.destination import into
from convcalc.commands.options import CONVENTION, choices, file_option, format_options, together

if TYPE_CHECKING:
    from convcalc.arrays.network import ChainNumbers
    from convcalc.spec.choices import Choices

EXAMPLE = 'convcalc apply "conv 1 k2" "1 2 3; 4 5 6; 7 8 9" --weights "10 20; 30 40"'
EPILOG = """
\b
Arrays:
  "1 2 3; 4 5 6"  rows by ; or lines     [[1, 2], [3, 4]]  np.array([…])  torch.tensor([…])
  "1 2 | 3 4"     channels by |          1..9:3x3  zeros:5x5  ones:3x3  eye:3  random:5x5
  numbers.csv     a file, or - for standard input

\b
Examples:
  convcalc apply "conv 1 k3 p1" 1..25:5x5 --weights sobel-x
  convcalc apply "conv 1 k3 p1 -> relu -> maxpool 2" random:4x4 --weights sharpen
  convcalc apply "tconv 1 k3 s2" "1 2; 3 4" --weights ones:3x3
"""
OWN = {
    "weights": "The kernel, or one for each filter; or one that has a name: sobel-x, box-blur, gaussian, …",
    "bias": "One number per filter.",
    "mean": "Of a batch normalisation, one per channel.",
    "variance": "Of a batch normalisation, one per channel.",
    "places": "Where a maxunpool puts its numbers, row by row from 0; else where the maxpool before found them.",
}
FORMATS = ("text", "markdown", "latex", "json", "svg")


@click.command("apply", cls=Command, epilog=EPILOG, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, metavar="LAYER ARRAY…")
@together(*(click.option(f"--{name}", multiple=True, metavar="[NAME=]ARRAY", help=text) for name, text in OWN.items()))
@click.option("--flip", is_flag=True, help="Flip the kernel: the convolution of the textbooks.")
@click.option("--at", metavar="PLACE", help="One number of the output only: 0,1, or 2,0,1 with its channel.")
@click.option(
    "--work",
    type=click.Choice(("full", "result", "blank")),
    default="full",
    show_default=True,
    help="How much of the work to show; blank makes a worksheet.",
)
@click.option("--steps", is_flag=True, help="Of a picture: a page for each number of the output, one after another.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of random arrays.")
@choices(CONVENTION)
@format_options(FORMATS, file=file_option("Write to a file; a picture a step to FILE-1, FILE-2, …"), writes_file=True)
def command(
    words: tuple[str, ...], flip: bool, at: str | None, work: str, steps: bool, path: str | None, seed: int,
    choices: Choices, form: str, **own: tuple[str, ...],
) -> int:  # fmt: skip
    """The numbers of a layer on small arrays: every number of the output as on the blackboard, 1·10 + 2·20 = 50.

    LAYER is written as in a spec, pasted, or several of them with arrows between.  Numbers are exact; what a layer
    slides is not flipped, unless --flip is given.
    """
    from convcalc.arrays.given import open_array, own_arrays
    from convcalc.arrays.network import work_out

    layer, *arrays = layer_and_arrays(words)
    inputs = [open_array(text, "array", seed) for text in arrays]
    chain = work_out(layer, inputs, own_arrays(own, seed), choices, flip)
    place = chain.read_place(at) if at is not None else ()
    if form == "json" and work == "blank":
        raise click.UsageError("--work blank makes a worksheet: in text, markdown, latex or svg")
    if steps and form != "svg":
        raise click.UsageError(f"--steps is for --format svg, not for {form}")
    pages = pages_of(chain, form, work, place, steps, path is not None, speak(form))
    if path is None:
        tell((piece for page in pages for piece in page), form)
        return 0
    for name, pieces in zip(file_names(path, len(pages)), pages, strict=True):
        with into(name):
            tell(pieces, form)
    return 0


def pages_of(
    chain: ChainNumbers, form: str, work: str, place: tuple[int, ...], steps: bool, apart: bool, unicode: bool
) -> list[Iterable[str]]:
    """What is to be written: one page, in which the steps of a picture follow each other unless they are kept apart."""
    if form == "json":
        from convcalc.render.arrays.json import document

        return [document(chain, place, work == "full")]
    _ = chain.output  # whatever is wrong is told before anything is written
    if form == "svg":
        from convcalc.render.arrays.drawing import step_pictures
        from convcalc.render.pictures.shapes import stack
        from convcalc.render.pictures.svg import svg_pieces

        places = None if steps and not place else [place or (0,) * len(chain.output.shape)]
        pictures = list(step_pictures(chain, places, work == "blank"))
        return [svg_pieces(picture) for picture in (pictures if apart else [stack(pictures)])]
    from convcalc.render.arrays.pages import PageOptions, page

    return [page(chain, form, PageOptions(work, place, unicode, width()))]


def file_names(path: str, count: int) -> list[str]:
    """The name itself, or with a number before its ending."""
    stem, dot, ending = path.rpartition(".")
    if count == 1:
        return [path]
    return [f"{stem}-{number}.{ending}" if dot else f"{path}-{number}" for number in range(1, count + 1)]


def layer_and_arrays(words: tuple[str, ...]) -> tuple[str, ...]:
    """The layer and its arrays; wrong usage where one of them is missing, or an option that there is not.

    The words of a layer need no quotes where it takes one array, which is the last word then.
    """
    from convcalc.kinds import find
    from convcalc.problem import did_you_mean

    for word in words:
        if word.startswith("--") or (word.startswith("-") and word[1:2].isalpha()):
            known = [option for each in command.params for option in each.opts if option.startswith("--")]
            hint = did_you_mean(word, known)
            raise click.NoSuchOption(word, f'there is no option "{word}"{f"; {hint}" if hint else ""}')
    if len(words) < 2:
        what = "an array, such as 1..9:3x3," if words else "a layer and an array"
        raise click.UsageError(f"name {what} in quotes, for example {EXAMPLE}")
    named = find(words[0])
    if len(words) > 2 and named and named.kind.inputs == 1:
        return " ".join(words[:-1]), words[-1]
    if not find(re.split(r"\W", words[0].strip(), maxsplit=1)[0]) and any(map(find, words[1:])):
        raise click.UsageError(f"the layer comes first, then the array: {EXAMPLE}")
    return words
