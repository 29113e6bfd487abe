"""Cures that take the whole network: slips of its text, values for names, and the smallest input that would do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.network.build import Builder
from convcalc.network.smallest import with_smallest_input
from convcalc.problem import LAYER, LINE, sort_by_lines
from convcalc.readers.command_line import with_defaults
from convcalc.readers.correction import correct
from convcalc.readers.wording import Reading
from convcalc.spec import LayerItem, items_within
from convcalc.spec.choices import Choices
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.expr import Value
    from convcalc.network import Graph
    from convcalc.problem import Diagnostic
    from convcalc.spec import Spec

TRIED = ("8", "2", "3", "1", "4", "16", "64")  # for all names together, until one of them makes a network
EXAMPLE = re.compile(r"write, for example: (\w+) ([^\"]+)")
MAX_LAYERS = 2_000  # that are built on the way


def add_cures(graph: Graph, choices: Choices) -> list[Diagnostic]:
    """The diagnostics of a graph, each with what would mend it."""
    reading = reading_of(graph.spec, graph.convention.name, graph.names)._replace(tried={})
    axes = graph.axes_before_failures()
    found = [correct(finding, reading._replace(axes=axes.get(finding.mark, 0))) for finding in graph.diagnostics]
    sort_by_lines(found)
    if graph.spec.source.name in (LINE, LAYER):
        found = add_option_cures(graph.spec, choices, found)
    return with_smallest_input(graph, choices, found)


def reading_of(spec: Spec, convention: str, names: Mapping[str, Value]) -> Reading:
    """How a correction of a spec's text would be read."""
    known = {**{name: 1 for block in spec.blocks.values() for name, _ in block.params}, **names}
    return Reading(CONVENTIONS[convention].classes, known, spec.defaults, frozenset((*spec.blocks, *spec.kinds)))


# What a network in one line leaves open, as options of the command line


def add_option_cures(spec: Spec, choices: Choices, findings: list[Diagnostic]) -> list[Diagnostic]:
    """The findings, those of what is left open with all the options that say it as their cure: `--set n=8`."""
    pattern = is_pattern(spec)
    are_open = [option_for(finding, "", pattern) is not None for finding in findings]
    if not any(are_open):
        return findings
    hint = "a number, or a single letter, in its place" if spec.source.name == LAYER else options(spec, choices)
    return [finding._replace(hint=hint) if one else finding for finding, one in zip(findings, are_open, strict=True)]


def is_pattern(spec: Spec) -> bool:
    """Whether it is the lectures' `INPUT -> [CONV -> RELU]*N -> FC`, which leaves its numbers to options."""
    items = items_within(spec.items, spec.blocks)
    return spec.source.name == LINE and any(isinstance(item, LayerItem) and item.pattern for item in items)


class Option(NamedTuple):
    table: str  # of the choices
    name: str
    text: str


def option_for(finding: Diagnostic, value: str, pattern: bool) -> Option | None:
    """The option that says what a finding misses."""
    if finding.undeclared:
        return Option("sets", finding.undeclared, value)
    if pattern and finding.code == "L004":
        return Option("inputs", "", finding.hint.removeprefix("--input "))
    example = EXAMPLE.fullmatch(finding.hint) if pattern and finding.code == "V006" else None
    return Option("defaults", example[1], example[2]) if example else None


def options(spec: Spec, choices: Choices) -> str:
    first, built = Choices(), 0
    for value in TRIED:
        more, is_network, layers = complete(spec, choices, value)
        first, built = more if first == Choices() else first, built + layers
        if is_network or built > MAX_LAYERS:
            first = more if is_network else first
            break
    said = [f"--input {shape}" for shape in first.inputs.values()]
    kinds = sorted(first.defaults, key=spec.source.text.find)
    said += [f"--default {kind}={quote(first.defaults[kind])}" for kind in kinds]
    return " ".join(said + [f"--set {name}={value}" for name, value in sorted(first.sets.items())])


def with_option(choices: Choices, option: Option) -> Choices:
    more: Any = {option.table: {**getattr(choices, option.table), option.name: option.text}}
    return choices._replace(**more)


def quote(text: str) -> str:
    return f'"{text}"' if " " in text else text


def complete(spec: Spec, choices: Choices, value: str) -> tuple[Choices, bool, int]:
    """What is left open, each name with this value, whether that makes a network, and the layers built.

    One name may hide the next: that of a repeat those of its layers.
    """
    more, built, pattern = Choices(), 0, is_pattern(spec)
    while True:
        asked = choices._replace(inputs={**choices.inputs, **more.inputs}, sets={**choices.sets, **more.sets})
        settled = with_defaults(spec, more._replace(sets=asked.sets)) if more.defaults else spec
        graph = Builder(settled, asked, cured=False).build()
        built += len(graph.nodes)
        reading, before = reading_of(settled, graph.convention.name, graph.names), more
        for finding in graph.diagnostics:
            option = option_for(correct(finding, reading) if pattern else finding, value, pattern)
            more = with_option(more, option) if option else more
        if more == before or built > MAX_LAYERS:
            return more, not any(each.severity == "error" for each in graph.diagnostics), built
