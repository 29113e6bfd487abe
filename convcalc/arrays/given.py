"""The arrays of a command line: their texts, files, standard input, and for which layer they are."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from convcalc.algebra.expr import letters
from convcalc.arrays.cells import cell_formula
from convcalc.arrays.fitting import mark_of
from convcalc.arrays.reading import ArrayText, read_array
from convcalc.problem import Source, problem
from convcalc.readers import files
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied


ENDINGS = (".csv", ".tsv", ".txt", ".dat", ".npy", ".npz", ".json", ".pt")
MAX_TEXT = 8_000_000  # characters of a file
HEADINGS = re.compile(r"""\s*["']?[A-Za-z_][^\n]*""")
SPACED = re.compile(r"\d[^\S\n]+[-−+.\d]")  # numbers with nothing but spaces between them
NAMED = re.compile(r"\s*([A-Za-z_][\w.]*)\s*=\s*(?=\S)")


# The options that give numbers, by the letter of the formula that they are for.
OPTIONS = {"w": "weights", "b": "bias", "mean": "mean", "variance": "variance"}
NOUNS = {"weights": "weights", "bias": "a bias", "mean": "a mean", "variance": "a variance", "places": "places"}


class OwnArray(NamedTuple):
    """An array that is given for a layer: by which option, and by which name, if any."""

    option: str
    layer: str
    text: ArrayText


def open_array(text: str, what: str, seed: int = 0) -> ArrayText:
    """The array that a text of the command line is, or that the file of this name holds."""
    plain = text.strip()
    if plain != "-" and not is_file(plain):
        return read_array(Source(what, text), seed)
    source = files.read(plain)
    if source.path or source.data:
        hint = "np.savetxt('numbers.csv', array, '%g', ',') writes one that is"
        raise problem("A007", f"{source.name} is not a text file", hint)
    if len(source.text) > MAX_TEXT:
        raise problem("A006", f"{source.name} has {len(source.text):,} characters", f"at most {MAX_TEXT:,}")
    if not source.text.strip():
        raise problem("A001", f"{source.name} is empty", "numbers, a row a line")
    return read_array(source._replace(text=plain_table(source.text, plain)), seed)


def plain_table(text: str, name: str) -> str:
    """A table without its line of headings, its numbers apart; where ; is the separator a comma is of a decimal."""
    first, _, rest = text.partition("\n")
    if rest.strip() and HEADINGS.fullmatch(first):
        text = f"{' ' * len(first)}\n{rest}"
    is_table = name.lower().endswith((".csv", ".tsv")) and "\n" in text.strip() and not SPACED.search(text)
    if is_table and ";" in text:
        text = text.replace(",", ".").replace(";", " ")
    return text


def is_file(text: str) -> bool:
    """Whether a text is the name of a file: one that there is, or that ends as one does."""
    if not re.search("[A-Za-z]", text) or "\n" in text or "\0" in text:
        return False
    if any(char in text for char in "[(;|") and not os.path.isfile(text):
        return False
    return text.lower().endswith(ENDINGS) or os.path.isfile(text)


def own_arrays(options: Mapping[str, tuple[str, ...]], seed: int, is_safe: bool = False) -> list[OwnArray]:
    """What is given for the layers: `--weights conv1="1 2; 3 4"`, or without a name; a safe one opens no file."""
    found = []
    for option, texts in options.items():
        for text in texts:
            named = NAMED.match(text)
            is_code = named and text[named.end() :].startswith(("np.", "torch.", "numpy."))  # w = np.array([…])
            layer, rest = (named[1], text[named.end() :]) if named and not is_code else ("", text)
            what = f"--{option}"
            array = read_array(Source(what, rest), seed) if is_safe else open_array(rest, what, seed)
            found.append(OwnArray(option, layer, array))
    return found


def letters_taken(applied: Applied) -> dict[str, str]:
    """The letters of a layer's formula that arrays are given for, by the option."""
    used = set(letters(cell_formula(applied.setting.kind.cells.get("", "0"))))
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
        names = takers * len(unnamed) if len(takers) == 1 else left
        named = [(each.layer, each) for each in given if each.layer]
        for name, each in (*zip(names, unnamed, strict=False), *named):
            found.setdefault((name, option), []).append(each.text)
    return found


def takes(applied: Applied, option: str) -> bool:
    """Whether a layer takes what an option gives."""
    if option == "places":
        return applied.setting.kind.unpools
    if applied.letters.get({"weights": "a", "bias": "b"}.get(option, "")) == 0:  # it learns none
        return False
    shares = option == "weights" and dict(applied.setting.values).get("weights")
    given = not (applied.setting.kind.own_statistics and option in ("mean", "variance"))
    return option in letters_taken(applied) and not shares and given
