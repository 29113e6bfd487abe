"""The notations of papers and lectures, `CONV3-64`, `7x7 conv, 64, /2`: a table, for what the shorthand cannot read.

A form stands for one line of the shorthand.  Where it leaves something open it stands for several, and is a question.
"""

from __future__ import annotations

import re
from functools import lru_cache

from convcalc.layers import key_names
from convcalc.problem import MAX_WORD, Problem, nearest, problem
from convcalc.readers import shorthand
from convcalc.spec import Implied, WrittenLayer
from convcalc.tuples import NamedTuple

VGG = "Simonyan & Zisserman 2015, table 1"
RESNET = "He et al. 2016, figure 3 and table 1"
INCEPTION = "Szegedy et al. 2015, table 1"
MOBILENET = "Howard et al. 2017, table 1"
LENET = "LeCun et al. 1998, figure 2"
CS231N, CS230 = "the notes of CS231n", "the examinations of CS230"
PADDING, POOLING, MAKER = "how the map is padded", "the window of the pooling", "which window makes them"


class PublishedForm(NamedTuple):
    """How a paper writes a layer: a pattern, the lines that it may stand for, an example, and where that stands."""

    pattern: str  # of a plain text: {k} a window, {n} filters or units, {s} a stride, {c} channels
    lines: tuple[str, ...]  # {p} pads so that only the stride changes the size; numbers of their own are examples
    example: str
    source: str
    unsaid: str = ""  # what the form does not say
    beside: tuple[str, ...] = ()  # what layers without a size are, in its company


CONV = "conv(?:olution)?"
POOLED = ("{pool}pool {k} s{s}", "{pool}pool {k} s{s}{p}")
FORMS = (
    PublishedForm("conv{k}-{n}", ("conv {n} k{k}{p}",), "CONV3-64", VGG, beside=("maxpool 2 s2",)),
    PublishedForm("conv-{k}-{n}", ("conv {n} k{k}", "conv {n} k{k}{p}"), "CONV-9-32", CS230, PADDING),
    PublishedForm("fc-{n}", ("linear {n}",), "FC-4096", VGG, beside=("maxpool 2 s2",)),
    PublishedForm("(?:max)?pool-?{k}", ("maxpool {k} s{k}",), "POOL2", CS231N),
    PublishedForm("avgpool-?{k}", ("avgpool {k} s{k}",), "AVGPOOL2", CS231N),
    PublishedForm("{kk}(?: conv,?|,) {n},? {by}", ("conv {n} k{k} s{s}{p}",), "7x7 conv, 64, /2", RESNET),
    PublishedForm("{kk}(?: conv)?, {n}", ("conv {n} k{k}", "conv {n} k{k}{p}"), "3x3 conv, 64", RESNET, PADDING),
    PublishedForm(
        "{kk}(?: conv)?, {n}, {by}, pool,? ?/{t}",
        ("conv {n} k{k} s{s}{p} -> maxpool {t}", "conv {n} k{k} s{s}{p} -> maxpool 3 s{t} p1"),
        "7x7 conv, 64, /2, pool/2", RESNET, POOLING,
    ),
    PublishedForm("pool,? ?/{s}", ("maxpool {s}", "maxpool 3 s{s} p1"), "pool, /2", RESNET, POOLING),
    PublishedForm("{kk} {pool},? {by}", POOLED, "3x3 max pool, stride 2", RESNET, PADDING),
    PublishedForm("{pool} {kk}/{s}", POOLED, "max pool 3x3/2", INCEPTION, PADDING),
    PublishedForm("{kk}/{s}", ("conv 64 k{k} s{s}{p}", "maxpool {k} s{s}"), "3x3/2", INCEPTION, "which layer it is"),
    PublishedForm(CONV + " {kk}/{s}", ("conv 64 k{k} s{s}{p}",), "convolution 7x7/2", INCEPTION, "its filters"),
    PublishedForm(
        CONV + " {n},? {kk}/{s}", ("conv {n} k{k} s{s}", "conv {n} k{k} s{s}{p}"), "conv 64 3x3/2", INCEPTION, PADDING
    ),
    PublishedForm(CONV + " {kk}/{s} {out}", ("conv {n} k{k} s{s}{p}",), "convolution 7x7/2 112x112x64", INCEPTION),
    PublishedForm(
        "conv dw ?/ ?s{s} {kk}x{c} dw{into}", ("dwconv k{k} s{s}{p} in_channels={c}",),
        "Conv dw / s2 3x3x32 dw", MOBILENET,
    ),
    PublishedForm(
        "conv ?/ ?s{s} {kk}x{c}x{n}{into}", ("conv {n} k{k} s{s}{p} in_channels={c}",), "Conv / s1 1x1x32x64", MOBILENET
    ),
    PublishedForm("{pool} ?/ ?s{s} pool {kk}{into}", ("{pool}pool {k} s{s}",), "Avg Pool / s1 Pool 7x7", MOBILENET),
    PublishedForm("fc ?/ ?s1 {c}x{n}{into}", ("linear {n} in_features={c}",), "FC / s1 1024x1000", MOBILENET),
    PublishedForm("softmax ?/ ?s1(?: classifier)?{into}", ("soft-max",), "Softmax / s1 Classifier", MOBILENET),
    PublishedForm("conv dw ?/ ?s{s}", ("dwconv k3 s{s} p1",), "Conv dw / s2", MOBILENET, "its window"),
    PublishedForm("conv ?/ ?s{s}", ("conv 64 k3 s{s} p1",), "Conv / s1", MOBILENET, "its window and its filters"),
    PublishedForm(r"s\d: {maps}", ("subsample 2", "avgpool 2"), "S2: f. maps 6@14x14", LENET, MAKER),
    PublishedForm(r"(?:\w+: )?{maps}", ("conv {n} k5",), "C1: feature maps 6@28x28", LENET, MAKER),
)  # fmt: skip

