"""The words of a question: which of them is a network, or else the layer, its input and the target."""

from __future__ import annotations

from convcalc.problem import Problem, problem
from convcalc.solving.question import is_target
from convcalc.spec.brackets import join_brackets
from convcalc.spec.shapes import OPEN
from convcalc.tuples import NamedTuple

EXAMPLE = 'convcalc solve 3x224x224 "conv 64 k7 s2 p?" 64x112x112'


class LayerWords(NamedTuple):
    """A layer with a ? in it, the shape of its input and what is to come out; "" where that is not said."""

    shape: str
    layer: str
    target: str


def names_network(word: str) -> bool:
    """Whether the first word is a spec: a chain, a file, or a bundled name, where no layer is called so."""
    import os

    if "->" in word or "→" in word:
        return True
    if is_target(word) or " " in word.strip() or "(" in word:
        return False
    from convcalc.kinds import find
    from convcalc.readers import library

    known = library.bundled_path(word) is not None
    return word == "-" or os.path.exists(word) or known or (find(word) is None and OPEN not in word)


def layer_words(words: tuple[str, ...]) -> LayerWords:
    """The layer in quotes or in several words, with the shapes around it; a Problem where it is not clear which."""
    words = join_brackets(words)
    layers = [place for place, word in enumerate(words) if not is_target(word)]
    if not layers:
        raise misuse("name a layer with a ? in it, in quotes", EXAMPLE)
    first, end = layers[0], layers[-1] + 1
    is_bare = not any(" " in word.strip() for word in words[first:end])
    if len(layers) > 1 and not is_bare:
        raise misuse(f'"{words[layers[1]]}" is a second layer, or no shape', f"for example {EXAMPLE}")
    # A number before the target belongs to the layer, as a ? does: neither is a shape by itself there.
    while is_bare and (words[end : end + 1] == (OPEN,) or (end + 1 < len(words) and words[end].isdecimal())):
        end += 1
    if first > 1 or len(words) - end > 1:
        shapes = [*words[:first], *words[end:]]
        example = EXAMPLE
        if len(shapes) == 2:
            example = f'convcalc solve {shapes[0]} "{" ".join(words[first:end])}" {shapes[1]}'
        raise misuse("first the input, then the layer in quotes, then the target", example)
    return LayerWords(
        words[0] if first else "", " ".join(words[first:end]), words[end] if end < len(words) else ""
    )  # fmt: skip


def misuse(message: str, hint: str) -> Problem:
    return problem("Q010", message, hint)
