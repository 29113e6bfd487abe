"""The JSON schemas of what convcalc writes, so that other tools can check what they read."""

from __future__ import annotations

from typing import Any

from convcalc.network.quantity import COUNTED
from convcalc.render.solved_json import SOLVE_SCHEMA

NUMBER: dict[str, Any] = {
    "description": "A whole number of any size; a fraction or a symbolic number is a string.",
    "type": ["integer", "string"],
}
SHAPE: dict[str, Any] = {"type": "array", "items": {"$ref": "#/$defs/number"}}
FIELD: dict[str, Any] = {
    "description": "Along each axis of the input; null where the input has no axes, or for what cannot be told.",
    "type": ["object", "null"],
    "properties": {
        **{
            name: {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/number"}, {"type": "null"}]}}
            for name in ("size", "stride", "offset", "centre")
        },
        "whole_input": {"description": "Every unit sees the whole input.", "const": True},
        "aligned": {"description": "Branches with different strides or centres have met.", "const": False},
    },
    "required": ["size", "stride", "offset", "centre"],
}
OURS = ("parameters", "buffers", "input", "activations", "peak_inference", "kept_for_backward")
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
        **{name: {"$ref": "#/$defs/number"} for name in COUNTED},
        "receptive_field": {"$ref": "#/$defs/field"},
        "receptive_fields": {"type": "object", "additionalProperties": {"$ref": "#/$defs/field"}},
    },
    "required": ["name", "kind", "line", "from", "input", "output", "values", *COUNTED, "receptive_field"],
}
BLOCK: dict[str, Any] = {
    "description": "With --depth: a block in one row, its counts those of its layers together.",
    "type": "object",
    "properties": {
        **{name: LAYER["properties"][name] for name in ("name", "line", "from", "input", "output")},
        "kind": {"const": "block"},
        "layers": {"description": "How many it stands for.", "type": "integer"},
        **{name: LAYER["properties"][name] for name in (*COUNTED, "receptive_field", "receptive_fields")},
    },
    "required": ["name", "kind", "layers", "line", "from", "input", "output", *COUNTED, "receptive_field"],
}
BUDGET: dict[str, Any] = {
    "description": "With --max-parameters, --max-macs and the like, by quantity.",
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "allowed": {"type": "integer"},
            "found": {"type": "integer"},
            "over": {"description": "0 where it is kept.", "type": "integer"},
        },
        "required": ["allowed", "found", "over"],
    },
}
COUNT: dict[str, Any] = {
    "description": "What a tool counts, with --count.",
    "type": "object",
    "properties": {
        "value": {"$ref": "#/$defs/number"},
        "unit": {"enum": ["MAC", "FLOP", "parameter"]},
        "counts": {"description": "What one unit is counted for.", "type": "string"},
        "known_errors": {"description": "Those that show here.", "type": "array", "items": {"type": "string"}},
        "assumed": {
            "description": "Kinds that the tool's rule is not known for: the letter ? in the value.",
            "type": "array",
            "items": {"type": "string"},
        },
    },
    "required": ["value", "unit", "counts", "known_errors", "assumed"],
}
SIZE: dict[str, Any] = {
    "description": "Bytes; null where they cannot be told.",
    "type": ["integer", "string", "null"],
}
MEMORY: dict[str, Any] = {
    "description": "With --memory, --batch or --dtype: ours in bytes, and what a tool prints; nothing where it fails.",
    "type": "object",
    "properties": {
        "ours": {
            "type": "object",
            "properties": dict.fromkeys(OURS, SIZE),
            "required": list(OURS),
        }
    },
    "additionalProperties": {
        "type": "object",
        "properties": {
            **dict.fromkeys(("input", "forward_backward", "parameters", "total"), SIZE),
            "printed": {"type": "object", "additionalProperties": {"type": "string"}},
            "unit": {"description": "Bytes of the tool's MB.", "type": "integer"},
            "known_errors": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["printed", "unit", "known_errors"],
    },
    "required": ["ours"],
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
        "layers": {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/layer"}, {"$ref": "#/$defs/block"}]}},
        "totals": {
            "type": "object",
            "properties": {
                **{name: {"$ref": "#/$defs/number"} for name in COUNTED},
                "receptive_field": {"$ref": "#/$defs/field"},
            },
            "required": [*COUNTED, "receptive_field"],
        },
        "warnings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
        "counts": {"type": "object", "additionalProperties": {"$ref": "#/$defs/count"}},
        "memory": {"$ref": "#/$defs/memory"},
        "batch": {"description": "With --batch: the examples that the memory is for.", "type": "integer"},
        "dtype": {"description": "With --dtype: the type of numbers that the memory is for.", "type": "string"},
        "budget": {"$ref": "#/$defs/budget"},
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
QUESTION: dict[str, Any] = {
    "type": "object",
    "properties": {"ask": {"type": "string"}, "points": {"type": "number"}, "form": {"enum": ["number", "symbolic"]}},
    "required": ["ask", "points", "form"],
}
ANSWER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "ask": {"type": "string"},
        "given": {"description": "As the student wrote it.", "type": "string"},
        "read": {"description": "A number, a list of them for a shape, a string for a fraction or formula, or null."},
        "state": {"enum": ["correct", "consistent", "wrong", "missing", "unreadable"]},
        "score": {"type": "number"},
        "points": {"type": "number"},
        "message": {"type": "string"},
        "hints": {"type": "array", "items": {"type": "string"}},
        "note": {"description": "A code for a remark on how it is written.", "type": "string"},
        "diagnoses": {
            "description": "Mistakes that lead to exactly this answer, the likeliest first; with --hints why or full.",
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "codes": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                    "layers": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["codes", "layers"],
            },
        },
        "expected": {"description": "What the key has; with --reveal or --hints full."},
    },
    "required": ["ask", "given", "read", "state", "score", "points", "message", "hints", "note"],
}
SUBMISSION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "student": {"type": "string"},
        "source": {"type": "string"},
        "status": {"enum": ["marked", "unreadable", "empty", "duplicate", "missing"]},
        "reason": {"description": "Why it was not marked.", "type": "string"},
        "remarks": {"type": "array", "items": {"type": "string"}},
        "score": {"type": "number"},
        "out_of": {"type": "number"},
        "answers": {"type": "array", "items": ANSWER},
    },
    "required": ["student", "source", "status", "reason", "remarks", "score", "out_of", "answers"],
}
CHECK: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "convcalc/check/1",
    "title": "convcalc check --format json: submissions marked",
    "type": "object",
    "properties": {
        "schema": {"const": "convcalc/check/1"},
        "convcalc": {"type": "string"},
        "assignment": {"type": "string"},
        "key": {"description": "A hash of the key.", "type": "string"},
        "out_of": {"type": "number"},
        "questions": {"type": "array", "items": QUESTION},
        "submissions": {"type": "array", "items": SUBMISSION},
    },
    "required": ["schema", "convcalc", "assignment", "key", "out_of", "questions", "submissions"],
}
COUNT_OF = {"type": "integer", "minimum": 0}
CLASS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "convcalc/class/1",
    "title": "convcalc check --class-report --format json: a class",
    "type": "object",
    "properties": {
        "schema": {"const": "convcalc/class/1"},
        "convcalc": {"type": "string"},
        "title": {"type": "string"},
        "key": {"type": "string"},
        "handed_in": COUNT_OF,
        "marked": COUNT_OF,
        "median": {"description": "Of the shares of the points, 0 to 1.", "type": ["number", "null"]},
        "mean": {"type": ["number", "null"]},
        "alarms": {"description": "Where most agree against the key.", "type": "array", "items": {"type": "string"}},
        "questions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "ask": {"type": "string"},
                    **dict.fromkeys(("correct", "consistent", "wrong", "missing", "unreadable"), COUNT_OF),
                },
            },
        },
        "mistakes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "sentence": {"type": "string"},
                    "students": COUNT_OF,
                    "names": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
        "histogram": {"description": "Students by tenths of the points.", "type": "array", "items": COUNT_OF},
        "not_marked": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["schema", "convcalc", "key", "handed_in", "marked", "median", "alarms", "questions", "mistakes"],
}
EXACT: dict[str, Any] = {
    "description": "Exact: fractions and symbolic values are strings.",
    "type": ["integer", "string"],
}
COMPARED_LAYER: dict[str, Any] = {"type": ["object", "null"], "required": ["name", "kind"]}
COMPARE_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "convcalc/compare/1",
    "title": "convcalc compare --json: totals, their ratios to those of the base, and the layers that differ",
    "type": "object",
    "properties": {
        "schema": {"const": "convcalc/compare/1"},
        "base": {"type": "string"},
        "networks": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "totals": {"type": "object", "additionalProperties": EXACT},
                },
                "required": ["name", "about", "convention", "inputs", "output", "totals"],
            },
        },
        "ratios": {
            "description": "One a network; null where the base has 0.",
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"anyOf": [EXACT, {"type": "null"}]}},
        },
        "differences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "network": {"type": "string"},
                    "same": {"type": "integer"},
                    "changes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"base": COMPARED_LAYER, "other": COMPARED_LAYER},
                            "required": ["base", "other"],
                        },
                    },
                },
                "required": ["network", "same", "changes"],
            },
        },
    },
    "required": ["schema", "convcalc", "networks", "base", "ratios", "differences"],
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "check": CHECK,
    "class": CLASS,
    "compare": COMPARE_SCHEMA,
    "solve": SOLVE_SCHEMA,
    "summary": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "convcalc/summary/1",
        "title": "convcalc summary --json: a report, an error in its place, or a list of them for several networks",
        "$defs": {
            "number": NUMBER, "shape": SHAPE, "field": FIELD, "finding": FINDING, "layer": LAYER, "report": REPORT,
            "count": COUNT, "memory": MEMORY,
            "error": ERROR, "block": BLOCK, "budget": BUDGET,
        },
        "anyOf": [
            {"$ref": "#/$defs/report"},
            {"$ref": "#/$defs/error"},
            {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/report"}, {"$ref": "#/$defs/error"}]}},
        ],
    }
}  # fmt: skip
