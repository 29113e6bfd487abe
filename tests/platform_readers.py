"""Readers of Moodle XML, GIFT and QTI 2.1 as their importers read them, written from the formats' rules: what a platform
would show, what it would count as right, and what it would say of each answer."""

import html
import io
import re
import zipfile
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree

QTI = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
PACKAGE = "{http://www.imsglobal.org/xsd/imscp_v1p1}"


class ReadBlank(NamedTuple):
    right: tuple[str, ...]
    wrong: dict[str, str]  # what is said of each
    tolerances: frozenset = frozenset(("0",))


class ReadQuestion(NamedTuple):
    ident: str
    title: str
    text: str  # without markup
    points: Fraction
    choices: dict[str, tuple[bool, str]] = {}  # noqa: RUF012  # whether it is right, and what is said of it
    blanks: tuple[ReadBlank, ...] = ()
    partial: dict[str, Fraction] = {}  # noqa: RUF012  # the share of the points that a wrong answer has


class ReadQuiz(NamedTuple):
    title: str
    questions: tuple[ReadQuestion, ...]


def words_of(markup):
    """What a browser shows of a piece of HTML, which has to be well-formed."""
    return " ".join("".join(ElementTree.fromstring(f"<div>{markup}</div>").itertext()).split())


# Moodle XML


def text_in(element, path):
    found = element.find(f"{path}/text")
    return "" if found is None or found.text is None else found.text


CLOZE = re.compile(r"\{(\d*):NUMERICAL:(.+?)(?<!\\)\}", re.DOTALL)


def cloze_blank(alternatives):
    """One blank of a cloze question: =6:0#Right.~3:0#…"""
    right, wrong, tolerances = [], {}, set()
    for each in alternatives.split("~"):
        found = re.fullmatch(r"(=|%\d+%)?([^#]+)(?:#(.*))?", each, re.DOTALL)
        number, _, tolerance = found[2].partition(":")
        assert re.fullmatch(r"-?\d+(\.\d+)?", number), number
        tolerances.add(tolerance or "0")
        if found[1] == "=":
            right.append(number)
        else:
            assert found[1] is None
            wrong[number] = words_of(html.unescape(found[3] or ""))
    return ReadBlank(tuple(right), wrong, frozenset(tolerances))


def read_moodle(text):
    root = ElementTree.fromstring(text)
    assert root.tag == "quiz"
    head, *questions = root.findall("question")
    assert head.get("type") == "category"
    path = text_in(head, "category")
    assert path.startswith("$course$/top/convcalc/")
    title = re.split("(?<!/)/(?!/)", path)[-1].replace("//", "/")
    return ReadQuiz(title, tuple(map(moodle_question, questions)))


def moodle_question(element):
    form, body = element.get("type"), text_in(element, "questiontext")
    assert element.find("questiontext").get("format") == "html"
    assert 0 <= float(element.findtext("penalty")) <= 1
    choices, blanks, partial = {}, (), {}
    if form == "cloze":
        found = CLOZE.findall(body)
        blanks = tuple(cloze_blank(alternatives) for _, alternatives in found)
        assert sum(int(share) for share, _ in found) == Fraction(element.findtext("defaultgrade"))
        body = CLOZE.sub("___", body)
    for answer in element.findall("answer"):
        said, is_right = words_of(text_in(answer, "feedback")), answer.get("fraction") == "100"
        if answer.get("fraction") not in ("0", "100"):
            partial[words_of(answer.findtext("text"))] = Fraction(answer.get("fraction")) / 100
        if form == "multichoice":
            shown = words_of(answer.findtext("text"))
            assert shown not in choices
            choices[shown] = is_right, said
    if form == "numerical":
        *numbers, other = element.findall("answer")
        assert (other.findtext("text"), other.get("fraction")) == ("*", "0")
        listed = [(each.findtext("text"), each.get("fraction"), text_in(each, "feedback")) for each in numbers]
        blanks = (
            ReadBlank(
                tuple(number for number, share, _ in listed if share == "100"),
                {number: words_of(said) for number, share, said in listed if share != "100"},
                frozenset(each.findtext("tolerance") for each in numbers),
            ),
        )
    if form == "multichoice":
        assert element.findtext("single") == "true"
    points = Fraction(element.findtext("defaultgrade"))
    return ReadQuestion(
        element.findtext("idnumber"), text_in(element, "name"), words_of(body), points, choices, blanks, partial
    )


# GIFT

SIGNS = "~=#{}:\\n"


