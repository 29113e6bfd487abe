"""The words of a command line that are a layer and the shapes of its inputs, in either order, quoted or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from convcalc.kinds import find
from convcalc.problem import LAYER, Source
from convcalc.readers.command_line import Stretch, chain_spec, layer_spec
from convcalc.readers.line import likely_shape
from convcalc.spec import Place, Spec
from convcalc.spec.brackets import is_chain, join_brackets
from convcalc.spec.layout import laid_out
from convcalc.spec.shapes import is_shape

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.spec.choices import Choices

EXAMPLE = 'convcalc layer "conv 10 k5 p2" 3x32x32'


def spec_of_words(words: tuple[str, ...], choices: Choices) -> Spec:
    """The network of the layer on a command line, whose places are in that line."""
    if len(words) == 1 and is_chain(words[0]):
        spec = chain_spec(Source(LAYER, words[0]), choices.convention)
    else:
        line, layer, shapes = layer_and_shapes(words)
        spec = layer_spec(Source(LAYER, line), layer, shapes, choices.convention)
    return laid_out(spec._replace(layout=choices.layout))


def layer_and_shapes(words: tuple[str, ...]) -> tuple[str, Stretch, tuple[Stretch, ...]]:
    """(line, layer, shapes); wrong usage where there is no layer, no shape, or no telling which word is which."""
    words = tuple(filter(str.strip, words))
    line = " ".join(words)
    words = join_brackets(words)
    first = next((place for place, word in enumerate(words) if not is_shape(word)), None)
    if first is None:
        raise click.UsageError(f"name a layer and the shape of its input, for example {EXAMPLE}")
    if first:
        layer, groups = (first, len(words)), shape_ranges(words, 0, first, kind_of(words[first]))
    else:
        begin = shapes_begin(words)
        layer, groups = (0, begin), shape_ranges(words, begin, len(words), kind_of(words[0]))
    if not groups:
        example = f'convcalc layer "{line[:60]}" {likely_shape(line)}'
        raise click.UsageError(f"what is the shape of the input? for example {example}")
    starts = [sum(len(word) + 1 for word in words[:place]) for place in range(len(words))]

    def stretch(begin: int, end: int, between: str = " ") -> Stretch:
        said = words[begin:end]
        return Stretch(between.join(said), Place(1, starts[begin] + 1, len(" ".join(said))))

    return line, stretch(*layer), tuple(stretch(begin, end, "x") for begin, end in groups)


def kind_of(word: str) -> Kind | None:
    named = find(word.strip().partition(" ")[0])
    return named.kind if named else None


def shapes_begin(words: tuple[str, ...]) -> int:
    """Where the shapes behind a layer begin: the 10 of `conv 10 3x32x32` is its main value."""
    begin = len(words)
    while begin > 1 and is_shape(words[begin - 1]):
        begin -= 1
    behind, kind = words[begin:], kind_of(words[0])
    is_quoted = " " in words[0].strip() or "(" in words[0]
    if not behind or is_quoted or (kind and kind.inputs != 1):
        return begin
    if not is_side(behind[-1]):
        return len(words) - 1
    if begin > 1 or (kind and not takes_a_value(kind)):
        return begin
    if len(behind) == 3:
        raise click.UsageError(ambiguous(words))
    return begin + (len(behind) > 1)


def takes_a_value(kind: Kind) -> bool:
    """Whether a bare value may follow the name of a kind."""
    keys = [key for key in kind.keys if key.type not in ("check", "ignored")]
    return bool(keys) and not keys[0].quiet


def is_side(word: str) -> bool:
    """A number or a letter: one side of a shape that is written in several words."""
    return is_shape(word) and word.strip(",").isalnum() and ("x" not in word or len(word) == 1)


def ambiguous(words: tuple[str, ...]) -> str:
    kind, first, *rest = words
    return (
        f"is {first} a setting of {kind}, or a side of its input? "
        f'convcalc layer "{kind} {first}" {"x".join(rest)}, or convcalc layer {kind} {"x".join((first, *rest))}'
    )


def shape_ranges(words: tuple[str, ...], begin: int, end: int, kind: Kind | None) -> list[tuple[int, int]]:
    """Ranges of words, a shape each: single sides are one shape, unless the layer has several inputs."""
    if end - begin > 1 and all(map(is_side, words[begin:end])) and (kind is None or kind.inputs == 1):
        return [(begin, end)]
    return [(place, place + 1) for place in range(begin, end)]
