"""JSON Schemas of what people write, by which an editor completes and underlines; made of the records that read it."""

from __future__ import annotations

from importlib import import_module

WRITTEN = {"spec": "spec", "answers": "assignment", "assignment": "assignment"}  # by name, its module


def schema_text(name: str) -> str:
    """The schema of a spec, of answers or of an assignment, as JSON on one line."""
    from json import dumps

    made = getattr(import_module(f"{__name__}.{WRITTEN[name]}"), f"{name}_schema")()
    return dumps(made, ensure_ascii=False, separators=(",", ":"))