def gift_parts(text):
    """(sign, is escaped) one by one."""
    place = 0
    while place < len(text):
        if text[place] == "\\" and text[place + 1 : place + 2] in [*SIGNS]:
            sign = text[place + 1]
            yield ("\n" if sign == "n" else sign), True
            place += 2
        else:
            yield text[place], False
            place += 1


def gift_split(parts, signs):
    """Pieces at signs that are not escaped, each with the sign before it."""
    found = [["", []]]
    for sign, is_escaped in parts:
        if sign in signs and not is_escaped:
            found.append([sign, []])
        else:
            found[-1][1].append((sign, is_escaped))
    return [(before, piece) for before, piece in found]


def gift_text(parts):
    return "".join(sign for sign, _ in parts).strip()


def read_gift(text):
    title, questions = "", []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = [line for line in block.split("\n") if not line.strip().startswith("//")]
        body = "\n".join(line.strip() for line in lines).strip()
        if body.startswith("$CATEGORY:"):
            path = body.removeprefix("$CATEGORY:").strip().replace("\\\\", "\\")
            assert "\n" not in path and path.startswith("$course$/top/convcalc/")
            title = re.split("(?<!/)/(?!/)", path)[-1].replace("//", "/")
        elif body:
            questions.append(gift_question(body))
    return ReadQuiz(title, tuple(questions))


def gift_question(body):
    parts = list(gift_parts(body))
    assert body.startswith("::")
    plain = "".join(" " if is_escaped else sign for sign, is_escaped in parts)
    end = plain.index("::", 2)
    name = gift_text(parts[2:end])
    opens, closes = plain.index("{"), plain.index("}")
    assert closes == len(plain) - 1 and plain.count("{") == plain.count("}") == 1
    shown = gift_text(parts[end + 2 : opens])
    assert shown.startswith("[html]")
    inside = parts[opens + 1 : closes]
    plain_inside = "".join(" " if is_escaped else sign for sign, is_escaped in inside)
    if "####" in plain_inside:
        inside = inside[: plain_inside.rindex("####")]
    text = words_of(shown.removeprefix("[html]"))
    if inside and inside[0] == ("#", False):
        blank, partial = gift_blank(inside[1:])
        return ReadQuestion("", name, text, Fraction(1), {}, (blank,), partial)
    choices, partial = {}, {}
    for sign, piece in gift_split(inside, "~=")[1:]:
        (_, answer), *said = gift_split(piece, "#")
        share, shown = re.fullmatch(r"(?:%([\d.]+)%)?(.*)", words_of(gift_text(answer))).groups()
        if share:
            partial[shown] = Fraction(share) / 100
        assert shown not in choices and len(said) == 1
        choices[shown] = sign == "=", words_of(gift_text(said[0][1]))
    return ReadQuestion("", name, text, Fraction(1), choices, (), partial)


def gift_blank(inside):
    right, wrong, tolerances, partial = [], {}, set(), {}
    for sign, piece in gift_split(inside, "~=")[1:]:
        (_, answer), (_, said) = gift_split(piece, "#")
        if sign == "~":
            assert not gift_text(answer)  # for every other number
            continue
        share, number, tolerance = re.fullmatch(r"%([\d.]+)%(-?[\d.]+):([\d.]+)", gift_text(answer)).groups()
        tolerances.add(tolerance)
        if share == "100":
            right.append(number)
        else:
            wrong[number] = words_of(gift_text(said))
            if share != "0":
                partial[number] = Fraction(share) / 100
    return ReadBlank(tuple(right), wrong, frozenset(tolerances)), partial


# QTI 2.1


def read_qti(data):
    """A package: the test that its manifest names, and the items of that, each answered to see what it does."""
    package = zipfile.ZipFile(io.BytesIO(data))
    assert package.testzip() is None
    files = {name: ElementTree.fromstring(package.read(name)) for name in package.namelist()}
    manifest = files.pop("imsmanifest.xml")
    assert manifest.tag == f"{PACKAGE}manifest"
    resources = {each.get("identifier"): each for each in manifest.iter(f"{PACKAGE}resource")}
    hrefs = {each.get("href") for each in resources.values()}
    assert hrefs == {*files} == {each.get("href") for each in manifest.iter(f"{PACKAGE}file")}
    [test] = [each for each in resources.values() if each.get("type") == "imsqti_test_xmlv2p1"]
    needs = [each.get("identifierref") for each in test.iter(f"{PACKAGE}dependency")]
    assert all(resources[name].get("type") == "imsqti_item_xmlv2p1" for name in needs)
    root = files[test.get("href")]
    refs = [*root.iter(f"{QTI}assessmentItemRef")]
    assert [each.get("identifier") for each in refs] == needs
    questions = []
    for ref in refs:
        item = files[ref.get("href")]
        assert item.get("identifier") == ref.get("identifier")
        made = qti_question(item)
        assert Fraction(ref.find(f"{QTI}weight").get("value")) == made.points
        questions.append(made)
    return ReadQuiz(root.get("title"), tuple(questions))


