"""A handout as a sheet: what is given, the questions with room for the answers, and in solutions the work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from convcalc.exercises.handout import parts_of
from convcalc.handin.files import printable_name
from convcalc.render.exercises.blocks import (
    Blank,
    CodeSpan,
    NameLine,
    NumberGrids,
    Paragraph,
    SheetHeading,
    SheetTable,
    SheetTitle,
    Stamp,
    text_of,
)
from convcalc.render.exercises.figures import figures
from convcalc.render.exercises.languages import ENGLISH
from convcalc.render.exercises.layers import layer_in_words, line_rules
from convcalc.render.exercises.questions import lettered_choices, points, question
from convcalc.render.exercises.wordings import WORDINGS
from convcalc.render.marks.feedback import points as decimal_points
from convcalc.render.spelling import spell_layer
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.exercises.handout import Handout, HandoutPart
    from convcalc.layers.applied import Applied
    from convcalc.marking.key import AnswerKey, KeyItem
    from convcalc.render.exercises.blocks import Block, Text
    from convcalc.render.exercises.languages import SheetLanguage
    from convcalc.render.exercises.wordings import Numbered


class SheetOptions(NamedTuple):
    """How a sheet is to look."""

    wording: str = "shorthand"  # one of WORDINGS
    language: SheetLanguage = ENGLISH
    solved: bool = False  # with the solutions
    drawn: bool = False  # with pictures of layers


def sheet(handout: Handout, options: SheetOptions) -> Iterator[Block]:
    """The sheet, or the sheet with its solutions."""
    language, key = options.language, handout.key
    yield SheetTitle(title_of(handout, options))
    if not options.solved or handout.student:
        yield NameLine(language.student, handout.student)
    for name, words in key.head.items():
        for paragraph in words.split("\n\n"):
            told = " ".join(paragraph.split())
            yield Paragraph((f"{language.head[name]}: {told}" if name in language.head else told,))
    parts = list(parts_of(key))
    networks, number = sum(part.network is not None for part in parts), 0
    for part in parts:
        if part.network is not None and networks > 1:
            number += 1
            yield SheetHeading(text_of(language.network, name=part.network.report.name or str(number)))
        blocks = [*(network_part if part.network is not None else single_questions)(part, options)]
        yield from blocks
        if options.solved:
            from convcalc.render.exercises.solutions import legend

            yield from legend(blocks, language)
    yield from conditions(key, language)
    yield Stamp(handout.stamp)


def title_of(handout: Handout, options: SheetOptions) -> str:
    language = options.language
    title = handout.title or handout.key.name
    if handout.topic:
        title = language.title.format(topic=language.topics[handout.topic], level=handout.level)
    return language.solutions.format(title=printable_name(title)) if options.solved else printable_name(title)


def network_part(part: HandoutPart, options: SheetOptions) -> Iterator[Block]:
    described = WORDINGS[options.wording](part, options.language, options.solved)
    yield from described.blocks
    numbered = described.questions
    if options.solved:
        from convcalc.render.exercises.solutions import solution

        unasked = ((number, asked, question(asked, options.language)) for number, asked in part.items)
        for number, asked, words in numbered or unasked:
            yield from solution(number, asked, words, options.language)
            yield from figures([(number, asked)], options)
        return
    if numbered:
        yield questions_table(numbered, options.language)
    yield from figures(part.items, options)


def single_questions(part: HandoutPart, options: SheetOptions) -> Iterator[Block]:
    """Questions that need no network: in a table, and each on arrays below its own grids."""
    language, in_words = options.language, options.wording == "words"
    yield from rules_of_lines([asked for _, asked in part.items], language, in_words)
    waiting: list[Numbered] = []
    told = False
    for number, asked in part.items:
        words = question(asked, language, in_words) if asked.arrays is None else ()
        if asked.arrays is not None and waiting:
            yield questions_table(waiting, language)
            waiting = []
        if asked.arrays is not None:
            yield from [] if told else [Paragraph((f"{language.array_rules} {language.array_writing}",))]
            told = True
            yield from array_question(asked, options)
        elif options.solved:
            from convcalc.render.exercises.solutions import solution

            yield from solution(number, asked, words, language)
            yield from figures([(number, asked)], options)
        else:
            waiting.append((number, asked, words))
    if waiting:
        yield questions_table(waiting, language)
    if not options.solved:
        yield from figures(part.items, options)


def questions_table(numbered: list[Numbered] | tuple[Numbered, ...], language: SheetLanguage) -> SheetTable:
    columns = language.columns
    rows = [
        (
            (str(number),),
            words,
            (decimal_points(asked.question.points),),
            Blank("", True, lettered_choices(asked, language)),
        )
        for number, asked, words in numbered
    ]
    return SheetTable(("", columns["question"], columns["points"], columns["answer"]), tuple(rows), "rlrl")


def rules_of_lines(items: Sequence[KeyItem], language: SheetLanguage, in_words: bool) -> Iterator[Paragraph]:
    """What the lines say of the layers that questions name themselves."""
    found: list[tuple[Applied, str]] = []
    for asked in items:
        if asked.open is not None:
            found.append((asked.open.solutions[0].applied, asked.open.question.name))
        elif not in_words:
            found += single_lines(asked)
    rules = line_rules(found, language)
    if any(asked.network or asked.open for asked in items):
        rules = [language.usual, *rules]
    if rules:
        yield Paragraph((" ".join(rules),))


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


def array_question(asked: KeyItem, options: SheetOptions) -> Iterator[Block]:
    """What is given as grids; how large the output is, is for the student to find."""
    from convcalc.render.exercises.arrays import grids_of

    assert asked.arrays is not None
    language, chain = options.language, asked.arrays.chain
    layer: Text = (CodeSpan(" -> ".join(line for _, line in single_lines(asked))),)
    if options.wording == "words":
        convention = chain.graph.convention.name
        spoken = [layer_in_words(each.applied, convention, language) for each in chain.layers]
        layer = tuple(span for words in spoken for span in (language.then, *words))[1:]
    named = text_of(language.flipped, layer=layer) if chain.flip else layer
    yield SheetHeading((f"{asked.question.ask}: ", *named, f" ({points(asked.question.points, language)})"))
    if asked.question.text:
        yield Paragraph((" ".join(asked.question.text.split()),))
    yield NumberGrids(tuple(grids_of(chain, language)), "" if options.solved else language.arrays["output"])
    if options.solved:
        from convcalc.render.exercises.solutions import array_solution

        yield from array_solution(asked, language)


def conditions(key: AnswerKey, language: SheetLanguage) -> Iterator[Block]:
    """Which questions count only together."""
    if key.all_or_nothing:
        yield Paragraph((language.whole,))
        return
    groups: dict[str, list[str]] = {}
    for number, asked in enumerate(key.asked, 1):
        if asked.question.group:
            groups.setdefault(asked.question.group, []).append(str(number))
    for numbers in groups.values():
        if len(numbers) > 1:
            yield Paragraph(text_of(language.together, numbers=", ".join(numbers)))
