"""A picture as a tikzpicture, whose letters are those of the document that it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from re import compile
from unicodedata import category, name, normalize

from convcalc.problem import problem
from convcalc.render.pictures.lettering import LOWERED, RAISED, SYMBOL, text_width
from convcalc.render.pictures.shapes import PAPER, Label, Path, Photograph, Picture, Rectangle, Segment, Shape, flatten
from convcalc.render.pictures.themes import LINE, THEMES, hatch_lines, hatches_of
from convcalc.render.report.latex import escape
from convcalc.render.script import printable

POINT, MILLIMETRE = 0.75, 72 / 25.4  # bp in a pixel and in a millimetre
LARGEST = 16_000  # bp that TeX can add up
ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
HEAD = """\
% {title}
% In the preamble: \\usepackage{{tikz}} \\usepackage[T1]{{fontenc}}
% and \\usepackage{{lmodern}} or another font that has letters of every size.
\\providecommand\\convcalclabel[2]{{\\sbox0{{#2}}\\ifdim\\wd0>#1\\relax
  \\pgfmathsetmacro\\convcalcratio{{#1/\\wd0}}\\scalebox{{\\convcalcratio}}[1]{{\\usebox0}}\\else\\usebox0\\fi}}%
"""
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


def tikz_pieces(picture: Picture, theme: str = "light", width: float = 0) -> Iterator[str]:
    """The lines of a picture; `width` is in millimetres, 0 for three quarters of a big point a unit."""
    shapes = (Rectangle(0, 0, picture.width, picture.height, PAPER, ""), *flatten(picture.shapes))
    if any(isinstance(shape, Photograph) for shape in shapes):
        hint = "--format pdf, which \\includegraphics takes as a whole"
        raise problem("U010", "a photograph is not written as TikZ", hint)
    unit = unit_of(picture, width)
    yield HEAD.format(title=" ".join(printable(picture.title).split()))
    for colour_name in sorted({colour for shape in shapes for colour in colours_of(shape, theme)}):
        yield f"\\definecolor{{convcalc-{colour_name}}}{{HTML}}{{{THEMES[theme][colour_name][1:].upper()}}}%\n"
    yield f"\\begin{{tikzpicture}}[x={number(unit)}bp,y={number(-unit)}bp]\n"
    yield f"\\useasboundingbox (0,0) rectangle ({number(picture.width)},{number(picture.height)});\n"
    for shape in shapes:
        yield from node(shape, unit) if isinstance(shape, Label) else paths(shape, unit, theme)
    yield "\\end{tikzpicture}%\n"


def notes(picture: Picture) -> Iterator[str]:
    """What pdfLaTeX does not set."""
    labels = [shape for shape in flatten(picture.shapes) if isinstance(shape, Label)]
    signs = dict.fromkeys(sign for label in labels for sign in foreign_signs(printable(label.text)))
    if signs:
        some = " ".join(list(signs)[:12]) + (" …" if len(signs) > 12 else "")
        yield f"{some}: for LuaLaTeX or XeLaTeX and a font that has such signs; pdfLaTeX stops there"
    if max(picture.width, picture.height) * POINT > LARGEST:
        yield f"made smaller, since TeX knows no length over {LARGEST // 72:,} inches"


def unit_of(picture: Picture, width: float) -> float:
    unit = width * MILLIMETRE / picture.width if width else POINT
    return min(unit, LARGEST / max(picture.width, picture.height))


def colours_of(shape: Shape, theme: str) -> Iterator[str]:
    match shape:
        case Label():
            yield shape.colour
        case Rectangle() | Path():
            yield from filter(None, (shape.fill, shape.stroke, *(hatch.colour for hatch in hatches_of(shape, theme))))


def paths(shape: Shape, unit: float, theme: str) -> Iterator[str]:
    """A shape, and its hatches over it."""
    assert isinstance(shape, (Rectangle, Path))
    look = []
    if shape.fill:
        look.append(f"fill=convcalc-{shape.fill}")
        look += [f"fill opacity={number(shape.opacity)}"] if shape.opacity != 1 else []
    if shape.stroke:
        look += [f"draw=convcalc-{shape.stroke}", f"line width={number(shape.thickness * unit)}bp"]
        look += [f"dash pattern=on {number(4 * unit)}bp off {number(3 * unit)}bp"] if shape.dashed else []
    corners = [f"rounded corners={number(radius * unit)}bp"] if (radius := radius_of(shape)) else []
    drawn = outline(shape)
    if look:
        yield f"\\path[{','.join((*look, *corners))}] {drawn};\n"
    for hatch in hatches_of(shape, theme):
        lines = " ".join(f"{point(x1, y1)} -- {point(x2, y2)}" for x1, y1, x2, y2 in hatch_lines(shape, hatch))
        yield f"\\begin{{scope}}\\clip[{','.join(corners)}] {drawn};\n"
        yield f"\\path[draw=convcalc-{hatch.colour},line width={number(LINE * unit)}bp] {lines};\\end{{scope}}\n"


def radius_of(shape: Rectangle | Path) -> float:
    return min(shape.radius, shape.width / 2, shape.height / 2) if isinstance(shape, Rectangle) else 0


def outline(shape: Rectangle | Path) -> str:
    if isinstance(shape, Path):
        return " ".join(segment_operators(shape.segments))
    return f"{point(shape.x, shape.y)} rectangle {point(shape.x + shape.width, shape.y + shape.height)}"


def segment_operators(segments: tuple[Segment, ...]) -> Iterator[str]:
    for command, *numbers in segments:
        match command:
            case "M":
                yield point(*numbers)
            case "L":
                yield f"-- {point(*numbers)}"
            case "C":
                first, second, end = (point(*numbers[at : at + 2]) for at in (0, 2, 4))
                yield f".. controls {first} and {second} .. {end}"
            case _:
                yield "-- cycle"


def node(label: Label, unit: float) -> Iterator[str]:
    size = label.size * unit
    font = f"\\fontsize{{{number(size)}bp}}{{{number(1.2 * size)}bp}}\\sffamily" + ("\\bfseries" if label.bold else "")
    turn = f",rotate={number(-label.angle)}" if label.angle else ""
    look = f"anchor={ANCHORS[label.anchor]},inner sep=0,outer sep=0,text=convcalc-{label.colour},font={font}{turn}"
    room = number(text_width(label.text, size, label.bold))
    text = f"\\convcalclabel{{{room}bp}}{{{escape_letters(printable(label.text))}}}"
    yield f"\\node[{look}] at {point(label.x, label.y)} {{{text}}};\n"


def point(x: float, y: float) -> str:
    return f"({number(x)},{number(y)})"


def number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) >= 0.0005 else "0"


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
