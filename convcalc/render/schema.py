"""The JSON schemas of what convcalc writes, so that other tools can check what they read."""

from __future__ import annotations

from typing import Any

NUMBER: dict[str, Any] = {
    "description": "A whole number of any size; a fraction or a symbolic number is a string.",
    "type": ["integer", "string"],
}
SHAPE: dict[str, Any] = {"type": "array", "items": {"$ref": "#/$defs/number"}}
FIELD: dict[str, Any] = {
    "description": "Along each axis of the input; null where the input has no axes.",
    "type": ["object", "null"],
    "properties": {
        **{
            name: {"type": "array", "items": {"$ref": "#/$defs/number"}}
            for name in ("size", "stride", "offset", "centre")
        },
        "whole_input": {"description": "Every unit sees the whole input.", "const": True},
        "aligned": {"description": "Branches with different strides or centres have met.", "const": False},
    },
    "required": ["size", "stride", "offset", "centre"],
}
COUNTS = ("parameters", "weights", "biases", "buffers", "macs", "activations", "connections")
FINDING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "hint": {"type": "string"},
        "file": {"type": ["string", "null"]},
        "line": {"type": ["integer", "null"]},
        "column": {"type": ["integer", "null"]},
        "layer": {"type": ["string", "null"]},
    },
    "required": ["code", "message", "hint", "file", "line", "column", "layer"],
}
LAYER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "kind": {"type": "string"},
        "line": {"type": ["integer", "null"]},
        "from": {"type": "array", "items": {"type": "string"}},
        "input": {"description": "A shape, or a list of shapes.", "type": "array"},
        "output": {"$ref": "#/$defs/shape"},
        "values": {"type": "object"},
        **{name: {"$ref": "#/$defs/number"} for name in COUNTS},
        "receptive_field": {"$ref": "#/$defs/field"},
        "receptive_fields": {"type": "object", "additionalProperties": {"$ref": "#/$defs/field"}},
    },
    "required": ["name", "kind", "line", "from", "input", "output", "values", *COUNTS, "receptive_field"],
}
REPORT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "schema": {"const": "convcalc/summary/1"},
        "convcalc": {"type": "string"},
        "name": {"type": "string"},
        "convention": {"enum": ["pytorch", "keras", "caffe", "onnx", "textbook"]},
        "inputs": {"type": "object", "additionalProperties": {"$ref": "#/$defs/shape"}},
        "output": {"$ref": "#/$defs/shape"},
        "layers": {"type": "array", "items": {"$ref": "#/$defs/layer"}},
        "totals": {
            "type": "object",
            "properties": {
                **{name: {"$ref": "#/$defs/number"} for name in COUNTS},
                "receptive_field": {"$ref": "#/$defs/field"},
            },
            "required": [*COUNTS, "receptive_field"],
        },
        "warnings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
    },
    "required": ["schema", "convcalc", "name", "convention", "inputs", "output", "layers", "totals", "warnings"],
}
ERROR: dict[str, Any] = {
    "type": "object",
    "properties": {
        "error": {"$ref": "#/$defs/finding"},
        "errors": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
    },
    "required": ["error"],
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "summary": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "convcalc/summary/1",
        "title": "convcalc summary --json: a report, an error in its place, or a list of them for several networks",
        "$defs": {
            "number": NUMBER, "shape": SHAPE, "field": FIELD, "finding": FINDING, "layer": LAYER, "report": REPORT,
            "error": ERROR,
        },
        "anyOf": [
            {"$ref": "#/$defs/report"},
            {"$ref": "#/$defs/error"},
            {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/report"}, {"$ref": "#/$defs/error"}]}},
        ],
    }
}  # fmt: skip
