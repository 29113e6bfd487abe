"""A layer's settings in the spec's own shorthand, defaults left out: what is printed can be pasted back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_fraction
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.layers import REQUIRED, Key

if TYPE_CHECKING:
    from convcalc.layers.applied import Setting

UNSEEN = ("check", "check2", "ignored")
MAX_TABLE = 40  # characters of a connection table that a line still holds


def spell_layer(setting: Setting, convention: str, strides: bool = False) -> str:
    """`conv 64 k7 s2 p3 bias=no`, `linear 10`, `maxpool 3 s2 p1`; with the strides that are those of their windows."""
    kind, given = setting.kind, dict(setting.values)
    defaults = CONVENTIONS[setting.convention or convention].defaults
    keys = [key for key in kind.keys if key.type not in UNSEEN and key.name != "in_channels"]
    words = [kind.name]
    for key in keys:
        value = common_value(key, given.get(key.name))
        default = defaults.get((kind.rules, key.name), key.default)
        if isinstance(default, str) and default[:1] == "=":
            other = next((each for each in keys if each.name == default[1:]), key)
            default = common_value(other, given.get(other.name, other.default))
            if strides and key.name == "stride":
                value, default = default if value is None else value, None
        if value is None:
            continue
        if key is keys[0] and key.bare and key.type != "flag":
            words.append(text(value))
        elif value != default:
            words.append(key_text(key, value))
    if given.get("norm"):
        words.append(f"norm={given['norm']}")
    if "weights" in given:
        words.append(f"weights={given['weights']}")
    return " ".join(words)


def common_value(key: Key, value: Any) -> Any:
    """One value where it is the same along every axis, before and after: (3, 3) is 3."""
    if not isinstance(value, tuple) or not key.per_axis or value is REQUIRED:
        return value
    parts = tuple(common_value(key, part) for part in value)
    alike = all(part == parts[0] for part in parts) and not isinstance(parts[0], tuple)
    return parts[0] if alike else parts


def key_text(key: Key, value: Any) -> str:
    shown = text(value)
    if key.type == "table" and len(shown) > MAX_TABLE:
        return f"{key.name}=[{len(value)} rows]"
    if key.type == "word":
        return shown
    if 0 < len(key.symbol) < 3 and shown[0].isdigit() and key.type in ("count", "axes", "padding", "scales"):
        return key.symbol + shown
    if key.symbol == "p" and shown[0] == "[":
        return f"p={shown}"
    return f"{'p' if key.name == 'padding' else key.name}={shown}"


def text(value: Any) -> str:
    """A value as the shorthand reads it: no spaces, `3x5` for axes, brackets where sides differ."""
    match value:
        case bool():
            return "yes" if value else "no"
        case None | ():
            return "-"
        case tuple():
            if any(isinstance(part, tuple) for part in value):
                return f"[{','.join(map(list_text, value))}]"
            parts = list(map(text, value))
            return "x".join(parts) if all(part.isalnum() or part == "-" for part in parts) else list_text(value)
        case str() | int():
            return str(value)
    return decimal(value) if is_fraction(value) else str(value).replace(" ", "")


def list_text(value: Any) -> str:
    return f"[{','.join(map(list_text, value))}]" if isinstance(value, tuple) else text(value)


def decimal(fraction: Any) -> str:
    """0.5 rather than 1/2 where that is exact within six places."""
    scaled = fraction * 10**6
    if scaled.denominator != 1 or fraction < 0:
        return str(fraction)
    whole, part = divmod(int(scaled), 10**6)
    return f"{whole}.{part:06}".rstrip("0").rstrip(".")