PARTS = {
    "k": r"(?P<k>\d+(?:x\d+){0,2})",
    "kk": r"(?P<k>\d+x\d+)",
    "n": r"(?P<n>\d+)",
    "s": r"(?P<s>\d+)",
    "t": r"(?P<t>\d+)",
    "c": r"(?P<c>\d+)",
    "by": r"(?:/ ?|stride ?)(?P<s>\d+)",
    "maps": r"(?:(?:feature |f\. ?)maps )?(?P<n>\d+)@\d+x\d+",
    "out": r"(?P<output>\d+x\d+x(?P<n>\d+))",
    "into": r"(?: (?P<input>\d+x\d+x\d+))?",
    "pool": "(?P<pool>max|avg|average) ?pool",
}
SIGNS = str.maketrans("×✕–—−|\t", "xx---  ")
LONGEST = 300  # characters of a layer in words, as nobody writes more
LISTED = re.compile(r"([^:]+): \[(\d+(?:x\d+)*)\](?: memory: .*)?", re.I)  # CS231n's line, with the size that comes out
PADS = re.compile(r" p[\d=]")
SPACED = re.compile(r"(size |of |s1 )?(?<!\w)\d+(?: x \d+)+(?!\w)")
NUMBERS = re.compile(r"\d+")


def layer_in_notation(text: str, framework: str) -> WrittenLayer | None:
    """The layer of a text in a published notation, None where it is in none; a Problem where it does not say all."""
    if len(text) > LONGEST:
        return None
    if "(" in text or text.strip().isidentifier():  # MATLAB's reluLayer has no brackets
        from convcalc.readers.foreign import foreign_layer

        if called := foreign_layer(text):
            return called
    typed, text = " ".join(text.split()), plain_text(text)
    if listed := LISTED.fullmatch(typed):
        return listed_layer(listed[1], listed[2], framework)
    found = form_of(text)
    if found is None:
        line = line_of_phrases(text)
        return shorthand.plain_layer(line) if line else None
    form, said = found
    lines = lines_of(form, said)
    if len(lines) > 1 or form.unsaid not in ("", PADDING):
        raise open_question(form, typed, lines)
    remark = f"{typed} is {lines[0]}, padded as in {form.source}" if PADS.search(lines[0]) else ""
    into, out = (channels_first(said.get(name, "")) for name in ("input", "output"))
    return shorthand.plain_layer(lines[0])._replace(implied=Implied(form.source, remark, True, into, out, form.beside))


