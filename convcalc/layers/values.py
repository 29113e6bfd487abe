"""From what a person wrote for a key to its value: numbers as written, words, per-axis lists, expressions over names.

A raw value is the text as it is (`3x5`, `no`, `4*width`), or a tuple of raw values for a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import ExprError, evaluate, is_fraction, is_number, letters
from convcalc.algebra.limits import budget
from convcalc.algebra.parser import numeral, numeral_text, parse, plain_signs
from convcalc.problem import Problem, did_you_mean, problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Key

    Raw: TypeAlias = str | tuple["Raw", ...]
    Names: TypeAlias = Mapping[str, Value]

YES = frozenset(("yes", "true", "on", "1"))
NO = frozenset(("no", "false", "off", "0"))
NOTHING = frozenset(("none", "null", "~", "-"))


def read(key: Key, raw: Raw, names: Names) -> Any:
    """The value of a key, not yet spread over the axes; a Problem, with one that would do, where it is none."""
    try:
        return READERS[key.type](key, raw, names)
    except (Problem, ExprError) as error:
        from convcalc.layers.typical import refusal

        raise refusal(key, raw, names, error) from None


def show(raw: Raw) -> str:
    """A raw value for a message, shortened where it is long."""
    text = raw if isinstance(raw, str) else "[" + ", ".join(map(show, raw)) + "]"
    return text if len(text) <= 60 else f"{text[:57]}…"


def number(text: str, names: Names) -> Value:
    """The exact value of `64`, `010` (ten), `61,706`, `0.35` (7/20), `4*width`."""
    text = text.strip()
    if text in names:
        return names[text]
    plain = numeral(text)
    if plain is not None:
        return plain
    if ":" in text:
        raise ExprError("write numbers without a colon")
    if not text:
        raise ExprError("a value is missing")
    with budget():
        return evaluate(parse(plain_zeros(text)), names)


def exact(decimal: Any) -> Any:
    """The number of a decimal that was read; what has letters as it is."""
    return number(decimal, {}) if isinstance(decimal, str) else decimal


def plain_zeros(text: str) -> str:
    """`010 + 2` with its leading zeros dropped: Python's grammar refuses them, people write them."""
    return re.sub(r"(?<![\w.])0+(?=\d)", "", text) if "0" in text else text


