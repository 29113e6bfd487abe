"""Hand-ins that are alike in what hardly anyone else has: a reason to ask, and no proof of anything.

Right answers are alike by nature, and so are those that a well-known mistake leads to, or that follow from an earlier
slip: none of them counts, but for arithmetic written out in the same way where everything else is the same too.  In a
small class nothing can be told to be rare.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.classroom import StudentRow
    from convcalc.marking.verdict import KeyQuestion, Verdict

SMALL = 10  # students in a class in which nothing is rare
FEW = 4  # who have what is rare; in a large class one in a hundred
SHARED = 3  # rare answers in common before it is worth a look


class Likeness(NamedTuple):
    """Students whose hand-ins are alike, by their rows, and the questions to which two of them share a rare answer."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    is_verbatim: bool  # everything is written the same, and some of it is arithmetic that hardly anyone else writes so


def few(rows: Sequence[StudentRow]) -> int:
    return max(FEW, len(rows) // 100)


def likenesses(rows: Sequence[StudentRow], questions: Sequence[KeyQuestion]) -> list[Likeness]:
    """Those that share SHARED rare wrong answers, not all to one quantity; or everything, with SHARED in rare words."""
    if len(rows) < SMALL:
        return []
    limit, same = few(rows), dict[tuple[int, int], list[int]]()
    quantities = [question.quantity for question in questions]
    needed = min(2, len(set(quantities)))
    pairs = defaultdict[tuple[int, int], list[int]](list)
    for column, sharing in shared_answers(rows, limit):
        for pair in combinations(sharing, 2):
            pairs[pair].append(column)
    for pair, columns in pairs.items():
        if len(columns) >= SHARED and len({quantities[column] for column in columns}) >= needed:
            same[pair] = columns
    return [*groups(same, False), *groups(verbatim_pairs(rows, limit), True)]


def is_odd(verdict: Verdict) -> bool:
    """Whether a wrong answer is one that no single known mistake gives, and that was not chosen from a few."""
    known = any(len(codes) == 1 and not codes[0].startswith("slip.") for codes, *_ in verdict.diagnoses)
    return verdict.state == "wrong" and not known and not verdict.question.choices


def shared_answers(rows: Sequence[StudentRow], limit: int) -> Iterator[tuple[int, list[int]]]:
    """Each question with the rows that share an odd answer to it which no more than `limit` have."""
    sharing = defaultdict[tuple[int, str], list[int]](list)
    for place, row in enumerate(rows):
        for answer in row.odd.items():
            sharing[answer].append(place)
    return ((column, found) for (column, _), found in sharing.items() if 2 <= len(found) <= limit)


def verbatim_pairs(rows: Sequence[StudentRow], limit: int) -> dict[tuple[int, int], list[int]]:
    """Rows with all answers written the same, with the questions whose arithmetic is rare."""
    times = Counter(spelling for row in rows for spelling in row.spellings.items())
    alike = defaultdict[tuple[tuple[int, str], ...], list[int]](list)
    for place, row in enumerate(rows):
        alike[tuple(row.spellings.items())].append(place)
    found = {}
    for spellings, places in alike.items():
        columns = [one[0] for one in spellings if times[one] <= limit and sum(map(one[1].count, "+-*/·^")) >= 2]
        if len(columns) >= SHARED:
            found.update(dict.fromkeys(combinations(places, 2), columns))
    return found


def groups(pairs: dict[tuple[int, int], list[int]], is_verbatim: bool) -> Iterator[Likeness]:
    """Pairs put together where they have a row in common, in the order of the rows."""
    of_row: dict[int, set[int]] = {}
    for pair in pairs:
        joined = set().union(*({row}.union(of_row.get(row, ())) for row in pair))
        of_row.update(dict.fromkeys(joined, joined))
    for first in sorted({min(group) for group in of_row.values()}):
        group = of_row[first]
        columns = {column for pair, shared in pairs.items() if pair[0] in group for column in shared}
        yield Likeness(tuple(sorted(group)), tuple(sorted(columns)), is_verbatim)
