"""A layer and a question of a key in the words of a language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import letters
from convcalc.exercises.handout import is_on_network
from convcalc.marking.first_look import LETTERS, first_look
from convcalc.marking.key import TOTAL, AnswerBound, KeyItem
from convcalc.marking.symbolic import kind_named
from convcalc.readers.shorthand import main_key
from convcalc.render.exercises.blocks import CodeSpan, Text, text_of
from convcalc.render.marks.feedback import points as decimal_points
from convcalc.render.marks.feedback import value
from convcalc.render.script import UNICODE, input_shapes
from convcalc.render.spelling import common_value, spell_layer
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.render.exercises.languages import SheetLanguage
    from convcalc.solving.question import Question

TIMES = re.compile(r"(?<=\d)x(?=\d)")
MAX_OTHERS = 4  # values that are right, too, and named
LETTER = re.compile(r"(?<= )([a-z]+)(?=[\d?])")
MAIN = ("filters", "units", "kernel")  # what is said of a layer with its kind
USUAL = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "output_padding": 0, "multiplier": 1, "bias": True,
         "ceil": False}  # fmt: skip  # what need not be said, in the order in which it is


def question(asked: KeyItem, language: SheetLanguage, in_words: bool = False) -> Text:
    """The output size of L1; the author's own words where there are some. `in_words`: layers too."""
    own, made = own_words(asked), FORMS.get(asked.form, of_network)
    found = own or made(asked, language, in_words)
    if own and (asked.open is not None or (asked.network is not None and not is_on_network(asked))):
        found = (*own, " (", *made(asked, language, in_words), ")")  # the layer is nowhere else on the sheet
    if tolerance := asked.question.tolerance:
        found = text_of(language.within, question=found, tolerance=f"{decimal_points(100 * tolerance)} %")
    return found


def own_words(asked: KeyItem) -> Text:
    """What an author asks: the text of a question, or of one without a network its name."""
    text = asked.question.text or (asked.question.ask if is_text(asked) else "")
    return (" ".join(text.split()),) if text else ()


def is_text(asked: KeyItem) -> bool:
    """Whether only its author knows what it asks."""
    return asked.network is None and not asked.question.quantity


def of_network(asked: KeyItem, language: SheetLanguage, in_words: bool) -> Text:
    """A quantity of a layer or of the whole network; of a layer that is named by itself, with its input."""
    network = asked.network
    if network is None:
        return of_any_network(asked, language)
    what = language.quantities[asked.question.quantity]
    if not is_on_network(asked):
        (layer,) = network.layers[-1:]
        report = network.report
        assert layer.applied is not None
        spelled: Text = (CodeSpan(spell_layer(layer.applied.setting, report.convention, strides=True)),)
        named = layer_in_words(layer.applied, report.convention, language) if in_words else spelled
        found = text_of(language.on_input, what=what, layer=named, shape=input_shapes(report)[0])
    elif asked.index < 0:
        found = text_of(language.of_network, what=what)
    else:
        found = text_of(language.of_layer, what=what, layer=asked.question.layer)
    if part := asked.question.part:
        found = text_of(language.of_part, question=found, part=language.axes.get(part, part))
    return found


def open_layer(asked: KeyItem, language: SheetLanguage, in_words: bool) -> Text:
    """The padding with which `conv 64 k7 s2 p?` makes 64×112×112 of 3×224×224."""
    assert asked.open is not None
    wanted: Question = asked.open.question
    what = language.quantities.get(asked.question.quantity, asked.question.quantity)
    parts: dict[str, Any] = {
        "what": what, "layer": CodeSpan(wanted.name),
        "input": open_shape(wanted.shape, wanted.channels_last) if wanted.shape else language.any_input,
    }  # fmt: skip
    if wanted.keeps or wanted.target is None:
        return text_of(language.keeps, **parts)
    return text_of(language.gives, output=open_shape(wanted.target, wanted.is_whole and wanted.channels_last), **parts)


