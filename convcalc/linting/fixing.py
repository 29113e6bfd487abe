"""Cures written into a spec: the one value that changes, with comments and layout as they are.

An edit is taken only if the text, read again, is the same network but for that value, and the rule finds nothing there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.layers import key_names
from convcalc.layers.values import NO, YES
from convcalc.linting.linter import Selection, lint
from convcalc.linting.network import LintedNetwork, row_at
from convcalc.linting.words import settings
from convcalc.network.cures import reading_of
from convcalc.network.load import graph_and_report
from convcalc.problem import BUNDLED, LINE, Problem, Source
from convcalc.readers.correction import replace_value
from convcalc.readers.forms import form_of
from convcalc.spec import LayerItem, Place, Spec, items_within
from convcalc.spec.brackets import texts
from convcalc.tuples import NamedTuple
from convcalc.writing.shorthand import raw_of, value_text

if TYPE_CHECKING:
    from convcalc.linting.record import Finding
    from convcalc.network import Graph
    from convcalc.spec.choices import Choices

MAX_FIXES, MAX_PASSES = 200, 4  # of one file; a cure may make another one possible
BEHIND_KIND = re.compile(r":\s+([^\s#{\[](?:[^#{\[]*[^\s#{\[])?)")


class Fixed(NamedTuple):
    """A text with its cures, what they were for, and what is found in it still."""

    source: Source
    fixed: tuple[Finding, ...]
    left: tuple[Finding, ...]
    found: tuple[Finding, ...]  # before


def may_be_fixed(source: Source) -> bool:
    """Whether a source is a file in the language of convcalc, which may be rewritten."""
    is_file = source.name not in (LINE, "standard input", "-") and not source.name.startswith(BUNDLED)
    return is_file and not source.path and not source.data and form_of(source) is None


def fix(source: Source, choices: Choices, wanted: Selection) -> Fixed:
    """The text with every cure that is a change of one value; a Problem where it is no sound network."""
    fixed: list[Finding] = []
    graph, first = findings_of(source, choices, wanted)
    found, tried = first, 0
    for _ in range(MAX_PASSES):
        before = source
        for finding in found:
            if len(finding.remedy.values) != 1 or tried >= MAX_FIXES:
                continue
            tried += 1
            if text := text_with_cure(source, graph, finding, choices):
                source = source._replace(text=text)
                graph = graph_and_report(source, choices)[0]
                fixed.append(finding)
        if source is before:
            break
        graph, found = findings_of(source, choices, wanted)
    return Fixed(source, tuple(fixed), tuple(found), tuple(first))


def findings_of(source: Source, choices: Choices, wanted: Selection) -> tuple[Graph, list[Finding]]:
    graph, report = graph_and_report(source, choices)
    if report.errors:
        raise Problem(*report.errors)
    return graph, lint(graph, report, choices, wanted)


def text_with_cure(source: Source, graph: Graph, finding: Finding, choices: Choices) -> str:
    """The text with the cure of a finding, "" where that is no change of one value, or cannot be written."""
    place = graph.nodes[finding.node].place
    if len(finding.remedy.values) != 1 or place is None or place.source is not None:
        return ""
    ((name, value),) = finding.remedy.values.items()
    if is_under_a_name(graph.spec, place, name):
        return ""
    for text in edits(source, graph, finding, place, name, value):
        if is_cured(source._replace(text=text), graph, finding, choices):
            return text
    return ""


def is_under_a_name(spec: Spec, place: Place, name: str) -> bool:
    """Whether a value is written as a name or an expression, which other layers may share."""
    for item in items_within(spec.items, spec.blocks):
        if isinstance(item, LayerItem) and item.place == place:
            raw = dict(item.written.args).get(name, "")
            return any(re.search(r"[^\W\d]", text) and text.lower() not in YES | NO for text in texts(raw))
    return False


def edits(source: Source, graph: Graph, finding: Finding, place: Place, name: str, value: Any) -> Iterator[str]:
    """The texts in which a layer may have another value: replaced where it is written, or added behind the others."""
    kind = graph.nodes[finding.node].applied.setting.kind  # type: ignore[union-attr]  # something was found in it
    table = key_names(kind)
    shown = value_text(table[name], raw_of(value))
    values = list(place.values())
    for key, where in values:
        if key in table and table[key].name == name:
            yield with_text(source, where.line, where.column, where.length, shown)
    row = row_at(source.text, place.line)
    start = place.column - 1 + place.inset
    layer = first_layer(row[start : place.column - 1 + place.length - place.inset])
    reading = reading_of(graph.spec, graph.convention.name, graph.names)
    if text := replace_value(layer, name, shown, reading):
        yield with_text(source, place.line, start + 1, len(layer), text)
    if found := BEHIND_KIND.match(row, start + len(layer)):  # `- conv: 8 k3`
        text = f"{layer} {found[1]}"
        text = replace_value(text, name, shown, reading) or f"{text} {settings(kind, {name: value})}"
        yield with_text(source, place.line, found.start(1) + 1, len(found[1]), text[len(layer) + 1 :])
    if values:
        last = max((where for _, where in values), key=lambda where: (where.line, where.column))
        yield with_text(source, last.line, last.column + last.length, 0, f", {name}: {shown}")
    elif layer.endswith(")"):
        for each in (name, *table[name].aliases):
            yield with_text(source, place.line, start + len(layer), 0, f", {each}={value!r}")
    else:
        yield with_text(source, place.line, start + 1 + len(layer), 0, f" {settings(kind, {name: value})}")


def first_layer(text: str) -> str:
    """The first layer of a chain, for which the place of all of it stands."""
    return re.split(r"\s*(?:->|=>|→|[?#])", text)[0].rstrip("])") if re.search("->|=>|→", text) else text.rstrip()


def with_text(source: Source, line: int, column: int, length: int, text: str) -> str:
    """A source's text with other characters at a place; its line ends stay as they are."""
    rows = source.text.splitlines(keepends=True)
    row = rows[line - 1]
    rows[line - 1] = f"{row[: column - 1]}{text}{row[column - 1 + length :]}"
    return "".join(rows)


def is_cured(source: Source, before: Graph, finding: Finding, choices: Choices) -> bool:
    """Whether a text is the same network but for the values of one place, where nothing is found any more."""
    try:
        graph, report = graph_and_report(source, choices)
    except Problem:
        return False
    if report.errors or [node.name for node in graph.nodes] != [node.name for node in before.nodes]:
        return False
    if any(trait.node == finding.node for trait in finding.rule.find(LintedNetwork(graph, choices, report))):
        return False
    place = before.nodes[finding.node].place
    wanted_values = dict(finding.remedy.values)
    for node, other in zip(graph.nodes, before.nodes, strict=True):
        if node.applied is None or other.applied is None:
            if node.applied is not other.applied:
                return False
            continue
        values, given = dict(node.applied.setting.values), dict(other.applied.setting.values)
        if other.place == place and node.applied.setting.kind is before.nodes[finding.node].applied.setting.kind:  # type: ignore[union-attr]
            given = {**given, **wanted_values}
        if node.inputs != other.inputs or {key: raw_of(each) for key, each in values.items()} != {
            key: raw_of(each) for key, each in given.items()
        }:
            return False
    return True
