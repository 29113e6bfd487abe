"""A student's formula in letters of their own, in plain signs or in LaTeX: read, and compared with the record's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from keyword import iskeyword
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, ExprError, TooInvolved, evaluate, letters, substitute
from convcalc.algebra.limits import budget
from convcalc.algebra.parser import parse
from convcalc.algebra.poly import symbol
from convcalc.algebra.simplify import drop_rounding
from convcalc.kinds import KINDS, find
from convcalc.layers.window import SLIDING
from convcalc.marking.reading import Unreadable, plain_text
from convcalc.marking.wrong_formulas import possible, rewritten
from convcalc.problem import did_you_mean, problem
from convcalc.questions import working
from convcalc.spec.brackets import matching

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Kind

# What a letter of a student's may stand for, by its spelling without case and underscores; the likeliest first.
# {} is an axis: two letters may mean the same if they are those of different axes.
SPELLINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("n", ("n", "f", "c")), ("m", ("m", "f", "c", "k")), ("i l x size input inputsize", ("n", "c")),
    ("{} {}in {}1 {}i n{} i{}", ("n",)), ("{}out {}o {}2 {}new n{}out o{} out{}", ("o",)),
    ("in nin din d1 nc c ci cin channels inchannels inputchannels infeatures", ("c", "e", "n")),
    ("out nout dout d2 nf co cout outchannels outputchannels filters numfilters outfeatures units", ("f",)),
    ("o outputsize outsize", ("o", "f")), ("k f", ("k", "f")), ("dk kernel kernelsize filtersize ks k{} f{}", ("k",)),
    ("p pad padding p{}", ("p",)), ("df", ("o", "n")), ("s stride strides s{}", ("s", "j")), ("d d{}", ("d", "c")),
    ("dilation dilationrate", ("d",)), ("r", ("r", "d")), ("r0 rin rprev rf rf0 rfin rfprev", ("r",)),
    ("j jin j0 jprev jump sprev sin stot stotal", ("j",)), ("a op outputpadding", ("op",)), ("g groups", ("g",)),
    ("multiplier depthmultiplier", ("m",)), ("b bias", ("b",)),
)  # fmt: skip
AXES = {"h": "h height", "w": "w width"}
# By spelling, what it may mean, and the axis that it is of.
MEANINGS: dict[str, tuple[tuple[str, ...], str]] = {}
for listed, meant in SPELLINGS:
    for spelling in listed.split():
        for axis, names in AXES.items() if "{}" in spelling else (("", ""),):
            for axis_name in names.split() or ("",):
                MEANINGS[spelling.format(axis_name)] = meant, axis
INDEX = re.compile(r"_[lit]$")  # k_l: of the layer in question
MAX_READINGS = 512  # ways to read the letters of one formula
MAX_STEPS = 60_000  # of all of them, and of all mistakes
# Settings that a right formula may leave out, and what they are then.
USUAL: dict[str, Expr] = {
    "dilation": 1, "groups": 1, "output_padding": 0, "bias": 1, "multiplier": 1, "scale": 1, "shift": 1,
}  # fmt: skip
ALSO = frozenset(("o", "n", "j", "r"))  # letters of ours that a student's may mean in any formula


def kind_named(name: str) -> Kind:
    named = find(name)
    if named is None:
        hint = did_you_mean(name, [kind.name for kind in KINDS])
        raise problem("H011", f'there is no kind "{name[:40]}"', hint)
    return named.kind


def usual_settings(kind: Kind) -> dict[Expr, Expr]:
    """The letters of a kind that need not be written, with what they are then: a pooling is seldom padded."""
    usual = {**USUAL, "padding": 0} if kind.pools else USUAL
    return {key.symbol: usual[key.name] for key in kind.keys if key.name in usual}


def right_formula(kind_name: str, what: str) -> Expr:
    """The record's formula, its products over the axes written out for a square window: K is k·k."""
    kind = kind_named(kind_name)
    text = kind.sizes.get("", "") if what == "output" else ""
    if what in ("parameters", "macs", "channels"):
        text = getattr(kind, what)
    if what == "receptive_field" and kind.window.type is SLIDING:
        text = kind.window.filled(kind.window.type.size).replace("r_in", "r").replace("j_in", "j")
    if not text:
        message = f"{kind_name} has no formula for {what or 'this'}"
        raise problem("H012", message, "output, parameters, macs or receptive_field")
    return substitute(parse(text), {**SQUARE, "N": 1} if kind.takes == "features" else SQUARE)