def open_shape(sizes: tuple[Any, ...], channels_last: bool) -> str:
    return "×".join(map(str, written_order(sizes, channels_last)))


def formula(asked: KeyItem, language: SheetLanguage, in_words: bool) -> Text:
    """A formula for the parameters of a convolution, with the letters to write it in."""
    kind, what = asked.question.layer, asked.question.quantity
    known = language.kinds.get(kind_named(kind).name)
    named: Text = (known[1],) if known else (CodeSpan(kind),)
    found = text_of(language.formula, what=language.quantities[what], kind=named)
    if what in ("output", "receptive_field"):
        found = text_of(language.formula_axis, question=found)
    meant = letters_explained(letters(asked.right), language)
    return text_of(language.formula_letters, question=found, letters=meant) if meant else found


def of_any_network(asked: KeyItem, language: SheetLanguage) -> Text:
    """The parameters of the whole network, whichever that is, with the bound that they must keep."""
    part, what = asked.question.part, language.quantities[asked.question.quantity]
    if asked.question.layer == TOTAL:
        found = text_of(language.of_network, what=what)
    else:
        layer, *_ = asked.question.ask.rsplit(".", 2 if part else 1)
        found = text_of(language.of_layer, what=what, layer=layer)
    if part:
        found = text_of(language.of_part, question=found, part=language.axes.get(part, part))
    if isinstance(asked.right, AnswerBound):
        found = text_of(language.required, question=found, bound=bound_in_words(asked.right, language))
    return found


def bound_in_words(bound: AnswerBound, language: SheetLanguage) -> str:
    """At most 1,000,000."""
    least, most = (each if each is None else amount(each, language) for each in (bound.least, bound.most))
    words = language.bounds["most" if bound.least is None else "least" if bound.most is None else "both"]
    return words.format(least=least, most=most)


FORMS = {"open": open_layer, "symbolic": formula}


def lettered_choices(asked: KeyItem, language: SheetLanguage) -> tuple[str, ...]:
    """The answers to choose from: a) 6×28×28, b) 6×27×27."""
    shown = (printed_answer(each, language) for each in asked.question.choices)
    return tuple(f"{letter}) {each}" for letter, each in zip(LETTERS, shown, strict=False))


def printed_answer(text: str, language: SheetLanguage) -> str:
    """An answer as it is printed: 4,704, 6×28×28, 18.5."""
    return amount(int(text), language) if text.isdecimal() else TIMES.sub("×", text)


def points(number: Any, language: SheetLanguage) -> str:
    """1 point, 2.5 points."""
    one, several = language.points
    return one if number == 1 else several.format(number=decimal_points(number))


def right_answer(asked: KeyItem, language: SheetLanguage) -> str:
    """What is right; of several values the first ones."""
    if isinstance(asked.right, AnswerBound):
        return bound_in_words(asked.right, language)
    right = amount(asked.question.expected, language)
    if choices := asked.question.choices:
        open_item = asked._replace(question=asked.question._replace(choices=()))
        listed = zip(choices, lettered_choices(asked, language), strict=False)
        return next(shown for text, shown in listed if first_look(open_item, text).state == "correct")
    others = asked.open.solutions[1 : MAX_OTHERS + 1] if asked.open is not None else ()
    if not others:
        return right
    values = ", ".join(amount(each.values[asked.question.quantity], language) for each in others)
    return f"{right} ({language.also.format(values=values)})"


def amount(right: Any, language: SheetLanguage) -> str:
    """A number in the digits of a language, or a shape."""
    return UNICODE._replace(thousands=language.thousands).number(right) if isinstance(right, int) else value(right)


# A layer


