"""Arrays as people write them: rows by `;` or lines, nested lists, `np.array(…)`, CSV, channels by `|`, or in short.

Nothing is executed: a text is split into numbers, brackets and what separates them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError
from convcalc.algebra.limits import MAX_DIGITS, lowest_terms
from convcalc.algebra.parser import numeral
from convcalc.arrays.array import Array, shape_text
from convcalc.arrays.short import BY_NAME, MAX_AXES, MAX_NUMBERS, find_kernel, problem_at, short_array
from convcalc.problem import Source, did_you_mean
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    pass

SHOWN = 30  # characters of a word in a message
REPAIRED = 60  # characters of a text that a cure repeats
TOKEN = re.compile(r"[^\S\n]+|,|\n\s*\n\s*|\|\||[\[\](){};|\n]|[^\s,;|\[\](){}]+")
# kernel = np.array([…]), torch.tensor([…], dtype=torch.float32): where the numbers begin.
CALL = re.compile(r"\s*(?:\w+\s*=\s*)?(?:\w+\.)*\w*(?:array|tensor|matrix|constant|Tensor)\s*\(\s*(?=[\[(])")
ARGUMENTS = re.compile(r"""\s*(,\s*(\w+\s*=\s*)?([\w.]+|'[^']*'|"[^"]*")\s*)*,?\s*\)\s*;?""")
FACTOR_BEFORE = re.compile(r"\s*([\d./]+)\s*([*·×]|(?=[\[(]))")
FACTOR_BEHIND = re.compile(r"\s*([*·×/])\s*([\d./]+)\s*")
CLOSES = {"[": "]", "(": ")", "{": "}"}
LEVELS = {";": 1, "|": 2, "||": 3}  # how many lists a separator ends: rows, channels, filters
MAX_DOUBTED = 100_000  # characters of a text whose separators are doubted; a longer one was not typed
DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
WITH_COMMA = re.compile(r"(?<!\d)\d+,\d+")
BETWEEN_SPACES = re.compile(r"[\d.][^\S\n]+[-+−.\d]")
PAIR = re.compile(r"\s*[-−+]?\d+,\d+\s*")
MIDDLE_SEMICOLON = re.compile(r";(?=[^\S\n]*[^\s;])")
LOOKALIKES = str.maketrans("OoIlS", "00115")


class ArrayText(NamedTuple):
    """An array as it was read, and where."""

    array: Array
    source: Source
    stacked: bool = False  # the first axis was written as one of channels, by `|`
    remark: str = ""


class Listed(NamedTuple):
    """A list of numbers or of lists, and where it is in the text."""

    items: list[Any]
    start: int
    end: int


class Opened:
    """A list that is being read: on each level of separators, what is complete and where it began."""

    def __init__(self, start: int, closing: str = ""):
        self.start, self.closing = start, closing
        self.levels: list[list[Any]] = [[], [], [], []]
        self.starts = [start] * 4
        self.used = 0

    def add(self, item: Any, start: int) -> None:
        if not self.levels[0]:
            self.starts[0] = start
        self.levels[0].append(item)

    def separate(self, level: int, place: int) -> None:
        self.used = max(self.used, level)
        for below in range(level):
            items = self.levels[below]
            if items:
                if not self.levels[below + 1]:
                    self.starts[below + 1] = self.starts[below]
                alone = below == 0 and len(items) == 1 and isinstance(items[0], Listed)
                self.levels[below + 1].append(items[0] if alone else Listed(items, self.starts[below], place))
                self.levels[below] = []

    def close(self, place: int) -> Listed:
        self.separate(self.used, place)
        return Listed(self.levels[self.used], self.start, place)


def read_array(source: Source, seed: int = 0) -> ArrayText:
    """The array that a text is; a Problem at its place where it is none."""
    source = source._replace(text=without_latex(source.text))
    kernel = find_kernel(source.text)
    if kernel:
        remark = f"{source.text.strip()}: {kernel.remark}" if kernel.remark else ""
        return ArrayText(kernel.array, source, remark=remark)
    short = short_array(source, seed)
    if short:
        return ArrayText(short, source)
    check_separators(source)
    start, end, factor = bounds_of(source)
    found, stacked = lists_of(source, start, end)
    shape = shape_of(source, found)
    numbers = tuple(numbers_in(found))
    if factor != 1:
        numbers = tuple(lowest_terms(number * factor) for number in numbers)
    return ArrayText(Array(shape, numbers), source, stacked)


def without_latex(text: str) -> str:
    r"""The rows of \begin{bmatrix}1 & 2 \\ 3 & 4\end{bmatrix}, every number in its place."""
    if "matrix}" not in text:
        return text
    text = re.sub(r"\\(begin|end)\{\w*matrix\}|\$|\\\[|\\\]", lambda found: " " * len(found[0]), text)
    return text.replace("&", " ").replace(r"\\", "; ").replace("\n", " ")


def check_separators(source: Source) -> None:
    """Raise where a comma may be one of decimals, or where lines and semicolons both end rows."""
    text = source.text
    if len(text) > MAX_DOUBTED:
        return
    comma = WITH_COMMA.search(text)
    rows = text.strip().split(";")
    are_pairs = len(rows) > 1 and not re.search(r"[\[(]", text) and all(map(PAIR.fullmatch, rows))
    if comma and (BETWEEN_SPACES.search(text) or are_pairs):
        decimal, apart = (f'"{DECIMAL_COMMA.sub(sign, text.strip())}"' for sign in (".", " "))
        hint = f"{decimal}, or {apart}" if len(text) <= REPAIRED else "1.5 for a decimal, spaces between numbers"
        raise problem_at(source, f"is {comma[0]} one number or two?", hint, comma.start(), len(comma[0]))
    ended = MIDDLE_SEMICOLON.search(text)
    if ended and "[" not in text and re.search(r"\S[^\S\n]*\n[^\S\n]*\S", text):
        raise problem_at(
            source, "do lines end the rows, or semicolons?", "one of the two, and | between channels", ended.start()
        )


def bounds_of(source: Source) -> tuple[int, int, Any]:
    """Where the numbers of a text begin and end, and what they are multiplied by: `1/9 * [1 1; 1 1]`."""
    text = source.text
    start, end, factor = 0, len(text), 1
    before = FACTOR_BEFORE.match(text)
    number = bounded_number(source, before[1], before.start(1)) if before else None
    if before and number is not None:
        start, factor = before.end(), number
    call = CALL.match(text, start)
    start = call.end() if call else start
    if text[start:].lstrip()[:1] not in ("[", "("):
        return start, end, factor
    close = max(text.rfind(bracket) for bracket in "])") if not call else closing_of(text, start)
    rest = text[close + 1 :]
    if call and (arguments := ARGUMENTS.match(rest)):
        end, rest = close + 1, rest[arguments.end() :]
    behind = FACTOR_BEHIND.fullmatch(rest)
    number = bounded_number(source, behind[2], len(text) - len(rest) + behind.start(2)) if behind else None
    if behind and number:
        end, factor = close + 1, lowest_terms(factor / fraction(number) if behind[1] == "/" else factor * number)
    elif rest.strip():
        end = len(text)
    return start, end, factor


def closing_of(text: str, start: int) -> int:
    """Where the bracket that opens at a place is closed; the end of the text where it is not."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in CLOSES) - (text[place] in CLOSES.values())
        if depth == 0:
            return place
    return len(text)


def fraction(number: Any) -> Any:
    from fractions import Fraction

    return Fraction(number)


def number_of(word: str) -> Any:
    """The number that a word is, exactly: -3, 0.25, 1e-3, 1/9; None where it is none."""
    if word.isdecimal() and word.isascii() and len(word) <= MAX_DIGITS:  # nearly all are
        return int(word)
    sign, plain = (-1, word[1:]) if word[:1] in ("-", "−") else (1, word.removeprefix("+"))
    top, slash, bottom = plain.partition("/")
    number, over = numeral(top), numeral(bottom) if slash else 1
    if number is None or not over:
        return None
    return sign * lowest_terms(fraction(number) / over if slash else number)


def lists_of(source: Source, start: int, end: int) -> tuple[Listed, bool]:
    """The lists of a text, and whether the outermost is one of channels."""
    text, opened, count = source.text, [Opened(start)], 0
    for token in TOKEN.finditer(text, start, end):
        word, place = token[0], token.start()
        outermost = len(opened) == 1
        if word in CLOSES:
            if len(opened) > MAX_AXES:
                message = f"lists in lists, {len(opened)} deep"
                raise problem_at(source, message, f"at most {MAX_AXES} deep: filters, channels, rows", place)
            opened.append(Opened(place, CLOSES[word]))
        elif word in CLOSES.values():
            if opened[-1].closing != word:
                meant = opened[-1].closing
                hint = f'"{meant}" in its place' if meant else "leave it out"
                raise problem_at(source, f'nothing is open that "{word}" closes', hint, place)
            done = opened.pop()
            opened[-1].add(done.close(token.end()), done.start)
        elif word in LEVELS:
            opened[-1].separate(LEVELS[word], place)
        elif not word.strip():
            if outermost and "\n" in word:
                opened[-1].separate(1 if word == "\n" else 2, place)
        elif word != ",":
            opened[-1].add(read_number(source, word, place), place)
            count += 1
            if count > MAX_NUMBERS:
                raise problem_at(source, f"more than {MAX_NUMBERS:,} numbers", "a smaller array", place)
    if len(opened) > 1:
        last = opened[-1]
        whole = text.strip() + "".join(each.closing for each in reversed(opened))
        hint = f'"{whole}"' if len(whole) <= REPAIRED else f'"{last.closing}" at its end'
        raise problem_at(source, f'"{text[last.start]}" is never closed', hint, last.start)
    found = opened[0].close(end)
    if not count:
        raise problem_at(source, "there are no numbers", 'for example "1 2; 3 4", or 1..9:3x3', start)
    level = opened[0].used
    if level == 0 and len(found.items) == 1 and isinstance(found.items[0], Listed):
        return found.items[0], False
    if level == 1 and len(found.items) == 1 and ";" not in text:  # one line
        return found.items[0], False
    return single_rows(found) if level > 1 and ";" not in text else found, level > 1


def single_rows(found: Listed) -> Listed:
    """Channels of one row each, without those rows: the signals of a 1-D layer."""
    parts = found.items
    if all(len(part.items) == 1 and isinstance(part.items[0], Listed) for part in parts):
        return found._replace(items=[part.items[0] for part in parts])
    return found


def bounded_number(source: Source, word: str, place: int) -> Any:
    """The number that a word is, None where it is none; a Problem where it is too long."""
    try:
        return number_of(word)
    except ExprError as error:
        raise problem_at(source, str(error), "a shorter number", place, len(word)) from None


def read_number(source: Source, word: str, place: int) -> Any:
    number = bounded_number(source, word, place)
    if number is None:
        raise problem_at(source, f'"{word[:SHOWN]}" is not a number', meant_number(source.text, word), place, len(word))
    return number


def meant_number(text: str, word: str) -> str:
    """What a word among numbers may have been meant as."""
    if word in ("...", "…"):
        return "print all of them: np.set_printoptions(threshold=10**6)"
    if "/" in word:
        return "a fraction without spaces, 1/9, whose bottom is not 0"
    digits = word.translate(LOOKALIKES)
    if digits != word and digits.isdecimal():
        return f"with digits only: {digits}"
    if word == text.strip():
        close = did_you_mean(word, (*BY_NAME, "zeros:3x3", "ones:3x3", "eye:3", "random:3x3"))
        return close or f'numbers, "1 2; 3 4"; a file; or a kernel: {", ".join(BY_NAME)}'
    return "a number in its place, such as 0, 0.5 or 1/9"


def shape_of(source: Source, found: Listed) -> tuple[int, ...]:
    """The sizes of lists in lists; a Problem where they are not all alike."""
    if not found.items:
        raise problem_at(source, "an empty list", "at least one number in it", found.start, found.end - found.start)
    shapes = [shape_of(source, item) if isinstance(item, Listed) else () for item in found.items]
    first = shapes[0]
    for number, (shape, item) in enumerate(zip(shapes, found.items, strict=True), 1):
        if shape == first:
            continue
        if not isinstance(item, Listed):
            raise problem_at(source, "a number beside a list", "a list of as many numbers in its place", found.start)
        if len(shape) != len(first):
            depths = [f"{'lists in ' * (len(sizes) > 1)}a list" if sizes else "a number" for sizes in (shape, first)]
            message = f"part {number} is {depths[0]}, part 1 {depths[1]}"
            raise problem_at(source, message, "lists as deep as the first one", item.start, item.end - item.start)
        what = "row" if len(first) == 1 else "part"
        told = "number" if len(first) == 1 else "row"
        one, other = (sizes[0] if sizes else 1 for sizes in (shape, first))
        message = f"{what} {number} has {one} {told}{'s' * (one != 1)}, {what} 1 has {other}"
        if len(shape) == len(first) and one == other:
            message = f"{what} {number} is {shape_text(shape)}, {what} 1 is {shape_text(first)}"
        raise problem_at(source, message, f"{other} {told}s in each", item.start, item.end - item.start)
    return (len(shapes), *first)


def numbers_in(found: Listed) -> Iterator[Any]:
    for item in found.items:
        if isinstance(item, Listed):
            yield from numbers_in(item)
        else:
            yield item
