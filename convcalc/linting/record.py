"""A rule is one record: its law, its source, and what it finds; a finding is a place, both numbers, and a cure.

A warning is almost surely a slip or a waste; a note is a rule of thumb that good networks break.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.linting.network import LintedNetwork
    from convcalc.problem import Mark
    from convcalc.spec import Place

WARNING, NOTE = "warning", "note"


class Remedy(NamedTuple):
    """What to do, in words; and where that is other values of the layer, these by key."""

    text: str = ""
    values: Mapping[str, Any] = {}


class Trait(NamedTuple):
    """What a rule finds in one layer, before it is known how often and where that is written."""

    node: int
    message: str
    # What to do, or what tells it of the network and the layer where it is shown: it may build the network anew.
    remedy: str | Callable[[LintedNetwork, int], Remedy]
    level: str = ""  # where it is another than the rule's
    waste: tuple[Any, str] = (0, "")  # a number that adds up over layers, and what it counts
    place: Place | None = None  # where it is written, if that is not where the layer is


class LintRule(NamedTuple):
    """Everything that is known of a rule."""

    code: str
    level: str
    sentence: str  # what it finds
    law: str  # why, and when it is silent
    cure: str
    source: str
    example: str  # a network in one line in which it finds something
    find: Callable[[LintedNetwork], Iterator[Trait]]


class Finding(NamedTuple):
    """A trait in its place: a layer in a block or a repeat is told once, with how often it is there."""

    rule: LintRule
    level: str
    layer: str
    message: str
    remedy: Remedy
    mark: Mark | None
    also: Mark | None  # where the layer is used, in a program
    times: int
    node: int
