"""The layers of a network as a table of pandas or polars, which is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.layers.binding import AXES
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.library.layers import Layer, Layers

ENGINES = ("pandas", "polars")
OF_AXES = ("kernel", "stride", "padding", "dilation")  # the settings that have columns of their own


def layers_frame(layers: Layers, engine: str) -> Any:
    """A row for each layer, by name; numbers that do not fit 64 bits, and those with letters, are objects."""
    if engine not in ENGINES:
        raise problem("U010", f'there is no engine "{engine[:40]}"', f"one of {', '.join(ENGINES)}")
    try:
        library = import_module(engine)
    except ImportError:
        raise problem("U012", f"a frame needs {engine}, which is not installed", f"pip install {engine}") from None
    rows = [layer_row(layer) for layer in layers]
    columns = list(dict.fromkeys(name for row in rows for name in row)) or ["layer"]
    table = with_one_padding({name: [row.get(name) for row in rows] for name in columns})
    if engine == "pandas":
        values = {name: pandas_column(column, library) for name, column in table.items()}
        return library.DataFrame(values).set_index("layer")
    return library.DataFrame([polars_column(name, column, library) for name, column in table.items()])


def with_one_padding(table: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The columns, with one for the padding along an axis where none differs before and after."""
    found = {}
    for name, column in table.items():
        stem, _, end = name.rpartition("_")
        if end not in ("before", "after") or table[f"{stem}_before"] != table[f"{stem}_after"]:
            found[name] = column
        elif end == "before":
            found[stem] = column
    return found


def layer_row(layer: Layer) -> dict[str, Any]:
    """One layer, every value a number or a text of its own: `output_c`, `kernel_h`, `rf_w`."""
    last = layer.network.layout == "channels_last"
    row: dict[str, Any] = {"layer": layer.name, "kind": layer.kind, "text": layer.text, "from": ",".join(layer.sources)}
    for name, shape in (("input", layer.input), ("output", layer.output)) if layer._report.applied else ():
        row |= sides(name, shape, last)
    for name in OF_AXES:
        row |= along_axes(name, layer.settings.get(name))
    row |= layer.counts
    return row | along_axes("rf", layer.receptive_field.size) | {"line": layer.line}


def sides(name: str, shape: tuple[Any, ...], channels_last: bool) -> dict[str, Any]:
    """The channels and the sides of a shape in columns."""
    first = (shape[-1], *shape[:-1]) if channels_last and shape else shape
    return {f"{name}_c": first[0], **along_axes(name, first[1:])} if first else {}


def along_axes(name: str, values: Any) -> dict[str, Any]:
    """A value along each axis by the letter of that, h, w; padding that differs before and after has both ends."""
    if not isinstance(values, tuple) or len(values) not in AXES:
        return {}
    found: dict[str, Any] = {}
    for axis, value in zip(AXES[len(values)], values, strict=True):
        if isinstance(value, tuple):
            found |= {f"{name}_{axis[0]}_before": value[0], f"{name}_{axis[0]}_after": value[-1]}
        else:
            found[f"{name}_{axis[0]}"] = value
    return found


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
