"""A handout as a sheet: what is given, the questions with room for the answers, and in solutions the work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from convcalc.algebra.expr import letters
from convcalc.algebra.parser import parse
from convcalc.exercises.handout import Handout, HandoutPart, parts_of
from convcalc.handin.files import printable_name
from convcalc.questions.working import LayerWork
from convcalc.render.exercises import blocks, phrases
from convcalc.render.exercises.languages import ENGLISH, SheetLanguage
from convcalc.render.exercises.wordings import WORDINGS, Numbered
from convcalc.render.marks.feedback import points as decimal_points
from convcalc.render.marks.feedback import quantity_works, worked_cells
from convcalc.render.spelling import spell_layer
from convcalc.render.working.page import SentenceBelow, WorkedRow
from convcalc.render.working.works import WorkedOptions, rows
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.array import Array
    from convcalc.arrays.network import ChainNumbers
    from convcalc.layers.applied import Applied
    from convcalc.marking.key import AnswerKey, KeyItem
    from convcalc.questions.work import Worked

BY_LETTER = {"b": "bias", "w": "scale"}


class SheetOptions(NamedTuple):
    """How a sheet is to look."""

    wording: str = "shorthand"  # one of WORDINGS
    language: SheetLanguage = ENGLISH
    solved: bool = False  # with the solutions
    drawn: bool = False  # with pictures of layers


def sheet(handout: Handout, options: SheetOptions) -> Iterator[blocks.Block]:
    """The sheet, or the sheet with its solutions."""
    language, key = options.language, handout.key
    yield blocks.SheetTitle(title_of(handout, options))
    if not options.solved or handout.student:
        yield blocks.NameLine(language.student, handout.student)
    for name, words in key.head.items():
        for paragraph in words.split("\n\n"):
            told = " ".join(paragraph.split())
            yield blocks.Paragraph((f"{language.head[name]}: {told}" if name in language.head else told,))
    parts = list(parts_of(key))
    networks, number = sum(part.network is not None for part in parts), 0
    for part in parts:
        if part.network is not None and networks > 1:
            number += 1
            yield blocks.SheetHeading(blocks.text_of(language.network, name=part.network.report.name or str(number)))
        shown = [*(network_part if part.network is not None else single_questions)(part, options)]
        yield from shown
        if options.solved:
            yield from legend(shown, language)
    yield from conditions(key, language)
    yield blocks.Stamp(handout.stamp)


def title_of(handout: Handout, options: SheetOptions) -> str:
    language = options.language
    title = handout.title or handout.key.name
    if handout.topic:
        title = language.title.format(topic=language.topics[handout.topic], level=handout.level)
    return language.solutions.format(title=printable_name(title)) if options.solved else printable_name(title)


def network_part(part: HandoutPart, options: SheetOptions) -> Iterator[blocks.Block]:
    described = WORDINGS[options.wording](part, options.language, options.solved)
    yield from described.blocks
    numbered = described.questions
    if options.solved:
        unasked = ((number, asked, phrases.question(asked, options.language)) for number, asked in part.items)
        for number, asked, words in numbered or unasked:
            yield from solution(number, asked, words, options.language)
            yield from figures([(number, asked)], options)
        return
    if numbered:
        yield questions_table(numbered, options.language)
    yield from figures(part.items, options)


def single_questions(part: HandoutPart, options: SheetOptions) -> Iterator[blocks.Block]:
    """Questions that need no network: in a table, and each on arrays below its own grids."""
    language, in_words = options.language, options.wording == "words"
    yield from rules_of_lines([asked for _, asked in part.items], language, in_words)
    waiting: list[Numbered] = []
    told = False
    for number, asked in part.items:
        words = phrases.question(asked, language, in_words) if asked.arrays is None else ()
        if asked.arrays is not None and waiting:
            yield questions_table(waiting, language)
            waiting = []
        if asked.arrays is not None:
            yield from [] if told else [blocks.Paragraph((f"{language.array_rules} {language.array_writing}",))]
            told = True
            yield from array_question(asked, options)
        elif options.solved:
            yield from solution(number, asked, words, language)
            yield from figures([(number, asked)], options)
        else:
            waiting.append((number, asked, words))
    if waiting:
        yield questions_table(waiting, language)
    if not options.solved:
        yield from figures(part.items, options)


def questions_table(numbered: list[Numbered] | tuple[Numbered, ...], language: SheetLanguage) -> blocks.SheetTable:
    columns = language.columns
    rows = [
        (
            (str(number),),
            words,
            (decimal_points(asked.question.points),),
            blocks.Blank("", True, phrases.lettered_choices(asked, language)),
        )
        for number, asked, words in numbered
    ]
    return blocks.SheetTable(("", columns["question"], columns["points"], columns["answer"]), tuple(rows), "rlrl")


def rules_of_lines(items: Sequence[KeyItem], language: SheetLanguage, in_words: bool) -> Iterator[blocks.Paragraph]:
    """What the lines say of the layers that questions name themselves."""
    found: list[tuple[Applied, str]] = []
    for asked in items:
        if asked.open is not None:
            found.append((asked.open.solutions[0].applied, asked.open.question.name))
        elif not in_words:
            found += single_lines(asked)
    rules = phrases.line_rules(found, language)
    if any(asked.network or asked.open for asked in items):
        rules = [language.usual, *rules]
    if rules:
        yield blocks.Paragraph((" ".join(rules),))


def single_lines(asked: KeyItem) -> list[tuple[Applied, str]]:
    """The layers of a question on a layer or a chain of its own, each with its line."""
    if asked.arrays is not None:
        chain = asked.arrays.chain
        layers, convention = [layer.applied for layer in chain.layers], chain.graph.convention.name
    elif asked.network is not None:
        report = asked.network.report
        layers, convention = [layer.applied for layer in report.layers if layer.applied], report.convention
    else:
        return []
    return [(applied, spell_layer(applied.setting, convention, strides=True)) for applied in layers]


def array_question(asked: KeyItem, options: SheetOptions) -> Iterator[blocks.Block]:
    """What is given as grids; how large the output is, is for the student to find."""
    assert asked.arrays is not None
    language, chain = options.language, asked.arrays.chain
    layer: blocks.Text = (blocks.CodeSpan(" -> ".join(line for _, line in single_lines(asked))),)
    if options.wording == "words":
        convention = chain.graph.convention.name
        spoken = [phrases.layer_in_words(each.applied, convention, language) for each in chain.layers]
        layer = tuple(span for words in spoken for span in (language.then, *words))[1:]
    named = blocks.text_of(language.flipped, layer=layer) if chain.flip else layer
    worth = phrases.points(asked.question.points, language)
    yield blocks.SheetHeading((f"{asked.question.ask}: ", *named, f" ({worth})"))
    if asked.question.text:
        yield blocks.Paragraph((" ".join(asked.question.text.split()),))
    yield blocks.NumberGrids(tuple(grids_of(chain, language)), "" if options.solved else language.arrays["output"])
    if options.solved:
        yield from array_solution(asked, language)


def conditions(key: AnswerKey, language: SheetLanguage) -> Iterator[blocks.Block]:
    """Which questions count only together."""
    if key.all_or_nothing:
        yield blocks.Paragraph((language.whole,))
        return
    groups: dict[str, list[str]] = {}
    for number, asked in enumerate(key.asked, 1):
        if asked.question.group:
            groups.setdefault(asked.question.group, []).append(str(number))
    for numbers in groups.values():
        if len(numbers) > 1:
            yield blocks.Paragraph(blocks.text_of(language.together, numbers=", ".join(numbers)))


def figures(items: Iterable[tuple[int, KeyItem]], options: SheetOptions) -> Iterator[blocks.LayerFigure]:
    """Of questions on the size of one layer's output, each layer once."""
    found: set[int] = set()
    for number, asked in items if options.drawn else ():
        network = asked.network
        if network is None or asked.index < 0 or asked.question.quantity != "output":
            continue
        layer = network.layers[asked.index]
        if id(layer) in found or layer.applied is None:
            continue
        from convcalc.render.pictures.arithmetic.layers import window_figure

        found.add(id(layer))
        picture = window_figure(layer, network.report, not options.solved, options.language is not ENGLISH)
        if picture is not None:
            spelled = spell_layer(layer.applied.setting, network.report.convention, strides=True)
            yield blocks.LayerFigure((blocks.StrongSpan(f"{number}."), " ", blocks.CodeSpan(spelled)), picture)


