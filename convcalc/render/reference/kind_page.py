"""The page of a layer kind: its names, its keys, its formulas, an example worked, and the common mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.layer.record import PRODUCTS, REQUIRED
from convcalc.render.reference.formulas import page

if TYPE_CHECKING:
    from convcalc.layer.record import Key, Kind


def lines(kind: Kind, notation: str, example: Iterator[str]) -> Iterator[str]:
    yield f"{kind.name}: {kind.doc}"
    also = [*kind.aliases, *(f"{stem}1d/2d/3d" for stem in kind.dims.split()[:1])]
    classes = [f"nn.{name.replace('{n}', 'N')}" for name, _ in kind.torch] + [
        f"keras.layers.{name.replace('{n}', 'N')}" for name, _ in kind.keras
    ]
    if also:
        yield f"  also written   {', '.join(also)}"
    if classes:
        yield f"  frameworks     {', '.join(dict.fromkeys(name.partition(':')[0] for name in classes))}"
    keys = [key for key in kind.keys if key.type not in ("ignored", "check")]
    if keys:
        yield ""
        yield "Keys"
    for key in keys:
        yield f"  {key_line(key):<24} {key.doc}{axes_note(key)}"
    yield ""
    yield from page(kind, notation)
    yield ""
    yield from example


def axes_note(key: Key) -> str:
    """For a letter with a number per axis, the letter of their product."""
    whole = PRODUCTS.get(key.symbol)
    return f"; {key.symbol} for each axis, {whole} their product" if key.per_axis and whole else ""


def key_line(key: Key) -> str:
    """`stride s = 1`."""
    name = f"{key.name} {key.symbol}".strip()
    if key.default is REQUIRED:
        return name
    default = key.default
    if default is None:
        return f"{name} (optional)"
    if isinstance(default, bool):
        default = "yes" if default else "no"
    return f"{name} = {str(default).removeprefix('=')}"
