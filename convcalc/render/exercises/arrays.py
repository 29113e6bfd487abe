"""An exercise on arrays on paper: what is given as grids, a file to fill in, and the key."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps
from typing import TYPE_CHECKING

from convcalc.arrays.array import array_line
from convcalc.handin.files import printable_name
from convcalc.render.exercises.wording import stamp
from convcalc.render.layout import pad
from convcalc.render.report.latex import escape
from convcalc.render.working.page import escape_markdown

if TYPE_CHECKING:
    from convcalc.arrays.array import Array
    from convcalc.exercises.arrays import ArrayExercise, DrawnTask

HOW = (
    "Kernels slide as they are, and are flipped only where that is said; the stride of a convolution is 1 and its "
    "padding 0 unless given; a bias is added to every number. Write rows with ; between them, and channels with |."
)


def arrays(task: DrawnTask) -> Iterator[tuple[str, Array]]:
    """What is given, by name."""
    yield "input", task.input
    yield from task.own.items()


def planes(name: str, array: Array) -> Iterator[tuple[str, Array]]:
    """The grids of an array, channel by channel."""
    if len(array.shape) < 3:
        yield name, array
        return
    for number, part in enumerate(array.parts(), 1):
        yield from planes(f"{name} {number}", part)


def rows(array: Array) -> list[list[str]]:
    grid = array.parts() if len(array.shape) > 1 else [array]
    return [array_line(row).split() for row in grid]


def operation(task: DrawnTask) -> str:
    return ", the kernel flipped" if task.flip else ""


def markdown(exercise: ArrayExercise, student: str = "") -> Iterator[str]:
    """The sheet; how large an output is, is for the student to find."""
    yield f"# {escape_markdown(exercise.title)}\n\n"
    yield f"Name: {escape_markdown(student) if student else '____________________'}\n\n{HOW}\n"
    for task in exercise.tasks:
        yield f"\n## {task.name}: `{task.layer}`{operation(task)} ({task.points} points)\n\n```\n"
        for name, array in arrays(task):
            for called, plane in planes(name, array):
                columns = [pad(list(column), False) for column in zip(*rows(plane), strict=True)]
                yield f"{called}\n" + "".join(f"  {'  '.join(row)}\n" for row in zip(*columns, strict=True))
        yield "output\n  ____\n"
        yield "```\n"
    yield f"\n<sub>{stamp(exercise)}</sub>\n"


def latex(exercise: ArrayExercise, student: str = "") -> Iterator[str]:
    """The sheet as a complete document."""
    yield "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath}\n"
    yield f"\\begin{{document}}\n\\section*{{{escape(exercise.title)}}}\n"
    yield f"\\noindent Name: {escape(student) if student else chr(92) + 'underline{' + chr(92) + 'hspace{6cm}}'}\n\n"
    yield f"\\medskip\\noindent {escape(HOW)}\n"
    for task in exercise.tasks:
        shown = f"\\texttt{{{escape(task.layer)}}}{operation(task)} ({task.points} points)"
        yield f"\n\\subsection*{{{task.name}: {shown}}}\n\\[\n"
        grids = [grid for name, array in arrays(task) for grid in planes(name, array)]
        yield "\\quad\n".join(matrix(name, rows(plane)) for name, plane in grids) + "\\]\n\\vspace{2cm}\n"
    yield f"\\noindent{{\\footnotesize {escape(stamp(exercise))}}}\n\\end{{document}}\n"


def matrix(name: str, grid: list[list[str]]) -> str:
    body = " \\\\ ".join(" & ".join(row) for row in grid)
    return f"\\underset{{\\text{{{escape(name)}}}}}{{\\begin{{pmatrix}}{body}\\end{{pmatrix}}}}\n"


def template(exercise: ArrayExercise, student: str = "") -> Iterator[str]:
    """A file to fill in and to hand in."""
    yield f"# {printable_name(exercise.title)}. Write the rows behind the colons: 1 2; 3 4, or [[1, 2], [3, 4]].\n"
    yield f"student: {dumps(student, ensure_ascii=False) if student else ''}\nanswers:\n"
    yield from (f"  {task.name}:\n" for task in exercise.tasks)


def key(exercise: ArrayExercise, student: str = "") -> Iterator[str]:
    """The assignment that `convcalc check` marks with."""
    whose = f" for {student}" if student else ""
    yield f"# {stamp(exercise)}\n"
    yield f"assignment: {dumps(exercise.title + whose, ensure_ascii=False)}\nquestions:\n"
    for task in exercise.tasks:
        given = "".join(f", {name}: {dumps(array_line(array))}" for name, array in arrays(task))
        flip = ", flip: yes" if task.flip else ""
        yield f"  - {{name: {task.name}, apply: {dumps(task.layer)}{given}{flip}, points: {task.points}}}\n"


FORMATS = {"markdown": markdown, "latex": latex, "yaml": template, "key": key}