def grids_of(chain: ChainNumbers, language: SheetLanguage) -> Iterator[tuple[str, Array]]:
    """What is given: the inputs, and what each layer has of its own."""
    words = language.arrays
    for number, array in enumerate(chain.inputs, 1):
        name = f"{words['input']} {number}" if len(chain.inputs) > 1 else words["input"]
        yield from named_planes(name, chain.shown(array), language)
    owners = [layer for layer in chain.layers if layer.given.weights is not None or layer.given.by_channel]
    for layer in owners:
        of = words["of"].format(name="{name}", layer=layer.name) if len(owners) > 1 else "{name}"
        if (weights := layer.given.weights) is not None:
            yield from named_planes(of.format(name=words["weights"]), without_ones(weights), language)
        for letter, array in layer.given.by_channel.items():
            name = BY_LETTER.get(letter, letter)
            yield of.format(name=words.get(name, name)), array


def without_ones(array: Array) -> Array:
    """A kernel of one filter on one channel as the grid that it is."""
    shape = array.shape
    while len(shape) > 2 and shape[0] == 1:
        shape = shape[1:]
    return array.reshaped(*shape)


def named_planes(name: str, array: Array, language: SheetLanguage) -> Iterator[tuple[str, Array]]:
    return blocks.planes(name, array, (language.arrays["filter"], language.arrays["channel"]))


