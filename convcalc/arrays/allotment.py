"""Which layer of a chain an array is for: the one that is named with it, or the only one that takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from convcalc.algebra.expr import letters
from convcalc.arrays.cells import cell_formula
from convcalc.arrays.fitting import mark_of
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.reading import ArrayText
    from convcalc.layers.applied import Applied

# The options that give numbers, by the letter of the formula that they are for.
OPTIONS = {"w": "weights", "b": "bias", "mean": "mean", "variance": "variance"}


class OwnArray(NamedTuple):
    """An array that is given for a layer: by which option, and by which name, if any."""

    option: str
    layer: str
    text: ArrayText


def letters_taken(applied: Applied) -> dict[str, str]:
    """The letters of a layer's formula that arrays are given for, by the option."""
    text = applied.setting.kind.cells.get("", "")
    used = set(letters(cell_formula(text))) if text else set()
    return {option: letter for letter, option in OPTIONS.items() if letter in used}


def arrays_by_layer(layers: Mapping[str, Applied], own: Sequence[OwnArray]) -> dict[tuple[str, str], list[ArrayText]]:
    """The arrays by layer and option; a Problem where it is not said which layer one is for."""
    found: dict[tuple[str, str], list[ArrayText]] = {}
    for option in dict.fromkeys(each.option for each in own):
        given = [each for each in own if each.option == option]
        takers = [name for name, applied in layers.items() if takes(applied, option)]
        unnamed = [each for each in given if not each.layer]
        if not takers:
            message = f"--{option}: no layer here has {NOUNS[option]}"
            raise problem("U011", message, "leave it out", mark_of(given[0].text.source))
        for each in given:
            if each.layer and each.layer not in takers:
                message = f"--{option}: {each.layer} is no layer here that has {NOUNS[option]}"
                raise problem("U011", message, f"{' or '.join(f'--{option} {name}=…' for name in takers)}")
        if option == "weights":  # a normalisation may do without its factors
            takers = [name for name in takers if layers[name].setting.kind.tensor] or takers
        left = [name for name in takers if not any(each.layer == name for each in given)]
        if unnamed and len(takers) > 1 and len(unnamed) != len(left):
            message = f"--{option}: which of {', '.join(takers)} is it for?"
            hint = " ".join(f'--{option} {name}="…"' for name in takers)
            raise problem("U011", message, hint, mark_of(unnamed[0].text.source))
        for number, each in enumerate(unnamed):
            name = takers[0] if len(takers) == 1 else left[number]
            found.setdefault((name, option), []).append(each.text)
        for each in given:
            if each.layer:
                found.setdefault((each.layer, option), []).append(each.text)
    return found


NOUNS = {"weights": "weights", "bias": "a bias", "mean": "a mean", "variance": "a variance", "places": "places"}


def takes(applied: Applied, option: str) -> bool:
    """Whether a layer takes what an option gives."""
    if option == "places":
        return applied.setting.kind.unpools
    if applied.letters.get({"weights": "a", "bias": "b"}.get(option, "")) == 0:  # it learns none
        return False
    shares = option == "weights" and dict(applied.setting.values).get("weights")
    given = not (applied.setting.kind.own_statistics and option in ("mean", "variance"))
    return option in letters_taken(applied) and not shares and given
