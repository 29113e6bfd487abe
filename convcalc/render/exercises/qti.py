"""A quiz as a package of QTI 2.1: a test, an item for each question, a manifest, in a zip of always the same bytes.

Items also say what they are in the elements that Canvas looks for: it takes feedback from outcomes that are added to,
and a text from the divisions of a body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.exercises.multiple_choice import plain_text
from convcalc.render.exercises.xhtml import XML_HEAD, XSI, text_xhtml, zip_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from convcalc.render.exercises.lms import LmsAnswer, LmsBlank, LmsQuestion, LmsQuiz

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
SCHEMA = f'xsi:schemaLocation="{QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1p1.xsd"'
PACKAGES = "http://www.imsglobal.org/xsd/imscp_v1p1"
PACKAGE_SCHEMA = "http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd"


def qti(quiz: LmsQuiz) -> Iterator[bytes]:
    """The package as a zip."""
    yield zip_of(files(quiz))


def files(quiz: LmsQuiz) -> Iterator[tuple[str, str]]:
    """The files of the package by name."""
    yield "imsmanifest.xml", manifest(quiz)
    yield "assessment.xml", assessment(quiz)
    yield from ((path(each), "".join(item(each))) for each in quiz.questions)


def path(each: LmsQuestion) -> str:
    return f"items/{each.ident}.xml"


def manifest(quiz: LmsQuiz) -> str:
    items = "".join(
        f'<resource identifier="{each.ident}" type="imsqti_item_xmlv2p1" href="{path(each)}">'
        f'<file href="{path(each)}"/></resource>\n'
        for each in quiz.questions
    )
    needs = "".join(f'<dependency identifierref="{each.ident}"/>' for each in quiz.questions)
    ident = quiz.ident
    return (
        f'{XML_HEAD}<manifest xmlns="{PACKAGES}" {XSI} xsi:schemaLocation="{PACKAGES} {PACKAGE_SCHEMA}" '
        f'identifier="{ident}-package">\n'
        "<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>\n<organizations/>\n"
        f'<resources>\n<resource identifier="{ident}" type="imsqti_test_xmlv2p1" href="assessment.xml">'
        f'<file href="assessment.xml"/>{needs}</resource>\n{items}</resources>\n</manifest>\n'
    )


def assessment(quiz: LmsQuiz) -> str:
    """The test: the items in their order, each with its points, and their sum."""
    title = text_xhtml(quiz.title)
    refs = "".join(
        f'<assessmentItemRef identifier="{each.ident}" href="{path(each)}">'
        f'<weight identifier="POINTS" value="{plain_text(each.points)}"/></assessmentItemRef>\n'
        for each in quiz.questions
    )
    return (
        f'{XML_HEAD}<assessmentTest xmlns="{QTI}" {XSI} {SCHEMA} identifier="{quiz.ident}" '
        f'title="{title}">\n{outcome("SCORE", "float", "0")}'
        '<testPart identifier="part" navigationMode="nonlinear" submissionMode="individual">\n'
        f'<assessmentSection identifier="section" title="{title}" visible="false">\n{refs}'
        '</assessmentSection>\n</testPart>\n<outcomeProcessing><setOutcomeValue identifier="SCORE">'
        '<sum><testVariables variableIdentifier="SCORE"/></sum></setOutcomeValue></outcomeProcessing>\n'
        "</assessmentTest>\n"
    )


def outcome(name: str, kind: str, value: str = "", most: str = "", cardinality: str = "single") -> str:
    limits = f' normalMaximum="{most}" normalMinimum="0"' if most else ""
    default = f"<defaultValue><value>{value}</value></defaultValue>" if value else ""
    return (
        f'<outcomeDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{kind}"{limits}>{default}'
        "</outcomeDeclaration>\n"
    )


# An item


def item(each: LmsQuestion) -> Iterator[str]:
    yield f'{XML_HEAD}<assessmentItem xmlns="{QTI}" {XSI} {SCHEMA} identifier="{each.ident}" '
    yield f'title="{text_xhtml(each.title)}" adaptive="false" timeDependent="false">\n'
    if each.choices:
        right = next(place for place, one in enumerate(each.choices) if one.is_right)
        yield response("RESPONSE", "identifier", choice_name(right))
        yield from outcomes(each)
        yield f"<itemBody><div>{each.statement}</div>\n"
        yield '<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">\n'
        for place, one in enumerate(each.choices):
            yield f'<simpleChoice identifier="{choice_name(place)}">{text_xhtml(one.printed)}</simpleChoice>\n'
        yield "</choiceInteraction></itemBody>\n"
        yield from choice_processing(each)
        yield from (feedback(feedback_name(0, place), one) for place, one in enumerate(each.choices))
    elif each.blanks:
        yield from (response(blank.name, "float", blank.answers[0].typed) for blank in each.blanks)
        yield from outcomes(each)
        yield f"<itemBody><div>{each.statement}<p>{''.join(map(entry, each.blanks))}</p></div></itemBody>\n"
        yield from blank_processing(each)
        for number, blank in enumerate(each.blanks):
            yield from (feedback(feedback_name(number, place), one) for place, one in enumerate(blank.answers))
    else:
        yield '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"/>\n'
        yield from outcomes(each)
        text = '<extendedTextInteraction responseIdentifier="RESPONSE" expectedLength="200"/>'
        yield f"<itemBody><div>{each.statement}</div>{text}</itemBody>\n"
    yield "</assessmentItem>\n"


def outcomes(each: LmsQuestion) -> Iterator[str]:
    yield outcome("SCORE", "float", "0", plain_text(each.points))
    yield outcome("MAXSCORE", "float", plain_text(each.points))
    yield outcome("FEEDBACK", "identifier", cardinality="multiple")


def choice_name(place: int) -> str:
    return f"choice{place + 1}"


def feedback_name(number: int, place: int) -> str:
    """The name of a feedback; Canvas takes those that end in _C, or have certain words in them, for general ones."""
    return f"told{number + 1}.{place + 1}"


def response(name: str, kind: str, right: str) -> str:
    return (
        f'<responseDeclaration identifier="{name}" cardinality="single" baseType="{kind}">'
        f"<correctResponse><value>{right}</value></correctResponse></responseDeclaration>\n"
    )


def entry(blank: LmsBlank) -> str:
    field = f'<textEntryInteraction responseIdentifier="{blank.name}" expectedLength="12"/>'
    return f"{blank.before}{blank.label} {field}"


def feedback(name: str, one: LmsAnswer) -> str:
    said = f"<p>{text_xhtml(one.feedback)}</p>"
    return f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{name}" showHide="show">{said}</modalFeedback>\n'


# What is worth points, and what is told


def choice_processing(each: LmsQuestion) -> Iterator[str]:
    yield "<responseProcessing><responseCondition>\n"
    for place, one in enumerate(each.choices):
        value = f'<baseValue baseType="identifier">{choice_name(place)}</baseValue>'
        score = set_score(each.points * one.share) if one.share else ""
        chosen = f'<match><variable identifier="RESPONSE"/>{value}</match>'
        yield branch(place, chosen + score + add_feedback(feedback_name(0, place)))
    yield "</responseCondition></responseProcessing>\n"


def blank_processing(each: LmsQuestion) -> Iterator[str]:
    """The points for all blanks right; what is told of each."""
    right = [condition_of("or", [equals(blank, one) for one in blank.answers if one.is_right]) for blank in each.blanks]
    yield "<responseProcessing>\n<responseCondition><responseIf>"
    yield f"{condition_of('and', right)}{set_score(each.points)}</responseIf></responseCondition>\n"
    for number, blank in enumerate(each.blanks):
        yield "<responseCondition>\n"
        for place, one in enumerate(blank.answers):
            score = set_score(each.points * one.share) if 0 < one.share < 1 else ""
            yield branch(place, equals(blank, one) + score + add_feedback(feedback_name(number, place)))
        yield "</responseCondition>\n"
    yield "</responseProcessing>\n"


def branch(place: int, content: str) -> str:
    """A condition and what follows from it; the first of several that holds counts."""
    name = "responseElseIf" if place else "responseIf"
    return f"<{name}>{content}</{name}>\n"


def condition_of(name: str, conditions: list[str]) -> str:
    """Several conditions as one."""
    return conditions[0] if len(conditions) == 1 else f"<{name}>{''.join(conditions)}</{name}>"


def equals(blank: LmsBlank, one: LmsAnswer) -> str:
    variable = f'<variable identifier="{blank.name}"/>'
    exact = one.tolerance == "0"
    mode = '"exact"' if exact else f'"absolute" tolerance="{one.tolerance} {one.tolerance}"'
    return f'<equal toleranceMode={mode}>{variable}<baseValue baseType="float">{one.typed}</baseValue></equal>'


def set_score(points: int | Fraction) -> str:
    value = f'<baseValue baseType="float">{plain_text(points)}</baseValue>'
    return f'<setOutcomeValue identifier="SCORE">{value}</setOutcomeValue>'


def add_feedback(name: str) -> str:
    added = f'<variable identifier="FEEDBACK"/><baseValue baseType="identifier">{name}</baseValue>'
    return f'<setOutcomeValue identifier="FEEDBACK"><multiple>{added}</multiple></setOutcomeValue>'
