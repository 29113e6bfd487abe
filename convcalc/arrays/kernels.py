"""The kernels that the lectures name, and what there is to say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide
from convcalc.arrays.array import Array
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


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
