"""The schemas of what explains: worked layers and networks, exercises, pictures, and the reference."""

from __future__ import annotations

from typing import Any

from convcalc.render.reference.schema_language import (
    CONVENTION,
    EXACT_NUMBER,
    EXACT_OR_NOT,
    FINDING,
    INPUTS,
    SIZES,
    SIZES_OR_NOT,
    WARNINGS,
    list_of,
    mapping_to,
    or_null,
    record,
    schema_of,
    shell,
    type_of,
)
from convcalc.writing import TARGETS

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
FORMULA = record(
    "kind quantity label formula ascii latex: string, letters",
    letters=mapping_to(type_of("string"), "What each letter means."),
)
KEY = record(
    "name: string, symbol, doc type: string, required: boolean, default, low high: integer?, words aliases: [string], "
    "per_axis: boolean",
    symbol=type_of("string?", "Its letter in the formulas and in a spec."),
    default={"description": "A value; `=kernel` is that of another key, null that it is left out."},
    words=type_of("[string]", "That may be written instead of a number."),
)
KIND = record(
    "name doc: string, aliases classes: [string], inputs: integer?, keys, formulas, letters: {string}, written, "
    "sources: [string], example",
    classes=type_of("[string]", "Of the frameworks; N stands for the number of axes."),
    inputs=type_of("integer?", "Null for any number."),
    keys=list_of(KEY),
    formulas=list_of(FORMULA),
    written=list_of(record("source formula: string"), "The output size as sources write it."),
    example=record("layer: string, inputs: [string], works", "layer inputs", works=WORKS),
)


def listing(name: str, what: str, item: dict[str, Any]) -> dict[str, Any]:
    """The schema of a document that is a list under the name of its command."""
    title = f"convcalc {name} --json: {what}"
    return shell(name, title, f"convcalc: string, {name}", name, **{name: list_of(item)})


KINDS = listing("kinds", "the layer kinds", KIND)
FORMULAS = listing("formulas", "formulas with their letters", FORMULA)
SPEC = record(
    "name family title about: string, inputs, output: [integer], layers parameters macs: integer, receptive_field, "
    "text: string",
    "name family title about inputs output layers parameters macs receptive_field",
    inputs=mapping_to(type_of("[integer]"), "The shape of each input by its name."),
    receptive_field=or_null(type_of("[integer]")),
)
SPECS = listing("specs", "the bundled networks", SPEC)
HELP = shell(
    "help",
    "convcalc help --json: topics and commands",
    "convcalc: string, topics, commands, codes",
    "topics commands codes",
    topics=list_of(record("name about: string, aliases: [string], text: string")),
    commands=list_of(record("name about text: string", "name about")),
    codes=list_of(record("code meaning: string, example: string?, files: {string}"), "Of errors, warnings and notes."),
)
INIT = shell(
    "init",
    "convcalc init --json: what was written, and the commands that go on from there",
    "convcalc: string, kind, file, editor_schema: string, commands: [string]",
    "kind file editor_schema commands",
    kind={"enum": ["spec", "answers", "assignment"]},
    file=type_of("string", "Its path."),
)
COMPLETION = shell(
    "completion",
    "convcalc completion --json: the script by which a shell completes command lines",
    "convcalc shell script: string",
    "shell script",
)
MAN = shell(
    "man",
    "convcalc man --json: a manual page",
    "convcalc name page: string",
    "name page",
    page=type_of("string", "In the language of man."),
)
CONVERT = shell(
    "convert",
    "convcalc convert --json: a network in another language",
    "convcalc name: string, to, text, base64: string, notes, remarks: [string]",
    "name to text notes remarks",
    to={"enum": [*TARGETS]},
    text=type_of("string?", "Null where it is bytes, which `base64` has."),
    notes=list_of(FINDING),
)
EXPLAINING = (COMPLETION, CONVERT, DRAW, EXPLAIN, FORMULAS, HELP, INIT, KINDS, LAYER_WORKED, MAN, QUIZ, SPECS)