def qti_question(item):
    body = item.find(f"{QTI}itemBody")
    points = Fraction(
        next(each for each in item.iter(f"{QTI}outcomeDeclaration") if each.get("identifier") == "SCORE").get(
            "normalMaximum"
        )
    )
    declared = {each.get("identifier"): each for each in item.iter(f"{QTI}responseDeclaration")}
    correct = {name: each.findtext(f"{QTI}correctResponse/{QTI}value") for name, each in declared.items()}
    entries = [each.get("responseIdentifier") for each in body.iter(f"{QTI}textEntryInteraction")]
    choices, blanks, partial = {}, [], {}
    for each in body.iter(f"{QTI}simpleChoice"):
        score, said = respond(item, {"RESPONSE": each.get("identifier")})
        if score not in (0, points):
            partial["".join(each.itertext())] = score / points
        assert (score == points) == (correct["RESPONSE"] == each.get("identifier"))
        choices["".join(each.itertext())] = score == points, " ".join(said)
    if entries:
        assert [*declared] == entries and respond(item, correct)[0] == points
        values = {
            name: [
                each.findtext(f"{QTI}baseValue")
                for each in item.iter(f"{QTI}equal")
                if each.find(f"{QTI}variable").get("identifier") == name
            ]
            for name in entries
        }
        tolerances = {each.get("tolerance", "0").split()[0] for each in item.iter(f"{QTI}equal")}
        for name in entries:
            right, wrong = [], {}
            for value in dict.fromkeys(values[name]):
                score, _ = respond(item, {**correct, name: value})
                [said] = respond(item, {name: value})[1]
                if score == points:
                    right.append(value)
                else:
                    wrong[value] = said
                    if score:
                        partial[value] = score / points
            blanks.append(ReadBlank(tuple(right), wrong, frozenset(tolerances)))
    prompt = " ".join("".join(text for text in body.itertext()).split())
    return ReadQuestion(item.get("identifier"), item.get("title"), prompt, points, choices, tuple(blanks), partial)


def respond(item, responses):
    """The score of an item's own response processing, and what is then shown."""
    outcomes = {"SCORE": Fraction(0), "FEEDBACK": []}
    for condition in item.find(f"{QTI}responseProcessing"):
        for branch in condition:
            test, *rules = branch
            if branch.tag == f"{QTI}responseElse" or holds(test, responses):
                for rule in rules:
                    assert rule.tag == f"{QTI}setOutcomeValue"
                    name, (value,) = rule.get("identifier"), rule
                    outcomes[name] = outcome_value(value, outcomes)
                break
    shown = [
        " ".join("".join(each.itertext()).split())
        for each in item.iter(f"{QTI}modalFeedback")
        if (each.get("identifier") in outcomes[each.get("outcomeIdentifier")]) == (each.get("showHide") == "show")
    ]
    return outcomes["SCORE"], shown


def outcome_value(value, outcomes):
    match value.tag.removeprefix(QTI), value.get("baseType"):
        case "baseValue", "float":
            return Fraction(value.text)
        case "multiple", None:
            variable, added = value
            return [*outcomes[variable.get("identifier")], added.text]
    raise AssertionError(value.tag)


def holds(test, responses):
    match test.tag.removeprefix(QTI):
        case "and":
            return all(holds(each, responses) for each in test)
        case "or":
            return any(holds(each, responses) for each in test)
        case "match":
            variable, value = test
            return responses.get(variable.get("identifier")) == value.text
        case "equal":
            variable, value = test
            given = responses.get(variable.get("identifier"))
            if given is None:
                return False
            margin = Fraction(0)
            if test.get("toleranceMode") == "absolute":
                margin = Fraction(test.get("tolerance").split()[0])
            else:
                assert test.get("toleranceMode") == "exact"
            return abs(Fraction(given) - Fraction(value.text)) <= margin
    raise AssertionError(test.tag)


# QTI 1.2 as Canvas has it

OLD = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
CARTRIDGE = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"


