"""Handouts on paper: the sheet in Markdown and LaTeX, with its solutions or without, a file to fill in, and the key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.render.exercises.key import answer_file
from convcalc.render.exercises.languages import LANGUAGES
from convcalc.render.exercises.latex import latex
from convcalc.render.exercises.markdown import markdown
from convcalc.render.exercises.sheet import SheetOptions, sheet

if TYPE_CHECKING:
    from convcalc.exercises.handout import Handout


def html(handout: Handout, options: SheetOptions) -> Iterator[str]:
    """With the windows of layers drawn."""
    from convcalc.render.exercises.html import html as write_html

    code = next(code for code, language in LANGUAGES.items() if language is options.language)
    return write_html(sheet(handout, options._replace(drawn=True)), code)


FORMATS: dict[str, Callable[[Handout, SheetOptions], Iterator[str]]] = {
    "markdown": lambda handout, options: markdown(sheet(handout, options)),
    "latex": lambda handout, options: latex(sheet(handout, options)),
    "html": html,
    "yaml": answer_file,
    "key": lambda handout, options: iter((handout.text,)),
}
# What a folder has of every handout; pages where they are asked for.
FILES = {"markdown": "sheet.md", "latex": "sheet.tex", "yaml": "answers.yaml", "key": "key.yaml"}
SOLUTIONS = {"markdown": "solutions.md", "latex": "solutions.tex"}
PAGE, SOLVED_PAGE = {"html": "sheet.html"}, {"html": "solutions.html"}
# For learning platforms, which mark by themselves.
PLATFORMS = {"moodle": "quiz.xml", "gift": "quiz.txt", "qti": "quiz.zip", "canvas": "canvas.zip"}
BINARY = frozenset(("qti", "canvas"))


def platform_file(form: str, handout: Handout, options: SheetOptions) -> Iterator[Any]:
    """What a learning platform imports, in texts or bytes."""
    from importlib import import_module

    from convcalc.render.exercises.lms import lms_quiz

    pieces: Iterator[Any] = getattr(import_module(f"{__name__}.{form}"), form)(lms_quiz(handout, options))
    return pieces
