"""Steps that look at steps: which are the steps of an input, and which of them each sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide, extremum
from convcalc.layers import Key
from convcalc.layers.case import product
from convcalc.layers.window import GROWING, SLIDING, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.layers.case import Case

CAUSAL = Key(
    "causal", "", "a step looks at itself and those before it only; the scores that this hides are computed all the "
    "same", "flag", False, aliases=("is_causal", "use_causal_mask"), quiet=True,
)  # fmt: skip
WINDOW = Key(
    "window", "k", "how many steps a step looks at, from itself back where it is causal, else with itself in the "
    "middle; only those scores are computed", "count", None, aliases=("sliding_window",), quiet=True,
)  # fmt: skip
# What a step sees of the steps: see `looking`.
LOOKING = {"causal": Window(GROWING), "window": Window(SLIDING, "k")}
ROLES = ("queries", "keys", "values")


def sequences(case: Case, most: int = 3) -> tuple[Shape, ...]:
    """Every input as (steps, features): queries, keys and values, of which the last are again those before them.

    The steps of Keras's maps are all of their positions; those that are no axes of the attention are left to `rows`.
    """
    if len(case.shapes) > most:
        what = " and ".join((", ".join(ROLES[: most - 1]), ROLES[most - 1]))
        message = f"{case.kind.name} takes {what}, here it has {len(case.shapes)} inputs"
        raise problem("C030", message, f"name {most} or fewer: from: [{', '.join(ROLES[:most])}]")
    shapes = [case.steps_first(shape) for shape in case.shapes]
    on_maps = case.convention.dense_on_maps or case.values.get("axes") is not None
    if any(len(shape) < 2 or (len(shape) > 2 and not on_maps) for shape in shapes):
        raise problem(
            "C010",
            f"{case.kind.name} takes (steps × features), its input is {' and '.join(map(case.show, case.shapes))}",
            "put `embedding`, or `flatten` and `permute`, before it",
        )
    places = looked_along(case, len(shapes[0]))
    if len(places) > 1 and (case.values.get("causal") or case.values.get("window")):
        raise problem(
            "C010", f"causal attention and windows run along one axis, not {len(places)}", "name it: axes=[1]"
        )
    rows = [tuple(size for axis, size in enumerate(shape[:-1]) if axis not in places) for shape in shapes]
    if any(row != rows[0] for row in rows) or len(set(map(len, shapes))) > 1:
        shown = " and ".join(map(case.show, case.shapes))
        raise problem("C011", f"the inputs differ where it does not look: {shown}", "the same axes, and sizes of rows")
    found = [(product(shape[axis] for axis in places), shape[-1]) for shape in shapes]
    found += found[-1:] * (3 - len(found))
    if not case.holds(found[2][0], "==", found[1][0]):
        raise problem("C011", f"{found[1][0]} keys have {found[2][0]} values", "as many values as keys")
    return (rows[0], *found)


def looking(applied: Applied) -> str:
    """The mode of LOOKING: all where none is said, or where a window takes in every step."""
    return "window" if "p" in applied.letters else "causal" if applied.values.get("causal") else ""


def keys_looked_at(case: Case, queries: Value, keys: Value) -> dict[str, Value]:
    """w keys that each query looks at; p of its window before itself, unless that takes in all of them."""
    size, causal = case.values.get("window"), case.values["causal"]
    if size is None and not causal:
        return {"w": keys}
    if not case.holds(queries, "==", keys):
        raise problem("C011", f"{queries} queries are no steps of {keys} keys", "leave out causal and window")
    if size is None:
        return {"w": keys}
    if not causal and not case.holds(size - 1, "%", 2):
        raise problem("C013", f"a window of {size} has no step in its middle", f"window={size + 1}, or causal=yes")
    before = size - 1 if causal else divide(size - 1, 2)
    is_whole = isinstance(before, int) and isinstance(keys, int) and before >= keys - 1
    return {"w": extremum("min", size, keys), **({} if is_whole else {"p": before})}


def looked_along(case: Case, rank: int) -> tuple[int, ...]:
    """The axes that are the steps: all but the features, or those that the layer names."""
    axes = case.values.get("axes")
    if axes is None:
        return tuple(range(rank - 1))
    places = tuple(case.place(axis, "axes") for axis in axes)
    if rank - 1 in places or len(set(places)) < len(places):
        raise problem("C014", f"it cannot look along {', '.join(map(str, axes))}", f"some of 1 to {rank - 1}")
    return places