def listed_layer(head: str, size: str, framework: str) -> WrittenLayer | None:
    """CS231n's `FC: [1x1x4096]  memory: 4096  weights: …`: the layer, and that this size has to come out."""
    resolved = shorthand.known_name(head)
    if resolved is None and form_of(plain_text(head)) is None:
        return None
    output = channels_first(size)
    written = shorthand.layer(f"{head} {output[0]}" if resolved and resolved.kind.takes_flat else head, framework)
    implied = written.implied or Implied("CS231n", flattens=True)
    return written._replace(implied=implied._replace(output=output))


def channels_first(size: str) -> tuple[int, ...]:
    """The shape of a size that names its channels last, as these notations do: 224x224x64; () of none."""
    sides = tuple(map(int, size.split("x"))) if size else ()
    return (*sides[-1:], *sides[:-1])


def open_question(form: PublishedForm, text: str, lines: list[str]) -> Problem:
    """The error of a text that does not say everything, with the lines that do."""
    is_example = form.unsaid not in ("", PADDING)
    message = f"{text[:60]} does not say {form.unsaid or PADDING}: it is a notation of {form.source}"
    return problem("L026", message, f"write{', for example' * is_example}: {', or: '.join(lines)}")


def lines_of_notation(text: str) -> list[str]:
    """The lines that a text in a published notation may stand for."""
    text = plain_text(text[:LONGEST])
    found = form_of(text)
    return lines_of(*found) if found else []


def near_miss(error: Problem, text: str) -> Problem:
    """An error of a text, with the form that it misses by a little, whatever its numbers."""
    finding = error.diagnostics[0]
    if len(text) > MAX_WORD or not (finding.code == "K001" or "/" in text):
        return error
    form = (masks := masks_of_examples()).get(nearest(mask(text), masks, 0.8))
    return Problem(finding._replace(hint=f"{form.source} writes {form.example}")) if form else error


def mask(text: str) -> str:
    """A plain text without its spaces, and with the same number everywhere."""
    return NUMBERS.sub("0", plain_text(text)).replace(" ", "")


@lru_cache(maxsize=1)
def masks_of_examples() -> dict[str, PublishedForm]:
    return {mask(form.example): form for form in FORMS}


def plain_text(text: str) -> str:
    """A text in small letters, with the signs of a keyboard, one space between words and none around an x of sides."""
    return SPACED.sub(joined_sides, " ".join(text.translate(SIGNS).lower().split())).removesuffix(".")


def joined_sides(found: re.Match[str]) -> str:
    """`3 x 3` as 3x3, unless the second of two numbers may say how often: `conv 64 3 x 2`."""
    numbers = NUMBERS.findall(found[0])[1 if found[1] == "s1 " else 0 :]
    are_sides = found[1] or len(numbers) > 2 or numbers[0] == numbers[1]
    return found[0].replace(" x ", "x") if are_sides else found[0]


@lru_cache(maxsize=1)
def compiled_forms() -> tuple[tuple[re.Pattern[str], PublishedForm], ...]:
    return tuple((re.compile(form.pattern.format(**PARTS), re.A), form) for form in FORMS)


def form_of(text: str) -> tuple[PublishedForm, dict[str, str]] | None:
    """The form that a plain text has, and its values by their letters."""
    for pattern, form in compiled_forms():
        if found := pattern.fullmatch(text):
            return form, {letter: value for letter, value in found.groupdict().items() if value}
    return None


def lines_of(form: PublishedForm, said: dict[str, str]) -> list[str]:
    """The different lines that a form with these values may stand for."""
    pads = paddings(said["k"].split("x"), int(said.get("s", "1"))) if "k" in said else [""]
    return list(dict.fromkeys(line.format(**said, p=pad) for line in form.lines for pad in pads))


