"""Arrays in short: `1..9:3x3`, `zeros:5x5`, `ones:2x3x3`, `eye:3`, `random:5x5`, makers of NumPy, named kernels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from math import prod

from convcalc.algebra.expr import divide
from convcalc.arrays.array import Array, shape_text
from convcalc.problem import Mark, Problem, Source, problem
from convcalc.tuples import NamedTuple

MAX_NUMBERS = 1 << 18  # of one array
MAX_AXES = 5  # filters, channels, depth, height, width
RANGE = re.compile(r"\s*([-−]?\d+)\s*\.\.\s*([-−]?\d+)\s*(?::\s*(?P<shape>[\d\sx×*,]*))?\s*")
NAMED = re.compile(r"\s*(?P<name>[a-z]+)\s*:\s*(?P<shape>[\d\sx×*,]+)", re.IGNORECASE)
CALL = re.compile(r"\s*\w+\.(?P<name>zeros|ones|eye)\s*\(\s*[(\[]?(?P<shape>[\d\s,]+)[)\]]?\s*\)\s*")
# np.arange(9).reshape(3, 3), torch.arange(1, 10)
COUNTED = re.compile(
    r"\s*\w+\.arange\(\s*(?:(-?\d+)\s*,\s*)?(-?\d+)\s*\)(?:\.(?:reshape|view)\(\s*\(?(?P<shape>[\d\s,]+)\)?\s*\))?\s*"
)
MAX_SHORT = 80  # characters of a text in short
DIGITS = (0, 9)  # between which the numbers of `random` lie


def identity_matrix(shape: tuple[int, ...], seed: int) -> Iterable[int]:
    side = shape[-1]
    return (int(index // side == index % side) for index in range(prod(shape)))


def random_digits(shape: tuple[int, ...], seed: int) -> Iterable[int]:
    from random import Random

    dice = Random(seed)
    return (dice.randint(*DIGITS) for _ in range(prod(shape)))


MAKERS: dict[str, Callable[[tuple[int, ...], int], Iterable[int]]] = {
    "zeros": lambda shape, seed: (0 for _ in range(prod(shape))),
    "ones": lambda shape, seed: (1 for _ in range(prod(shape))),
    "eye": identity_matrix,
    "random": random_digits,
}


def short_array(source: Source, seed: int) -> Array | None:
    """The array of a text in short; None where it is written otherwise, a Problem where it has no such shape."""
    text = source.text.strip()
    if len(text) > MAX_SHORT:
        return None
    if found := RANGE.fullmatch(text):
        return counted_array(source, found)
    if found := COUNTED.fullmatch(text):
        return counted_array(source, found, 1)
    found = NAMED.fullmatch(text) or CALL.fullmatch(text)
    if found is None or found["name"].lower() not in MAKERS:
        return None
    name, shape = found["name"].lower(), read_shape(source, found)
    if name == "eye":
        shape = shape * 2 if len(shape) == 1 else shape
        if len(shape) != 2:
            raise failure(source, found, f"an identity has two axes, not {len(shape)}", f"eye:{shape[-1]}")
        check_count(source, found, prod(shape))
    return Array(shape, tuple(MAKERS[name](shape, seed)))


def counted_array(source: Source, found: re.Match[str], beyond: int = 0) -> Array:
    """The whole numbers from one to another, which is left out where it is one `beyond` the last."""
    first, last = (bounded_integer(source, found, (end or "0").replace("−", "-")) for end in (found[1], found[2]))
    last -= beyond
    if beyond and last < first:
        raise failure(source, found, "there are no numbers in it", "np.arange(1, 10)")
    step = 1 if first <= last else -1
    count = abs(last - first) + 1
    shape = read_shape(source, found) if found["shape"] else (count,)
    if prod(shape) != count:
        hint = f"{first}..{first + step * (prod(shape) - 1)}:{'x'.join(map(str, shape))}"
        message = f"{first}..{last} are {count:,} numbers, {shape_text(shape)} takes {prod(shape):,}"
        raise failure(source, found, message, hint)
    check_count(source, found, count)
    return Array(shape, tuple(range(first, last + step, step)))


def read_shape(source: Source, found: re.Match[str]) -> tuple[int, ...]:
    sizes = tuple(bounded_integer(source, found, size) for size in re.findall(r"\d+", found["shape"]))
    if not sizes or 0 in sizes:
        raise failure(source, found, "every side of an array is at least 1", "zeros:3x3")
    if len(sizes) > MAX_AXES:
        raise failure(source, found, f"an array has at most {MAX_AXES} axes here, not {len(sizes)}", "zeros:2x3x3")
    check_count(source, found, prod(sizes))
    return sizes


def bounded_integer(source: Source, found: re.Match[str], text: str) -> int:
    if len(text) > len(str(MAX_NUMBERS)) + 1:
        raise failure(source, found, f"{text[:20]} is too large here", f"at most {MAX_NUMBERS:,} numbers")
    return int(text)


def check_count(source: Source, found: re.Match[str], count: int) -> None:
    if count > MAX_NUMBERS:
        raise failure(source, found, f"an array of {count:,} numbers is too large", f"at most {MAX_NUMBERS:,} numbers")


def failure(source: Source, found: re.Match[str], message: str, hint: str) -> Problem:
    start = len(source.text) - len(source.text.lstrip())
    return problem_at(source, message, hint, start, len(found[0].strip()), "A004")


def problem_at(source: Source, message: str, hint: str, start: int, length: int = 1, code: str = "A001") -> Problem:
    """An error at a place of a text, marked as far as its line goes."""
    text = source.text
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    width = (text[start : start + length].partition("\n")[0] or " ").rstrip() or " "
    return problem(code, message, hint, Mark(source, line, column, len(width)))


# The kernels that the lectures name


class NamedKernel(NamedTuple):
    rows: str
    divisor: int = 1
    remark: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def array(self) -> Array:
        rows = [row.split() for row in self.rows.split("/")]
        numbers = tuple(divide(int(number), self.divisor) for row in rows for number in row)
        return Array((len(rows), len(rows[0])), numbers)


OTHER_SIGNS = "other lectures have the signs the other way round"

KERNELS: Mapping[str, NamedKernel] = {
    "identity": NamedKernel("0 0 0 / 0 1 0 / 0 0 0", remark="keeps the picture as it is"),
    "edge": NamedKernel("1 0 -1 / 0 0 0 / -1 0 1", aliases=("edges",)),
    "sharpen": NamedKernel("0 -1 0 / -1 5 -1 / 0 -1 0", remark="the picture and its Laplacian"),
    "sharpen-as-printed": NamedKernel(
        "0 1 0 / 1 -4 1 / 0 1 0",
        remark="some slides print it as sharpening, but it is the Laplacian; sharpening is 0 -1 0 / -1 5 -1 / 0 -1 0",
    ),
    "box-blur": NamedKernel("1 1 1 / 1 1 1 / 1 1 1", 9, aliases=("blur", "box", "mean")),
    "gaussian": NamedKernel("1 2 1 / 2 4 2 / 1 2 1", 16, aliases=("gauss", "gaussian-blur")),
    "laplacian": NamedKernel("0 -1 0 / -1 4 -1 / 0 -1 0", remark=OTHER_SIGNS, aliases=("laplace",)),
    "sobel-x": NamedKernel("-1 0 1 / -2 0 2 / -1 0 1", remark=OTHER_SIGNS),
    "sobel-y": NamedKernel("-1 -2 -1 / 0 0 0 / 1 2 1", remark=OTHER_SIGNS),
    "prewitt-x": NamedKernel("-1 0 1 / -1 0 1 / -1 0 1", remark=OTHER_SIGNS),
    "prewitt-y": NamedKernel("-1 -1 -1 / 0 0 0 / 1 1 1", remark=OTHER_SIGNS),
}
BY_NAME = {name: kernel for known, kernel in KERNELS.items() for name in (known, *kernel.aliases)}


def find_kernel(name: str) -> NamedKernel | None:
    return BY_NAME.get(name.strip().lower().replace("_", "-"))
