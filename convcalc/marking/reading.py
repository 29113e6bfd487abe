"""An answer as it was written, read as the numbers or the shape it can mean: parsed, never executed.

Every reading keeps the precision it was written with: 138M is known to a million, 61,706 exactly.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError, UnknownName, divide, evaluate
from convcalc.algebra.parser import parse
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value

MAX_TEXT = 1_000  # characters of one answer
MAX_DIGITS = 100  # before the point
MAX_EXPONENT = 60  # of a power of ten

# Why a text could not be read, and what is worth saying of one that could.
REMARKS = {
    "read.too_long": f"an answer may have at most {MAX_TEXT:,} characters",
    "read.control": "there is a character in it that no text has",
    "read.letters": "it has a letter or a word where a number should be",
    "read.arithmetic": "this is no number and no arithmetic",
    "read.too_large": "this number is too large to be meant",
    "read.shape": "this is no shape: write it as 6x28x28",
    "read.array": "this is no array: write its rows with ; between them, 1 2; 3 4",
    "read.contradiction": "it says two different things",
    "read.no_choice": "there is no such letter to choose",
    "read.product": "the brackets were read as a factor",
    "read.multiple": "one MAC is two FLOPs",
    "read.formula": "this formula cannot be read",
    "read.letter": "a letter or word of this formula means nothing here",
    "read.involved": "this formula is too involved to be compared: simplify it",
    "read.layout": "read with the channels last",
    "read.channels_first": "read with the channels first",
    "read.rounded": "right at the precision written",
    "read.vague": "write all digits",
    "read.doubled": "its first number may be a batch, or a side once too often: leave the batch out",
    "read.unit": "read with its unit",
    "read.grouping": "the point was read as a separator of thousands",
    "read.batch": "the batch was left out",
    "read.ones": "sides of 1 make no difference here",
    "read.sides": "read as the same number along every axis",
    "read.remark": "the remark was left out",
    "read.program": "it is what the program computes",
    "read.tolerance": "within the tolerance of the question",
    "read.stride_product": "read with the stride as that of all layers before",
    "read.no_floor": "without the floor: that is right where the division leaves no rest",
}
BLANKS = frozenset(
    ("", "?", "??", "???", "-", "--", "–", "—", "_", "__", "___", "…", "...", "n/a", "na", "null", "~", "todo", "tbd")
)
SAME = str.maketrans(
    "−–×✕✖⨯∙⋅·∗＊⁄÷\u00a0\u2009\u202f\u2007，；（）［］⁰¹²³⁴⁵⁶⁷⁸⁹", "--xxxx*****//    ,;()[]⁰¹²³⁴⁵⁶⁷⁸⁹"
)
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))


class Unreadable(ValueError):
    """An answer that means nothing here; `code` is a key of REMARKS, `where` the place in it."""

    def __init__(self, code: str, where: str = ""):
        super().__init__(REMARKS[code])
        self.code, self.where = code, where


class AnswerReading(NamedTuple):
    """What an answer can mean: a number, or a tuple of them for a shape."""

    value: Any
    unit: Value = 0  # the last place written; 0 where the number is exact
    note: str = ""  # a key of REMARKS
    layout: str = ""  # channels_first where the channels are marked; the order of the axes where that is settled
    steps: tuple[Value, ...] = ()  # what precedes the last = of a worked line
    operations: int = 0  # of which each MAC counts so many, where the answer says: 1 for MACs, 2 for FLOPs
    doubt: str = ""  # the two things that it says, where it is right only if it is what is asked for


def is_blank(text: str) -> bool:
    return len(text) < 16 and text.strip().lower() in BLANKS


@lru_cache(maxsize=16384)
def read_answer(text: str, form: str = "number") -> tuple[AnswerReading, ...]:
    """Everything that an answer can mean, the likeliest first; an Unreadable where it means nothing.

    `form` is what is asked for: "number", "shape", or "side", which is a number, or one per axis.
    """
    clean = plain_text(text)
    if found := REMARK.fullmatch(clean) or BECAUSE.fullmatch(clean):
        readings = remarked_readings(found["answer"], found["remark"].strip(" ="), form)
        if readings:
            return readings
    return readings_of(clean, form)


def readings_of(clean: str, form: str) -> tuple[AnswerReading, ...]:
    from convcalc.marking.shape_reading import shapes

    if form == "shape":
        return shapes(clean)
    if form == "side" and SIDES.fullmatch(sides := PIXELS.sub("", clean).strip("()[] ")):
        pairs = tuple(each._replace(note="read.sides") for each in shapes(sides))
        return (*numbers(clean), *pairs) if GROUPED.fullmatch(clean) else pairs
    return numbers(clean)


def remarked_readings(answer: str, remark: str, form: str) -> tuple[AnswerReading, ...]:
    """320 (with bias), 156 (150 weights + 6 biases), 28x28x6 (HWC); nothing if the brackets hold more than a remark."""
    from convcalc.marking.shape_reading import channels_first, mapped_shape, shape_and_product

    if remark.lower() in SCALES or remark.lower() in BYTES:
        return readings_of(f"{answer} {remark}", form)
    if form == "shape" and (shape := mapped_shape(f"{answer}, {remark}")):
        return (shape,)
    try:
        readings = readings_of(answer, form)
    except Unreadable:
        return ()
    if axes := AXES.fullmatch(remark):
        order = "".join(re.findall("[ncdhwl]", axes[0].lower())).removeprefix("n")
        return tuple(channels_first(each, order) for each in readings) if form == "shape" else readings
    without = tuple(each._replace(note=each.note or "read.remark") for each in readings)
    if WORDED.search(remark):
        return without
    if form == "shape" and (found := shape_and_product(answer, remark)):
        return found
    try:
        shorter = numbers(remark)[0]
        value = shorter.value
    except Unreadable:
        return without if explains(remark, readings[0].value) else ()
    if form == "shape" and explains(remark, readings[0].value):
        return without
    shown = f"{answer} is not {remark}" + (f" = {value}" if remark != str(value) and "=" not in remark else "")
    if form == "shape":
        raise Unreadable("read.contradiction", shown)
    if (same := readings_agree(readings[0], shorter)) is not None:
        return (same,)
    if not PLAIN.fullmatch(answer):
        return ()
    try:
        product = arithmetic(f"{answer} ({remark})")
    except Unreadable:
        raise Unreadable("read.contradiction", shown) from None
    return (product._replace(note="read.product", doubt=shown),)


PIXELS = re.compile(r"(?<=\d) ?(?:pixels?|px|cells?)\b|(?<=\D) ?(?:pixels?|px|cells?)$", re.IGNORECASE)
BECAUSE = re.compile(
    r"(?P<answer>.*[\d)\]])(?: ?[,;:]? (?:since|because|as)\b:?| ?->(?=[^\d]+$)) ?(?P<remark>.+)", re.IGNORECASE
)
COUNTS = re.compile(
    r"(?<=\d) ?(?!x\b|floor|ceil|min|max|or\b)[a-z][a-z_-]*(?: (?!and\b|or\b)[a-z][a-z_-]*)*", re.IGNORECASE
)


def explains(remark: str, value: Any) -> bool:
    """Whether a remark is right arithmetic that leads to the answer: 600 weights, 8 biases; 28 = 32-5+1; 400->84."""
    plain = re.sub(r"floor of ([\d.]+)", r"floor(\1)", remark.lower())
    plain = COUNTS.sub("", re.sub(r"(?<=[a-z])(?:,? and |, )(?=\d)", " + ", plain))
    *before, last = re.split("=|->", plain)
    try:
        steps = [arithmetic(each.strip()).value for each in (*before, last)]
    except Unreadable:
        return False
    if "->" not in plain and len(set(steps)) > 1:
        return False
    if isinstance(value, tuple) and len(value) > 1:
        return steps[-1] in value and not remark.isdecimal()
    return bool(steps[-1] == (value[0] if isinstance(value, tuple) else value))


WORDED = re.compile(r"^(?=.*[^\W\d_]{2})\D+$")  # words, and no number that might be meant instead


def readings_agree(one: AnswerReading, other: AnswerReading) -> AnswerReading | None:
    """The exacter of two readings that are the same number, at the precision written: 61.7k (61,706)."""
    from convcalc.marking.agreement import same_number

    exact, rounded = (one, other) if not one.unit or (other.unit and one.unit <= other.unit) else (other, one)  # type: ignore[operator]
    return exact if same_number(rounded, exact.value) is not None else None


AXES = re.compile(r"[ncdhwl](?:[ ,x]*[cdhwl])+", re.IGNORECASE)
SIDES = re.compile(r"\d[\d,.]*(?: ?(?:x|by) ?\d[\d,.]*)+|\d+(?:, ?\d+)+", re.IGNORECASE)
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")


def plain_text(text: str) -> str:
    """The text in plain characters, without the quotes and signs that people put around an answer."""
    if len(text) > MAX_TEXT:
        raise Unreadable("read.too_long")
    if not text.isprintable() and any(
        not char.isprintable() and char not in "\t\n\r\u00a0\u2009\u202f\u2007" for char in text
    ):
        raise Unreadable("read.control")
    text = text.translate(SAME).replace("{,}", ",")
    if "\\" in text:
        from convcalc.marking.symbolic import latex_as_plain

        text = latex_as_plain(text.replace(r"\times", " x "))
    if not text.isascii():
        text = text.replace("→", "->")
        text = SUPERSCRIPT.sub(lambda found: "**" + "".join(SUPERSCRIPTS[digit] for digit in found[0]), text)
        text = "".join(str(int(char)) if char.isdecimal() else char for char in text)
        text = text.replace("⌊", "floor(").replace("⌋", ")").replace("⌈", "ceil(").replace("⌉", ")")
    return ABOUT.sub("", " ".join(text.split()).strip("`$\"' ").lstrip("≈~= ").rstrip(" .;"))


ABOUT = re.compile(r"^(?:ca\b\.?|circa|about|approx\b\.?|approximately|around|roughly) ?(?=[\d(])", re.IGNORECASE)

SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")

# Numbers

DIGITS = r"\d+(?:[,_' ]\d{3})*(?:\.\d+)?|\.\d+"
SCALES = {
    "": 1, "k": 10**3, "thousand": 10**3, "m": 10**6, "mio": 10**6, "million": 10**6, "millions": 10**6, "g": 10**9,
    "b": 10**9, "bn": 10**9, "billion": 10**9, "t": 10**12, "trillion": 10**12,
}  # fmt: skip
BYTES = {
    **{f"{letter}b": 1000**power for power, letter in enumerate("kmgt", 1)},
    **{f"{letter}ib": 1024**power for power, letter in enumerate("kmgt", 1)},
    **dict.fromkeys(("bytes", "byte"), 1),
}
WORDS = (
    "parameters|parameter|params|param|weights|macs|mac|multiply-adds|mult-adds|madds|flops|flop|pixels|pixel|px|neurons|"
    "units|numbers|floats|values|activations|features|connections|biases|channels|filters|maps|multiplications|classes|"
    "class|outputs|elements|weights and biases|running stats|running statistics|statistics|stats|gammas|gamma|"
    "betas|beta|means|variances|buffers"
)
COUNTED = re.compile(rf"(?<=\d) ?(?:{WORDS})\b", re.IGNORECASE)  # 150 weights + 6 biases
REMARK = re.compile(
    rf"(?P<answer>.*[\d)\]%](?: ?(?:{'|'.join(filter(None, SCALES))})| (?:{WORDS}))?) \((?P<remark>[^()]+)\)",
    re.IGNORECASE,
)
PLAIN = re.compile(rf"[\d.,_' ]+(?:[kmbg]| (?:{WORDS}))?", re.IGNORECASE)  # a number by itself
OPERATIONS = {
    **dict.fromkeys(("macs", "mac", "multiply-adds", "mult-adds", "madds", "multiplications"), 1),
    **dict.fromkeys(("flops", "flop"), 2),
}  # fmt: skip
NUMBER = re.compile(
    rf"(?P<sign>[+-]?) ?(?P<digits>{DIGITS})(?:e(?P<e>[+-]?\d+))?(?: ?[x*] ?10 ?(?:\^|\*\*) ?(?P<ten>\d+))?"
    rf"(?: ?(?P<scale>{'|'.join(sorted(filter(None, SCALES), key=len, reverse=True))}))?"
    rf"(?: ?(?P<bytes>{'|'.join(sorted(BYTES, key=len, reverse=True))}))?(?: ?(?P<word>{WORDS}))?(?: (?:in )?total)?",
    re.IGNORECASE,
)
COMMA = re.compile(  # 25,65k is a decimal comma, and so is that of 1,152e5; 1,152k are so many thousands
    rf"(?P<whole>[+-]?\d{{1,3}}),(?P<places>\d+)"
    rf"(?P<rest> ?(?:e[+-]?\d+|[x*] ?10 ?[\^*].*|(?:{'|'.join(filter(None, (*SCALES, *BYTES)))})\b.*))",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3} ?[a-df-wyz].*", re.IGNORECASE)
POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+")
NOT_ARITHMETIC = re.compile(r"[^0-9+\-*/%()\[\]., x^a-z]", re.IGNORECASE)
FUNCTIONS = re.compile(r"floor|ceil|min|max|x", re.IGNORECASE)


def numbers(text: str) -> tuple[AnswerReading, ...]:
    """Readings of a number, or of arithmetic."""
    if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS:  # as most are
        return (AnswerReading(int(text)),)
    *worked, last = text.split("=")
    if worked:
        steps: list[Value] = []
        for part in worked:
            try:
                steps.append(arithmetic(part.strip()).value)
            except Unreadable:  # `params = 156`: a name before the answer
                continue
        return tuple(each._replace(steps=tuple(steps)) for each in numbers(last.strip()))
    if text.lower() in ("none", "zero", "no"):
        return (AnswerReading(0),)
    if "," in text and (comma := COMMA.fullmatch(text)) and not THOUSANDS.fullmatch(text):
        text = f"{comma['whole']}.{comma['places']}{comma['rest']}"
    grouped: tuple[AnswerReading, ...] = ()
    if POINTS.fullmatch(text) and len(text) < 100:  # 61.706 is 61,706 to half of Europe
        grouped = (AnswerReading(int(text.replace(".", "")), note="read.grouping"),)
    if match := NUMBER.fullmatch(text):
        readings = [number(match), *grouped]
        if match["scale"] == "B" and "." not in text and (in_bytes := NUMBER.fullmatch(f"{text[:-1]}bytes")):
            readings.append(number(in_bytes))
            readings.sort(key=lambda reading: bool(reading.value >= 10**12))  # nobody counts thousands of billions
        return tuple(readings)
    return grouped or (arithmetic(text if "pixel" in text else COUNTED.sub("", text)),)


def number(match: re.Match[str]) -> AnswerReading:
    """The number that NUMBER has found."""
    whole, _, places = re.sub("[,_' ]", "", match["digits"]).partition(".")
    given, unit = match["scale"] or "", (match["bytes"] or "").lower()
    scale = BYTES[unit] if unit else SCALES[given.lower()]
    exponent = int((match["e"] or "0")[:9]) + int((match["ten"] or "0")[:9])
    if abs(exponent) > MAX_EXPONENT or len(whole) > MAX_DIGITS or len(places) > MAX_EXPONENT:
        raise Unreadable("read.too_large")
    if unit and given:  # `kb` is matched as k and b by no one: MB is a unit of its own
        raise Unreadable("read.letters")
    exact = not places and exponent == 0 and scale == 1
    shift = exponent - len(places)
    last: Value = scale * 10**shift if shift >= 0 else divide(scale, 10**-shift)
    value = int(whole + places) * last
    value = divide(value, 1) if not isinstance(value, int) else value
    return AnswerReading(
        -value if match["sign"] == "-" else value, 0 if exact else last, "read.unit" if unit else "",
        operations=OPERATIONS.get((match["word"] or "").lower(), 0),
    )  # fmt: skip


def arithmetic(text: str) -> AnswerReading:
    """The exact value of sums, products, powers, quotients and roundings of numbers."""
    if NOT_ARITHMETIC.search(text) or not text:
        raise Unreadable("read.arithmetic")
    if re.search("[a-z]", FUNCTIONS.sub("", text), re.IGNORECASE):
        raise Unreadable("read.letters")
    plain = parser_spelling(text)
    try:
        return AnswerReading(evaluate(parse(plain), {}))
    except UnknownName:
        raise Unreadable("read.letters") from None
    except ExprError as error:
        is_large = "large" in str(error) or "digits" in str(error)
        raise Unreadable("read.too_large" if is_large else "read.arithmetic") from None
    except RecursionError:
        raise Unreadable("read.arithmetic") from None


def parser_spelling(text: str) -> str:
    """Arithmetic as the parser has it: * for x, ** for ^, thousands together, decimals as fractions."""
    text = re.sub(
        r"(?<=[\d)\] ])x(?=[\d(\[ ])", "*", text.lower().replace("^", "**").replace("[", "(").replace("]", ")")
    )
    text = re.sub(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)", lambda found: found[0].replace(",", ""), text)
    text = re.sub(r"\d+\.\d+", decimal, text)
    return re.sub(r"(?<=[\d)]) ?(?=\()", "*", re.sub(r"(?<![\d.])0+(?=\d)", "", text))


def decimal(found: re.Match[str]) -> str:
    whole, places = found[0].split(".")
    return f"({int(whole + places)}/{10 ** len(places)})" if len(found[0]) < 100 else found[0]