def readings(tree: Expr, wanted: frozenset[str]) -> Iterator[tuple[Expr, bool]]:
    """The tree in our letters, in every way that its letters can be meant, and whether a stride is that of all layers.

    A letter of ours has one of theirs only, or one for each axis.
    """
    own = sorted(set(letters(tree)))
    choices, axes = [], []
    for letter in own:
        meant, axis = letter_meanings(letter)
        meant = tuple(each for each in meant if each in wanted)
        if not meant:
            raise Unreadable("read.letter", f'"{letter[:20]}"')
        choices.append(meant)
        axes.append(axis)
    for count, meaning in enumerate(product(*choices)):
        if count >= MAX_READINGS:
            return
        if len(set(meaning)) == len(meaning) or is_per_axis(meaning, axes):
            total = any(mine == "j" and theirs.lower()[:1] == "s" for mine, theirs in zip(meaning, own, strict=True))
            yield substitute(tree, dict(zip(own, meaning, strict=True))), total


def is_per_axis(meaning: tuple[str, ...], axes: list[str]) -> bool:
    """Whether letters that mean the same are of different axes, each of one."""
    pairs = [*zip(meaning, axes, strict=True)]
    return len(set(pairs)) == len(pairs) and all(axis or meaning.count(each) == 1 for each, axis in pairs)


def letter_meanings(letter: str) -> tuple[tuple[str, ...], str]:
    """What a letter of theirs may mean, and its axis: k_l is k of layer l."""
    for name in (letter, INDEX.sub("", letter)):
        if found := MEANINGS.get(name.lower().replace("_", "")):
            return found
    return (letter.lower(),), ""


def value(tree: Expr) -> Value | None:
    """A tree as a symbolic value in normal form; None where it has none, TooInvolved where it takes too long to say."""
    try:
        return evaluate(tree, {letter: symbol(letter) for letter in letters(tree)})
    except TooInvolved:
        raise
    except (ExprError, ArithmeticError, TypeError, ValueError):
        return None


@lru_cache(maxsize=4096)
def compare_formula(text: str, kind_name: str, what: str) -> tuple[str, Expr] | None:
    """(what is to be remarked, the formula in our letters) where a student's is right, None where it is wrong.

    What takes too many steps to be told is neither: an Unreadable.
    """
    kind, right = kind_named(kind_name), right_formula(kind_name, what)
    try:
        with budget(MAX_STEPS):
            return agreement(formula(text), right, frozenset(letters(right)) | ALSO, usual_settings(kind))
    except TooInvolved:
        raise Unreadable("read.involved") from None


def agreement(theirs: Expr, right: Expr, wanted: frozenset[str], usual: Mapping[Expr, Expr]) -> tuple[str, Expr] | None:
    for own, of_all_layers in readings(theirs, wanted):
        used = set(letters(own))
        full = substitute(right, {letter: number for letter, number in usual.items() if letter not in used})
        mine = value(own)
        if mine is not None and mine == value(full):
            return "read.stride_product" if of_all_layers else "", own
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
    theirs, right, usual = formula(text), right_formula(kind_name, what), usual_settings(named.kind)
    for mistake, wrong in possible(named.kind, {"output": "size"}.get(what, what)):
        if wrong.when == "other axis":
            continue
        tree = substitute(rewritten(right, wrong.formula, tuple(wrong.put.items())), SQUARE)
        if mistake.code != "size.fraction" and value(substitute(tree, usual)) == value(substitute(right, usual)):
            continue  # it shows only in what is seldom asked
        same = agreement(theirs, tree, frozenset((*letters(right), *letters(tree))) | ALSO, usual)
        if same is not None and (not same[0] or mistake.code != "size.fraction"):
            yield mistake.code


SQUARE: dict[Expr, Expr] = {"K": parse("k*k"), "N": parse("o*o"), "M": parse("n*n")}


# The text of a formula

