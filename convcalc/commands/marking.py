"""Submissions marked one after another, their reports written, and what is to be said at the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from typing import TYPE_CHECKING

from convcalc.cli import INVALID, WRONG
from convcalc.commands.console import colours_on, say, speak
from convcalc.commands.progress import Progress
from convcalc.commands.reports import Reports
from convcalc.handin import batch
from convcalc.handin import submission as sheets
from convcalc.handin.classroom import Classroom, Tally, tally
from convcalc.handin.roster import Lookalikes, Roster, Unlisted, is_listed
from convcalc.marking.verdict import GOOD, KeyQuestion, MarkedSubmission, Person
from convcalc.parallel import spread
from convcalc.render.marks import MarkingRun, marks_writer
from convcalc.render.marks.feedback import worked_answer
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.keys import Keys
    from convcalc.marking.key import AnswerKey

MAX_GUESSED = 200  # people for whom somebody alike is looked for
MAX_LISTED = 20  # people who are not in the roster, and are named


class Wishes(NamedTuple):
    """What is to be done with the marks."""

    form: str = "text"
    output: str = ""  # a folder
    hints: str = "why"
    reveal: bool = False
    carry_forward: bool = True
    class_report: bool = False
    fail_under: float | None = None
    processes: int = 0
    column: str = ""  # of a gradebook


class Marking:
    """Where submissions are marked, one after another, and nothing of them is kept but the tally."""

    def __init__(self, keys: Keys, wishes: Wishes, entries: list[batch.HandIn], known: Roster | None = None):
        self.keys, self.wishes, self.entries, self.known = keys, wishes, entries, known
        self.room = Classroom(keys.questions, keys.shared is None, wishes.class_report)
        self.room.notes = tuple(dict.fromkeys(note for entry in entries for note in entry.notes))
        self.answers: dict[tuple[str, str], tuple[str, ...]] = {}
        self.called = {entry.person.name.casefold() for entry in entries}
        self.key: AnswerKey | None = keys.shared  # of the submission that is being written
        terminal = not wishes.output
        self.run = MarkingRun(
            keys.name, keys.hash, keys.questions, keys.out_of, wishes.hints, wishes.reveal,
            terminal and colours_on(sys.stdout), not terminal or speak(wishes.form), len(entries) > 1,
            self.answer if wishes.hints == "full" else None, known, wishes.column,
            frozenset(each.system for entry in entries for each in entry.person.everybody),
        )  # fmt: skip
        self.writer = None if wishes.class_report and terminal else marks_writer(wishes.form, self.run)
        self.wrong = False

    def mark(self) -> None:
        wishes = self.wishes
        seen: dict[str, str] = {}
        with (
            Reports(wishes.form, wishes.output, self.writer, wishes.class_report) as reports,
            closing(spread(self.marked, map(batch.open_hand_in, self.entries), wishes.processes)) as results,
        ):
            for person, text, found in Progress(len(self.entries), is_silent=bool(wishes.output)).over(results):
                name = sheets.identity(person)
                if name in seen:
                    reason = f"{found.student} has been marked already: {seen[name]}"
                    text, found = self.unmarked(person, found.source, "duplicate", reason)
                elif found.status == "marked":
                    seen[name] = found.source
                self.add(found._replace(page=reports.store(found.student, text)))
                self.room.people.append((person, found.source))
            for person, reason in self.absent():
                text, found = self.unmarked(person, "", "missing", reason)
                self.add(found._replace(page=reports.store(found.student, text)))
            self.room.unlisted = self.unlisted()
            reports.close(self.room, self.run)
        for message in (
            *(f"note: {note}" for note in self.room.notes),
            *(self.writer.remarks(self.room) if self.writer else ()),
            *unlisted_lines(self.room, self.known),
        ):
            say(message)

    def marked(self, sheet: sheets.Submission) -> tuple[Person, str, Tally]:
        """Who, their report, and what the class needs of it."""
        found = sheets.mark_submission(sheet, self.keys, self.wishes.carry_forward, self.called, self.known)
        person = found.person or sheet.person
        try:
            return person, *self.report(found)
        except Exception as error:
            return person, *self.unmarked(person, found.source, "unreadable", sheets.refusal(error))

    def report(self, found: MarkedSubmission) -> tuple[str, Tally]:
        if found.status == "marked" and found.person:
            self.key = self.keys.of(found.person)
        return self.writer.body(found) if self.writer else "", tally(found, self.wishes.class_report)

    def unmarked(self, person: Person, source: str, status: str, reason: str) -> tuple[str, Tally]:
        found = sheets.unmarked_submission(sheets.Submission(person, source, None, reason), self.keys)
        return self.report(found._replace(status=status))

    def answer(self, question: KeyQuestion) -> tuple[str, ...]:
        """The worked answer to a question, worked out once."""
        assert self.key is not None
        place = self.key.hash, question.ask
        if place not in self.answers:
            self.answers[place] = tuple(worked_answer(self.key, question))
        return self.answers[place]

    def add(self, found: Tally) -> None:
        self.room.add(found)
        limit = self.wishes.fail_under
        if limit is None:
            self.wrong |= found.status != "marked" or any(state not in GOOD for state in found.states)
        else:
            share = Fraction(str(limit)) * found.out_of
            self.wrong |= found.out_of > 0 and 100 * Fraction(found.score) < share

    def absent(self) -> Iterator[tuple[Person, str]]:
        """Those who handed in nothing: of the roster, and of those who have a key of their own."""
        used = {own.file for person, _ in self.room.people for own in self.keys.owned_by(person)}
        for person in self.known.absent(self.present()) if self.known else ():
            own = self.keys.own(person)
            used |= {own.file} if own else set()
            yield person, f"nothing was handed in for {own.file}" if own else "nothing was handed in"
        for own in self.keys.files:
            if own.file not in used:
                yield Person(own.name, own.name), f"nothing was handed in for {own.file}"

    def present(self) -> set[str]:
        """The ids of all who handed in, of the members of groups too."""
        return {sheets.identity(each) for person, _ in self.room.people for each in person.everybody}

    def unlisted(self) -> tuple[Unlisted, ...]:
        """Those who handed in and are not in the roster."""
        if self.known is None:
            return ()
        guess = Lookalikes(self.known.people).guess
        strangers = (
            (each, source) for person, source in self.room.people for each in person.everybody if not is_listed(each)
        )
        return tuple(
            Unlisted(each, source, guess(each) if place < MAX_GUESSED else None)
            for place, (each, source) in enumerate(strangers)
        )

    def exit_code(self) -> int:
        unread = any(found.status in ("unreadable", "no_key") for found in self.room.not_marked)
        return INVALID if unread else WRONG if self.wrong else 0


def unlisted_lines(room: Classroom, known: Roster | None) -> Iterator[str]:
    """Who is not in the roster, and who of it may be meant."""
    if not room.unlisted or known is None:
        return
    name = os.path.basename(known.table.source.name)
    count = len(room.unlisted)
    yield f"note: {count:,} of {len(room.people):,} who handed in {'is' if count == 1 else 'are'} not in {name}:"
    strange = False  # whether somebody's name is not there at all
    for person, source, guess in room.unlisted[:MAX_LISTED]:
        perhaps = f"; perhaps {guess.name}{f' ({guess.number})' if guess.number else ''}" if guess else ""
        if alike := known.namesakes(person):
            which = " or ".join(f"student: {each.id}" for each in alike[:3])
            perhaps = f"; {len(alike)} in {name} are called so: write {which} into the file"
        strange |= not alike
        yield f"  {person.shown}, {source}{perhaps}"
    if count > MAX_LISTED:
        yield f"  and {count - MAX_LISTED:,} more"
    if strange or count > MAX_LISTED:
        yield f"  add a column to {name} that has these names; nobody is matched by likeness"
