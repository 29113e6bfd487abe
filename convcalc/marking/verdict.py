"""The results of marking: questions, verdicts, whose they are, and the mistakes behind them: values, no sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from convcalc.algebra.expr import Expr, Value
    from convcalc.marking.key import KeyItem
    from convcalc.marking.reading import AnswerReading
    from convcalc.problem import Diagnostic

    Work: TypeAlias = tuple[Expr, Mapping[str, Value | Expr]]  # a wrong formula, and a layer's numbers for its letters

STATES = ("correct", "consistent", "wrong", "missing", "unreadable")
GOOD = frozenset(("correct", "consistent"))  # that score


class KeyQuestion(NamedTuple):
    """One thing asked: a quantity of a layer (C3.parameters, C1.output.height) or of the network (total.macs)."""

    ask: str
    layer: str  # the layer's name; "total" for the network
    quantity: str  # output, parameters, macs, receptive_field, …
    part: str = ""  # one axis of it: height, width, channels …
    points: int | Fraction = 1
    tolerance: int | Fraction = 0  # relative
    form: str = "number"  # or "symbolic": the student's own formula; or "array"
    partial: Mapping[str, int | Fraction] = {}  # points for an answer that a mistake explains, by code
    expected: Any = None  # a number or a shape as the key has it; for a symbolic question a tree
    group: str = ""  # questions of one group count all together or not at all
    choices: tuple[str, ...] = ()  # answers to choose from, which a letter may stand for
    text: str = ""  # the question in its author's own words


class Diagnosis(NamedTuple):
    """Mistakes that, made together, give exactly the student's answer."""

    codes: tuple[str, ...]  # stable codes: par.no_bias
    layers: tuple[str, ...] = ()  # where each was made, when that is another layer than the one asked about
    work: Work | None = None  # giving the student's number


class Response(NamedTuple):
    """An answer on its way to a verdict."""

    asked: KeyItem
    text: str
    readings: tuple[AnswerReading, ...] = ()
    state: str = "wrong"
    note: str = ""
    where: str = ""  # the place that could not be read
    own: Any = None
    diagnoses: tuple[Diagnosis, ...] = ()
    share: int | Fraction = 0  # of a wrong array, how much of it is right
    charged: str = ""  # where the habit that explains it is charged


class Verdict(NamedTuple):
    """One answer, marked."""

    question: KeyQuestion
    given: str  # as the student wrote it
    read: Any  # what it was read as; None where it was not
    state: str  # one of STATES
    score: int | Fraction
    own: Any = None  # what the student's own earlier answers lead to, where that is not what the key has
    diagnoses: tuple[Diagnosis, ...] = ()  # every explanation, the likeliest first
    note: str = ""  # a key of convcalc.marking.reading.REMARKS: how it is written, or why it could not be read
    where: str = ""  # at which place of it
    erratum: str = ""  # what a lecture's slide has wrong where it is the example that is asked about
    charged: str = ""  # the question at which the habit that explains it is charged


class MarkedSubmission(NamedTuple):
    """A submission, marked; or the reason why it could not be."""

    student: str
    source: str  # the file or row it came from
    verdicts: tuple[Verdict, ...] = ()
    score: int | Fraction = 0
    out_of: int | Fraction = 0
    status: str = "marked"  # or unreadable, empty, duplicate
    reason: str = ""  # why it was not marked
    remarks: tuple[str, ...] = ()  # late; a file beside it that was not read
    findings: tuple[Diagnostic, ...] = ()  # what was odd about the file: answers to nothing, slips of YAML
    person: Person | None = None  # whose ids are known
    lines: Callable[[], Mapping[str, int]] = dict  # of the file, by question
    axis_order: str = ""  # channels_first or channels_last, where their shapes are not written as the key's


class Person(NamedTuple):
    """Who handed something in: the name to show, and what tells two of the same name apart."""

    name: str
    id: str
    late: bool = False
    is_vouched: bool = False  # the system that the file comes from, or a roster, says so
    email: str = ""
    login: str = ""
    system: str = ""  # whose number `id` is: moodle, canvas, gradescope; or roster
    label: str = ""  # the name with the id, where several people have the same name
    members: tuple[Person, ...] = ()  # of a group that handed in together

    @property
    def shown(self) -> str:
        return self.label or self.name

    @property
    def turned(self) -> str:
        """The name as it is spoken: Ann Lee for `Lee, Ann`."""
        last, _, first = self.name.partition(",")
        return f"{first.strip()} {last.strip()}".strip()

    @property
    def number(self) -> str:
        """The id, where somebody vouches for it and it does not only repeat the name."""
        return self.id if self.is_vouched and self.id.casefold() != self.name.casefold() else ""

    @property
    def everybody(self) -> tuple[Person, ...]:
        """The members of a group, each as late as the group; a person who is none."""
        return tuple(member._replace(late=self.late) for member in self.members) or (self,)


def with_labels(people: list[Person]) -> list[Person]:
    """The people, each with a label that nobody else of the same name has."""
    ids: dict[str, set[str]] = {}
    for person in people:
        if person.is_vouched:
            ids.setdefault(person.name.casefold(), set()).add(person.id.casefold())
    return [
        person._replace(label=f"{person.name} ({person.id})")
        if person.is_vouched and len(ids[person.name.casefold()]) > 1
        else person
        for person in people
    ]
