"""The JSON schemas of what convcalc writes, so that other tools can check what they read."""

from __future__ import annotations

from typing import Any

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.marking.verdict import STATES
from convcalc.network.quantity import COUNTED

DRAFT = "https://json-schema.org/draft/2020-12/schema"
STRING, INTEGER, REAL = ({"type": name} for name in ("string", "integer", "number"))
STRING_OR_NULL, INTEGER_OR_NULL, REAL_OR_NULL = ({"type": [name, "null"]} for name in ("string", "integer", "number"))


def record(properties: dict[str, Any], required: str | None = None, description: str = "") -> dict[str, Any]:
    """The schema of an object with these properties, of which the required are always there; all by default."""
    wanted = list(properties) if required is None else required.split()
    found = schema_of(description, type="object", properties=properties)
    return found | ({"required": wanted} if wanted else {})


def schema_of(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, **schema} if description else schema


def list_of(items: dict[str, Any], description: str = "") -> dict[str, Any]:
    return schema_of(description, type="array", items=items)


def mapping_to(values: dict[str, Any], description: str = "") -> dict[str, Any]:
    """The schema of an object whose keys are names: of layers, of tools, of unknowns."""
    return schema_of(description, type="object", additionalProperties=values)


def definition(name: str) -> dict[str, Any]:
    """What the `$defs` of the document have under a name."""
    return {"$ref": f"#/$defs/{name}"}


def shell(name: str, title: str, properties: dict[str, Any], required: str) -> dict[str, Any]:
    """The schema of a document, which names its schema and the version of convcalc."""
    document = record({"schema": {"const": f"convcalc/{name}/1"}, **properties}, f"schema convcalc {required}")
    return {"$schema": DRAFT, "$id": f"convcalc/{name}/1", "title": title, **document}