def whole_number(key: Key, text: str, names: Names) -> Value:
    """A whole number not below the key's lowest."""
    value = number(text, names)
    if isinstance(value, int):
        if value < key.low:
            raise problem(
                "V002", f"{key.name} must be at least {key.low}, not {value}", f"a whole number, {key.low} or more"
            )
    elif is_fraction(value):
        nearest = max(key.low, value.numerator // value.denominator)
        raise problem("V001", f"{key.name} must be a whole number, not {value}", f"for example {key.name}={nearest}")
    return value


def scalar(key: Key, raw: Raw) -> str:
    while isinstance(raw, tuple) and len(raw) == 1:  # (3,) and [3] are 3
        raw = raw[0]
    if isinstance(raw, tuple):
        raise problem("V003", f"{key.name} takes one value, not the list {show(raw)}")
    return raw


def split_axes(text: str, names: Names) -> tuple[str, ...]:
    """`3x5` as its axes, or the text itself where it is one expression."""
    if text.isdecimal() or ("x" not in text and "×" not in text) or text in names:
        return (text,)
    parts = tuple(text.replace("×", "x").split("x"))
    if all(part.isdecimal() for part in parts):  # 0x1 is no hexadecimal number here
        return parts
    try:
        if all(letter in names for letter in letters(parse(plain_zeros(text)))):
            return (text,)
    except ExprError:
        pass
    return parts


def list_entries(key: Key, raw: Raw, names: Names) -> tuple[Raw, ...]:
    """The entries of a list, of `3x5`, or of `(3, 5)` written as one text."""
    if isinstance(raw, tuple):
        return raw
    text = raw.strip()
    is_list = text[:1] in "([" and text[-1:] in ")]" and len(text) > 1
    split = text[1:-1].split(",") if is_list else split_axes(text, names)
    parts = tuple(part.strip() for part in split if part.strip() or not is_list)
    if not (is_list and len(parts) > 1) and (both := sides_or_number(parts)):
        raise problem(
            "V013", f"{key.name}: {text} is {' or '.join(both)}", " or ".join(f"{key.name}={it}" for it in both)
        )
    return parts


def sides_or_number(parts: Iterable[str]) -> tuple[str, ...]:
    """Of sides of which one is 3*5 or 28², which may be several as well: all as several, and as one each."""
    several, one, found = list[str](), list[str](), False
    for part in parts:
        text = plain_signs(part) if not part.isascii() or "*" in part else part
        base, _, power = text.partition("**")
        factors = [base] * int(power) if power in ("2", "3") else text.split("*")
        is_plain = len(factors) > 1 and all(factor.strip().isdecimal() for factor in factors)
        several += map(str.strip, factors) if is_plain else [part]
        one.append(str(prod(map(int, factors))) if is_plain else part)
        found = found or is_plain
    return ("x".join(several), "x".join(one)) if found else ()


def one_or_several(raw: Raw, values: Iterable[Any]) -> Any:
    """One value for all axes, or a tuple of several, as of a list."""
    values = tuple(values)
    return values[0] if len(values) == 1 and not isinstance(raw, tuple) else values


def read_count(key: Key, raw: Raw, names: Names) -> Value | str | None:
    text = scalar(key, raw)
    if text.lower() in key.words:
        return text.lower()
    if key.default is None and text.lower() in NOTHING:
        return None
    return whole_number(key, text, names)


def read_integer(key: Key, raw: Raw, names: Names) -> Value | None:
    text = scalar(key, raw)
    if key.default is None and text.lower() in NOTHING:
        return None
    value = number(text, names)
    if not isinstance(value, int):
        raise problem("V001", f"{key.name} must be a whole number, not {value}")
    return value


def read_axes(key: Key, raw: Raw, names: Names) -> Any:
    """One value for all axes, or a tuple with one per axis."""
    if isinstance(raw, str) and raw.lower() in NOTHING and key.default in (None, "=kernel"):
        return None  # PyTorch's stride=None: the default
    if key.symbol == "k" and isinstance(raw, str):
        refuse_stride(key, raw)
    values = tuple(whole_number(key, scalar(key, part), names) for part in list_entries(key, raw, names))
    if not values:
        raise problem("V001", f"{key.name} has no value")
    return one_or_several(raw, values)


def refuse_stride(key: Key, text: str) -> None:
    """Raise where a window is 4x4/2: in papers 4×4 with a stride of 2, as arithmetic 4×2."""
    sides, slash, stride = text.replace("×", "x").partition("/")
    if slash and "x" in sides and all(part.strip().isdecimal() for part in (*sides.split("x"), stride)):
        hint = f"{key.name}={sides.strip()} stride={stride.strip()}"
        raise problem("V013", f"{key.name}: {text} is a window and its stride, or arithmetic", hint)


def read_output(key: Key, raw: Raw, names: Names) -> Any:
    """As axes, but an axis may be `-` or None: its size stays."""
    if isinstance(raw, str) and raw.lower() in NOTHING and key.default is None:
        return None
    values = (
        None if isinstance(part, str) and part.lower() in NOTHING else whole_number(key, scalar(key, part), names)
        for part in list_entries(key, raw, names)
    )
    return one_or_several(raw, values)


def read_padding(key: Key, raw: Raw, names: Names) -> Any:
    """A word, one number, one per axis, or [[before, after], …]."""
    if isinstance(raw, str) and raw.lower() in key.words:
        return raw.lower()
    if isinstance(raw, str) and raw.isidentifier() and raw not in names and key.words:
        raise problem(
            "V004", f'{key.name}: unknown word "{raw}"', did_you_mean(raw, [*key.words, *names]) or choices(key.words)
        )

    def cells(part: Raw) -> Any:
        if isinstance(part, tuple) and len(part) == 2:
            return tuple(whole_number(key, scalar(key, side), names) for side in part)
        return whole_number(key, scalar(key, part), names)

    return one_or_several(raw, map(cells, list_entries(key, raw, names)))


def read_scales(key: Key, raw: Raw, names: Names) -> Any:
    """Positive numbers, one for all axes or one per axis: 2, 3/2, or a decimal, which is the double it reads as."""
    if isinstance(raw, str) and raw.lower() in NOTHING:
        return None
    return one_or_several(raw, (read_scale(key, scalar(key, part), names) for part in list_entries(key, raw, names)))


def read_scale(key: Key, text: str, names: Names) -> Value:
    value = read_fraction(key, text, names)
    if not is_decimal(text) or not is_fraction(value):
        return value
    if value.denominator & (value.denominator - 1):  # a whole number over a power of 2 is its own double
        from convcalc.algebra.double import Double

        return Double.of(float(value))
    return value


def is_decimal(text: str) -> bool:
    text = text.removeprefix("-")
    return (text[:1].isdigit() and ("." in text or "e" in text.lower())) or text[:1] == "."


def read_fraction(key: Key, text: str, names: Names) -> Value:
    """An exact number between the key's lowest and highest."""
    value = number(text, names)
    if is_number(value):
        cure = "" if key.type == "decimal" else f"for example {key.name}=1/2"
        if value < key.low or (value == key.low and key.type == "scales"):
            least = "more than" if key.type == "scales" else "at least"
            raise problem("V002", f"{key.name} must be {least} {key.low}, not {text}", cure)
        if key.high is not None and value > key.high:
            raise problem("V002", f"{key.name} must be at most {key.high}, not {text}", cure)
        if value > 10**9 and key.type != "decimal":
            raise problem("V002", f"{key.name} {text} is too large")
    return value


def read_decimal(key: Key, raw: Raw, names: Names) -> Any:
    """A number as a person writes it, 0.2 or 1e-5 (a fraction that is no decimal as 1/3), or a word."""
    text = scalar(key, raw)
    word = "none" if text.lower() in NOTHING else text.lower()
    if word in key.words:
        return word
    if word == "none" and key.default is None:
        return None
    value = read_fraction(key, text, names)
    return numeral_text(value) if is_number(value) else value


def read_flag(key: Key, raw: Raw, names: Names) -> bool | None:
    """Yes or no; of words of its own, the first is yes."""
    text = scalar(key, raw).lower()
    if text in key.words:
        return text == key.words[0]
    if text in YES:
        return True
    if text in NO:
        return False
    if text in NOTHING and key.default is None:
        return None
    if text in names and names[text] in (0, 1):
        return bool(names[text])
    raise problem("V005", f"{key.name} is yes or no, not {show(raw)}", f"{key.name}=yes or {key.name}=no")


def read_word(key: Key, raw: Raw, names: Names) -> str | None:
    word = scalar(key, raw).lower().replace("-", "_")
    if word in NOTHING and key.default is None:
        return None
    if word not in key.words:
        raise problem(
            "V004", f'{key.name}: unknown word "{show(raw)}"', did_you_mean(word, key.words) or choices(key.words)
        )
    return word


def read_shape(key: Key, raw: Raw, names: Names) -> tuple[Value, ...] | None:
    """Sizes, each a whole number (or -1, or as an axis number below 0)."""
    if isinstance(raw, str) and raw.lower() in NOTHING and key.default is None:
        return None
    values = tuple(number(scalar(key, part), names) for part in list_entries(key, raw, names))
    if not values or any(map(is_fraction, values)):
        raise problem("V001", f"{key.name} must be whole numbers, not {show(raw)}")
    return values


def read_kept_axes(key: Key, raw: Raw, names: Names) -> tuple[Value, ...]:
    """Some of the axes; None is none of them."""
    if raw == () or (isinstance(raw, str) and raw.lower() in NOTHING):
        return ()
    return read_shape(key, raw, names) or ()


def read_table(key: Key, raw: Raw, names: Names) -> tuple[tuple[int, ...], ...]:
    if not isinstance(raw, tuple) or not raw:
        raise problem(
            "V001", f"{key.name} is a list of lists: the input maps of each filter", "table: [[0, 1, 2], [1, 2, 3]]"
        )
    table = []
    for row in raw:
        values = tuple(number(scalar(key, part), names) for part in list_entries(key, row, names))
        if not values or not all(isinstance(value, int) for value in values):
            raise problem("V001", f"{key.name}: {show(row)} is not a list of input maps")
        table.append(values)
    return tuple(table)  # type: ignore[arg-type]


def read_sides(key: Key, raw: Raw, names: Names) -> Any:
    """PyTorch's padding layers: one number, or before and after of the last axis first."""
    return one_or_several(raw, (whole_number(key, scalar(key, part), names) for part in list_entries(key, raw, names)))


def choices(words: tuple[str, ...]) -> str:
    return f"one of {', '.join(words)}"


READERS: dict[str, Callable[[Key, Any, Names], Any]] = {
    "count": read_count,
    "check": read_count,
    "integer": read_integer,
    "axes": read_axes,
    "output": read_output,
    "padding": read_padding,
    "scales": read_scales,
    "number": lambda key, raw, names: read_fraction(key, scalar(key, raw), names),
    "decimal": read_decimal,
    "flag": read_flag,
    "word": read_word,
    "text": lambda key, raw, names: scalar(key, raw).strip("\"'"),
    "shape": read_shape,
    "kept axes": read_kept_axes,
    "table": read_table,
    "sides": read_sides,
    "ignored": lambda key, raw, names: None,
    "given": lambda key, raw, names: not (isinstance(raw, str) and raw.lower() in NOTHING),
}
