"""The JSON Schemas of an assignment, which is the key that `check` marks by, and of the answers to it."""

from __future__ import annotations

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.layers.values import NO, YES
from convcalc.marking.answers import ABOUT, MAX_DEPTH, WHO
from convcalc.marking.assignment import NOT_OF_ARRAYS
from convcalc.marking.assignment_options import ARRAYS, QUESTION_KEYS, TOP_KEYS
from convcalc.marking.key import OTHERS, PARTS
from convcalc.marking.mistakes import MISTAKES
from convcalc.network.quantity import NAMES, TABLE
from convcalc.render.editor import lines
from convcalc.render.editor.layers import definitions, ref
from convcalc.render.editor.settings import SCALARS, Schema
from convcalc.render.editor.spec import DRAFT, SHAPE, TEXT, network, word

FLAG: Schema = {
    "type": ["boolean", "string", "integer", "null"], "pattern": f"^$|{lines.word_pattern(sorted(YES | NO))}",
    "patternErrorMessage": "yes or no", "minimum": 0, "maximum": 1,
}  # fmt: skip
NUMBER: Schema = {"type": ["number", "string", "null"], "minimum": 0}
SHARE: Schema = {"type": ["number", "string", "null"], "minimum": 0, "exclusiveMaximum": 1,
                 "examples": ["1%", "0.5%"]}  # fmt: skip
CODES: Schema = {
    "type": "object",
    "properties": {code: {"description": mistake.sentence, "type": ["number", "string"], "minimum": 0}
                   for code, mistake in MISTAKES.items()},
    "additionalProperties": False,
}  # fmt: skip
SPEC: Schema = {"type": ["string", "object"], "if": {"type": "object"}, "then": ref("network")}
VALUES: Schema = {"type": "object", "additionalProperties": {"type": [*SCALARS, "array"]}}
ASK: Schema = {"type": ["string", "array"], "minItems": 1, "minLength": 1, "items": {"type": "string"}}
SHAPES: Schema = {"type": [*SHAPE["type"], "object"], "if": {"type": "object"}, "then": VALUES, "else": SHAPE}
ARRAY: Schema = {"type": ["string", "number", "array", "object"]}

SETTINGS: dict[str, Schema] = {
    "points": NUMBER, "tolerance": SHARE, "partial": CODES, "all_or_nothing": FLAG, "spec": SPEC,
}  # fmt: skip
TOP: dict[str, Schema] = {
    **SETTINGS, **dict.fromkeys(("assignment", "about", "course", "due", "program"), TEXT),
    "convention": word(CONVENTIONS, "one of the conventions"), "set": VALUES, "input": SHAPES,
    "questions": {"type": ["array", "null"], "items": ref("question"), "maxItems": 5_000},
}  # fmt: skip
OF_QUESTION: dict[str, Schema] = {
    **SETTINGS, **dict.fromkeys(("name", "group", "text", "layer", "of", "output", "answer"), TEXT),
    "ask": ASK, "form": word(("number", "symbolic"), "one of the forms"), "input": ARRAY, "at_most": NUMBER,
    "at_least": NUMBER, "choices": {"type": "array", "items": TEXT}, "apply": {"type": "string"}, "flip": FLAG,
    **dict.fromkeys(ARRAYS, ARRAY),
}  # fmt: skip
PERSON: Schema = {"description": "Who answers; a list of those who hand in together.",
                  "type": ["string", "number", "array", "object", "null"]}  # fmt: skip
EXAMPLES = {"output": "6x28x28", "parameters": "(5*5*1 + 1)*6", "macs": "117,600", "receptive_field": "5"}


def with_docs(keys: dict[str, str], forms: dict[str, Schema]) -> Schema:
    """The properties of a mapping with these keys, and no others."""
    return {"properties": {key: {**forms[key], "description": doc} for key, doc in keys.items()},
            "additionalProperties": False}  # fmt: skip


def any_of(*keys: str) -> Schema:
    return {"anyOf": [{"required": [key]} for key in keys]}


def names_quantity() -> Schema:
    """A question on a layer or a total names a quantity, or one side of the output."""
    words = "|".join(lines.any_case(name).replace("_", "[_ -]?") for name in (*NAMES, *OTHERS, *PARTS))
    ask: Schema = {
        "pattern": rf"(?:^|[. ])(?:{words})(?:[. ]|$)",
        "patternErrorMessage": f"no quantity: {', '.join(each.name for each in TABLE)}",
    }
    return {**ask, "items": ask}


