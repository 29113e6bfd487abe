"""The JSON Schema of a file of answers: `convcalc schema answers`."""

from __future__ import annotations

from convcalc.marking.answers import ABOUT, MAX_DEPTH, WHO
from convcalc.marking.key import OTHERS, PARTS
from convcalc.network.quantity import TABLE
from convcalc.render.editor.layers import ref
from convcalc.render.editor.settings import SCALARS, Schema
from convcalc.render.editor.spec import DRAFT

PERSON: Schema = {"description": "Who answers; a list of those who hand in together.",
                  "type": ["string", "number", "array", "object", "null"]}  # fmt: skip
EXAMPLES = {"output": "6x28x28", "parameters": "(5*5*1 + 1)*6", "macs": "117,600", "receptive_field": "5"}


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
