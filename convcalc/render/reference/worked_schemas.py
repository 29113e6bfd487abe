"""The schemas of worked layers and networks, of exercises and of pictures."""

from __future__ import annotations

from convcalc.render.reference.schema_language import (
    CONVENTION,
    EXACT_NUMBER,
    EXACT_OR_NOT,
    INPUTS,
    SIZES,
    SIZES_OR_NOT,
    WARNINGS,
    list_of,
    mapping_to,
    record,
    schema_of,
    shell,
    type_of,
)

INPUT = {"description": "A shape, or a list of shapes; null where it is not known.", "type": ["array", "null"]}
RESULT = {"anyOf": [EXACT_NUMBER, SIZES, type_of("null")]}
WORK = record(
    "quantity, label: string, axes: [string], formula, numbers, steps, result, unit: string?, remarks: [string]",
    quantity=type_of("string", "size, channels, parameters, macs, receptive_field, …"),
    formula=type_of("string?", "In letters; null where there are only numbers from the start."),
    numbers=mapping_to(EXACT_NUMBER, "What is put in, by letter; a product as it is written: 5·5."),
    steps=type_of("[string]", "With the numbers put in, down to the result."),
    result=RESULT,
)
WORKS = list_of(WORK)
SECTION = record(
    "name: string, kind, layer: string, line: integer?, input, output, letters: {string}, layers: integer, like, works",
    "name kind like works",
    kind=type_of("string", "`block` for one that repeats another, of so many `layers`."),
    layer=type_of("string", "As a spec writes it."),
    input=INPUT,
    output=SIZES_OR_NOT,
    letters=mapping_to(type_of("string"), "What the letters of the formulas mean."),
    like=type_of("string?", "The layer or block that shows the rest of the work."),
    works=WORKS,
)
PARTS = "convention, inputs, notation, layers, totals, warnings"
REQUIRED = PARTS.replace(",", "")
WORKED = {
    "convention": CONVENTION,
    "inputs": INPUTS,
    "notation": type_of("string?", "The source whose letters the formulas have, with --notation."),
    "layers": list_of(SECTION),
    "totals": WORKS,
    "warnings": WARNINGS,
}
EXPLAIN = shell(
    "explain",
    "convcalc explain --json: every layer and the totals, worked",
    f"convcalc: string, name: string?, {PARTS}",
    f"name {REQUIRED}",
    **WORKED,
)
LAYER_WORKED = shell(
    "layer", "convcalc layer --json: a layer, every quantity worked", f"convcalc: string, {PARTS}", REQUIRED, **WORKED
)
QUESTION = record(
    "number: integer, network, ask question: string, layer quantity part: string?, form, points tolerance: number, "
    "choices: [string], group: string?, arrays, answer, expected, works",
    "number network ask question layer quantity part form points tolerance choices group",
    network=type_of("integer?", "Its place among the networks, from 0."),
    form={"enum": ["number", "symbolic", "array"]},
    arrays=record("layer: string, flip: boolean, input weights: array", None, "What is given of a question on them."),
    answer=type_of("string?", "With --solutions: in words."),
    expected={"description": "With --solutions: what is right, a number, a shape, an array or a formula."},
    works=list_of(WORK, "With --solutions."),
)
ASKED_NETWORK = record(
    "name: string?, convention, inputs, layers",
    convention=CONVENTION,
    inputs=INPUTS,
    layers=list_of(record("name layer: string, from: [string]")),
)
QUIZ = shell(
    "quiz",
    "convcalc quiz --json: an exercise, its questions and its key",
    "convcalc title language: string, topic: string?, level: integer?, student: string?, stamp: string, "
    "head: {string}, networks, questions, key",
    "title language topic level student stamp head networks questions key",
    networks=list_of(ASKED_NETWORK),
    questions=list_of(QUESTION),
    key=type_of("string?", "The assignment that `convcalc check` marks with; null where an author wrote it."),
)
SHOWN = {
    "volumes": record(
        "layers: [string], shape, track", shape=SIZES_OR_NOT, track=type_of("integer", "0 is the main one.")
    ),
    "nodes": record(
        "id: integer, type, name: string, layers: [string], times: integer, parameters macs",
        type={"enum": ["input", "output", "layer", "failed", "block", "rest"]},
        parameters=EXACT_OR_NOT,
        macs=EXACT_OR_NOT,
    ),
    "edges": record("from to: integer, shape", shape=SIZES_OR_NOT),
}
SPAN = type_of("[integer]", "In pixels from 0, along each axis; those outside the input are padding.")
FIELD = record(
    "layer: string, cell cells: [integer], first last, size stride: array, is_whole: boolean", first=SPAN, last=SPAN
)
SEEN = record("name: string, sides: [integer], axes: [string], fields", fields=list_of(FIELD))
WINDOWED = record(
    "layer: string, input output: [integer], padded, windows",
    padded=type_of("[array]", "Along each axis, the first and the last cell; what is below 0 is padding."),
    windows=type_of("[array]", "Along each axis, the cells that each output sees."),
)
STEP = record("step: integer, layer: string, bytes: integer")
TENSOR = record("name: string, bytes first last: integer", None, "In memory from the first step to the last.")
PICTURE = schema_of(
    "Of the picture that is named: of volumes their shapes, of a graph nodes and edges, and so on.",
    type="object",
    required=["network"],
    properties={
        "network": type_of("string?"),
        **{name: list_of(schema) for name, schema in SHOWN.items()},
        "inputs": list_of(SEEN, "Of field."),
        "layers": list_of(WINDOWED, "Of arithmetic."),
        "rows": type_of("[object]", "Of bars: a layer or block with its quantities."),
        "totals": mapping_to(EXACT_OR_NOT),
        "steps": list_of(STEP, "Of memory."),
        "tensors": list_of(TENSOR),
        "peak": record("layer: string, bytes: integer"),
        "budget": type_of("integer?", "Bytes."),
        "memory_peak": type_of("integer", "Of compare: bytes, beside the two totals."),
    },
)
DRAW = shell(
    "draw",
    "convcalc draw --json: the numbers of a picture",
    "convcalc: string, picture, pictures, warnings",
    "picture pictures warnings",
    picture={"enum": ["volumes", "graph", "field", "arithmetic", "bars", "memory", "compare"]},
    pictures=list_of(PICTURE, "One for each network."),
    warnings=WARNINGS,
)
