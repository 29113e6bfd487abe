"""`_pair`, `to_2tuple`: a number once for each axis, as PyTorch and timm have it from one argument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import LibraryFunction

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

COUNTS = {
    "_single": 1, "_pair": 2, "_triple": 3, "_quadruple": 4, **{f"to_{count}tuple": count for count in range(1, 5)}
}  # fmt: skip


def repeating_function(name: str) -> LibraryFunction | None:
    """The function of this name; None where it is none of them."""
    if name in ("_ntuple", "to_ntuple"):
        return LibraryFunction(name, lambda run, args, kwargs, place: function_for(run, args, place))
    return repeat_to(COUNTS[name], name) if name in COUNTS else None


def function_for(run: Run, args: list[Any], place: Place) -> LibraryFunction:
    if len(args) != 1 or not isinstance(args[0], int):
        raise run.error("TypeError", "to_ntuple takes a whole number", place)
    run.spend(args[0], place)
    return repeat_to(args[0], f"to_{args[0]}tuple")


def repeat_to(count: int, name: str) -> LibraryFunction:
    def repeat(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        if len(args) != 1:
            raise run.error("TypeError", f"{name} takes one value", place)
        return tuple(args[0]) if isinstance(args[0], (list, tuple)) else (args[0],) * count

    return LibraryFunction(name, repeat)
