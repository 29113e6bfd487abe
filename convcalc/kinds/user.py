"""A layer kind that a spec declares: the same record as the built-in ones, made of texts."""

from __future__ import annotations

import re
from typing import Any

from convcalc.algebra.expr import ExprError, parse
from convcalc.kinds import keys
from convcalc.kinds.record import POINT, REQUIRED, WHOLE, Key, Kind, Need, Window, sides
from convcalc.problem import did_you_mean, problem

SHARED = {
    key.name: key
    for key in (
        keys.FILTERS, keys.KERNEL, keys.STRIDE, keys.PADDING, keys.DILATION, keys.GROUPS, keys.BIAS, keys.MULTIPLIER,
        keys.UNITS, keys.SCALE,
    )
}  # fmt: skip
FORMULAS = {
    "size": "sizes", "channels": "channels", "weights": "parameters", "parameters": "parameters", "biases": "biases",
    "buffers": "buffers", "macs": "macs", "connections": "connections",
}  # fmt: skip
FIELDS = (*FORMULAS, "doc", "keys", "window", "aliases", "needs", "takes", "makes", "storage", "source", "label")


def user_kind(name: str, fields: dict[str, Any]) -> Kind:
    """The kind that a mapping describes; a Problem that names the field where it cannot be read."""
    if not name.replace("-", "_").isidentifier():
        raise problem("L007", f'"{name[:60]}" is not a name for a kind', "letters, digits, _ and -")
    for field in fields:
        if field not in FIELDS:
            raise problem(
                "L003",
                f'unknown field "{field[:60]}" of kind {name}',
                did_you_mean(field, FIELDS) or f"one of {', '.join(FIELDS)}",
            )
    made: dict[str, Any] = {}
    for field, target in FORMULAS.items():
        if field in fields:
            text = formula(name, field, fields[field])
            made[target] = {"": text} if target == "sizes" else text
    settings = read_keys(name, fields.get("keys", ""))
    spatial = "size" in fields or any(key.per_axis for key in settings)
    return Kind(
        name,
        str(fields.get("doc", "")),
        keys=settings,
        aliases=tuple(listed(fields.get("aliases", ""))),
        window=read_window(name, fields.get("window"), settings),
        needs=read_needs(name, fields.get("needs", ())),
        family="conv" if any(key.name == "padding" for key in settings) else "",
        takes="map" if spatial else "any",
        makes="map" if spatial else "same",
        label=str(fields.get("label", name)),
        sources=tuple(listed(fields.get("source", ""))),
        **made,
    )


def formula(name: str, field: str, text: Any) -> str:
    try:
        parse(str(text))
    except ExprError as error:
        raise problem(
            "V001", f"{name}.{field}: {str(text)[:60]}: {error}", 'for example "floor((n + 2*p - k)/s) + 1"'
        ) from None
    return str(text)


def listed(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    return [part.strip() for part in str(value).split(",") if part.strip()]


def read_keys(name: str, value: Any) -> tuple[Key, ...]:
    """`kernel k, stride s=1`, the same as a list, or `{kernel: k, stride: s=1}`."""
    if isinstance(value, dict):
        value = [f"{key} {setting}" for key, setting in value.items()]
    return tuple(read_key(name, text) for text in listed(value))


def read_key(kind: str, text: str) -> Key:
    match = re.fullmatch(r"(\w+)(?:[\s:]+([A-Za-z]\w*))?(?:\s*=\s*(\S+))?", text.strip())
    if not match:
        raise problem("L019", f'{kind}: "{text[:60]}" is not a key', "name letter=default, for example `stride s=1`")
    name, symbol, default = match.groups()
    known = SHARED.get(name)
    key = known or Key(name, name, "")
    if symbol:
        key = key._replace(symbol=symbol)
    if default is not None:
        key = key._replace(default=key.default if default == "default" else read_default(key, default))
    elif known is None:
        key = key._replace(default=REQUIRED)
    return key


def read_default(key: Key, text: str) -> Any:
    from convcalc.kinds.values import read

    return text if text[:1] == "=" else read(key, text, {})


def read_window(name: str, value: Any, settings: tuple[Key, ...]) -> Window:
    """`[reach, stride]`, `whole`, or by default that of the kernel and stride among the keys."""
    if value == "whole":
        return WHOLE
    if value in ("point", "none"):
        return POINT
    symbols = {key.name: key.symbol for key in settings}
    if value is None:
        if "kernel" not in symbols:
            return POINT
        reach = f"{symbols.get('dilation', '1')}*({symbols['kernel']} - 1) + 1"
        return Window("slide", reach, symbols.get("stride", "1"), symbols.get("dilation", "1"))
    parts = [formula(name, "window", part) for part in (value if isinstance(value, list) else [value])]
    return Window("slide", parts[0], parts[1] if len(parts) > 1 else "1")


def read_needs(name: str, value: Any) -> tuple[Need, ...]:
    needs = []
    for text in listed(value):
        try:
            for side in sides(text)[::2]:
                parse(side)
        except (ValueError, ExprError):
            raise problem(
                "V001", f"{name}.needs: {text[:60]} is not a condition", 'for example "k <= n + 2*p"'
            ) from None
        needs.append(Need(text, "C040", f"{name} needs {text}"))
    return tuple(needs) or ()
