"""A layer in the words of a language, and in the columns of a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.readers.shorthand import main_key
from convcalc.render.exercises.blocks import CodeSpan, text_of
from convcalc.render.spelling import common_value, spell_layer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.layers.applied import Applied
    from convcalc.render.exercises.blocks import Text
    from convcalc.render.exercises.languages import SheetLanguage

LETTER = re.compile(r"(?<= )([a-z]+)(?=[\d?])")
MAIN = ("filters", "units", "kernel")  # what is said of a layer with its kind
USUAL = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "output_padding": 0, "multiplier": 1, "bias": True,
         "ceil": False}  # fmt: skip  # what need not be said, in the order in which it is


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
