"""The schemas of the reference: kinds, formulas, bundled networks, help, and of networks in other languages."""

from __future__ import annotations

from typing import Any

from convcalc.render.reference.schema_language import FINDING, list_of, mapping_to, or_null, record, shell, type_of
from convcalc.render.reference.worked_schemas import WORKS
from convcalc.writing import TARGETS

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