FUNCTIONS = frozenset(("floor", "ceil", "min", "max"))
TOKEN = re.compile(r"[A-Za-z_]\w*|\d+\.\d+|\d+|\*\*|//|[-+*/%(),]")
CLOSES = {"(": ")", "[": "]", "{": "}"}
LATEX = {
    r"\times": "*", r"\cdot": "*", r"\ast": "*", r"\div": "/", r"\lfloor": " floor(", r"\rfloor": ")",
    r"\lceil": " ceil(", r"\rceil": ")", r"\lbrace": "(", r"\rbrace": ")", r"\min": " min", r"\max": " max",
    **dict.fromkeys((r"\left", r"\right", r"\displaystyle", r"\bigl", r"\bigr", r"\big", r"\Big", r"\quad"), " "),
}  # fmt: skip
COMMAND = re.compile(r"\\[A-Za-z]+|\\[,;:! ()\[\]]")
FONT = re.compile(r"\\(?:text|mathrm|mathit|mathbf|textrm|textit|operatorname)\s*\{([^{}]*)\}")
SUBSCRIPT = re.compile(r"_\s*\{\s*([^{}]*)\}")
BEFORE = re.compile(r"[A-Za-z]\s*-\s*1")  # r_{l-1}: of the layer before
FRACTION = re.compile(r"\\[dt]?frac\s*(?=\{)")
CROSS = re.compile(
    r"(?<=[\w)\]}])\s+[xX]\s+(?=[\w(\[{\\])|(?<=\d)x(?=[\w(])|[×✕✖⨯]"
)  # a x between two factors is no letter
NAMED = re.compile(r"\w+ *=(?!=)")


def formula(text: str) -> Expr:
    """The tree of a student's formula; an Unreadable, which says where, where it is none."""
    plain = plain_text(latex_as_plain(CROSS.sub("*", text[:2000])) if len(text) <= 1000 else text)
    plain = plain.partition("=")[2] if NAMED.match(plain) else plain
    check_brackets(plain)
    plain = plain.replace("^", "**").translate(str.maketrans("[]{}", "()()")).strip()
    left = re.sub(TOKEN, " ", plain).split()
    if left or not plain:
        raise Unreadable("read.formula", f'at "{left[0][:20]}"' if left else "")
    tokens: list[str] = []
    for token in TOKEN.findall(plain):
        last = tokens[-1] if tokens else ""
        if ends(last) and (token == "(" or token[0].isalnum() or token[0] == "_"):  # 2P, 2(P + 1), k^2 C_in
            tokens.append("*")
        tokens.append(f"{token}_" if iskeyword(token) else token)  # in*out
    try:
        return parse("".join(tokens))
    except TooInvolved:
        raise Unreadable("read.involved") from None
    except ExprError:
        raise Unreadable("read.formula", broken_place(tokens)) from None


def latex_as_plain(text: str) -> str:
    r"""Plain signs for LaTeX's: \lfloor \frac{W-K}{S} \rfloor is floor( ((W-K)/(S)) )."""
    if "\\" in text:
        text = FONT.sub(r"\1", text)
        while found := FRACTION.search(text):
            top = found.end()
            bottom = matching(text[top:]) + 1 + top
            begins = bottom + len(text[bottom:]) - len(text[bottom:].lstrip())
            if bottom <= top or text[begins : begins + 1] != "{" or matching(text[begins:]) < 0:
                raise Unreadable("read.formula", f'at "{text[found.start() : found.start() + 20]}"')
            end = matching(text[begins:]) + 1 + begins
            text = f"{text[: found.start()]}(({text[top + 1 : bottom - 1]})/({text[begins + 1 : end - 1]})){text[end:]}"
        text = COMMAND.sub(lambda sign: LATEX.get(sign[0], sign[0] if sign[0][1].isalpha() else " "), text)
    return SUBSCRIPT.sub(lambda index: "_" + re.sub(r"\W", "", BEFORE.sub("prev", index[1])), text)


def check_brackets(text: str) -> None:
    """An Unreadable where one is not closed, or closes nothing."""
    open_at: list[int] = []
    for place, sign in enumerate(text):
        if sign in CLOSES:
            open_at.append(place)
        elif sign in CLOSES.values() and (not open_at or CLOSES[text[open_at.pop()]] != sign):
            raise Unreadable("read.formula", f'the "{sign}" after "{text[max(0, place - 20) : place]}" closes nothing')
    if open_at:
        before = text[open_at[-1] : open_at[-1] + 20]
        raise Unreadable("read.formula", f'the "{text[open_at[-1]]}" of "{before}" is not closed')


def broken_place(tokens: list[str]) -> str:
    """Where two signs stand side by side that cannot, or the formula breaks off."""
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else "("
        if token in ("*", "/", "//", "**", "%", ")", ",") and not ends(before):
            return f'at "{"".join(tokens[max(0, place - 4) : place + 1])}"'
    return f'at the end, "{"".join(tokens[-4:])}"'


def ends(token: str) -> bool:
    """Whether a factor may end with a token, so that another one may follow it."""
    return token == ")" or (token not in FUNCTIONS and token[:1].isalnum()) or token[:1] == "_"
