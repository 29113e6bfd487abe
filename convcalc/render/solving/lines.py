"""What was solved, as on a board: the equations and what follows from them, the values, or why there are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.algebra.expr import letters
from convcalc.render.layout import pad
from convcalc.render.solving import layer, network
from convcalc.render.solving.equation import is_constant, letters_before_brackets, relation, result, short
from convcalc.render.solving.reasons import label

if TYPE_CHECKING:
    from convcalc.solving.answer import Answer


def lines(found: Answer, limit: int = 10) -> Iterator[str]:
    """An answer in lines; of several unknowns the first `limit` combinations, 0 for all."""
    subject = layer if found.question.network is None else network
    yield subject.title(found)
    yield ""
    # Where several have one name, which letter is which.
    shown = [*equations(found), *(f"{one.letter}: {one.name}" for one in found.unknowns if " of " in one.name)]
    if shown:
        yield from shown
        yield ""
    yield from subject.solutions(found, limit) if found.solved else subject.failure(found)


def equations(found: Answer) -> Iterator[str]:
    """Each thing that is wanted, as an equation down to the unknown."""
    value = found.symbolic if found.symbolic is not None else found.broken
    if value is not None:
        if len(found.equations) == 2:
            left, right = (short(one.relations[0].tree) for one in found.equations)
            # ⌊y⌋ = t holds where y = t, but not only there.
            sign = "⟸" if "⌊" in left else "⟺"
            yield f"{left} = {right}  {sign}  {found.unknowns[0].symbol} = {short(letters_before_brackets(value))}"
        return
    labels, works = [], []
    for equation in found.equations:
        if not equation.relations or is_constant(equation.relations[0].tree):
            continue
        labels.append(label(found, equation))
        chain = [relation(step) for step in equation.relations]
        end = result(next(letters(equation.relations[0].tree)), equation.runs)
        is_new = end not in chain if found.question.network is None else equation.runs
        works.append("  ⟺  ".join([*dict.fromkeys(chain), *([end] if is_new else [])]))
    if labels:
        yield from (f"{name}  {work}" for name, work in zip(pad(labels, True), works, strict=True))
