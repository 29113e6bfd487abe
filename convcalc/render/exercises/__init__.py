"""Exercises on paper: the sheet in Markdown and LaTeX, a file to fill in, and the key."""

from convcalc.render.exercises.answer_file import template
from convcalc.render.exercises.key import key
from convcalc.render.exercises.latex import latex
from convcalc.render.exercises.markdown import markdown

FORMATS = {"markdown": markdown, "latex": latex, "yaml": template, "key": key}
FILES = {"markdown": "sheet.md", "latex": "sheet.tex", "yaml": "answers.yaml", "key": "key.yaml"}
