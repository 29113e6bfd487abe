"""The order in which people write a sum and a product, so that W + 2·P − K reads as in every textbook.

Of a sum: the highest degree first; of letters, sizes before paddings before kernels; then floors by their divisor,
which is the order of a network's stages; numbers last.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.algebra.monomial import Floor
from convcalc.algebra.poly import Poly
from convcalc.algebra.substitution import symbols

if TYPE_CHECKING:
    from convcalc.algebra.monomial import Atom, Monomial


@lru_cache(maxsize=4096)
def place(monomial: Monomial) -> tuple[object, ...]:
    """Sorts the terms of a sum; the constant comes last."""
    if not monomial:
        return (1,)
    kind = max((rank(atom) for atom, _ in monomial), default=0)
    degree = sum(power for _, power in monomial)
    return 0, -degree, kind, [(bottom_of(atom), -power, str(atom)) for atom, power in monomial]


def rank(atom: Atom) -> int:
    """Sizes, then paddings and strides, then kernels."""
    return 2 if is_letter(atom, "kK") else 1 if is_letter(atom, "pPsS") else 0


def is_letter(atom: Atom, initials: str) -> bool:
    return isinstance(atom, str) and atom[0] in initials


def bottom_of(atom: Atom) -> tuple[int, str]:
    """Letters, then floors by their divisor, then everything else."""
    if isinstance(atom, str):
        return 0, ""
    if isinstance(atom, Floor):
        return (atom.bottom, "") if isinstance(atom.bottom, int) else (1 << 60, str(atom.bottom))
    return 1 << 61, ""


@lru_cache(maxsize=4096)
def letters_of(atom: Atom) -> frozenset[str]:
    return frozenset((atom,) if isinstance(atom, str) else symbols(Poly({((atom, 1),): 1})))