def read_canvas(data):
    package = zipfile.ZipFile(io.BytesIO(data))
    assert package.testzip() is None
    files = {name: ElementTree.fromstring(package.read(name)) for name in package.namelist()}
    manifest = files.pop("imsmanifest.xml")
    resources = [*manifest.iter(f"{CARTRIDGE}resource")]
    assert {each.get("href") for each in manifest.iter(f"{CARTRIDGE}file")} == {*files}
    [quiz] = [each for each in resources if each.get("type") == "imsqti_xmlv1p2"]
    ident = quiz.get("identifier")
    assessment = files[quiz.find(f"{CARTRIDGE}file").get("href")].find(f"{OLD}assessment")
    meta = files[f"{ident}/assessment_meta.xml"]
    assert assessment.get("ident") == ident == meta.get("identifier")
    questions = tuple(map(canvas_question, assessment.iter(f"{OLD}item")))
    points = next(each.text for each in meta if each.tag.endswith("points_possible"))
    assert Fraction(points) == sum(each.points for each in questions)
    return ReadQuiz(assessment.get("title"), questions)


def canvas_question(item):
    fields = {
        each.findtext(f"{OLD}fieldlabel"): each.findtext(f"{OLD}fieldentry")
        for each in item.iter(f"{OLD}qtimetadatafield")
    }
    body = item.findtext(f"{OLD}presentation/{OLD}material/{OLD}mattext")
    said = {each.get("ident"): each.findtext(f".//{OLD}mattext") for each in item.findall(f"{OLD}itemfeedback")}
    conditions = [*item.iter(f"{OLD}respcondition")]
    linked = [each.get("linkrefid") for each in item.iter(f"{OLD}displayfeedback")]
    assert {*linked} == {*said}
    labels = {each.get("ident"): each.findtext(f".//{OLD}mattext") for each in item.iter(f"{OLD}response_label")}
    form, choices, blanks = fields["question_type"], {}, []
    scores = {
        (test.get("respident"), test.text): Fraction(each.findtext(f"{OLD}setvar"))
        for each in conditions
        if each.find(f"{OLD}setvar") is not None
        for test in each.iter(f"{OLD}varequal")
    }
    if form == "multiple_choice_question":
        assert [*scores.values()] == [100]
        for ident, shown in labels.items():
            choices[shown] = ("response1", ident) in scores, words_of(said[f"{ident}_fb"])
            assert shown and f"{ident}_fb" in linked
    elif form == "numerical_question":
        assert {*scores.values()} == {100}
        right = [value for _, value in scores]
        margins = {each.get("margin", "0") for each in item.iter(f"{OLD}varequal")}
        bounds = [Fraction(each.text) for tag in ("vargte", "varlte") for each in item.iter(f"{OLD}{tag}")]
        assert margins != {"0"} or {*bounds} == {*map(Fraction, right)}
        blanks.append(ReadBlank(tuple(right), canvas_wrong(said, ""), frozenset(margins)))
    elif form == "fill_in_multiple_blanks_question":
        assert abs(sum(scores.values()) - 100) < Fraction(1, 2)
        for response in item.iter(f"{OLD}response_lid"):
            name = response.get("ident").removeprefix("response_")
            assert f"[{name}]" in body
            texts = [each.findtext(f".//{OLD}mattext") for each in response.iter(f"{OLD}response_label")]
            assert (response.get("ident"), response.find(f".//{OLD}response_label").get("ident")) in scores
            right = dict.fromkeys(text.replace(",", "") for text in texts)
            label = f"({name.removeprefix('at').replace('.', ', ')})" if name.startswith("at") else name
            blanks.append(ReadBlank(tuple(right), canvas_wrong(said, label)))
    else:
        assert form == "essay_question"
    points = Fraction(fields["points_possible"])
    return ReadQuestion(item.get("ident"), item.get("title"), words_of(body), points, choices, tuple(blanks))


def canvas_wrong(said, label):
    """The wrong numbers of a blank, as the feedback on any wrong answer lists them."""
    found = {}
    for row in ElementTree.fromstring(f"<div>{said['general_incorrect_fb']}</div>").iter("li"):
        words = " ".join("".join(row.itertext()).split())
        read = re.fullmatch(rf"{re.escape(label)} ?([\d,.-]+): (.*)", words)
        if read:
            found[read[1].replace(",", "")] = read[2]
    return found


READERS = {"moodle": read_moodle, "gift": read_gift, "qti": read_qti, "canvas": read_canvas}
