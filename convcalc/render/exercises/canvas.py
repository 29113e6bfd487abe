"""A quiz as Canvas exports its own: a package of QTI 1.2, which both kinds of its quizzes import.

A number is a numerical question and exact; a shape has a blank for each side.  Canvas has feedback on each choice, and
none on a particular wrong number: the feedback on any wrong answer lists the known ones, each with its mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

from convcalc.exercises.multiple_choice import plain_text
from convcalc.render.exercises.xhtml import XML_HEAD, XSI, text_xhtml, zip_of

if TYPE_CHECKING:
    from convcalc.render.exercises.lms import LmsAnswer, LmsBlank, LmsQuestion, LmsQuiz

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
SCHEMA = f'xsi:schemaLocation="{QTI} http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd"'
PACKAGES = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
QUIZZES = "http://canvas.instructure.com/xsd/cccv1p0"
META = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
WRONG = "general_incorrect_fb"  # the feedback on any wrong answer


def canvas(quiz: LmsQuiz) -> Iterator[bytes]:
    """The package as a zip."""
    ident = quiz.ident
    points = plain_text(sum(Fraction(each.points) for each in quiz.questions))
    manifest = (
        f'{XML_HEAD}<manifest xmlns="{PACKAGES}" identifier="{ident}-package">\n'
        "<metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata>\n<organizations/>\n"
        f'<resources>\n<resource identifier="{ident}" type="imsqti_xmlv1p2"><file href="{ident}/{ident}.xml"/>'
        f'<dependency identifierref="{ident}-meta"/></resource>\n'
        f'<resource identifier="{ident}-meta" type="{META}" href="{ident}/assessment_meta.xml">'
        f'<file href="{ident}/assessment_meta.xml"/></resource>\n</resources>\n</manifest>\n'
    )
    meta = (
        f'{XML_HEAD}<quiz xmlns="{QUIZZES}" identifier="{ident}"><title>{text_xhtml(quiz.title)}</title>'
        f"<description>{text_xhtml(quiz.stamp)}</description><shuffle_answers>true</shuffle_answers>"
        f"<quiz_type>assignment</quiz_type><points_possible>{points}</points_possible></quiz>\n"
    )
    title = f'title="{text_xhtml(quiz.title)}"'
    items = "".join(piece for each in quiz.questions for piece in item(each))
    assessment = (
        f'{XML_HEAD}<questestinterop xmlns="{QTI}" {XSI} {SCHEMA}>\n<assessment ident="{ident}" {title}>\n'
        f'<section ident="root_section">\n{items}</section>\n</assessment>\n</questestinterop>\n'
    )
    files = {"imsmanifest.xml": manifest, f"{ident}/{ident}.xml": assessment, f"{ident}/assessment_meta.xml": meta}
    yield zip_of(files.items())


def item(each: LmsQuestion) -> Iterator[str]:
    """A question of the type that its answer takes."""
    if each.choices:
        form, body, feedback = "multiple_choice_question", choices(each), choice_feedback(each.choices)
    elif len(each.blanks) > 1:
        form, body, feedback = "fill_in_multiple_blanks_question", blanks(each), number_feedback(each.blanks)
    elif each.blanks:
        form, body, feedback = "numerical_question", number(each), number_feedback(each.blanks)
    else:
        form, body, feedback = "essay_question", essay(each), ""
    yield f'<item ident="{each.ident}" title="{text_xhtml(each.title)}">\n<itemmetadata><qtimetadata>\n'
    for label, entry in (("question_type", form), ("points_possible", plain_text(each.points))):
        yield f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>\n"
    yield f"</qtimetadata></itemmetadata>\n{body}{feedback}</item>\n"


def material(markup: str) -> str:
    return f'<material><mattext texttype="text/html">{escape(markup, quote=False)}</mattext></material>'


def presentation(markup: str, response: str) -> str:
    return f"<presentation>{material(f'<div>{markup}</div>')}\n{response}</presentation>\n"


def processing(conditions: Iterable[str]) -> str:
    outcome = '<outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
    return f"<resprocessing>{outcome}\n{''.join(conditions)}</resprocessing>\n"


def condition(test: str, score: str = "", shown: str = "", goes_on: bool = False, action: str = "Set") -> str:
    """What an answer that passes a test is worth, in percent, and the feedback that it is shown."""
    then = f'<setvar action="{action}" varname="SCORE">{score}</setvar>' if score else ""
    then += f'<displayfeedback feedbacktype="Response" linkrefid="{shown}"/>' if shown else ""
    more = "Yes" if goes_on else "No"
    return f'<respcondition continue="{more}"><conditionvar>{test}</conditionvar>{then}</respcondition>\n'


def feedback_item(name: str, markup: str) -> str:
    return f'<itemfeedback ident="{name}"><flow_mat>{material(markup)}</flow_mat></itemfeedback>\n'


# Multiple choice


def choices(each: LmsQuestion) -> str:
    labels = "".join(
        f'<response_label ident="{number}"><material><mattext texttype="text/plain">{text_xhtml(one.printed)}'
        "</mattext></material></response_label>\n"
        for number, one in enumerate(each.choices, 1)
    )
    response = f'<response_lid ident="response1" rcardinality="Single"><render_choice>\n{labels}</render_choice>'
    numbers = range(1, len(each.choices) + 1)
    told = [condition(equals("response1", str(number)), "", f"{number}_fb", True) for number in numbers]
    right = next(number for number, one in enumerate(each.choices, 1) if one.is_right)
    scored = condition(equals("response1", str(right)), "100")
    return presentation(each.statement, f"{response}</response_lid>\n") + processing([*told, scored])


def choice_feedback(answers: Iterable[LmsAnswer]) -> str:
    told = enumerate(answers, 1)
    return "".join(feedback_item(f"{place}_fb", f"<p>{text_xhtml(one.feedback)}</p>") for place, one in told)


def equals(response: str, value: str) -> str:
    return f'<varequal respident="{response}">{value}</varequal>'


# Numbers


def number(each: LmsQuestion) -> str:
    response = (
        '<response_str ident="response1" rcardinality="Single"><render_fib fibtype="Decimal">'
        '<response_label ident="answer1"/></render_fib></response_str>\n'
    )
    scored = [condition(within(one), "100") for one in each.blanks[0].answers if one.is_right]
    return presentation(each.statement, response) + processing([*scored, any_wrong()])


def within(one: LmsAnswer) -> str:
    """The right number, or one as near to it as its tolerance."""
    low, high = (plain_text(Fraction(one.typed) + sign * Fraction(one.tolerance)) for sign in (-1, 1))
    margin = f' margintype="absolute" margin="{one.tolerance}"' if one.tolerance != "0" else ""
    return (
        f'<or><varequal respident="response1"{margin}>{one.typed}</varequal><and>'
        f'<vargte respident="response1">{low}</vargte><varlte respident="response1">{high}</varlte></and></or>'
    )


def any_wrong() -> str:
    return condition("<other/>", "", WRONG, True)


def blanks(each: LmsQuestion) -> str:
    """A blank for each number, in square brackets in the text; Canvas compares texts, so that 1,024 is right, too."""
    shown = "".join(f"{blank.before}{label_of(blank)} [{blank.name}]" for blank in each.blanks)
    share = f"{100 / len(each.blanks):.2f}"
    responses, scored = [], []
    for number, blank in enumerate(each.blanks, 1):
        spellings = dict.fromkeys(text for one in blank.answers if one.is_right for text in (one.typed, one.printed))
        labels = "".join(
            f'<response_label ident="{100 * number + place}"><material><mattext texttype="text/plain">{text}</mattext>'
            "</material></response_label>"
            for place, text in enumerate(spellings)
        )
        name = f"response_{blank.name}"
        responses.append(
            f'<response_lid ident="{name}"><material><mattext>{blank.name}</mattext></material>'
            f"<render_choice>{labels}</render_choice></response_lid>\n"
        )
        scored.append(condition(equals(name, str(100 * number)), share, "", True, "Add"))
    return presentation(f"{each.statement}<p>{shown}</p>", "".join(responses)) + processing([*scored, any_wrong()])


def label_of(blank: LmsBlank) -> str:
    """What stands before a blank, without the brackets of one."""
    return blank.label.replace("[", "(").replace("]", ")")


def number_feedback(answers: Iterable[LmsBlank]) -> str:
    """The wrong numbers that are known, each with its mistake."""
    listed = "".join(
        f"<li>{text_xhtml(f'{label_of(blank)} {one.printed}: {one.feedback}'.strip())}</li>"
        for blank in answers
        for one in blank.answers
        if not one.is_right
    )
    return feedback_item(WRONG, f"<ul>{listed}</ul>" if listed else "<p>Work it out again.</p>")


def essay(each: LmsQuestion) -> str:
    response = (
        '<response_str ident="response1" rcardinality="Single"><render_fib>'
        '<response_label ident="answer1" rshuffle="No"/></render_fib></response_str>\n'
    )
    return presentation(each.statement, response) + processing([condition("<other/>")])
