"""A quiz as GIFT: numbers or multiple choice, with feedback on every wrong answer; no tolerance but that of a key.

GIFT has no question with several numbers: the sides of a shape are asked one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

from convcalc.render.exercises.lms import UNEXPLAINED, LmsAnswer, LmsBlank, LmsQuestion, LmsQuiz
from convcalc.render.exercises.moodle import percent
from convcalc.render.exercises.xhtml import lines_xhtml, text_xhtml

ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "\\~=#{}:"} | {"\n": "\\n"})


def gift(quiz: LmsQuiz) -> Iterator[str]:
    """The file that Moodle, and many others, import; questions are parted by empty lines."""
    path = quiz.path.replace("\\", "\\\\")  # a path is no text: nothing else in it is escaped
    yield f"// {quiz.stamp}\n$CATEGORY: {path}\n\n"
    for each in quiz.questions:
        if each.choices:
            yield from question(each, "", [f"  {choice(one)}" for one in each.choices])
        elif not each.blanks:
            yield from question(each, "", [])
        for blank in each.blanks:
            yield from question(each, blank.label, ["#", *numbers(blank)])


def question(each: LmsQuestion, label: str, answers: list[str]) -> Iterator[str]:
    """A question with its answers in braces, and what leads to the right one behind them."""
    title = f"{each.title}, {label}" if label else each.title
    asked = f"<p><strong>{text_xhtml(label)}</strong></p>" if label else ""
    yield f"::{title.translate(ESCAPES)}::[html]{(each.statement + asked).translate(ESCAPES)}{{"
    worked = lines_xhtml(each.worked).translate(ESCAPES)
    yield "\n".join([*answers, *([f"  ####{worked}"] if worked else [])])
    yield "\n}\n\n"


def numbers(blank: LmsBlank) -> Iterator[str]:
    for one in blank.answers:
        yield f"  =%{percent(one)}%{one.typed}:{one.tolerance}#{html(one.feedback)}"
    yield f"  ~#{html(UNEXPLAINED)}"


def choice(one: LmsAnswer) -> str:
    sign = "=" if one.is_right else f"~%{percent(one)}%" if one.share else "~"
    return f"{sign}{html(one.printed)}#{html(one.feedback)}"


def html(words: str) -> str:
    return text_xhtml(words).translate(ESCAPES)
