"""The JSON schemas of what convcalc writes, so that other tools can check what they read."""

from __future__ import annotations

from typing import Any

from convcalc.marking.verdict import STATES
from convcalc.network.quantity import COUNTED
from convcalc.render.reference.explaining_schemas import EXPLAINING
from convcalc.render.reference.schema_language import (
    CONVENTION,
    DRAFT,
    EXACT_NUMBER,
    EXACT_OR_NOT,
    FINDING,
    INPUTS,
    SIZES_OR_NOT,
    STABLE,
    list_of,
    mapping_to,
    or_null,
    record,
    schema_of,
    shell,
    type_of,
)

COUNTS = " ".join(COUNTED)
UNTOLD = "Null where its source does not say what it follows from."  # as a printed model its order
ALONG = ("size", "stride", "offset", "centre")
FIELD = record(
    f"{' '.join(ALONG)}, whole_input, aligned",
    " ".join(ALONG),
    "Along each axis of the input; null where the input has no axes, or for what cannot be told.",
    **dict.fromkeys(ALONG, list_of(or_null(type_of("$number")))),
    whole_input={"description": "Every unit sees the whole input.", "const": True},
    aligned={"description": "Branches with different strides or centres have met.", "const": False},
) | {"type": ["object", "null"]}
LAYER = record(
    "name kind: string, line: integer?, from: [string], input, output: $output, values: object, "
    f"{COUNTS}: $count_if_told, receptive_field: $field, receptive_fields: {{$field}}",
    f"name kind line from input output values {COUNTS} receptive_field",
    input=type_of("array?", f"A shape, or a list of shapes. {UNTOLD}"),
)
BLOCK = record(
    "name: string, line: integer?, from: [string], input, output: $output, kind, layers, "
    f"{COUNTS}: $count_if_told, receptive_field: $field, receptive_fields: {{$field}}",
    f"name kind layers line from input output {COUNTS} receptive_field",
    "With --depth: a block in one row, its counts those of its layers together.",
    input=LAYER["properties"]["input"],
    kind={"const": "block"},
    layers=type_of("integer", "How many it stands for."),
)
BUDGET = mapping_to(
    record("allowed found: integer, over", over=type_of("integer", "0 where it is kept.")),
    "With a budget in the spec, or --max-parameters, --max-macs and the like, by quantity.",
)
COUNT = record(
    "value: $number, unit, counts, known_errors, assumed",
    None,
    "What a tool counts, with --count.",
    unit={"enum": ["MAC", "FLOP", "parameter"]},
    counts=type_of("string", "What one unit is counted for."),
    known_errors=type_of("[string]", "Those that show here."),
    assumed=type_of("[string]", "Kinds that the tool's rule is not known for: the letter ? in the value."),
)
OURS = ("parameters", "buffers", "input", "activations", "peak_inference", "kept_for_backward")
PRINTED = ("input", "forward_backward", "parameters", "total")
SIZE = type_of("integer|string?", "Bytes; null where they cannot be told.")
MEMORY: dict[str, Any] = {
    "description": "With --memory, --batch or --dtype: ours in bytes, and what a tool prints; nothing where it fails.",
    "type": "object",
    "properties": {"ours": record(" ".join(OURS), **dict.fromkeys(OURS, SIZE))},
    "additionalProperties": record(
        f"{' '.join(PRINTED)}, printed: {{string}}, unit, known_errors: [string]",
        "printed unit known_errors",
        **dict.fromkeys(PRINTED, SIZE),
        unit=type_of("integer", "Bytes of the tool's MB."),
    ),
    "required": ["ours"],
}
REPORT = record(
    "schema, convcalc name: string, convention, inputs: {$shape}, output: $output, outputs: {$output}, "
    "layers, totals, warnings: [$finding], counts: {$count}, memory: $memory, batch, dtype, budget: $budget",
    "schema convcalc name convention inputs output layers totals warnings",
    schema={"const": "convcalc/summary/1"},
    convention=CONVENTION,
    layers=list_of({"anyOf": [type_of("$layer"), type_of("$block")]}),
    totals=record(f"{COUNTS}: $count_if_told, receptive_field: $field"),
    batch=type_of("integer", "With --batch: the examples that the memory is for."),
    dtype=type_of("string", "With --dtype: the type of numbers that the memory is for."),
)
ERROR = record(
    "schema, error: $finding, errors: [$finding]",
    "schema error",
    schema={"const": "convcalc/error/1"},
    errors=type_of("[$finding]", "All of them, where there are several; `error` is the first."),
)
QUESTION = record("ask: string, points: number?, form", form={"enum": ["number", "symbolic", "array"]})
DIAGNOSIS = record("codes, layers: [string]", codes={**type_of("[string]"), "minItems": 1})
ANSWER = record(
    "ask: string, given, read, state, score points: number, message: string, hints: [string], note, diagnoses, "
    "expected",
    "ask given read state score points message hints note",
    given=type_of("string", "As the student wrote it."),
    read={
        "description": "A number, a list of them for a shape or an array, a string for a fraction or formula, or null."
    },
    state={"enum": [*STATES]},
    note=type_of("string", "A code for a remark on how it is written."),
    diagnoses=list_of(
        DIAGNOSIS, "Mistakes that lead to exactly this answer, the likeliest first; with --hints why or full."
    ),
    expected={"description": "What the key has; with --reveal or --hints full."},
)
IDS = "id email login: string"  # as far as they are known
SUBMISSION = record(
    f"student source: string, {IDS}, status, reason, remarks: [string], score out_of: number, answers",
    "student source status reason remarks score out_of answers",
    status={"enum": ["marked", "unreadable", "empty", "duplicate", "missing", "no_key"]},
    reason=type_of("string", "Why it was not marked."),
    answers=list_of(ANSWER),
)
STRANGER = record(
    f"student source: string, {IDS}, guess",
    "student source guess",
    guess=or_null(record(f"name: string, {IDS}", "name", "Who of the roster may be meant.")),
)
CHECK = shell(
    "check",
    "convcalc check --format json: submissions marked",
    "convcalc assignment: string, key, out_of: number, questions, submissions, not_in_roster",
    "assignment key out_of questions submissions",
    key=type_of("string", "A hash of the key."),
    questions=list_of(QUESTION),
    submissions=list_of(SUBMISSION),
    not_in_roster=list_of(STRANGER, "With --roster: who handed in and is not in it."),
)
COUNT_OF = {"type": "integer", "minimum": 0}
CLASS = shell(
    "class",
    "convcalc check --class-report --format json: a class",
    "convcalc title key: string, handed_in, marked, median, mean: number?, alarms, questions, mistakes, histogram, "
    "quartiles: [number], students, similar, not_marked: [object]",
    "key handed_in marked median alarms questions mistakes",
    handed_in=COUNT_OF,
    marked=COUNT_OF,
    median=type_of("number?", "Of the shares of the points, 0 to 1."),
    alarms=type_of("[string]", "Where most agree against the key."),
    questions=list_of(record(f"ask: string, {' '.join(STATES)}", "", **dict.fromkeys(STATES, COUNT_OF))),
    mistakes=list_of(record("code sentence: string, students, names: [string]", "", students=COUNT_OF)),
    histogram=list_of(COUNT_OF, "Students by tenths of the points."),
    students=list_of(record("student: string, score out_of: number, states: [string?]"), "States by question."),
    similar=list_of(record("students: [string], words: string"), "Hand-ins that are alike in what is rare."),
)
COMPARED_LAYER: dict[str, Any] = {"type": ["object", "null"], "required": ["name", "kind"]}
COMPARE = shell(
    "compare",
    "convcalc compare --json: totals, their ratios to those of the base, and the layers that differ",
    "base: string, networks, ratios, differences",
    "networks base ratios differences",
    networks=list_of(
        record("name: string, totals", "name about convention inputs output totals", totals=mapping_to(EXACT_OR_NOT))
    ),
    ratios=mapping_to(list_of(EXACT_OR_NOT), "One a network; null where the base has 0, or either is not known."),
    differences=list_of(
        record(
            "network: string, same: integer, changes",
            changes=list_of(record("base other", base=COMPARED_LAYER, other=COMPARED_LAYER)),
        )
    ),
)
RUN = record(
    "first: integer, last: integer?, step: integer",
    None,
    "The values first, first + step, … last; without end where last is null.",
)
SOLUTION = record(
    "values, layer, input: array, output: array?, unused, parameters macs receptive_field: integer|string",
    "values output",
    values=type_of("object", "By name: a number, a list of one an axis, or of [before, after]."),
    layer=type_of("string", "The layer, to be pasted into a spec."),
    unused=type_of("array", "Columns along each axis that no window reaches."),
)
SOLVE = shell(
    "solve",
    "convcalc solve --json: what was asked, every value, and where there is none why",
    "solved: boolean, count, complete, tried: {integer}, multipliers, free, unknowns: [string], runs, "
    "formula: string?, solutions asymmetric nearest, why work: [string]",
    "solved count complete unknowns runs solutions nearest why",
    count=type_of("integer?", "Of solutions; null where they have no end."),
    complete=type_of("boolean", "False where the search had to end."),
    multipliers=type_of("array", "Fractions that were tried beside whole numbers."),
    free=type_of("array", "Unknowns that have no effect on what is wanted."),
    runs={"anyOf": [list_of(RUN), mapping_to(list_of(RUN))]},
    **dict.fromkeys(("solutions", "asymmetric", "nearest"), list_of(SOLUTION)),
)
LINT = shell(
    "lint",
    "convcalc lint --format json: what the rules find",
    "convcalc: string, findings, errors: [object]",
    "findings",
    findings=list_of(
        record(
            "code level message cure: string, layer file: string?, line column: integer?, times",
            level={"enum": ["warning", "note"]},
            times=type_of("integer", "How often it is there: once for all layers that are written in one place."),
        )
    ),
)
CELL = record("at: [integer], work: string, value", value=type_of("number|string", "A fraction is a string."))
WORKED_LAYER = record(
    "name: string, input: array, weights: array?, output: array, cells",
    "name input weights output",
    cells=list_of(CELL),
)
APPLY = shell(
    "apply",
    "convcalc apply --json: a layer on small arrays, every number of its output worked",
    "convcalc layer: string, operation, input, weights: array?, output: array, cells, layers",
    "layer operation input weights output",
    operation=schema_of("Of a layer with a kernel.", enum=["cross-correlation", "convolution", None]),
    input=type_of("array", "Rows, or channels of rows; a list of inputs where the layer has several."),
    cells=list_of(CELL, "Of the last layer."),
    layers=list_of(WORKED_LAYER, "Of a chain of several."),
)
SWEPT_VALUE = type_of("integer|string?", "A word or a fraction is a string; null where it cannot be told.")
SWEEP_ROW = mapping_to(SWEPT_VALUE, "By name: the swept names, then the quantities.")
SWEEP = shell(
    "sweep",
    "convcalc sweep --json: every combination that is left, and what became of the others",
    "convcalc network: string, axes, where pareto sort: [string], sample: integer?, seed: integer, shard: [integer], "
    "columns: [string], rows, tally, notes: [string], nearest",
    "network axes where pareto sort columns rows tally notes nearest",
    axes=list_of(record("names: [string], values", values=list_of(list_of(SWEPT_VALUE)))),
    shard=type_of("[integer]", "The first of one part."),
    rows=list_of(SWEEP_ROW, "With --keep-invalid the reason is null where the network fits."),
    tally=record(
        "points unfit excluded kept unvisited worked",
        **dict.fromkeys(("points", "excluded", "kept"), COUNT_OF),
        unfit=mapping_to(COUNT_OF, "Points where the network does not fit, by the reason."),
        unvisited={**COUNT_OF, "description": "Of the points, those that were decided without a look at each."},
        worked={**COUNT_OF, "description": "Of the points, those at which the network was built."},
    ),
    nearest=list_of(
        record("without: string, points, is_sample: boolean, nearest", points=COUNT_OF, nearest=SWEEP_ROW),
        "Where no point is left: how many there are without one of the conditions, and what comes nearest to it.",
    ),
)
TOTALS_ROW = record(
    "spec: string, name: string?, convention, inputs, output, layers: integer, "
    f"{COUNTS} memory, receptive_field, errors",
    "spec name",
    convention=CONVENTION,
    inputs=INPUTS,
    output=SIZES_OR_NOT,
    **dict.fromkeys((*COUNTED, "memory"), EXACT_OR_NOT),
    receptive_field={"type": ["object", "null"]},
    errors=list_of(FINDING, "Of a network that is broken, in the place of its totals."),
)
TOTALS = shell(
    "totals",
    "convcalc summary --totals --json: networks with their totals; with jsonl a document for each",
    "convcalc: string, networks",
    "networks",
    networks=list_of(TOTALS_ROW),
)
EITHER = [type_of("$report"), type_of("$error")]
SUMMARY = {
    "$schema": DRAFT, "$id": "convcalc/summary/1", "$comment": STABLE,
    "title": "convcalc summary --json: a report, an error in its place, or a list of them for several networks",
    "$defs": {
        "number": EXACT_NUMBER, "shape": type_of("[$number]"), "field": FIELD, "finding": FINDING, "layer": LAYER,
        "report": REPORT, "count": COUNT, "memory": MEMORY, "error": ERROR, "block": BLOCK, "budget": BUDGET,
        "count_if_told": schema_of(UNTOLD, **or_null(type_of("$number"))),
        "output": schema_of(UNTOLD, **or_null(type_of("$shape"))),
    },
    "anyOf": [*EITHER, list_of({"anyOf": EITHER})],
}  # fmt: skip
ERRORS = {
    "$schema": DRAFT, "$id": "convcalc/error/1", "$comment": STABLE,
    "title": "any command with --json: what is wrong, in the place of what was asked for",
    "$defs": {"finding": FINDING}, **ERROR,
}  # fmt: skip
DOCUMENTS = (
    *EXPLAINING, APPLY, CHECK, CLASS, COMPARE, ERRORS, LINT, SOLVE, SUMMARY, SWEEP, TOTALS,
)  # fmt: skip
SCHEMAS: dict[str, dict[str, Any]] = {
    document["$id"].split("/")[1]: document for document in sorted(DOCUMENTS, key=lambda document: document["$id"])
}
