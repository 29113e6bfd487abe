"""`convcalc kinds`: the reference of the layer kinds, from the records themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from convcalc.cli import USAGE
from convcalc.expr import parse
from convcalc.kinds import KINDS
from convcalc.kinds.record import REQUIRED
from convcalc.notation import write
from convcalc.problem import Problem

if TYPE_CHECKING:
    from convcalc.kinds.record import Key, Kind


@click.command("kinds")
@click.argument("kind", required=False)
def command(kind: str | None) -> int:
    """The layer kinds; with KIND its keys, letters and formulas."""
    from convcalc.shorthand import resolve

    if kind is None:
        width = max(len(known.name) for known in KINDS)
        for known in KINDS:
            click.echo(f"{known.name:{width}}  {known.doc}")
        return 0
    try:
        found = resolve(kind).kind
    except Problem as error:
        click.echo(f"Error: {error}; {error.diagnostics[0].hint}", err=True)
        return USAGE
    for line in reference(found):
        click.echo(line)
    return 0


def reference(kind: Kind) -> Iterator[str]:
    """The page of one kind."""
    yield f"{kind.name}: {kind.doc}"
    also = [*kind.aliases, *(f"{stem}1d/2d/3d" for stem in kind.dims.split()[:1])]
    classes = [f"nn.{name.replace('{n}', 'N')}" for name, _ in kind.torch] + [
        f"keras.layers.{name.replace('{n}', 'N')}" for name, _ in kind.keras
    ]
    if also:
        yield f"  also written   {', '.join(also)}"
    if classes:
        yield f"  frameworks     {', '.join(classes)}"
    for key in kind.keys:
        if key.type not in ("ignored", "check", "check2"):
            yield f"  {setting(key):<24} {key.doc}"
    formulas = {
        "output size": kind.sizes[""] if not kind.shape else "",
        "output channels": kind.channels if kind.takes == "map" and not kind.shape else "",
        "parameters": kind.parameters,
        "of them biases": kind.biases,
        "buffers": kind.buffers,
        "MACs": kind.macs,
    }
    for name, text in formulas.items():
        if text and text != "0":
            yield f"  {name:<24} {write(parse(text))}"
    for source in kind.sources:
        yield f"  source: {source}"


def setting(key: Key) -> str:
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