WHOLE: dict[str, Any] = {"type": ["integer", "string"]}
NUMBER = schema_of("A whole number of any size; a fraction or a symbolic number is a string.", **WHOLE)
SHAPE = list_of(definition("number"))
FIELD: dict[str, Any] = {
    "description": "Along each axis of the input; null where the input has no axes, or for what cannot be told.",
    "type": ["object", "null"],
    "properties": {
        **{
            name: list_of({"anyOf": [definition("number"), {"type": "null"}]})
            for name in ("size", "stride", "offset", "centre")
        },
        "whole_input": {"description": "Every unit sees the whole input.", "const": True},
        "aligned": {"description": "Branches with different strides or centres have met.", "const": False},
    },
    "required": ["size", "stride", "offset", "centre"],
}
OURS = ("parameters", "buffers", "input", "activations", "peak_inference", "kept_for_backward")
FINDING = record(
    {
        **dict.fromkeys(("code", "message", "hint"), STRING),
        "file": STRING_OR_NULL,
        "line": INTEGER_OR_NULL,
        "column": INTEGER_OR_NULL,
        "layer": STRING_OR_NULL,
    }
)
LAYER = record(
    {
        "name": STRING,
        "kind": STRING,
        "line": INTEGER_OR_NULL,
        "from": list_of(STRING),
        "input": {"description": "A shape, or a list of shapes.", "type": "array"},
        "output": definition("shape"),
        "values": {"type": "object"},
        **dict.fromkeys(COUNTED, definition("number")),
        "receptive_field": definition("field"),
        "receptive_fields": mapping_to(definition("field")),
    },
    f"name kind line from input output values {' '.join(COUNTED)} receptive_field",
)
BLOCK = record(
    {
        **{name: LAYER["properties"][name] for name in ("name", "line", "from", "input", "output")},
        "kind": {"const": "block"},
        "layers": {"description": "How many it stands for.", "type": "integer"},
        **{name: LAYER["properties"][name] for name in (*COUNTED, "receptive_field", "receptive_fields")},
    },
    f"name kind layers line from input output {' '.join(COUNTED)} receptive_field",
    description="With --depth: a block in one row, its counts those of its layers together.",
)
BUDGET = mapping_to(
    record({"allowed": INTEGER, "found": INTEGER, "over": schema_of("0 where it is kept.", **INTEGER)}),
    "With --max-parameters, --max-macs and the like, by quantity.",
)
COUNT = record(
    {
        "value": definition("number"),
        "unit": {"enum": ["MAC", "FLOP", "parameter"]},
        "counts": {"description": "What one unit is counted for.", "type": "string"},
        "known_errors": list_of(STRING, description="Those that show here."),
        "assumed": list_of(
            STRING, description="Kinds that the tool's rule is not known for: the letter ? in the value."
        ),
    },
    description="What a tool counts, with --count.",
)
SIZE: dict[str, Any] = {"description": "Bytes; null where they cannot be told.", "type": ["integer", "string", "null"]}
MEMORY: dict[str, Any] = {
    "description": "With --memory, --batch or --dtype: ours in bytes, and what a tool prints; nothing where it fails.",
    "type": "object",
    "properties": {"ours": record(dict.fromkeys(OURS, SIZE))},
    "additionalProperties": record(
        {
            **dict.fromkeys(("input", "forward_backward", "parameters", "total"), SIZE),
            "printed": mapping_to(STRING),
            "unit": {"description": "Bytes of the tool's MB.", "type": "integer"},
            "known_errors": list_of(STRING),
        },
        "printed unit known_errors",
    ),
    "required": ["ours"],
}
REPORT = record(
    {
        "schema": {"const": "convcalc/summary/1"},
        "convcalc": STRING,
        "name": STRING,
        "convention": {"enum": [*CONVENTIONS]},
        "inputs": mapping_to(definition("shape")),
        "output": definition("shape"),
        "layers": list_of({"anyOf": [definition("layer"), definition("block")]}),
        "totals": record({**dict.fromkeys(COUNTED, definition("number")), "receptive_field": definition("field")}),
        "warnings": list_of(definition("finding")),
        "counts": mapping_to(definition("count")),
        "memory": definition("memory"),
        "batch": {"description": "With --batch: the examples that the memory is for.", "type": "integer"},
        "dtype": {"description": "With --dtype: the type of numbers that the memory is for.", "type": "string"},
        "budget": definition("budget"),
    },
    "schema convcalc name convention inputs output layers totals warnings",
)
ERROR = record({"error": definition("finding"), "errors": list_of(definition("finding"))}, "error")
QUESTION = record({"ask": STRING, "points": REAL, "form": {"enum": ["number", "symbolic"]}})
ANSWER = record(
    {
        "ask": STRING,
        "given": schema_of("As the student wrote it.", **STRING),
        "read": {"description": "A number, a list of them for a shape, a string for a fraction or formula, or null."},
        "state": {"enum": [*STATES]},
        "score": REAL,
        "points": REAL,
        "message": STRING,
        "hints": list_of(STRING),
        "note": {"description": "A code for a remark on how it is written.", "type": "string"},
        "diagnoses": list_of(
            record({"codes": {**list_of(STRING), "minItems": 1}, "layers": list_of(STRING)}),
            description="Mistakes that lead to exactly this answer, the likeliest first; with --hints why or full.",
        ),
        "expected": {"description": "What the key has; with --reveal or --hints full."},
    },
    "ask given read state score points message hints note",
)
SUBMISSION = record(
    {
        "student": STRING,
        "source": STRING,
        "status": {"enum": ["marked", "unreadable", "empty", "duplicate", "missing"]},
        "reason": {"description": "Why it was not marked.", "type": "string"},
        "remarks": list_of(STRING),
        "score": REAL,
        "out_of": REAL,
        "answers": list_of(ANSWER),
    }
)
CHECK = shell(
    "check",
    "convcalc check --format json: submissions marked",
    {
        "convcalc": STRING,
        "assignment": STRING,
        "key": {"description": "A hash of the key.", "type": "string"},
        "out_of": REAL,
        "questions": list_of(QUESTION),
        "submissions": list_of(SUBMISSION),
    },
    "assignment key out_of questions submissions",
)
COUNT_OF = {"type": "integer", "minimum": 0}
CLASS = shell(
    "class",
    "convcalc check --class-report --format json: a class",
    {
        "convcalc": STRING,
        "title": STRING,
        "key": STRING,
        "handed_in": COUNT_OF,
        "marked": COUNT_OF,
        "median": {"description": "Of the shares of the points, 0 to 1.", "type": ["number", "null"]},
        "mean": REAL_OR_NULL,
        "alarms": list_of(STRING, description="Where most agree against the key."),
        "questions": list_of(record({"ask": STRING, **dict.fromkeys(STATES, COUNT_OF)}, "")),
        "mistakes": list_of(
            record({"code": STRING, "sentence": STRING, "students": COUNT_OF, "names": list_of(STRING)}, "")
        ),
        "histogram": list_of(COUNT_OF, description="Students by tenths of the points."),
        "not_marked": list_of({"type": "object"}),
    },
    "key handed_in marked median alarms questions mistakes",
)
EXACT = schema_of("Exact: fractions and symbolic values are strings.", **WHOLE)
COMPARED_LAYER: dict[str, Any] = {"type": ["object", "null"], "required": ["name", "kind"]}
COMPARE = shell(
    "compare",
    "convcalc compare --json: totals, their ratios to those of the base, and the layers that differ",
    {
        "base": STRING,
        "networks": list_of(
            record(
                {"name": STRING, "totals": mapping_to(EXACT)},
                "name about convention inputs output totals",
            )
        ),
        "ratios": mapping_to(
            list_of({"anyOf": [EXACT, {"type": "null"}]}), "One a network; null where the base has 0."
        ),
        "differences": list_of(
            record(
                {
                    "network": STRING,
                    "same": INTEGER,
                    "changes": list_of(record({"base": COMPARED_LAYER, "other": COMPARED_LAYER})),
                }
            )
        ),
    },
    "networks base ratios differences",
)
RUN = record(
    {"first": INTEGER, "last": INTEGER_OR_NULL, "step": INTEGER},
    description="The values first, first + step, … last; without end where last is null.",
)
SOLUTION = record(
    {
        "values": {"description": "By name: a number, a list of one an axis, or of [before, after].", "type": "object"},
        "layer": {"description": "The layer, to be pasted into a spec.", "type": "string"},
        "input": {"type": "array"},
        "output": {"type": ["array", "null"]},
        "unused": {"description": "Columns along each axis that no window reaches.", "type": "array"},
        **dict.fromkeys(("parameters", "macs", "receptive_field"), WHOLE),
    },
    "values output",
)
SOLVE = shell(
    "solve",
    "convcalc solve --json: what was asked, every value, and where there is none why",
    {
        "solved": {"type": "boolean"},
        "count": {"description": "Of solutions; null where they have no end.", "type": ["integer", "null"]},
        "complete": {"description": "False where the search had to end.", "type": "boolean"},
        "tried": mapping_to(INTEGER),
        "multipliers": {"description": "Fractions that were tried beside whole numbers.", "type": "array"},
        "free": {"description": "Unknowns that have no effect on what is wanted.", "type": "array"},
        "unknowns": list_of(STRING),
        "runs": {"anyOf": [list_of(RUN), mapping_to(list_of(RUN))]},
        "formula": STRING_OR_NULL,
        "solutions": list_of(SOLUTION),
        "asymmetric": list_of(SOLUTION),
        "nearest": list_of(SOLUTION),
        "why": list_of(STRING),
        "work": list_of(STRING),
    },
    "solved count complete unknowns runs solutions nearest why",
)
EITHER = [definition("report"), definition("error")]
SUMMARY = {
    "$schema": DRAFT, "$id": "convcalc/summary/1",
    "title": "convcalc summary --json: a report, an error in its place, or a list of them for several networks",
    "$defs": {
        "number": NUMBER, "shape": SHAPE, "field": FIELD, "finding": FINDING, "layer": LAYER, "report": REPORT,
        "count": COUNT, "memory": MEMORY, "error": ERROR, "block": BLOCK, "budget": BUDGET,
    },
    "anyOf": [*EITHER, list_of({"anyOf": EITHER})],
}  # fmt: skip
SCHEMAS: dict[str, dict[str, Any]] = {
    "check": CHECK, "class": CLASS, "compare": COMPARE, "solve": SOLVE, "summary": SUMMARY,
}  # fmt: skip