def solution(number: int, asked: KeyItem, words: blocks.Text, language: SheetLanguage) -> Iterator[blocks.Block]:
    """A question, its work and its answer."""
    yield blocks.Paragraph(
        (blocks.StrongSpan(f"{number}."), " ", *words, f" ({phrases.points(asked.question.points, language)})")
    )
    if choices := phrases.lettered_choices(asked, language):
        yield blocks.Paragraph((", ".join(choices),))
    if lines := tuple(worked_rows(asked, language)):
        yield blocks.WorkedLines(lines)
    if asked.form != "symbolic":
        yield blocks.Paragraph((f"{language.answer}: ", blocks.StrongSpan(phrases.right_answer(asked, language))))


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


def legend(shown: Iterable[blocks.Block], language: SheetLanguage) -> Iterator[blocks.Paragraph]:
    """What the letters of the formulas in worked lines stand for."""
    rows = [row for block in shown if isinstance(block, blocks.WorkedLines) for row in block.rows]
    trees = [tree for row in rows if isinstance(row, WorkedRow) for tree in row.trees[:1]]
    used = [letter for tree in trees for letter in letters(tree)]
    if known := phrases.letters_explained(used, language):
        yield blocks.Paragraph((language.letters.format(letters=known),))


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


def array_solution(asked: KeyItem, language: SheetLanguage) -> Iterator[blocks.Block]:
    """The output, and how each of its numbers is worked."""
    assert asked.arrays is not None
    chain = asked.arrays.chain
    for layer in chain.layers:
        found = []
        name = f"{layer.name} " if len(chain.layers) > 1 else ""
        for place, trees in worked_cells(chain, layer):
            found.append(WorkedRow(f"{name}{place}", tuple(dict.fromkeys(trees))))
        yield blocks.WorkedLines(tuple(found))
    yield blocks.NumberGrids(tuple(named_planes(language.arrays["output"], asked.right, language)))
