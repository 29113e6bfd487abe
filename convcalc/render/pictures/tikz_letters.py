"""Texts for LaTeX: its own signs escaped, those of mathematics as its commands."""

from __future__ import annotations

from re import compile
from typing import TYPE_CHECKING
from unicodedata import category, name, normalize

from convcalc.render.pictures.lettering import LOWERED, RAISED, SYMBOL
from convcalc.render.report.latex import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

# Signs by their commands within dollars, and by those of texts.
MATHEMATICS = {
    "→": "to", "←": "leftarrow", "↑": "uparrow", "↓": "downarrow", "↔": "leftrightarrow", "⇒": "Rightarrow",
    "⇐": "Leftarrow", "⇑": "Uparrow", "⇓": "Downarrow", "⇔": "Leftrightarrow", "≤": "le", "≥": "ge", "≠": "ne",
    "≡": "equiv", "∞": "infty", "√": "surd", "∑": "sum", "∏": "prod", "∫": "int", "⊕": "oplus", "⊗": "otimes",
    "∈": "in", "∉": "notin", "∋": "ni", "∝": "propto", "∂": "partial", "∇": "nabla", "⌊": "lfloor", "⌋": "rfloor",
    "⌈": "lceil", "⌉": "rceil", "⟨": "langle", "⟩": "rangle", "∅": "emptyset", "∩": "cap", "∪": "cup", "⊂": "subset",
    "⊃": "supset", "⊆": "subseteq", "⊇": "supseteq", "⊄": "not\\subset", "∧": "wedge", "∨": "vee", "∀": "forall",
    "∃": "exists", "∠": "angle", "⊥": "perp", "∼": "sim", "≅": "cong", "∗": "ast", "⋅": "cdot", "′": "prime",
    "″": "prime\\prime", "♣": "clubsuit", "♦": "diamondsuit", "♥": "heartsuit", "♠": "spadesuit", "◊": "diamond",
    "ℵ": "aleph", "↵": "hookleftarrow", "÷": "div", "±": "pm", "¬": "neg", "µ": "mu", "∘": "circ", "⊙": "odot",
    "ϑ": "vartheta", "ϕ": "phi", "ϖ": "varpi", "ϒ": "Upsilon", "ς": "varsigma",
}  # fmt: skip
TEXT = {
    "½": r"\textonehalf{}", "¼": r"\textonequarter{}", "¾": r"\textthreequarters{}", "°": r"\textdegree{}",
    "–": r"\textendash{}", "—": r"\textemdash{}", "⁄": "/", "|": r"\textbar{}", '"': r"\textquotedbl{}", " ": " ",
}  # fmt: skip
# What its input has without a package, where the encoding of fonts is T1.
SIMPLE = {*"ßØøÆæŒœŁłıÐðÞþĐđ‚„‘’“”«»‹›†‡§¶©®™€£¥¡¿·…—•²³¹ªº×−≈"}
# The capitals that LaTeX has commands for, and the Latin ones that look like the others.
CAPITALS = {"gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega"}
LATIN = {
    "alpha": "A", "beta": "B", "chi": "X", "epsilon": "E", "eta": "H", "iota": "I", "kappa": "K", "mu": "M", "nu": "N",
    "omicron": "O", "rho": "P", "tau": "T", "zeta": "Z",
}  # fmt: skip
OMITTED = "\u200c\u200d"  # which signs are joined; LaTeX does without
LIGATURE = compile(r"([-,'])(?=\1)")  # which would be a dash or a quote


def escape_letters(text: str) -> str:
    """A text as LaTeX sets it."""
    signs = (sign for sign in text if sign not in OMITTED)
    made = "".join(TEXT.get(sign) or small_digit(sign) or mathematics(sign) or escape(sign) for sign in signs)
    return LIGATURE.sub(r"\1{}", made)


def small_digit(sign: str) -> str:
    """A raised or lowered digit; nothing for other signs."""
    if sign not in RAISED + LOWERED:
        return ""
    bare = normalize("NFKC", sign).replace("−", "$-$")
    return f"\\text{'super' if sign in RAISED else 'sub'}script{{{bare}}}"


def mathematics(sign: str) -> str:
    """A sign that has a command within dollars; nothing for other signs."""
    if sign in MATHEMATICS:
        return f"$\\{MATHEMATICS[sign]}$"
    if sign not in SYMBOL or "GREEK" not in name(sign):
        return ""
    _, size, _, letter = name(sign).split()
    greek = letter.lower().replace("lamda", "lambda")
    if size == "CAPITAL":
        return f"$\\{greek.capitalize()}$" if greek in CAPITALS else f"$\\mathrm{{{LATIN[greek]}}}$"
    return "$o$" if greek == "omicron" else f"$\\{greek}$"


def foreign_signs(text: str) -> Iterator[str]:
    """The signs of a text that LaTeX has no command for."""
    for sign in text:
        is_latin = ord(normalize("NFD", sign)[0]) < 127 and ord(sign) < 0x180
        is_set = is_latin or sign in SIMPLE or sign in TEXT or small_digit(sign) or mathematics(sign)
        if not is_set and category(sign) != "Cf":
            yield sign
