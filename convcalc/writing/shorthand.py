"""A layer in the shortest line that is read as it was written: `conv 64 k7 s2 p3`, what is usual left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError, is_fraction, is_number
from convcalc.algebra.parser import numeral_text
from convcalc.kinds.conventions import CONVENTIONS, FRAMEWORKS, convention_of_class
from convcalc.layers import REQUIRED, Key, Kind, key_names
from convcalc.layers.values import read
from convcalc.problem import Problem
from convcalc.readers.shorthand import key_and_value, main_key
from convcalc.spec import Spec, WrittenLayer

if TYPE_CHECKING:
    from convcalc.layers.applied import Setting
    from convcalc.layers.values import Raw

QUOTES = "\"'"
PLAIN = re.compile(r"[\w./-]+")  # a name that needs no quotes, nor a list of its own
FRAMEWORK_OF = {convention: framework for framework, convention in FRAMEWORKS.items()}
LETTERED = ("count", "axes", "padding", "scales")  # types of keys that are written with their letter
IN_BRACKETS = ("table", "sides", "shape", "kept axes")  # types of keys whose lists are no sides of a window


def spelled_args(written: WrittenLayer, spec: Spec, checked: bool = False) -> dict[str, str]:
    """The values of a layer by key, in the order of the kind; those that go without saying are left out.

    `checked`: with the size of its input, where that says what a linear layer acts on.
    """
    kind, args = written.kind, dict(written.args)
    defaults = dict(spec.defaults.get(kind.name, ()))
    convention = convention_of_class(written.framework, spec.convention)
    if written.framework:  # what a spec gives its own layers is not given to a class
        for name in defaults.keys() - args.keys():
            args[name] = usual_text(key_names(kind)[name], kind, convention)
    found = {}
    for key in kind.settings:
        raw = args.get(key.name)
        if raw is None or key.hidden or (key.type == "check" and not checked):
            continue
        text = value_text(key, raw)
        if key.name in defaults or not is_usual(key, text, args, kind, convention):
            found[key.name] = text
    return found


def usual_text(key: Key, kind: Kind, convention: str) -> str:
    """The default of a key, as a text."""
    value = CONVENTIONS[convention].defaults.get((kind.rules, key.name), key.default)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def is_usual(key: Key, text: str, args: dict[str, Raw], kind: Kind, convention: str) -> bool:
    """Whether a value is what the key has anyway."""
    default: Any = CONVENTIONS[convention].defaults.get((kind.rules, key.name), key.default)
    if default is REQUIRED:
        return False
    if key.type == "padding" and text == "valid" and default == 0:
        return True
    if isinstance(default, str) and default[:1] == "=":
        other = key_names(kind)[default[1:]]
        if other.name in args:
            return value_text(other, args[other.name]) == text
        default = other.default
    try:
        value = read(key, text, {})
    except (Problem, ExprError):
        return False  # a name, whatever its value is
    return value == default or (value is None and isinstance(key.default, str))


def value_text(key: Key, raw: Raw) -> str:
    """A value as the shorthand reads it: no spaces, `3x5` for sides, one of them where all are the same."""
    if isinstance(raw, str):
        if key.type == "text":
            return f'"{raw.strip(QUOTES)}"'
        return {"true": "yes", "false": "no"}.get(raw.lower(), raw) if key.type == "flag" else "".join(raw.split())
    if key.type in IN_BRACKETS:
        return list_text(raw)
    if len(raw) == 1 and key.type != "padding":
        return value_text(key, raw[0])
    if key.type == "padding":  # as many before as behind
        raw = tuple(part[0] if isinstance(part, tuple) and len(set(part)) == 1 else part for part in raw)
    if any(isinstance(part, tuple) for part in raw):
        return list_text(raw)
    parts = [value_text(key, part) for part in raw]
    if key.per_axis and len(set(parts)) == 1:
        return parts[0]
    return "x".join(parts) if all(part.isdecimal() or part == "-" for part in parts) else f"[{','.join(parts)}]"


def list_text(raw: Raw) -> str:
    return "".join(raw.split()) if isinstance(raw, str) else f"[{','.join(map(list_text, raw))}]"


def words_of(kind: Kind, args: dict[str, str]) -> Iterable[str]:
    """The words that stand for values: the main one by itself, `k3`, `padding_mode=reflect`."""
    main = main_key(kind)
    for key in kind.settings:
        if key.name not in args:
            continue
        text = args[key.name]
        if key is main and key.bare and text[:1] not in "(=" and key_and_value(kind, text)[0] is None:
            yield text
        elif key.type == "word":
            yield f"{key.name}={text}"
        else:
            yield key_text(kind, key, text)


def key_text(kind: Kind, key: Key, text: str) -> str:
    symbol = key.symbol if key_names(kind).get(key.symbol) is key and key.type in LETTERED else ""
    if symbol and text[:1].isdigit() and not (set(text) - set("0123456789x")):
        return symbol + text
    return f"{symbol or key.name}={text}"


def names_text(names: tuple[str, ...]) -> str:
    """Several names as one word, "" where that cannot be."""
    return ",".join(names) if all(map(PLAIN.fullmatch, names)) else ""


def layer_of(setting: Setting, source: tuple[str, ...] = ()) -> WrittenLayer:
    """A layer whose values are known, as it may be written."""
    values = dict(setting.values)
    weights = values.pop("weights", "")
    shares = {key.name for key in setting.kind.keys if key.type == "number"}
    args = tuple(
        (name, numeral_text(value) if name in shares and is_number(value) else raw_of(value))
        for name, value in values.items()
        if value is not None
    )
    framework = FRAMEWORK_OF.get(setting.convention, "")
    return WrittenLayer(setting.kind, setting.dims, args, framework, "", source, "", weights)


def raw_of(value: Any) -> Raw:
    """A value as a text that is read as it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return tuple(map(raw_of, value))
    if value is None:
        return "-"
    if is_fraction(value) and "Double" in type(value).__name__:
        return repr(float(value))
    return str(value)
