"""The layers of a network as a table of pandas or polars, which is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.library.frozen import require_known
from convcalc.library.symbolic import public
from convcalc.problem import problem
from convcalc.render.report.wide import AXES_OF, common

if TYPE_CHECKING:
    from convcalc.library.layers import Layer, Layers

ENGINES = ("pandas", "polars")
# The settings that have columns of their own; where there is no padding, what is cropped or added is.
OF_AXES = {"kernel": "kernel", "stride": "stride", "padding": "amount", "dilation": "dilation"}


def layers_frame(layers: Layers, engine: str) -> Any:
    """A row for each layer, by name; numbers that do not fit 64 bits, and those with letters, are objects."""
    require_known("engine", engine, ENGINES)
    try:
        library = import_module(engine)
    except ImportError:
        raise problem("U012", f"a frame needs {engine}, which is not installed", f"pip install {engine}") from None
    rows = [layer_row(layer) for layer in layers]
    known = dict.fromkeys(name for row in rows for name in row) or ["layer"]
    columns = [name for name in known if not is_repeated(name, rows)]
    table = {name: [row.get(name) for row in rows] for name in columns}
    if engine == "pandas":
        values = {name: pandas_column(column, library) for name, column in table.items()}
        return library.DataFrame(values).set_index("layer")
    return library.DataFrame([polars_column(name, column, library) for name, column in table.items()])


def layer_row(layer: Layer) -> dict[str, Any]:
    """One layer, every value a number or a text of its own, named as in CSV: `output_c`, `kernel_h`."""
    row: dict[str, Any] = {"layer": layer.name, "kind": layer.kind, "text": layer.text, "from": ";".join(layer.sources)}
    applied = layer._report.applied
    for name, shape in (("input", common(applied.input)), ("output", applied.output)) if applied else ():
        row |= {f"{name}_c": public(shape[0]), **along_axes(name, public(shape[1:]))} if shape else {}
    settings = layer.settings
    for name, other in OF_AXES.items():
        row |= along_axes(name, settings.get(name, settings.get(other)))
    row |= layer.counts
    return row | along_axes("receptive_field", layer.receptive_field.size) | {"line": layer.line}


def along_axes(name: str, values: Any) -> dict[str, Any]:
    """A value along each axis by the letter of that, h, w; padding that differs before and after has both ends."""
    if not isinstance(values, tuple) or len(values) not in AXES_OF:
        return {}
    found: dict[str, Any] = {}
    for axis, value in zip(AXES_OF[len(values)], values, strict=True):
        before, after = (value[0], value[-1]) if isinstance(value, tuple) else (value, value)
        found[f"{name}_{axis}"] = before if before == after else None
        if isinstance(value, tuple):
            found |= {f"{name}_before_{axis}": before, f"{name}_after_{axis}": after}
    return found


def is_repeated(name: str, rows: list[dict[str, Any]]) -> bool:
    """Whether a column of one end of the padding only says again what that of both ends does."""
    setting, end, axis = (*name.split("_"), "", "")[:3]
    return end in ("before", "after") and all(row.get(f"{setting}_{axis}") == row.get(name) for row in rows)


def is_small(value: Any) -> bool:
    """Whether a value is a whole number of 64 bits, or none."""
    return value is None or (type(value) is int and -(2**63) <= value < 2**63)


def is_numeric(column: list[Any]) -> bool:
    return all(map(is_small, column)) and any(value is not None for value in column)


def pandas_column(column: list[Any], library: Any) -> Any:
    """Whole numbers stay whole where some are missing."""
    if not is_numeric(column):
        return column
    return library.array(column, dtype="int64" if None not in column else "Int64")


def polars_column(name: str, column: list[Any], library: Any) -> Any:
    """Numbers as numbers; those with letters, or too large, as texts."""
    if is_numeric(column):
        return library.Series(name, column, dtype=library.Int64)
    return library.Series(name, [None if value is None else str(value) for value in column], dtype=library.String)
