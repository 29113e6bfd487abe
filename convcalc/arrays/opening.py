"""The arrays of a command line: their texts, files, standard input, and for which layer they are."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.arrays.allotment import OwnArray
from convcalc.arrays.reading import read_array
from convcalc.problem import Source, problem
from convcalc.readers import files

if TYPE_CHECKING:
    from convcalc.arrays.reading import ArrayText

ENDINGS = (".csv", ".tsv", ".txt", ".dat", ".npy", ".npz", ".json", ".pt")
MAX_TEXT = 8_000_000  # characters of a file
HEADINGS = re.compile(r"""\s*["']?[A-Za-z_][^\n]*""")
SPACED = re.compile(r"\d[^\S\n]+[-−+.\d]")  # numbers with nothing but spaces between them
NAMED = re.compile(r"\s*([A-Za-z_][\w.]*)\s*=\s*(?=\S)")


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
