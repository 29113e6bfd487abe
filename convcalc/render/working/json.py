"""Worked quantities as JSON, by the schemas convcalc/explain/1 and convcalc/layer/1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import letters
from convcalc.algebra.notation import to_tree, write
from convcalc.render.json_text import json_document
from convcalc.render.report.json import diagnostic
from convcalc.render.spelling import spell_layer
from convcalc.render.working.page import sentence_text
from convcalc.render.working.words import SAID, label, remark_sentence
from convcalc.render.working.works import BYTES, letters_of, shown_trees
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.questions.explain import Explained, Section
    from convcalc.questions.work import Worked


def document(name: str, explained: Explained, work: str) -> Iterator[str]:
    """Everything that is worked; `work` says how many of the steps, `name` which schema."""
    report, book = explained.report, explained.book
    head = {"name": report.name or None} if explained.is_network else {}
    return json_document(
        name,
        **head,
        convention=report.convention,
        inputs={name: written_order(sizes, report.channels_last) for name, sizes in report.inputs.items()},
        notation=book.source if book else None,
        layers=[section_record(each, report, work) for each in explained.sections],
        totals=work_records(explained.totals, work),
        warnings=[diagnostic(each) for each in report.diagnostics if each.severity != "error"],
    )


def section_record(section: Section, report: NetworkReport, work: str) -> dict[str, Any]:
    """A layer, or a block that repeats another."""
    layer = section.layer
    shown: dict[str, Any] = {"name": section.name or (layer.name if layer else "")}
    if layer is None:
        shown |= {"kind": "block", "layers": section.size}
    else:
        applied: Any = layer.known
        inputs = [written_order(sizes, report.channels_last) for sizes in applied.input]
        shown |= {
            "kind": layer.kind,
            "layer": spell_layer(applied.setting, report.convention),
            "line": layer.line,
            "input": None if layer.held else inputs[0] if len(inputs) == 1 else inputs,
            "output": None if layer.held else written_order(applied.output, report.channels_last),
            "letters": dict(letters_of(section)),
        }
    return {**shown, "like": section.like or None, "works": work_records(section.works, work)}


def work_records(works: tuple[Worked, ...], mode: str) -> list[dict[str, Any]]:
    names = frozenset(work.name for work in works)
    return [work_record(work, names, mode) for work in works]


def work_record(work: Worked, names: frozenset[str], mode: str) -> dict[str, Any]:
    """A quantity: its formula, the numbers put in, the steps down to the result, and what there is to remark."""
    trees = shown_trees(work, mode)
    formula = work.formula if work.is_lettered else None
    numbers = (
        {} if formula is None else {each: work.bindings[each] for each in letters(formula) if each in work.bindings}
    )
    steps = [write(tree) for tree in trees[mode == "full" and formula is not None :]]
    return {
        "quantity": work.name,
        "label": label(work, names).strip(),
        "axes": work.axes,
        "formula": None if formula is None else write(formula),
        "numbers": {letter: exact(value) for letter, value in numbers.items()},
        "steps": steps,
        "result": list(map(exact, work.value)) if isinstance(work.value, tuple) else exact(work.value),
        "unit": "bytes" if work.name in BYTES else None,
        "remarks": [
            sentence_text(remark_sentence(remark, work.axes), "text") for remark in work.remarks if remark.code in SAID
        ],
    }


def exact(value: Any) -> Any:
    """A whole number; a fraction, a product as it is put in, or a symbolic value as text."""
    return value if value is None or isinstance(value, int) else write(to_tree(value), "text")
