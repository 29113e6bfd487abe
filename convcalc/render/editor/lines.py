"""The shorthand of a layer as a regular expression, which Python and JavaScript read alike: `conv 64 k3 s2 p1`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from convcalc.kinds import names, plain
from convcalc.kinds.classes import classes
from convcalc.kinds.conventions import FRAMEWORKS
from convcalc.layers import Kind, key_names
from convcalc.readers.shorthand import SPECIAL, main_key

VALUE = r"[^\s=]+"
# A call, a chain, a list, the notation of a paper, words: what the pattern of a layer has nothing to say of.
OTHER_NOTATIONS = (
    r"""[\[("'→@:,/\n\t×✕]|->|[<>=!]=| = |[-+*]= |^\s*return |[?…]\s*$|\d+x\d+x|(?:^| )\d+ ?x ?\d|Layer$|"""
    r"(?:^| )(?:filters?|kernels?|maps|channels?|units?|neurons?|size|windows?|strides?|pad|padding|dilation|groups?|"
    r"bias|biases|no|without|with|of|using|and|layer|feature)(?: |$)"
)
PAPER_NAMES = "conv fc pool maxpool avgpool"  # CONV3-64, FC-4096, POOL2
# Letters, digits and _ of any language, no digit first.
NAME = r"^[^\s\d!-/:-@\[-^`{-~][^\s!-/:-@\[-^`{-~]*$"
TIMES = r"^\s*(?:.* x )?"  # 3 x conv 64 k3
END = r"(?=\s|$)"
SPECIAL_SIGNS = re.compile(r"[\\^$.|?*+()\[\]{}]")  # JavaScript takes no \\ before any other


def any_case(word: str, between: str = "") -> str:
    """A pattern of a word in capitals and small letters."""
    signs = (f"[{sign}{sign.upper()}]" if sign.isalpha() else SPECIAL_SIGNS.sub(r"\\\g<0>", sign) for sign in word)
    return between.join(signs)


def word_pattern(words: Iterable[str]) -> str:
    """A pattern of words in any case, with - for _."""
    return f"^(?:{'|'.join(any_case(word).replace('_', '[_-]') for word in words)})$"


def one_of(words: Iterable[str]) -> str:
    return "|".join(sorted(dict.fromkeys(words), key=len, reverse=True))


def classes_of(kind: Kind) -> list[str]:
    return [name for framework in FRAMEWORKS for name, (known, *_) in classes(framework).items() if known is kind]


def spellings(kind: Kind) -> list[str]:
    """The usual names of a kind: its own, its aliases and those of its classes, as they write themselves."""
    return list(dict.fromkeys((kind.name, *kind.aliases, *names(kind), *classes_of(kind))))


def spelling_pattern(kind: Kind) -> str:
    return rf"(?:[\w.]+\.)?(?:{one_of(spellings(kind))})"


def kind_first(kinds: Iterable[Kind]) -> str:
    """A pattern of a line that begins with a kind, however it is spelled."""
    plain_names = {plain(name) for kind in kinds for name in spellings(kind)}
    return rf"{TIMES}(?:[\w.]+\.)?(?:{'|'.join(any_case(name, '[ _-]?') for name in sorted(plain_names))}){END}"


def other_notations(kinds: Iterable[Kind]) -> str:
    """A pattern of lines of which a kind's own pattern says nothing, `conv transpose 6 k2` and `CONV3-64` too."""
    known = {plain(name) for kind in kinds for name in spellings(kind)}
    ends = {name[len(other) :] for name in known for other in known if name.startswith(other)}
    second = "|".join(any_case(end) for end in sorted(ends) if re.fullmatch(r"[a-z]{2,}|[123]d", end))
    papers = "|".join(map(any_case, PAPER_NAMES.split()))
    return rf"{OTHER_NOTATIONS}|{TIMES}\S+ (?:{second}){END}|^\s*(?:{papers})[\dx-]*\d\s*$"


def values_pattern(kind: Kind) -> str:
    """A pattern of what may follow the name of a kind: one value without a key, and any with theirs.

    What has capitals is not looked at: names may, and keys are read in any case.
    """
    table = key_names(kind)
    parts = [rf"(?:{one_of(sorted({*table, *SPECIAL} - {name.upper() for name in table}))})={VALUE}"]
    if symbols := sorted({key.symbol for name, key in table.items() if name == key.symbol and name.isalpha()}):
        parts.append(rf"(?:{one_of(symbols)})\d[^\s=]*")
    if words := [word for key in kind.keys for word in key.words]:
        parts.append(rf"(?:{one_of(words)}){END}")
    keyed = rf"(?:(?:^|\s+)(?:{'|'.join(parts)}|\S*[A-Z]\S*))*"
    return rf"{keyed}(?:(?:^|\s+){VALUE}{keyed})?\s*$" if main_key(kind) else rf"{keyed}\s*$"


def line_pattern(kind: Kind) -> str:
    return rf"{spelling_pattern(kind)}(?=\s|$){values_pattern(kind)}"