def layer_in_words(applied: Applied, convention: str, language: SheetLanguage) -> Text:
    """A convolution with 6 filters of 3×3, stride 2, padding 1; its line where the language has no words for it."""
    settings = spoken_settings(applied)
    if settings is None or not has_words(applied, language):
        return (CodeSpan(spell_layer(applied.setting, convention, strides=True)),)
    phrase, _ = language.kinds[applied.setting.kind.name]
    filters, units, kernel = (settings.pop(name, None) for name in MAIN)
    parts = {
        "filters": count_words(language.filters, filters), "units": count_words(language.units, units),
        "window": language.window[len(applied.axes) > 1].format(sides=sides(kernel, len(applied.axes))),
    }  # fmt: skip
    said = [setting(name, value, language) for name, value in settings.items()]
    return text_of(", ".join([phrase, *said]), **parts)


def has_words(applied: Applied, language: SheetLanguage) -> bool:
    """Whether a language has words for all that there is to say of a layer."""
    return applied.setting.kind.name in language.kinds and spoken_settings(applied) is not None


def line_rules(lines: Iterable[tuple[Applied, str]], language: SheetLanguage) -> list[str]:
    """What the lines of layers say: their letters, and by kind their numbers without a letter."""
    letters: dict[str, None] = {}
    numbers: dict[str, dict[str, None]] = {}
    for applied, line in lines:
        letters |= dict.fromkeys(LETTER.findall(line))
        kind = applied.setting.kind
        if re.match(r"\w+ \d", line) and (key := main_key(kind)):
            numbers.setdefault(language.quantities.get(key.name, key.name), {})[kind.name] = None
    known = letters_explained(letters, language)
    meant = (language.of_layer.format(what=what, layer="/".join(kinds)) for what, kinds in numbers.items())
    rules = [language.letters.format(letters=known)] if known else []
    return rules + ([language.bare_number.format(meanings=", ".join(meant))] if numbers else [])


def letters_explained(used: Iterable[str], language: SheetLanguage) -> str:
    """Letters of formulas and of lines, each once with what it stands for."""
    known = language.meanings
    return ", ".join(f"{letter} {known[letter]}" for letter in dict.fromkeys(used) if letter in known)


def spoken_settings(applied: Applied) -> dict[str, Any] | None:
    """What a sheet says of a layer, by key: the stride of a pooling always; None where that is not all there is."""
    kind, given = applied.setting.kind, dict(applied.setting.values)
    keys = {key.name: key for key in kind.keys}
    known = {*MAIN, *USUAL, "in_channels"}
    if any(name not in known for name, value in given.items() if value is not None):
        return None
    found = {}
    for name in (*MAIN, *USUAL):
        if name not in keys or name not in applied.values:
            continue
        value = applied.values[name]
        if name != "padding" or all(before == after for before, after in value):
            value = common_value(keys[name], value)
        if name == "padding" and isinstance(given.get(name), str):
            value = given[name]
            if value == "valid":
                continue
            if value != "same":
                return None
        if name in MAIN or value != USUAL[name] or (name == "stride" and kind.pools):
            found[name] = value
    return found


def count_words(words: tuple[str, str], number: Any) -> str:
    """1 filter, 6 filters."""
    one, several = words
    return one if number == 1 else several.format(number=number)


def sides(value: Any, axes: int) -> str:
    """3×3, also where all are the same; 3 along one axis."""
    return "×".join(map(str, value if isinstance(value, tuple) else (value,) * axes))


def setting(name: str, value: Any, language: SheetLanguage) -> str:
    """Stride 2, padding 1×0, no bias."""
    words = language.settings
    if name == "padding" and value == "same":
        return words["same"]
    if name == "padding" and isinstance(value, tuple) and isinstance(value[0], tuple):
        before, after = (plain(common(pair[end] for pair in value)) for end in (0, 1))
        return words["uneven"].format(before=before, after=after)
    return words[name].format(value=plain(value))


def common(values: Iterable[Any]) -> Any:
    """One value where it is the same along every axis."""
    found = tuple(values)
    return found[0] if len(set(found)) == 1 else found


def plain(value: Any) -> str:
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)
