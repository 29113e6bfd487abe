"""The schema of a setting of a layer, from the record of its key: type, least value, words, default, sentence."""

from __future__ import annotations

import re
from typing import Any

from convcalc.kinds.keys import IGNORED
from convcalc.layers import REQUIRED, Key
from convcalc.layers.values import NO, YES
from convcalc.render.editor.lines import NAME, word_pattern

Schema = dict[str, Any]

LOWEST = -(10**6)  # a key's lowest number below this is none
SCALARS = ["string", "number", "boolean", "null"]
COUNTED = frozenset(("count", "check", "integer"))
LISTED = frozenset(("axes", "output", "padding", "scales", "shape", "sides", "table", "kept axes"))
OF_EVERY_LAYER: dict[str, Schema] = {
    "name": {"description": "What the layer is called, for `from` and for reports.", "type": ["string", "number"]},
    "from": {
        "description": "The layer above that it takes its input from, or a list of them; else the one before.",
        "type": ["string", "array"],
    },
    "weights": {"description": "The layer whose weights it uses; they are counted once.", "type": "string"},
    "activation": {"description": "An activation behind it, a layer of its own.", "type": ["string", "null"]},
}
PARTS_OF_KERAS = r"_(?:constraint|initializer|regularizer)$"
# What layers of frameworks have that changes values, never shapes or counts, and what Keras's say of the input.
OF_FRAMEWORKS = (
    r"^(?:.*[A-Z].*|return_\w+|\w+_(?:constraint|initializer|regularizer)|batch_input_shape|input_shape|batch_shape|"
    rf"input_dim|input_length|{'|'.join(sorted(name for name in IGNORED if not re.search(PARTS_OF_KERAS, name)))})$"
)


def sentence_of(key: Key) -> str:
    """`kernel (k): sides of the window; default 1`."""
    letter = f" ({key.symbol})" if key.symbol and key.symbol != key.name else ""
    default = "" if key.default in (REQUIRED, None) else f"; default {shown_default(key)}"
    return f"{key.name}{letter}: {key.doc}{default}" if key.doc else f"{key.name}{letter}{default}"


def shown_default(key: Key) -> str:
    """A default as it is written; that of another key by its name."""
    if isinstance(key.default, bool):
        return "yes" if key.default else "no"
    return f"that of {key.default[1:]}" if str(key.default).startswith("=") else str(key.default)


def setting(key: Key) -> Schema:
    """What a key may have in a mapping; a name or an expression is a text."""
    default = key.default
    schema: Schema = {"description": sentence_of(key), **values(key)}
    if default not in (REQUIRED, None, "") and not str(default).startswith("=") and isinstance(default, (int, str)):
        schema["default"] = default
    return schema


def values(key: Key) -> Schema:
    if key.type == "flag":
        pattern = f"{word_pattern((*sorted(YES | NO), *key.words, 'none', 'null'))}|{NAME}"
        message = f"{key.name} is yes or no"
        return {
            "type": ["boolean", "string", "integer", "null"], "pattern": pattern, "patternErrorMessage": message,
            "minimum": 0, "maximum": 1,
        }  # fmt: skip
    if key.type == "word":
        words = [*key.words, *(("none", "null", "~", "-") if key.default is None else ())]
        return {
            "type": ["string", "null", "array"] if key.default is None else ["string", "array"],
            "pattern": word_pattern(words), "examples": list(key.words),
            "patternErrorMessage": f"{key.name} is one of {', '.join(key.words)}",
        }  # fmt: skip
    if key.type in COUNTED or key.type in LISTED or key.type in ("number", "decimal"):
        whole = key.type not in ("scales", "number", "decimal")
        schema: Schema = {"type": ["integer" if whole else "number", "string", "array"], **bounds(key)}
        if key.default is None or "=" in str(key.default) or key.type == "decimal":
            schema["type"].append("null")
        if key.type in LISTED:
            schema["items"] = {"type": ["integer" if whole else "number", "string", "array", "null"], **bounds(key)}
        else:
            schema["maxItems"] = 1
        return schema
    return {}


def bounds(key: Key) -> Schema:
    least = {"exclusiveMinimum" if key.type == "scales" else "minimum": key.low}
    has_least = key.low > LOWEST and key.type not in ("integer", "shape", "kept axes", "table", "decimal")
    return {**(least if has_least else {}), **({"maximum": key.high} if key.high is not None else {})}
