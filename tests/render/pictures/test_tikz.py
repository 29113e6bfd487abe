"""TikZ: balanced, of commands that LaTeX knows, and set by it where it is installed."""

import re
import shutil
import subprocess

import pytest
from every_shape import HOSTILE, SIGNS, every_shape

from convcalc.problem import Problem
from convcalc.render.pictures.lettering import LOWERED, RAISED, WIDTHS
from convcalc.render.pictures.shapes import Label, Photograph, Picture
from convcalc.render.pictures.themes import THEMES
from convcalc.render.pictures.tikz import MATHEMATICS, escape_letters, foreign_signs, notes, tikz_pieces
from convcalc.render.script import printable

COMMANDS = """
    path node clip definecolor begin end useasboundingbox fontsize sffamily bfseries providecommand convcalclabel
    sbox usebox ifdim wd relax pgfmathsetmacro convcalcratio scalebox else fi mathrm textsuperscript textsubscript
    textbackslash textless textgreater textasciitilde textasciicircum textasciigrave textonehalf textonequarter
    textthreequarters textdegree textendash textemdash textbar textquotedbl ldots times cdot approx alpha beta mu sigma
    lambda Sigma
"""
PAGE = r"""\documentclass{article}
\usepackage[paperwidth=800bp,paperheight=700bp,margin=5mm]{geometry}
\usepackage[T1]{fontenc}%s\usepackage{tikz}
\begin{document}\noindent
%s
\end{document}
"""


def text_of(picture, theme="light", width=0):
    return "".join(tikz_pieces(picture, theme, width))


def drawable():
    """Every shape but photographs."""
    picture = every_shape()
    return picture._replace(shapes=tuple(each for each in picture.shapes if not isinstance(each, Photograph)))


def set_by_latex(folder, text):
    """The log of pdfLaTeX, which stops at the first error."""
    if not shutil.which("pdflatex") or subprocess.run(["kpsewhich", "tikz.sty"], capture_output=True).returncode:
        pytest.skip("pdflatex with TikZ is not installed: the picture was not set")
    fonts = subprocess.run(["kpsewhich", "lmodern.sty"], capture_output=True).returncode == 0
    (folder / "page.tex").write_text(PAGE % (r"\usepackage{lmodern}" if fonts else "", text), "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
    return done.returncode, (folder / "page.log").read_text("latin-1")


@pytest.mark.parametrize("theme", THEMES)
def test_groups_are_balanced_and_all_commands_known(theme):
    text = text_of(drawable(), theme, 86)
    bare = re.sub(r"\\[\\{}%$#&_]", "", text)
    assert bare.count("{") == bare.count("}") and bare.count("$") % 2 == 0
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert text.count(r"\begin{tikzpicture}") == 1 == text.count(r"\end{tikzpicture}%")
    assert text.count(r"\begin{scope}") == text.count(r"\end{scope}") >= 4
    known = {*COMMANDS.split()} | {word for value in MATHEMATICS.values() for word in value.split("\\")}
    assert set(re.findall(r"\\([A-Za-z]+)", re.sub("^%.*", "", text, flags=re.MULTILINE))) <= known
    used = set(re.findall(r"convcalc-([a-z-]+)", text.partition(r"\begin{tikzpicture}")[2]))
    assert used == set(re.findall(r"\\definecolor\{convcalc-([a-z-]+)\}", text))


def test_the_comment_is_one_line_whatever_the_title():
    text = text_of(drawable()._replace(title="a\nb \\input{x}\r\u2028c"))
    assert re.match(r"% [^\n]*\n% In the preamble", text)


def test_a_hostile_name_is_set_as_text():
    for name in HOSTILE:
        made = escape_letters(printable(name))
        assert "\\input" not in made and not re.search(r"(?<!\\)[%#&_]|(?<!\\textasciitilde\{)~", made)
    assert escape_letters("a--b ''c'' ,,d") == "a-{}-b '{}'c'{}' ,{},d"


def test_a_photograph_is_refused_with_a_cure():
    with pytest.raises(Problem, match="photograph") as caught:
        text_of(every_shape())
    assert "--format pdf" in str(caught.value.diagnostics[0].hint)


def test_what_pdflatex_does_not_set_is_told():
    assert list(notes(Picture("", 9, 9, (Label(0, 0, SIGNS),)))) == []
    (note,) = notes(Picture("", 9, 9, (Label(0, 0, f"{SIGNS} 漢字 Привет"),)))
    assert note.startswith("漢 字 П р и в е т: ")
    assert "漢" in text_of(Picture("", 9, 9, (Label(0, 0, "漢"),)))
    (note,) = notes(Picture("", 100, 100_000, ()))
    assert "made smaller" in note


def test_a_width_is_the_unit_of_the_picture():
    unit = float(re.search(r"\[x=([\d.]+)bp,y=-\1bp\]", text_of(drawable(), width=86))[1])
    assert unit * 700 == pytest.approx(86 / 25.4 * 72, rel=1e-3)


def test_latex_sets_every_shape_and_sign(tmp_path):
    every = "".join(dict.fromkeys([*WIDTHS, *RAISED, *LOWERED, *map(chr, range(32, 127)), *map(chr, range(192, 384))]))
    foreign = set(foreign_signs(every)) | {"ŉ", "ſ", "Ŀ", "ŀ"}
    signs = [sign for sign in every if sign not in foreign]
    sheet = Picture("signs", 700, 250, tuple(Label(20 + index % 40 * 17, 20 + index // 40 * 20, sign)
                                             for index, sign in enumerate(signs)))  # fmt: skip
    picture = drawable()
    labels = [each for each in picture.shapes if isinstance(each, Label) and [*foreign_signs(printable(each.text))]]
    picture = picture._replace(shapes=tuple(each for each in picture.shapes if each not in labels))
    code, log = set_by_latex(tmp_path, text_of(picture) + "\n\n" + text_of(sheet))
    assert code == 0, re.findall(r"^!.*(?:\n.*){4}", log, re.MULTILINE)
    assert "Output written on page.pdf (1 page" in log and "Missing character" not in log
    assert len(signs) > 300
