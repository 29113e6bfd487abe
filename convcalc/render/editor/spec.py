"""The JSON Schema of a spec: `convcalc schema spec`."""

from __future__ import annotations

from collections.abc import Iterable

from convcalc.kinds import KINDS
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.linting.linter import BY_CODE
from convcalc.network.quantity import BUDGETED
from convcalc.readers.yaml.document import BLOCK_KEYS, TOP_KEYS
from convcalc.render.editor import lines
from convcalc.render.editor.layers import CLOSED, EXTENDED, OPEN, definitions, list_or, ref
from convcalc.render.editor.settings import SCALARS, Schema
from convcalc.spec.layout import LAYOUTS
from convcalc.spec.user_kind import FIELDS, FORMULAS

DRAFT = "http://json-schema.org/draft-07/schema#"
TEXT: Schema = {"type": SCALARS}
SHAPE: Schema = {"type": ["string", "integer", "array"], "minimum": 1,
                 "items": {"type": ["integer", "string", "null"]}}  # fmt: skip
FREE = {"type": ["object", "null"], "propertyNames": {"pattern": lines.NAME}}
NAMES: Schema = {
    "type": ["array", "string"],
    "items": {"type": "string", "pattern": lines.NAME, "patternErrorMessage": "a name: letters, digits and _"},
}  # fmt: skip
CHOICES = {"takes": ("any", "map", "features"), "makes": ("map", "features", "same")}


def word(words: Iterable[str], message: str) -> Schema:
    words = list(words)
    return {"type": "string", "pattern": lines.word_pattern(words), "examples": words,
            "patternErrorMessage": f"{message}: {', '.join(words)}"}  # fmt: skip


def network() -> Schema:
    """A spec, without what its layers are defined by."""
    return {
        "description": "A network: what goes in, and its layers.",
        "type": "object",
        "properties": {key: {"description": doc, **FORMS.get(key, {})} for key, doc in TOP_KEYS.items()},
        "additionalProperties": False,
        "allOf": [
            {
                "if": OF_BUILT_IN_WORDS, "then": own_layers(CLOSED),
                "else": {"if": OF_WORDS_OF_ITS_OWN, "then": own_layers(EXTENDED), "else": own_layers(OPEN)},
            },
            {"if": {"not": {"required": ["base"]}}, "then": {"required": ["layers"]}},
            {"if": IN_PLAIN_LINES, "then": {"required": ["input"]}},
        ],
    }  # fmt: skip


# Whether the words of layers are known: an own word may also be that of a built-in kind.
OF_BUILT_IN_WORDS = {"not": {"anyOf": [{"required": [key]} for key in ("blocks", "kinds", "base", "variants")]}}
NOT_BUILT_IN = {
    "propertyNames": {
        "not": {"anyOf": [ref("kind first"), ref("structure")]}
    }
}  # fmt: skip
OF_WORDS_OF_ITS_OWN = {
    "not": {"required": ["base"]},
    "properties": {
        "blocks": NOT_BUILT_IN,
        "kinds": {**NOT_BUILT_IN, "additionalProperties": {"not": {"required": ["aliases"]}}},
        "variants": {"additionalProperties": {"additionalProperties": NOT_BUILT_IN}},
    },
}
# Layers that are no calls, of which the first could say what goes in.
IN_PLAIN_LINES = {
    "not": {"required": ["base"]},
    "required": ["layers"],
    "properties": {"layers": {"type": "array", "items": {"type": "string", "pattern": r"^[^(@]*$"}}},
}


def own_layers(mode: str) -> Schema:
    """The layers, blocks and defaults of a spec, as one mode has them."""
    layers = {"minItems": 1, **list_or(mode, ref(f"{mode} line"))}
    block = {
        "type": ["object", "array", "string"],
        "if": {"type": "object", "anyOf": [{"required": ["layers"]}, {"required": ["params"]}]},
        "then": {
            "properties": {key: {"description": doc, **block_form(key, layers)} for key, doc in BLOCK_KEYS.items()},
            "required": ["layers"], "additionalProperties": False,
        },
        "else": {"minItems": 1, "allOf": [ref(f"{mode} layer")]},
    }  # fmt: skip
    defaults = {
        "type": ["object", "null"],
        "properties": {} if mode == OPEN else {kind.name: ref(kind.name) for kind in KINDS},
    }
    if mode == CLOSED:
        defaults["propertyNames"] = ref("kind first")
    return {
        "properties": {
            "layers": {"description": TOP_KEYS["layers"], **layers},
            "blocks": {"type": ["object", "null"], "additionalProperties": block},
            "defaults": defaults,
        }
    }


