"""A student's formula in letters of their own, compared with the record's: the floor is told apart, the letters are not."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from convcalc.expr import Expr, ExprError, Ratio, evaluate, letters, parse, rebuild, substitute
from convcalc.poly import symbol
from convcalc.problem import did_you_mean, problem
from convcalc.reading import Unreadable, cleaned
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.expr import Value

# What a letter of a student's may stand for, by their spelling without case and underscores; the likeliest first.
MEANINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("w", "h", "n", "i", "l", "hin", "win", "nin", "lin", "w1", "h1", "size", "input", "inputsize", "nh", "nw", "height",
         "width", "in", "length", "iw", "ih", "x"), ("n", "c")),
    **dict.fromkeys(("hout", "wout", "ho", "wo", "nout", "w2", "h2", "o", "outputsize"), ("o",)),
    "k": ("k", "f"), "f": ("k", "f"), "kernel": ("k",), "kernelsize": ("k",), "filtersize": ("k",), "ks": ("k",),
    "kh": ("k",), "kw": ("k",), "fh": ("k",), "fw": ("k",), "m": ("f", "c", "k"), "n": ("n", "f", "c"),
    "p": ("p",), "pad": ("p",), "padding": ("p",), "s": ("s",), "stride": ("s",), "strides": ("s",),
    "d": ("d", "c"), "dilation": ("d",), "dilationrate": ("d",), "r": ("d",), "a": ("op",), "op": ("op",), "outputpadding": ("op",),
    "c": ("c",), "cin": ("c",), "inchannels": ("c",), "d1": ("c",), "channels": ("c",), "nc": ("c",), "ci": ("c",), "infeatures": ("c",),
    "cout": ("f",), "outchannels": ("f",), "d2": ("f",), "filters": ("f",), "nf": ("f",), "numfilters": ("f",), "co": ("f",),
    "outfeatures": ("f",), "units": ("f",), "g": ("g",), "groups": ("g",), "b": ("b",), "bias": ("b",),
}  # fmt: skip
MAX_READINGS = 512  # ways to read the letters of one formula
# Letters of a right formula that a student may leave out, and what they are then.
USUAL = {"d": 1, "g": 1, "op": 0, "b": 1}


class Formula(NamedTuple):
    """A student's formula as it was read, in our letters."""

    tree: Expr
    is_rounded: bool


def right_formula(kind_name: str, what: str) -> Expr:
    """The record's formula, its products over the axes written out for a square window: K is k·k."""
    from convcalc.kinds import find

    named = find(kind_name)
    if named is None:
        raise problem("H011", f'there is no kind "{kind_name[:40]}"', did_you_mean(kind_name, ("conv", "maxpool", "linear", "tconv")))
    kind = named.kind
    texts = {"output": kind.sizes.get("", ""), "parameters": kind.parameters, "macs": kind.macs, "channels": kind.channels}
    text = texts.get(what, "")
    if what == "receptive_field" and kind.window.type == "slide":
        text = f"r + ({kind.window.reach} - 1)*j"
    if not text:
        raise problem("H012", f"{kind_name} has no formula for {what or 'this'}", "output, parameters, macs or receptive_field")
    return substitute(parse(text), SQUARE)


def formula(text: str) -> Expr:
    """The tree of a student's formula; an Unreadable where it is none."""
    plain = cleaned(text)
    plain = plain.partition("=")[2] if re.match(r"\w+ *=", plain) else plain
    plain = plain.replace("^", "**").replace("[", "(").replace("]", ")").replace("{", "(").replace("}", ")")
    plain = re.sub(r"\b(floor|ceil|min|max) *\(", r"\1@", plain)
    plain = re.sub(r"(?<=[\d)]) *(?=[A-Za-z_(])", "*", plain)  # 2P, 2(P + 1), (a)(b)
    plain = re.sub(r"(?<=[A-Za-z_]) +(?=[\w(])", "*", plain).replace("@", "(")
    plain = re.sub(r"(?<=[A-Za-z_\d]) +(?=\()", "*", plain) if not re.search(r"floor|ceil|min|max", plain) else plain
    try:
        return parse(plain)
    except ExprError:
        raise Unreadable("read.formula") from None


def readings(tree: Expr, wanted: frozenset[str]) -> Iterator[Expr]:
    """The tree in our letters, in every way that its letters can be meant."""
    own = sorted(set(letters(tree)))
    choices = []
    for letter in own:
        plain = letter.lower().replace("_", "")
        meant = MEANINGS.get(plain, ())
        meant = tuple(each for each in meant if each in wanted) or ((plain,) if plain in wanted else ())
        if not meant:
            raise Unreadable("read.letters")
        choices.append(meant)
    for count, meaning in enumerate(product(*choices)):
        if count >= MAX_READINGS:
            return
        if len(set(meaning)) == len(meaning) or wanted <= {"c", "f", "b"}:
            yield substitute(tree, dict(zip(own, meaning, strict=True)))


def value(tree: Expr) -> Value | None:
    """A tree as a symbolic value in normal form; None where it has none."""
    try:
        return evaluate(tree, {letter: symbol(letter) for letter in letters(tree)})
    except (ExprError, ArithmeticError, TypeError, ValueError):
        return None


@lru_cache(maxsize=4096)
def plainly(tree: Expr) -> Expr:
    """The tree without its floors."""
    if isinstance(tree, Ratio):
        return Ratio(plainly(tree.top), plainly(tree.bottom), "")
    return rebuild(tree, plainly)


@lru_cache(maxsize=4096)
def compared(text: str, right: Expr) -> tuple[str, Expr] | None:
    """("" or read.no_floor, the formula in our letters) where a student's is right, None where it is wrong."""
    theirs = formula(text)
    wanted = frozenset(letters(right)) | {"o", "n", "j", "r"}
    for own in readings(theirs, wanted):
        used = set(letters(own))
        usual = {letter: number for letter, number in USUAL.items() if letter not in used}
        full = substitute(right, usual)
        mine = value(own)
        if mine is not None and mine == value(full):
            return "", own
        if mine is not None and rounds(full) and not rounds(own) and mine == value(plainly(full)):
            return "read.no_floor", own
    return None


def rounds(tree: Expr) -> bool:
    from convcalc.working import rounds as found

    return found(tree, "floor") or found(tree, "ceil")


def mistaken(text: str, kind_name: str, what: str) -> tuple[str, ...]:
    """The codes of the wrong formulas that a student's formula is."""
    from convcalc.diagnose import possible, rewritten
    from convcalc.kinds import find

    named = find(kind_name)
    if named is None:
        return ()
    right = right_formula(kind_name, what)
    found: dict[str, Any] = {}
    for mistake, wrong in possible(named.kind, {"output": "size"}.get(what, what)):
        if wrong.when == "other axis":
            continue
        tree = substitute(rewritten(right, wrong.formula, tuple(wrong.put.items())), SQUARE)
        same = compared(text, tree)
        if same is not None and (not same[0] or mistake.code != "size.fraction"):
            found[mistake.code] = None
    return tuple(found)


SQUARE: dict[Expr, Expr] = {"K": parse("k*k"), "N": parse("o*o"), "M": parse("n*n")}
