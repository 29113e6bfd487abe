"""The question that a heading of a form asks: by its name, in the key's own words, or as a quantity of a layer.

C1.output   Output size of C1 [1 point]   3. C1 - output   How many parameters does C1 have?   Parameters [C1]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from convcalc.handin.columns import FIRST, IDENTIFYING, LAST
from convcalc.handin.submitters import bare_word
from convcalc.marking.key import MAX_NAME, TOTAL, canonical_name
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.marking.verdict import KeyQuestion

BRACKET = re.compile(r"[\[(]([^\[\]()]*)[\])]")
SIDE = r"(?:channels?|height|width|[cnhwd])"
POINTS = re.compile(  # or the order of the sides
    rf"\s*[\[(]\s*(?:\d+(?:[.,/]\d+)?\s*(?:p|pts?|points?|marks?|punkte?)\.?|required|{SIDE}(?:\s*[x×,@]\s*{SIDE})+)\s*[\])]",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^\s*(?:(?:question\s*|q)?\d+\s*[.:)]|[a-z]\))\s+", re.IGNORECASE)  # Canvas: 4711: C1 output
ASKED = re.compile(
    r"^(?:(?:what (?:is|are)|how many|give|state|compute|calculate|determine|find|write down)\s+)?(?:the\s+)?",
    re.IGNORECASE,
)
NETWORK = re.compile(r"(?:whole |entire |full )?(?:network|net|model)|total|overall", re.IGNORECASE)
# A layer and a quantity, whichever comes first.
PHRASES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<what>.+) (?:of|for|in|at|after) (?:the )?(?:layer )?(?P<layer>.+)",
        r"(?P<what>.+?) (?:does|do) (?:the )?(?:layer )?(?P<layer>.+) have",
        r"(?:layer )?(?P<layer>\S+?)(?:\s+[-–—]|\s*[,:;/|>→])\s*(?P<what>.+)",
        r"(?P<what>.+?)(?:\s+[-–—]|\s*[,:;/|>→])\s*(?:layer )?(?P<layer>\S+)",
        r"(?:layer )?(?P<layer>\S+) (?P<what>.+)",
        r"(?P<what>.+) (?P<layer>\S+)",
        r"(?P<layer>[^\[(]+?)\s*[\[(](?P<what>[^\[\]()]+)[\])]",
        r"(?P<what>[^\[(]+?)\s*[\[(](?P<layer>[^\[\]()]+)[\])]",
    )
)
# What forms and platforms have beside answers, of which nothing is said.
ASIDE = frozenset(
    (*IDENTIFYING, *FIRST, *LAST, "timestamp", "zeitstempel", "date", "time", "starttime", "completiontime",
     "startedon", "completed", "timetaken", "state", "status", "score", "totalscore", "totalpoints", "points", "grade",
     "section", "sectionid", "sectionsisid", "submitted", "attempt", "ncorrect", "nincorrect", "lastmodifiedtime")
)  # fmt: skip


class FormColumns(NamedTuple):
    """Which question each column of a form answers, by its place, and the other columns."""

    asks: dict[int, str]
    unread: tuple[int, ...]


def known_names(questions: Iterable[KeyQuestion]) -> dict[object, str]:
    """The questions by all that a heading may call them; by its words only one that no other question has."""
    asked = tuple(questions)
    words = [question.text for question in asked if question.text]
    texts = {
        name: question.ask
        for question in asked if question.text and words.count(question.text) == 1
        for name in names_of(question.text)
    }  # fmt: skip
    return texts | {name: question.ask for question in asked for name in names_of(question.ask)}


def names_of(text: str) -> tuple[object, ...]:
    """What a heading and a question are compared by: the text without spaces, and the name of an answer."""
    return re.sub(r"\s+", "", text).lower().strip(".:?*"), canonical_name(text[:MAX_NAME])


def columns_asked(heads: Sequence[str], asks: Mapping[object, str]) -> FormColumns:
    """The columns of a form; one that names a question takes it from those that only speak of it."""
    found = {place: ask for place, head in enumerate(heads) if (ask := question_named(head, asks))}
    named = {*found.values()}
    rest = [place for place in range(len(heads)) if place not in found]
    spoken = {place: ask for place in rest if (ask := question_spoken_of(heads[place], asks)) and ask not in named}
    found |= spoken
    unread = (place for place in rest if place not in spoken and not is_aside(heads[place]))
    return FormColumns(dict(sorted(found.items())), tuple(unread))


def question_named(head: str, asks: Mapping[object, str]) -> str:
    """The question that a heading names: `C1.output [1 point]`, `C1 output`, `… [C1.output]`; empty where none."""
    head = head[: 10 * MAX_NAME]
    texts = dict.fromkeys((head, POINTS.sub("", head), NUMBER.sub("", POINTS.sub("", head)), *BRACKET.findall(head)))
    return next((asks[name] for text in texts for name in names_of(text) if name in asks), "")


def question_spoken_of(head: str, asks: Mapping[object, str]) -> str:
    """The one question on whose quantity and layer a heading is; empty where none, or several, may be meant."""
    from convcalc.handin.answer_forms.table import answer_column

    text = ASKED.sub("", NUMBER.sub("", POINTS.sub("", head[:MAX_NAME])).strip(" .:?*\t\n"))
    found: dict[str, None] = {}
    for match in filter(None, (phrase.fullmatch(" ".join(text.split())) for phrase in PHRASES)):
        layer, what = match["layer"].strip(), match["what"].strip()
        column = None if "(" in what or "[" in what or "(" in layer else answer_column(what)
        if column:
            name = canonical_name(f"{TOTAL if NETWORK.fullmatch(layer) else layer}.{column.asked}")
            found.update({asks[name]: None} if name in asks else {})
    return next(iter(found)) if len(found) == 1 else ""


def is_aside(head: str) -> bool:
    """Whether a column has no answers: who and when, or, below a number, Canvas's points."""
    plain = bare_word(head)
    return not plain or plain in ASIDE or plain.isdecimal()
