"""A student's formula in letters of their own, compared with the record's, with the floor and without."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, ExprError, TooInvolved, evaluate, letters, substitute
from convcalc.algebra.limits import budget
from convcalc.algebra.parser import parse
from convcalc.algebra.poly import symbol
from convcalc.algebra.simplify import drop_rounding
from convcalc.kinds import KINDS, find
from convcalc.layer.window import SLIDING
from convcalc.marking.reading import Unreadable, plain_text
from convcalc.marking.wrong_formulas import possible, rewritten
from convcalc.problem import did_you_mean, problem
from convcalc.questions import working

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.algebra.expr import Value

# What a letter of a student's may stand for, by their spelling without case and underscores; the likeliest first.
MEANINGS: dict[str, tuple[str, ...]] = {
    spelling: meant
    for spellings, meant in (
        ("w h n i l x w1 h1 nh nw iw ih hin win nin lin in size input inputsize height width length", ("n", "c")),
        ("hout wout ho wo nout w2 h2 o outputsize", ("o",)),
        ("k f", ("k", "f")),
        ("m", ("f", "c", "k")),
        ("n", ("n", "f", "c")),
        ("kernel kernelsize filtersize ks kh kw fh fw", ("k",)),
        ("p pad padding", ("p",)),
        ("s stride strides", ("s",)),
        ("d", ("d", "c")),
        ("r dilation dilationrate", ("d",)),
        ("a op outputpadding", ("op",)),
        ("c cin ci d1 nc inchannels channels infeatures", ("c",)),
        ("cout co d2 nf outchannels filters numfilters outfeatures units", ("f",)),
        ("g groups", ("g",)),
        ("b bias", ("b",)),
    )
    for spelling in spellings.split()
}
MAX_READINGS = 512  # ways to read the letters of one formula
MAX_STEPS = 60_000  # of all of them, and of all mistakes
# Letters of a right formula that a student may leave out, and what they are then.
USUAL: dict[Expr, Expr] = {"d": 1, "g": 1, "op": 0, "b": 1}


def right_formula(kind_name: str, what: str) -> Expr:
    """The record's formula, its products over the axes written out for a square window: K is k·k."""
    named = find(kind_name)
    if named is None:
        hint = did_you_mean(kind_name, [kind.name for kind in KINDS])
        raise problem("H011", f'there is no kind "{kind_name[:40]}"', hint)
    kind = named.kind
    text = kind.sizes.get("", "") if what == "output" else ""
    if what in ("parameters", "macs", "channels"):
        text = getattr(kind, what)
    if what == "receptive_field" and kind.window.type is SLIDING:
        text = kind.window.filled(kind.window.type.size).replace("r_in", "r").replace("j_in", "j")
    if not text:
        message = f"{kind_name} has no formula for {what or 'this'}"
        raise problem("H012", message, "output, parameters, macs or receptive_field")
    return substitute(parse(text), SQUARE)


FUNCTIONS = frozenset(("floor", "ceil", "min", "max"))
TOKEN = re.compile(r"[A-Za-z_]\w*|\d+|\*\*|//|[-+*/%(),]")


def formula(text: str) -> Expr:
    """The tree of a student's formula; an Unreadable where it is none."""
    plain = plain_text(text)
    plain = plain.partition("=")[2] if re.match(r"\w+ *=", plain) else plain
    plain = plain.replace("^", "**").replace("[", "(").replace("]", ")").replace("{", "(").replace("}", ")")
    if not plain or re.sub(TOKEN, "", plain).strip():
        raise Unreadable("read.formula")
    tokens: list[str] = []
    for token in TOKEN.findall(plain):
        last = tokens[-1] if tokens else ""
        if ends(last) and (token == "(" or token[0].isalnum() or token[0] == "_"):  # 2P, 2(P + 1), k^2 C_in
            tokens.append("*")
        tokens.append(token)
    try:
        return parse("".join(tokens))
    except TooInvolved:
        raise Unreadable("read.involved") from None
    except ExprError:
        raise Unreadable("read.formula") from None


def ends(token: str) -> bool:
    """Whether a factor may end with a token, so that another one may follow it."""
    return token == ")" or (token not in FUNCTIONS and token[:1].isalnum()) or token[:1] == "_"


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
    """A tree as a symbolic value in normal form; None where it has none, TooInvolved where it takes too long to say."""
    try:
        return evaluate(tree, {letter: symbol(letter) for letter in letters(tree)})
    except TooInvolved:
        raise
    except (ExprError, ArithmeticError, TypeError, ValueError):
        return None


@lru_cache(maxsize=4096)
def compare_formula(text: str, right: Expr) -> tuple[str, Expr] | None:
    """("" or read.no_floor, the formula in our letters) where a student's is right, None where it is wrong.

    What takes too many steps to be told is neither: an Unreadable.
    """
    try:
        with budget(MAX_STEPS):
            return agreement(formula(text), right, frozenset(letters(right)) | {"o", "n", "j", "r"})
    except TooInvolved:
        raise Unreadable("read.involved") from None


def agreement(theirs: Expr, right: Expr, wanted: frozenset[str]) -> tuple[str, Expr] | None:
    for own in readings(theirs, wanted):
        used = set(letters(own))
        usual = {letter: number for letter, number in USUAL.items() if letter not in used}
        full = substitute(right, usual)
        mine = value(own)
        if mine is not None and mine == value(full):
            return "", own
        if mine is not None and rounds(full) and not rounds(own) and mine == value(drop_rounding(full)):
            return "read.no_floor", own
    return None


def rounds(tree: Expr) -> bool:
    return working.rounds(tree, "floor") or working.rounds(tree, "ceil")


@lru_cache(maxsize=4096)
def mistakes_made(text: str, kind_name: str, what: str) -> tuple[str, ...]:
    """The codes of the wrong formulas that a student's formula is, as far as a bounded search tells."""
    found: dict[str, None] = {}
    try:
        with budget(MAX_STEPS):
            for code in mistakes(text, kind_name, what):
                found[code] = None
    except TooInvolved:
        pass
    return tuple(found)


def mistakes(text: str, kind_name: str, what: str) -> Iterator[str]:
    named = find(kind_name)
    if named is None:
        return
    theirs, right = formula(text), right_formula(kind_name, what)
    for mistake, wrong in possible(named.kind, {"output": "size"}.get(what, what)):
        if wrong.when == "other axis":
            continue
        tree = substitute(rewritten(right, wrong.formula, tuple(wrong.put.items())), SQUARE)
        if mistake.code != "size.fraction" and value(substitute(tree, USUAL)) == value(substitute(right, USUAL)):
            continue  # it shows only in what is seldom asked
        same = agreement(theirs, tree, frozenset((*letters(right), *letters(tree), "o", "n", "j", "r")))
        if same is not None and (not same[0] or mistake.code != "size.fraction"):
            yield mistake.code


SQUARE: dict[Expr, Expr] = {"K": parse("k*k"), "N": parse("o*o"), "M": parse("n*n")}