def paddings(kernel: list[str], stride: int) -> list[str]:
    """With which paddings only the stride changes a size; none at all is one more where the window is even."""
    sides = list(map(int, kernel))
    if all(side % 2 for side in sides):
        halves = [str(side // 2) for side in sides]
        return [f" p{halves[0] if len(set(halves)) == 1 else 'x'.join(halves)}" if max(sides) > 1 else ""]
    if stride == 1:
        return ["", " p=same"]
    return ["", *(f" p{(side - stride + 1) // 2}" for side in sides[:1] if side > stride)]


# In words

VALUE = r"\d+(?:x\d+){0,2}"
MAIN = "main"  # the key of the first value, whatever the kind calls it
SHORT = "short"  # a word of the shorthand itself, whose key it names
PHRASES = tuple(
    (key, re.compile(rf"(?:{pattern})(?=[ ,]|$)"))
    for key, pattern in (
        (MAIN, r"(\d+) (?:filters?|kernels?|(?:output )?(?:feature maps|channels?)|units?|neurons?)(?! \d)"),
        ("kernel", rf"(?:(?:filter|kernel|window|pool) ?)?size (?:of )?({VALUE})"),
        ("kernel", rf"(?:filters?|kernels?|windows?) (?:of )?({VALUE})"),
        ("kernel", r"(\d+(?:x\d+){1,2})(?: (?:filters?|kernels?|windows?))?"),
        ("stride", rf"strides? (?:of )?({VALUE})"),
        ("padding", rf"(?:zero[- ])?pad(?:ding)? (?:of )?({VALUE}|same|valid)"),
        ("padding", r"(same|valid) padding"),
        ("dilation", rf"dilation (?:rate )?(?:of )?({VALUE})"),
        ("groups", r"(\d+) groups?"),
        ("bias", r"(no|without) (?:a )?bias(?:es)?"),
        (SHORT, r"([a-z]{1,2}\d+(?:x\d+){0,2}|[a-z_]+=[^ ,]+)"),
    )
)
BETWEEN = re.compile(r",? (?:and |with |of |using |a )*|,")
FIRST = re.compile(r" (\d+)(?=[ ,]|$)")


def line_of_phrases(text: str) -> str:
    """The line of the shorthand that a plain text says: `conv with 100 filters of size 3 x 3, stride 1`.

    Every number has the word that says what it is; "" where anything is no such phrase.
    """
    head, resolved, place = head_of(text)
    if resolved is None:
        return ""
    table, main = key_names(resolved.kind), shorthand.main_key(resolved.kind)
    name_of_main = main.name if main and main.name != "kernel" else ""
    said: dict[str, str] = {}
    words = [head]
    first = FIRST.match(text, place)
    if first and name_of_main and not PHRASES[0][1].match(text, first.start(1)):
        said[name_of_main], place = first[1], first.end()
    while place < len(text):
        between = BETWEEN.match(text, place)
        key, value, place = phrase_at(text, between.end()) if between else ("", "", 0)
        key = name_of_main if key == MAIN else key
        if key == SHORT:
            words.append(value)
        elif key in said or key not in table:
            return ""
        else:
            said[key] = "no" if key == "bias" else value
    return " ".join([*words, *(f"{key}={value}" for key, value in said.items())]) if said else ""


def phrase_at(text: str, place: int) -> tuple[str, str, int]:
    """(key, value, where it ends) of the phrase at a place; no key where there is none."""
    for key, pattern in PHRASES:
        if found := pattern.match(text, place):
            return key, found[1], found.end()
    return "", "", place


def head_of(text: str) -> tuple[str, shorthand.Resolved | None, int]:
    """The kind that a text begins with, in up to three words, and where it ends: `max pooling layer`."""
    ends = [found.end() for found in re.finditer(r"(?<=[a-z])(?= |$)", text)][:3]
    for end in reversed(ends):
        words = re.sub(r"(?:al)? layer$", "", text[:end])
        if found := shorthand.known_name("".join(words.split())):
            return found.kind.name, found, end
    return "", None, 0