def question() -> Schema:
    symbolic = {"required": ["form"], "properties": {"form": {"const": "symbolic"}}}
    of_layer = any_of("layer", "of")
    asks = {
        "required": ["ask"],
        "allOf": [
            {"if": {"required": ["input"]}, "then": of_layer},
            {"if": of_layer, "then": {"required": ["input"], "not": symbolic}},
            {"if": {"anyOf": [of_layer, symbolic]}, "then": {"not": any_of("answer", "at_most", "at_least")}},
            {"if": of_layer, "then": {"not": {"required": ["spec"]}}},
            {"if": {"required": ["answer"]}, "then": {"not": any_of("at_most", "at_least")}},
            {"if": {"not": any_of("layer", "of", "answer")}, "then": {"properties": {"ask": ref("ask")}}},
        ],
    }
    applies = {"required": ["input"], "not": any_of(*NOT_OF_ARRAYS)}
    body = {"if": {"required": ["apply"]}, "then": applies, "else": asks}
    return {
        "description": "What is asked, and what it is worth: `{ask: C1.output, points: 1}`.",
        "type": ["object", "string"], "minLength": 1,
        **with_docs(QUESTION_KEYS, OF_QUESTION), "if": {"type": "object"}, "then": body, "else": ref("ask"),
    }  # fmt: skip


def assignment_schema() -> Schema:
    """What `convcalc schema assignment` prints."""
    return {
        "$schema": DRAFT, "$id": "convcalc/assignment/1", "title": "An assignment for convcalc",
        "description": "A network, the questions on it, and what they are worth.",
        "type": "object", **with_docs(TOP_KEYS, TOP), **any_of("questions", "assignment"),
        "allOf": [
            any_of("questions", "spec"),
            {
                "if": {"not": {"required": ["spec"]}},
                "then": {"properties": {"questions": {"items": ref("own network")}}},
            },
        ],
        "definitions": {**definitions(), "network": network(), "question": question(), "ask": names_quantity(),
                        "own network": {"type": "object", **any_of("spec", "layer", "of", "apply", "answer", "at_most",
                                                                   "at_least", "form")}},
    }  # fmt: skip


def answers_nested(depth: int) -> Schema:
    """Answers by name, nested so deep at most: layer, quantity, axis."""
    if not depth:
        return {"type": [*SCALARS, "array"]}
    return {"type": ["object", *SCALARS, "array"], "additionalProperties": ref(f"answers {depth - 1}")}


def of_layer() -> Schema:
    """The answers on a layer, with every quantity that may be asked for."""
    asked = {each.name: {"description": f"{each.doc}; arithmetic is an answer.", **ref_to_answer()} for each in TABLE}
    for name, schema in asked.items():
        if name in EXAMPLES:
            schema["examples"] = [EXAMPLES[name]]
    others = {name: ref(f"answers {MAX_DEPTH - 2}") for name in (*dict.fromkeys(OTHERS.values()),)}
    return {**answers_nested(MAX_DEPTH - 1), "properties": {**others, **asked},
            "description": "What is answered on this layer: output, parameters, macs, …"}  # fmt: skip


def ref_to_answer() -> Schema:
    """One answer: a text as it is written, a list, or one for each axis."""
    return {
        "type": [*SCALARS, "array", "object"], "propertyNames": {"enum": [*PARTS]},
        "additionalProperties": {"type": [*SCALARS, "array"]},
    }  # fmt: skip


def answers_schema() -> Schema:
    """What `convcalc schema answers` prints."""
    body = {
        "description": "By layer: `C1: {output: 6x28x28, parameters: 156}`; `total` is the whole network.",
        "type": ["object", "array", "null"], "additionalProperties": ref("layer"),
        "items": {"type": "object", "additionalProperties": ref("layer")},
    }  # fmt: skip
    about: Schema = {name: {} for name in sorted(ABOUT - WHO)}
    return {
        "$schema": DRAFT, "$id": "convcalc/answers/1", "title": "Answers for convcalc",
        "description": "Who answers, and what.", "type": "object",
        "properties": {**dict.fromkeys(sorted(WHO), PERSON), **about, "answers": body},
        "additionalProperties": ref("layer"),
        "definitions": {
            "layer": of_layer(),
            **{f"answers {depth}": answers_nested(depth) for depth in range(MAX_DEPTH)},
        },
    }  # fmt: skip
