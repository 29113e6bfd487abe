"""A quiz as Moodle XML: numbers or multiple choice, feedback on every wrong answer, and no tolerance but that of a key.

A number is a `numerical` question.  A shape is a `cloze` question with a number for each side, so that 6×28×28 is right
whatever sign a student would have put between them.  A blank in Moodle has a whole number of marks: points are
multiplied until every blank has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from html import escape

from convcalc.exercises.multiple_choice import plain_text
from convcalc.problem import problem
from convcalc.render.exercises.lms import UNEXPLAINED, LmsAnswer, LmsQuestion, LmsQuiz
from convcalc.render.exercises.xhtml import lines_xhtml, text_xhtml

SHARES = frozenset(
    [*(Fraction(n, 10) for n in range(11)), Fraction(5, 6), Fraction(3, 4), Fraction(2, 3)]
    + [Fraction(1, n) for n in (3, 4, 6, 7, 8, 9, 20)]
)  # of the points, that it knows
PENALTY = "0.3333333"  # for each further try, where tries are allowed
IN_CLOZE = str.maketrans({"~": "&#126;", "}": "&#125;", "{": "&#123;", "\\": "&#92;"})


def moodle(quiz: LmsQuiz) -> Iterator[str]:
    """The file that Moodle imports."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    yield f'<question type="category">\n  <category>{text(quiz.path)}</category>\n'
    yield f'  <info format="html">{text(text_xhtml(quiz.stamp))}</info>\n</question>\n'
    for each in quiz.questions:
        yield from question(each, quiz.marks * each.points)
    yield "</quiz>\n"


def text(content: str) -> str:
    """A text or a piece of HTML, whatever is in it."""
    if not any(sign in content for sign in "<>&"):
        return f"<text>{content}</text>"
    return f"<text><![CDATA[{content.replace(']]>', ']]]]><![CDATA[>')}]]></text>"


def question_type(each: LmsQuestion) -> str:
    return "multichoice" if each.choices else ("essay", "numerical", "cloze")[min(len(each.blanks), 2)]


def question(each: LmsQuestion, marks: int | Fraction) -> Iterator[str]:
    """A question of the type that its answer takes."""
    form = question_type(each)
    blanks = cloze(each, marks) if form == "cloze" else ""
    yield f'<question type="{form}">\n'
    yield f"  <name>{text(each.title)}</name>\n"
    yield f'  <questiontext format="html">{text(each.statement + blanks)}</questiontext>\n'
    yield f'  <generalfeedback format="html">{text(lines_xhtml(each.worked))}</generalfeedback>\n'
    yield f"  <defaultgrade>{plain_text(marks)}</defaultgrade>\n  <penalty>{PENALTY}</penalty>\n"
    yield f"  <hidden>0</hidden>\n  <idnumber>{each.ident}</idnumber>\n"
    if form == "multichoice":
        yield "  <single>true</single>\n  <shuffleanswers>true</shuffleanswers>\n"
        yield "  <answernumbering>abc</answernumbering>\n"
        yield from (answer(one, text(text_xhtml(one.printed)), ' format="html"') for one in each.choices)
    elif form == "numerical":
        for one in each.blanks[0].answers:
            yield answer(one, text(one.typed), "", f"<tolerance>{one.tolerance}</tolerance>")
        yield f'  <answer fraction="0">{text("*")}{feedback(UNEXPLAINED)}<tolerance>0</tolerance></answer>\n'
    yield "</question>\n"


def answer(one: LmsAnswer, shown: str, form: str, more: str = "") -> str:
    return f'  <answer fraction="{percent(one)}"{form}>{shown}{feedback(one.feedback)}{more}</answer>\n'


def percent(one: LmsAnswer) -> str:
    """The share of the points that an answer has, in percent; a Problem where Moodle has no such share."""
    if one.share not in SHARES:
        message = f"Moodle gives no {plain_text(one.share)} of the points, which {one.typed} has"
        raise problem("G005", message, "partial: halves, thirds, quarters, fifths, sixths or tenths of the points")
    return f"{float(100 * one.share):.7g}"


def feedback(words: str) -> str:
    return f'<feedback format="html">{text(f"<p>{text_xhtml(words)}</p>")}</feedback>'


def cloze(each: LmsQuestion, marks: int | Fraction) -> str:
    """The blanks of a shape: channels {1:NUMERICAL:=6:0#Right.~3:0#…} × height …"""
    share = plain_text(Fraction(marks) / len(each.blanks))
    blanks = "".join(
        f"{blank.before}{blank.label} {{{share}:NUMERICAL:{'~'.join(map(alternative, blank.answers))}}}"
        for blank in each.blanks
    )
    return f"<p>{blanks}</p>"


def alternative(one: LmsAnswer) -> str:
    """An answer in a blank; Moodle takes the entities of its feedback for signs before it takes it for HTML."""
    told = escape(text_xhtml(one.feedback)).translate(IN_CLOZE)
    return f"{'=' if one.is_right else ''}{one.typed}:{one.tolerance}#{told}"
