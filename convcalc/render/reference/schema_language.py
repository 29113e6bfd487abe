"""JSON schemas in short, as the schemas of what convcalc writes are declared."""

from __future__ import annotations

from typing import Any

from convcalc.kinds.conventions import CONVENTIONS

STABLE = "An added key is a minor version of convcalc; one that is changed or removed is a major one."
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def type_of(text: str, description: str = "") -> dict[str, Any]:
    """A schema in short: `integer|string`, `string?` where it may be null, `[string]` for a list, `{string}` by name.

    `$field` is what the `$defs` of the document have under that name.
    """
    if text[0] == "[":
        return list_of(type_of(text[1:-1]), description)
    if text[0] == "{":
        return mapping_to(type_of(text[1:-1]), description)
    if text[0] == "$":
        return schema_of(description, **{"$ref": f"#/$defs/{text[1:]}"})
    names = text.replace("?", "|null").split("|")
    return schema_of(description, type=names if len(names) > 1 else text)


def properties(text: str, own: dict[str, Any]) -> dict[str, Any]:
    """The schemas of properties in their order: `name kind: string, line: integer?`; those without a type are `own`."""
    found: dict[str, Any] = {}
    for entry in text.split(", "):
        names, _, type = entry.partition(": ")
        found |= {name: type_of(type) if type else own[name] for name in names.split()}
    return found


def record(text: str, required: str | None = None, description: str = "", /, **own: Any) -> dict[str, Any]:
    """The schema of an object with these properties, of which the required are always there; all by default."""
    fields = properties(text, own)
    wanted = list(fields) if required is None else required.split()
    return schema_of(description, type="object", properties=fields) | ({"required": wanted} if wanted else {})


def schema_of(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, **schema} if description else schema


def list_of(items: dict[str, Any], description: str = "") -> dict[str, Any]:
    return schema_of(description, type="array", items=items)


def mapping_to(values: dict[str, Any], description: str = "") -> dict[str, Any]:
    """The schema of an object whose keys are names: of layers, of tools, of unknowns."""
    return schema_of(description, type="object", additionalProperties=values)


def shell(name: str, title: str, text: str, required: str, /, **own: Any) -> dict[str, Any]:
    """The schema of a document, which names its schema and the version of convcalc."""
    schema = {"const": f"convcalc/{name}/1"}
    document = record(f"schema, {text}", f"schema convcalc {required}", schema=schema, **own)
    return {"$schema": DRAFT, "$id": f"convcalc/{name}/1", "title": title, "$comment": STABLE, **document}


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, type_of("null")]}


FINDING = record(
    "code message: string, hint, file: string?, line column: integer?, layer: string?",
    hint=type_of("string", "What would mend it."),
)
EXACT_NUMBER = type_of("integer|string", "A whole number of any size; a fraction or a symbolic number is a string.")
SIZES = list_of(EXACT_NUMBER, "A shape, in the order of the network's layout.")
EXACT_OR_NOT = or_null(EXACT_NUMBER)
SIZES_OR_NOT = or_null(SIZES)
INPUTS = mapping_to(SIZES, "The shape of each input by its name.")
CONVENTION = {"enum": [*CONVENTIONS]}
WARNINGS = list_of(FINDING, "What was noticed and is no error.")
