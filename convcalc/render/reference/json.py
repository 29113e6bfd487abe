"""The reference as JSON: layer kinds, formulas, bundled networks and pages of help, each by its schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.layers import REQUIRED, Key, Kind
from convcalc.render.json_text import json_document
from convcalc.render.reference.formulas import classes_of, entries, formula, keys_of, letters_of, versions
from convcalc.render.reference.topics import HelpPage, page

if TYPE_CHECKING:
    from convcalc.render.reference.codes import ErrorCode
    from convcalc.render.reference.formulas import ReferenceFormula


def kinds_document(kinds: Iterable[Kind], works: list[dict[str, Any]] | None) -> Iterator[str]:
    """Layer kinds; of one asked for, its example worked."""
    return json_document("kinds", kinds=[kind_record(kind, works) for kind in kinds])


def kind_record(kind: Kind, works: list[dict[str, Any]] | None) -> dict[str, Any]:
    layer, *inputs = kind.worked_example
    return {
        "name": kind.name,
        "doc": kind.doc,
        "aliases": kind.aliases,
        "classes": list(classes_of(kind)),
        "inputs": kind.inputs if kind.inputs > 0 else None,
        "keys": list(map(key_record, keys_of(kind))),
        "formulas": list(formula_records(kind)),
        "letters": dict(letters_of(kind, [entry.text for entry in entries(kind)])),
        "written": [
            {"source": source, "formula": formula(text, "text")} for source, text in versions_with_sources(kind)
        ],
        "sources": kind.sources,
        "example": {"layer": layer, "inputs": inputs} | ({} if works is None else {"works": works}),
    }


def versions_with_sources(kind: Kind) -> Iterator[tuple[str, str]]:
    """The size as each source writes it, the source told every time."""
    source = ""
    for name, text in versions(kind):
        source = name or source
        yield source, text


def key_record(key: Key) -> dict[str, Any]:
    default = None if key.default is REQUIRED else key.default
    return {
        "name": key.name,
        "symbol": key.symbol or None,
        "doc": key.doc,
        "type": key.type,
        "required": key.default is REQUIRED and not key.unless,
        "default": default,
        "low": key.low if key.type in ("count", "axes", "padding") else None,
        "high": key.high,
        "words": key.words,
        "aliases": key.aliases,
        "per_axis": key.per_axis,
    }


def formulas_document(found: Iterable[tuple[Kind, Iterable[ReferenceFormula]]]) -> Iterator[str]:
    """Formulas, kind by kind."""
    return json_document(
        "formulas", formulas=[record for kind, formulas in found for record in formula_records(kind, formulas)]
    )


def formula_records(kind: Kind, formulas: Iterable[ReferenceFormula] | None = None) -> Iterator[dict[str, Any]]:
    for entry in entries(kind) if formulas is None else formulas:
        yield {
            "kind": kind.name,
            "quantity": entry.quantity,
            "label": entry.label.strip(),
            "formula": formula(entry.text, "text"),
            "ascii": formula(entry.text, "ascii"),
            "latex": formula(entry.text, "latex"),
            "letters": dict(letters_of(kind, [entry.text])),
        }


def help_document(
    topics: Iterable[HelpPage] = (),
    commands: Mapping[str, str] = {},
    codes: Iterable[ErrorCode] = (),
    text: str | None = None,
) -> Iterator[str]:
    """Pages of topics, commands with what they are for, and codes of errors; of one command its whole help."""
    return json_document(
        "help",
        topics=[
            {"name": each.name, "about": each.about, "aliases": each.aliases, "text": page(each)} for each in topics
        ],
        commands=[
            {"name": name, "about": about} | ({} if text is None else {"text": text})
            for name, about in commands.items()
        ],
        codes=[
            {"code": each.code, "meaning": each.meaning, "example": each.command or None, "files": dict(each.files)}
            for each in codes
        ],
    )
