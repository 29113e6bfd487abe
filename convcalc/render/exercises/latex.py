"""An exercise as a sheet in LaTeX."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.exercises.wording import HOW, LETTERS, inputs, lettered_choices, network, question, stamp
from convcalc.render.report.latex import escape

if TYPE_CHECKING:
    from convcalc.exercises.exercise import Exercise


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
        room = " \\newline ".join(map(escape, lettered_choices(ask))) or "\\rule{0pt}{1.4em}\\hrulefill"
        yield f"{number} & {escape(question(ask))} & {ask.points} & {room} \\\\\n"
    yield "\\bottomrule\n\\end{longtable}\n"
    yield f"\\noindent{{\\footnotesize {escape(stamp(exercise))}}}\n\\end{{document}}\n"
