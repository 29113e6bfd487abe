"""A page for every JSON Schema that `convcalc schema` prints, with the properties at its top."""

from __future__ import annotations

import json
from typing import Any

from convcalc.render.reference.schemas import SCHEMAS
from writers.markdown import block, code, leaf, link, page, prose, table


def pages() -> dict[str, str]:
    rows = ((link(name), prose(title_of(schema))) for name, schema in SCHEMAS.items())
    index = page(
        "JSON schemas",
        "What `convcalc schema NAME` prints, so that other programs can check what they read or write.",
        table(("schema", "of"), rows),
    )
    return {"index.md": index, **{f"{name}.md": schema_page(name, schema) for name, schema in SCHEMAS.items()}}


def title_of(schema: dict[str, Any]) -> str:
    return str(schema.get("title", ""))


def schema_page(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", ())
    rows = (
        (code(key), code(type_of(value)), "always" if key in required else "", prose(str(value.get("description", ""))))
        for key, value in schema.get("properties", {}).items()
    )
    return leaf(
        "JSON schemas",
        f"convcalc schema {name}",
        f"{prose(title_of(schema))}.",
        table(("property", "type", "there", "what it is"), rows),
        block("json", json.dumps(schema, indent=2, ensure_ascii=False)),
    )


def type_of(schema: dict[str, Any]) -> str:
    """A type in a word or two."""
    if "const" in schema:
        return json.dumps(schema["const"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    known = schema.get("type", "")
    if known == "array":
        return f"[{type_of(schema.get('items', {}))}]"
    return " or ".join(known) if isinstance(known, list) else str(known)
