"""The solution of a question: the formula, the numbers put in, and the answer, as `convcalc explain` has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.algebra.expr import letters
from convcalc.algebra.parser import parse
from convcalc.questions.working import LayerWork
from convcalc.render.exercises.blocks import NumberGrids, Paragraph, StrongSpan, WorkedLines
from convcalc.render.exercises.layers import letters_explained
from convcalc.render.exercises.questions import lettered_choices, points, right_answer
from convcalc.render.marks.feedback import quantity_works, worked_cells
from convcalc.render.working.page import WorkedRow
from convcalc.render.working.works import WorkedOptions, rows

if TYPE_CHECKING:
    from convcalc.marking.key import KeyItem
    from convcalc.questions.work import Worked
    from convcalc.render.exercises.blocks import Block, Text
    from convcalc.render.exercises.languages import SheetLanguage
    from convcalc.render.working.page import SentenceBelow


def solution(number: int, asked: KeyItem, words: Text, language: SheetLanguage) -> Iterator[Block]:
    """A question, its work and its answer."""
    yield Paragraph((StrongSpan(f"{number}."), " ", *words, f" ({points(asked.question.points, language)})"))
    if choices := lettered_choices(asked, language):
        yield Paragraph((", ".join(choices),))
    if lines := tuple(worked_rows(asked, language)):
        yield WorkedLines(lines)
    if asked.form != "symbolic":
        yield Paragraph((f"{language.answer}: ", StrongSpan(right_answer(asked, language))))


def worked_rows(asked: KeyItem, language: SheetLanguage) -> Iterator[WorkedRow | SentenceBelow]:
    """The work of an answer; the formula itself where that is asked for."""
    if asked.form == "symbolic":
        yield WorkedRow(language.answer, (asked.right,))
    else:
        yield from in_language(works_of(asked), language)
        if parts := asked.learnt_and_fixed:
            trees = parse(" + ".join(map(str, parts))), sum(parts)
            yield WorkedRow(language.learnt_or_not, trees, bool(language.thousands))


def works_of(asked: KeyItem) -> tuple[Worked, ...]:
    """The work of a quantity of a layer, or of the sum over all; of a layer with unknowns, that its values will do."""
    if asked.open is not None:
        return tuple(LayerWork(asked.open.solutions[0].applied).outputs())
    return quantity_works(asked)


def legend(blocks: Iterable[Block], language: SheetLanguage) -> Iterator[Paragraph]:
    """What the letters of the formulas in worked lines stand for."""
    rows = [row for block in blocks if isinstance(block, WorkedLines) for row in block.rows]
    trees = [tree for row in rows if isinstance(row, WorkedRow) for tree in row.trees[:1]]
    used = [letter for tree in trees for letter in letters(tree)]
    if known := letters_explained(used, language):
        yield Paragraph((language.letters.format(letters=known),))


def in_language(works: Iterable[Worked], language: SheetLanguage) -> Iterator[WorkedRow | SentenceBelow]:
    """Worked lines; where they are not in English, with other labels, without remarks and with all digits together."""
    for work in works:
        foreign = work._replace(remarks=()) if language.works else work
        for row in rows((foreign,), WorkedOptions()):
            if isinstance(row, WorkedRow):
                axes = ", ".join(language.axes[axis] for axis in work.axes)
                label = language.works.get(work.name, row.label)
                label = f"{label} ({axes})" if axes and language.works else label
                yield row._replace(label=label, thousands=row.thousands and bool(language.thousands))
            else:
                yield row  # type: ignore[misc]  # of a work there are rows and sentences


def array_solution(asked: KeyItem, language: SheetLanguage) -> Iterator[Block]:
    """The output, and how each of its numbers is worked."""
    assert asked.arrays is not None
    chain = asked.arrays.chain
    for layer in chain.layers:
        found = []
        name = f"{layer.name} " if len(chain.layers) > 1 else ""
        for place, trees in worked_cells(chain, layer):
            found.append(WorkedRow(f"{name}{place}", tuple(dict.fromkeys(trees))))
        yield WorkedLines(tuple(found))
    from convcalc.render.exercises.arrays import named_planes

    yield NumberGrids(tuple(named_planes(language.arrays["output"], asked.right, language)))
