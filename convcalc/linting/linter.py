"""Every rule, applied to a network: what they find, where it is written and how often, and what is to be ignored."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.linting import (
    channels,
    composition,
    costs,
    dilation,
    effect,
    normalisation,
    reading,
    sight,
    sizes,
    spreading,
    unread,
)
from convcalc.linting.network import LintedNetwork, row_at
from convcalc.linting.record import NOTE, WARNING, Finding, LintRule, Remedy, Trait
from convcalc.linting.words import count
from convcalc.problem import Diagnostic, Mark, Problem, Source, did_you_mean, lines, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network import Graph
    from convcalc.network.walk import NetworkReport
    from convcalc.spec import Place, Spec
    from convcalc.spec.choices import Choices

SUBJECTS = (reading, spreading, dilation, composition, effect, normalisation, channels, unread, sizes, costs, sight)
RULES = tuple(rule for subject in SUBJECTS for rule in subject.RULES)
BY_CODE = {rule.code: rule for rule in RULES}


class Selection(NamedTuple):
    """Which findings are wanted."""

    notes: bool = False
    select: tuple[str, ...] = ()  # codes; empty: all
    ignore: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[LintRule, ...]:
        """The rules that may find something wanted; a note that is selected by its code is."""
        return tuple(
            rule for rule in RULES
            if rule.code not in self.ignore and (not self.select or rule.code in self.select)
        )  # fmt: skip

    def wants(self, rule: LintRule, level: str) -> bool:
        return level == WARNING or self.notes or rule.code in self.select


def lint(graph: Graph, report: NetworkReport, choices: Choices, wanted: Selection) -> list[Finding]:
    """What the rules find in a network, in the order of its layers."""
    network = LintedNetwork(graph, choices, report)
    found = [finding(network, group) for group in groups(network, wanted)]
    return sorted(found, key=lambda each: (each.node, each.rule.code))


def with_findings(graph: Graph, report: NetworkReport, choices: Choices) -> NetworkReport:
    """A report with the warnings of the rules among its own."""
    found = tuple(map(diagnostic_of, lint(graph, report, choices, Selection())))
    return report._replace(diagnostics=(*report.diagnostics, *found))


def diagnostic_of(finding: Finding) -> Diagnostic:
    """A finding as all that is wrong is told."""
    times = f"{finding.times} times" if finding.times > 1 else ""
    return Diagnostic(
        finding.rule.code, finding.message, finding.remedy.text, finding.mark, finding.layer, axis=times,
        severity=finding.level, also=finding.also,
    )  # fmt: skip


def number_of_warnings(graph: Graph, report: NetworkReport, choices: Choices) -> int:
    """How many warnings there are, without their cures."""
    return sum(1 for _ in groups(LintedNetwork(graph, choices, report), Selection()))


Traits = tuple[LintRule, str, list[Trait]]


def groups(network: LintedNetwork, wanted: Selection) -> Iterator[Traits]:
    """What is found, alike where it is written in one place."""
    spec = network.graph.spec
    ignored = ignored_rules(spec)
    for rule in wanted.rules:
        if rule.code in ignored or (rule.level == NOTE and not wanted.wants(rule, NOTE)):
            continue
        found: dict[Any, list[Trait]] = {}
        for trait in rule.find(network):
            level = trait.level or rule.level
            place = trait.place or network.nodes[trait.node].place
            if wanted.wants(rule, level) and not is_ignored(rule.code, place, spec.source):
                key = (level, place and (place.source, place.line, place.column)) if place else (level, trait.node)
                found.setdefault(key, []).append(trait)
        for (level, _), traits in found.items():
            yield rule, level, traits


def ignored_rules(spec: Spec) -> frozenset[str]:
    """The rules that a spec leaves out; a Problem where one of them is none."""
    found = set()
    for word, place in spec.ignored:
        try:
            found.add(known_code(word))
        except Problem as error:
            raise Problem(
                *(each._replace(code="L033", mark=place.mark(spec.source)) for each in error.diagnostics)
            ) from None
    return frozenset(found)


def finding(network: LintedNetwork, group: Traits) -> Finding:
    """What is found in one place, with its cure, and what it comes to in all."""
    rule, level, traits = group
    first, graph = traits[0], network.graph
    node = network.nodes[first.node]
    message = first.message
    if len(traits) > 1 and first.waste[1]:
        message += f"; in all {len(traits)}, {count(sum(trait.waste[0] for trait in traits), first.waste[1])}"
    remedy = Remedy(first.remedy) if isinstance(first.remedy, str) else first.remedy(network, first.node)
    place = first.place or network.place(first.node)
    mark, also = graph.mark(place), graph.mark(place.use if place else None)
    if mark and also and (mark.line, mark.column) == (also.line, also.column):
        also = None
    return Finding(rule, level, node.name, message, remedy, mark, also, len(traits), first.node)


def known_code(word: str) -> str:
    """The code that a word is; a Problem where there is no such rule."""
    code = word.strip().lower().replace("_", "-")
    if code not in BY_CODE:
        hint = did_you_mean(code, BY_CODE) or "convcalc lint --rules lists them"
        raise problem("U011", f'there is no rule "{word[:60]}"', hint)
    return code


# `# lint: ignore CODE` on the line of a layer

COMMENT = r"(?:^|\s)#\s*lint:\s*ignore\b[\s:=]*([\w\s,-]*)"


def is_ignored(code: str, place: Place | None, source: Source) -> bool:
    """Whether the line that a layer is written on, or used on, has a comment for this rule."""
    for where in (place, place.use if place else None):
        if where is not None and has_comments(text := (where.source or source).text):
            codes = ignored_codes(row_at(text, where.line))
            if codes is not None and (not codes or code in codes):
                return True
    return False


def unknown_comments(source: Source, known: Collection[str]) -> Iterator[Diagnostic]:
    """A note on every comment whose first word is no rule, so that it silences nothing."""
    for number, row in enumerate(lines(source.text) if has_comments(source.text) else (), start=1):
        found = re.search(COMMENT, row)
        word = found[1].replace(",", " ").split(maxsplit=1)[0] if found and found[1].strip(" ,") else ""
        if found and word and word.lower().replace("_", "-") not in known:
            mark = Mark(source, number, found.start(1) + 1, len(word))
            hint = did_you_mean(word, known) or "convcalc lint --rules lists them"
            yield Diagnostic("W013", f'there is no rule "{word[:60]}" to ignore', hint, mark, severity="note")


@lru_cache(maxsize=16)
def has_comments(text: str) -> bool:
    return "lint:" in text


@lru_cache(maxsize=4096)
def ignored_codes(row: str) -> frozenset[str] | None:
    """The codes that a line's comment names, none for all of them; None where there is no such comment."""
    found = re.search(COMMENT, row)
    return frozenset(found[1].lower().replace("_", "-").replace(",", " ").split()) if found else None
