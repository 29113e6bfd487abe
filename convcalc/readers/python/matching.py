"""The `match` statement: values, sequences, mappings, classes, alternatives and names."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import Instance, Opaque, Type

if TYPE_CHECKING:
    from convcalc.readers.python.frame import Frame


def execute_match(node: ast.Match, frame: Frame) -> Any:
    run = frame.run
    subject = run.evaluate(node.subject, frame)
    if isinstance(subject, Opaque):
        raise run.unknown(subject, "what is matched", frame.place(node.subject))
    for case in node.cases:
        if matches(case.pattern, subject, frame) and (
            case.guard is None or run.truth(run.evaluate(case.guard, frame), frame.place(case.guard))
        ):
            return run.execute_block(case.body, frame)
    return None


def matches(pattern: ast.pattern, subject: Any, frame: Frame) -> bool:
    """Whether a value fits a pattern, whose names are bound on the way."""
    return PATTERNS[type(pattern)](pattern, subject, frame)


def matches_value(pattern: ast.MatchValue, subject: Any, frame: Frame) -> bool:
    run, place = frame.run, frame.place(pattern)
    return run.truth(run.compare("==", subject, run.evaluate(pattern.value, frame), place), place)


def matches_sequence(pattern: ast.MatchSequence, subject: Any, frame: Frame) -> bool:
    if isinstance(subject, Instance):
        subject = subject.payload
    if not isinstance(subject, (list, tuple, range)):
        return False
    inner = pattern.patterns
    starred = next((index for index, one in enumerate(inner) if isinstance(one, ast.MatchStar)), None)
    if len(subject) < len(inner) - 1 or (starred is None and len(subject) != len(inner)):
        return False
    values = frame.run.elements_of(subject, frame.place(pattern))
    if starred is not None:
        end = len(values) - (len(inner) - starred - 1)
        values[starred:end] = [values[starred:end]]
    return all(map(matches, inner, values, [frame] * len(inner)))


def matches_star(pattern: ast.MatchStar, subject: Any, frame: Frame) -> bool:
    if pattern.name:
        frame.bind(pattern.name, subject)
    return True


def matches_mapping(pattern: ast.MatchMapping, subject: Any, frame: Frame) -> bool:
    if not isinstance(subject, dict):
        return False
    keys = [frame.run.evaluate(key, frame) for key in pattern.keys]
    if not all(key in subject for key in keys):
        return False
    if pattern.rest:
        frame.bind(pattern.rest, {key: value for key, value in subject.items() if key not in keys})
    return all(matches(inner, subject[key], frame) for key, inner in zip(keys, pattern.patterns, strict=True))


def matches_class(pattern: ast.MatchClass, subject: Any, frame: Frame) -> bool:
    run, place = frame.run, frame.place(pattern)
    cls = run.evaluate(pattern.cls, frame)
    if not run.truth(run.is_instance(subject, cls), place):
        return False
    names = list(pattern.kwd_attrs)
    if pattern.patterns:
        if isinstance(cls, Type) and len(pattern.patterns) == 1:
            return matches(pattern.patterns[0], subject, frame)
        names = [*run.elements_of(run.attribute(cls, "__match_args__", place), place)[: len(pattern.patterns)], *names]
    values = [run.attribute(subject, name, place) for name in names]
    return all(map(matches, [*pattern.patterns, *pattern.kwd_patterns], values, [frame] * len(values)))


def matches_as(pattern: ast.MatchAs, subject: Any, frame: Frame) -> bool:
    if pattern.pattern is not None and not matches(pattern.pattern, subject, frame):
        return False
    if pattern.name:
        frame.bind(pattern.name, subject)
    return True


PATTERNS: dict[type, Callable[[Any, Any, Frame], bool]] = {
    ast.MatchValue: matches_value,
    ast.MatchSingleton: lambda pattern, subject, frame: subject is pattern.value,
    ast.MatchSequence: matches_sequence,
    ast.MatchStar: matches_star,
    ast.MatchMapping: matches_mapping,
    ast.MatchClass: matches_class,
    ast.MatchAs: matches_as,
    ast.MatchOr: lambda pattern, subject, frame: any(matches(inner, subject, frame) for inner in pattern.patterns),
}
