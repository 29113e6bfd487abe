"""An exercise on paper: a sheet for the student in Markdown or LaTeX, a file to fill in, and the key."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.handin.files import printable_name
from convcalc.network.quantity import QUANTITIES
from convcalc.render.report.latex import escape
from convcalc.render.script import UNICODE
from convcalc.render.spelling import spell_layer
from convcalc.render.working.page import escape_markdown

if TYPE_CHECKING:
    from convcalc.marking.array_quiz import ArrayExercise
    from convcalc.marking.quiz import Ask, Exercise

WORDS = {"output": "output size", "macs": "multiply–accumulates"}  # where a sheet says it at greater length
LETTERS = "k kernel, s stride, p padding on each side, d dilation, g groups, op output padding"
HOW = (
    "Sizes are channels × height × width. Convolutions have biases unless bias=no is said; "
    "stride is 1 and padding 0 unless given."
)


def question(ask: Ask) -> str:
    """The output size of L1."""
    what = WORDS.get(ask.quantity) or QUANTITIES[ask.quantity].word
    return f"{what} of {'the whole network' if ask.layer == 'total' else ask.layer}"


def network(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """The layers by name, each in a line of a spec."""
    report = exercise.report
    for layer in report.layers:
        if layer.applied is not None:
            yield layer.name, spell_layer(layer.applied.setting, report.convention)


def inputs(exercise: Exercise) -> str:
    return ", ".join(UNICODE.shape(shape) for shape in exercise.report.inputs.values())


def markdown(exercise: Exercise, student: str = "") -> Iterator[str]:
    """The sheet, with room for the answers."""
    yield f"# {escape_markdown(exercise.title)}\n\n"
    yield f"Name: {escape_markdown(student) if student else '____________________'}\n\n"
    yield f"The input is {inputs(exercise)}.\n\n"
    yield "| layer | |\n|---|---|\n"
    yield from (f"| {escape_markdown(name)} | `{line}` |\n" for name, line in network(exercise))
    yield f"\n{HOW} Letters: {LETTERS}.\n\n"
    yield "| | question | points | answer |\n|--:|---|--:|---|\n"
    for number, ask in enumerate(exercise.asks, 1):
        yield f"| {number} | {escape_markdown(question(ask))} | {ask.points} | |\n"
    yield f"\n<sub>{stamp(exercise)}</sub>\n"


def latex(exercise: Exercise, student: str = "") -> Iterator[str]:
    """The sheet as a complete document."""
    yield "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n"
    yield "\\usepackage{booktabs,longtable}\n"
    yield "\\begin{document}\n"
    yield f"\\section*{{{escape(exercise.title)}}}\n"
    yield f"\\noindent Name: {escape(student) if student else chr(92) + 'underline{' + chr(92) + 'hspace{6cm}}'}\n\n"
    yield f"\\medskip\\noindent The input is {escape(inputs(exercise))}.\n\n"
    yield "\\medskip\\noindent\\begin{tabular}{ll}\n\\toprule\nlayer & \\\\\n\\midrule\n"
    yield from (f"{escape(name)} & \\texttt{{{escape(line)}}} \\\\\n" for name, line in network(exercise))
    yield "\\bottomrule\n\\end{tabular}\n\n"
    yield f"\\medskip\\noindent {escape(HOW)} Letters: {escape(LETTERS)}.\n\n"
    yield "\\begin{longtable}{rlrp{5cm}}\n\\toprule\n & question & points & answer \\\\\n\\midrule\n"
    for number, ask in enumerate(exercise.asks, 1):
        yield f"{number} & {escape(question(ask))} & {ask.points} & \\rule{{0pt}}{{1.4em}}\\hrulefill \\\\\n"
    yield "\\bottomrule\n\\end{longtable}\n"
    yield f"\\noindent{{\\footnotesize {escape(stamp(exercise))}}}\n\\end{{document}}\n"


def template(exercise: Exercise, student: str = "") -> Iterator[str]:
    """A file to fill in and to hand in."""
    yield f"# {printable_name(exercise.title)}. Write the answers behind the colons: 6x28x28, 2416, or 5*5*6*16 + 16.\n"
    yield f"student: {dumps(student, ensure_ascii=False) if student else ''}\nanswers:\n"
    layer = ""
    order = [ask.layer for ask in exercise.asks]
    for ask in sorted(exercise.asks, key=lambda ask: order.index(ask.layer)):
        if ask.layer != layer:
            layer = ask.layer
            yield f"  {plain(layer)}:\n"
        yield f"    {ask.quantity}:\n"


def key(exercise: Exercise, student: str = "") -> Iterator[str]:
    """The assignment that `convcalc check` marks with."""
    whose = f" for {student}" if student else ""
    yield f"# {stamp(exercise)}\n"
    yield f"assignment: {dumps(exercise.title + whose, ensure_ascii=False)}\n"
    text = exercise.spec.strip("\n")
    if "\n" in text:
        yield "spec: |2\n" if any(line.startswith(ALONE) for line in text.split("\n")) else "spec:\n"
        yield from (f"  {line}\n" if line.strip() else "\n" for line in text.split("\n"))
    else:
        yield f"spec: {dumps(text, ensure_ascii=False)}\n"
    yield "questions:\n"
    yield from (f"  - {{ask: {plain(ask.ask)}, points: {ask.points}}}\n" for ask in exercise.asks)


ALONE = ("---", "...", "%")  # they begin and end documents, and no document is a part of another


def plain(name: str) -> str:
    return name if name.replace(".", "").replace("_", "").isalnum() else dumps(name, ensure_ascii=False)


def stamp(exercise: Exercise | ArrayExercise) -> str:
    return f"convcalc {__version__}, seed {printable_name(exercise.seed)}"


FORMATS = {"markdown": markdown, "latex": latex, "yaml": template, "key": key}
FILES = {"markdown": "sheet.md", "latex": "sheet.tex", "yaml": "answers.yaml", "key": "key.yaml"}
