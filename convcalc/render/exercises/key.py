"""The files of an assignment: the key that convcalc check marks with, and the file that a student fills in."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.arrays.array import array_line
from convcalc.exercises.arrays import ArrayExercise
from convcalc.exercises.handout import Handout
from convcalc.handin.files import printable_name
from convcalc.marking.assignment import read_key
from convcalc.problem import Source
from convcalc.render.exercises.phrases import is_text
from convcalc.render.exercises.sheet import SheetOptions, title_of

if TYPE_CHECKING:
    from convcalc.exercises.exercise import Exercise
    from convcalc.marking.key import AnswerKey, KeyItem

ALONE = ("---", "...", "%")  # they begin and end documents, and no document is a part of another


def key_text(exercise: Exercise | ArrayExercise, student: str = "") -> Iterator[str]:
    """The assignment that `convcalc check` marks with."""
    whose = f" for {student}" if student else ""
    yield f"# {stamp(exercise.seed)}\n"
    yield f"assignment: {dumps(exercise.title + whose, ensure_ascii=False)}\n"
    yield from array_entries(exercise) if isinstance(exercise, ArrayExercise) else network_entries(exercise)


def network_entries(exercise: Exercise) -> Iterator[str]:
    text = exercise.spec.strip("\n")
    if "\n" in text:
        yield "spec: |2\n" if any(line.startswith(ALONE) for line in text.split("\n")) else "spec:\n"
        yield from (f"  {line}\n" if line.strip() else "\n" for line in text.split("\n"))
    else:
        yield f"spec: {dumps(text, ensure_ascii=False)}\n"
    yield "questions:\n"
    for ask in exercise.asks:
        choices = ", ".join(ask.choices)
        more = f", choices: [{choices}]" if choices else ""
        yield f"  - {{ask: {plain(ask.ask)}, points: {ask.points}{more}}}\n"


def array_entries(exercise: ArrayExercise) -> Iterator[str]:
    yield "questions:\n"
    for task in exercise.tasks:
        given = "".join(f", {name}: {dumps(array_line(array))}" for name, array in task.arrays())
        flip = ", flip: yes" if task.flip else ""
        yield f"  - {{name: {task.name}, apply: {dumps(task.layer)}{given}{flip}, points: {task.points}}}\n"


def handout_of(exercise: Exercise | ArrayExercise, student: str = "") -> Handout:
    """A drawn exercise to be handed out: its sheet asks exactly what its key marks."""
    text = "".join(key_text(exercise, student))
    key = read_key(Source("key.yaml", text))
    return Handout(key, stamp(exercise.seed), text, exercise.title, exercise.topic, exercise.level, student)


def handout_of_assignment(key: AnswerKey, student: str = "") -> Handout:
    """An assignment that its author wrote."""
    return Handout(key, f"convcalc {__version__}, key {key.hash}", student=student)


def plain(name: str) -> str:
    """A name as YAML reads it: in quotes where it is more than letters and digits."""
    return name if name.replace(".", "").replace("_", "").isalnum() else dumps(name, ensure_ascii=False)


def stamp(seed: str) -> str:
    return f"convcalc {__version__}, seed {printable_name(seed)}"


def answer_file(handout: Handout, options: SheetOptions) -> Iterator[str]:
    """A line for every answer, those of a layer together; how they are written, in a remark."""
    asked, language = handout.key.asked, options.language
    numbers = language.fill_letters if any(each.question.choices for each in asked) else language.fill_numbers
    rules = [numbers] if any(each.arrays is None for each in asked) else []
    rules += [language.fill_arrays] if any(each.arrays is not None for each in asked) else []
    yield f"# {title_of(handout, options)}. {' '.join(rules)}\n"
    yield f"student: {dumps(handout.student, ensure_ascii=False) if handout.student else ''}\nanswers:\n"
    layers: dict[str, list[KeyItem]] = {}
    for each in asked:
        layers.setdefault(each.question.layer, []).append(each)
    for layer, questions in layers.items():
        yield f"  {plain(layer)}:\n"
        if questions[0].arrays is None and not is_text(questions[0]):
            yield from (f"    {answer_name(each)}:\n" for each in questions)


def answer_name(asked: KeyItem) -> str:
    """What is asked of a layer: output, or output.height."""
    question = asked.question
    return f"{question.quantity}.{question.part}" if question.part else question.quantity
