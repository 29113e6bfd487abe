"""A formula as a student writes it, in plain signs or in LaTeX, as a tree; where it cannot be read, the place."""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import TYPE_CHECKING

from convcalc.algebra.expr import ExprError, TooInvolved
from convcalc.algebra.parser import parse
from convcalc.marking.reading import Unreadable, plain_text
from convcalc.spec.brackets import matching

if TYPE_CHECKING:
    from convcalc.algebra.expr import Expr

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