def block_form(key: str, layers: Schema) -> Schema:
    if key == "layers":
        return layers
    if key == "params":
        return {"type": ["object", "array", "string"], "additionalProperties": TEXT, "items": {"type": "string"}}
    return {}


def budgets() -> Schema:
    """Every quantity that may have a budget, by its name; its aliases, and other ways to spell them."""
    properties: Schema = {}
    others: Schema = {}
    for name, quantity in BUDGETED.items():
        unit = "bytes, as 2 MiB or 320 kB" if quantity.in_bytes else "a number, as 5M or 1e6"
        properties[name] = {
            "description": f"{quantity.doc}: {unit}.", "type": ["number", "string"], "minimum": 0,
            "pattern": r"^[^\d-]*\d", "patternErrorMessage": unit,
        }  # fmt: skip
        spelled = "|".join(lines.any_case(each).replace("_", "[ _-]") for each in (name, *quantity.aliases))
        others[rf"^(?!{name}$)\s*(?:{spelled})\s*$"] = properties[name]
    return {"type": ["object", "null"], "properties": properties, "patternProperties": others,
            "additionalProperties": False}  # fmt: skip


def user_kind() -> Schema:
    choices = {name: word(words, name) for name, words in CHOICES.items()}
    forms: Schema = {
        **{formula: {"type": ["string", "number"]} for formula in FORMULAS}, **choices,
        "storage": {"type": ["boolean", "string"], "pattern": lines.word_pattern(("yes", "no"))},
        "keys": {"type": ["string", "array", "object"]}, "window": {"type": ["string", "array", "number"]},
        **{field: {"type": ["string", "array"]} for field in ("aliases", "needs", "source")},
    }  # fmt: skip
    return {
        "type": "object", "additionalProperties": False,
        "properties": {field: {"description": doc, **forms.get(field, {})} for field, doc in FIELDS.items()},
    }  # fmt: skip


FORMS: dict[str, Schema] = {
    "name": TEXT,
    "about": TEXT,
    "base": {"type": "string"},
    "input": {"type": [*SHAPE["type"], "object"], "if": {"type": "object"},
              "then": {"additionalProperties": SHAPE, "minProperties": 1}, "else": SHAPE},
    "let": {**FREE, "additionalProperties": {"type": ["string", "number", "boolean"]}},
    "variants": {
        "type": ["object", "null"],
        "additionalProperties": {
            "type": ["object", "null"],
            "additionalProperties": {"type": ["object", "null"], "additionalProperties": TEXT},
        },
    },
    "symbols": NAMES,
    "kinds": {"type": ["object", "null"], "additionalProperties": user_kind()},
    "convention": word(CONVENTIONS, "one of the conventions"),
    "layout": word(LAYOUTS, "one of the layouts"),
    "outputs": {"type": ["array", "object", "string"], "minItems": 1, "minProperties": 1,
                "items": {"type": ["string", "number"]}, "additionalProperties": {"type": ["string", "number"]}},
    "budget": budgets(),
    "lint": {
        "type": ["object", "null"], "additionalProperties": False,
        "properties": {
            "ignore": {"description": "Codes of rules: convcalc lint --rules.", "type": ["array", "string"],
                       "items": {"type": "string", "examples": [*BY_CODE]}}
        },
    },
}  # fmt: skip


def spec_schema() -> Schema:
    """What `convcalc schema spec` prints."""
    return {"$schema": DRAFT, "$id": "convcalc/spec/1", "title": "A network for convcalc",
            **network(), "definitions": definitions()}  # fmt: skip
