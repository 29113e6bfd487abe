"""The line below a table that says how many warnings there are, and the command that shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.linting.linter import number_of_warnings
from convcalc.problem import BUNDLED, LINE, Problem

if TYPE_CHECKING:
    from convcalc.network import Graph
    from convcalc.network.walk import NetworkReport
    from convcalc.spec.choices import Choices

MAX_TEXT = 60  # characters of a network in one line that are repeated


def lint_line(graph: Graph, report: NetworkReport, choices: Choices) -> str:
    """`2 warnings: convcalc lint net.yaml`; "" where there are none."""
    try:
        number = number_of_warnings(graph, report, choices)
    except Problem:  # a rule to be ignored is none, which the command says
        number = 0
    if not number:
        return ""
    from shlex import join

    words = [*network_words(graph), *option_words(choices)]
    return f"{number} warning{'s' * (number > 1)}: convcalc lint {join(words) if words else '…'}"


def network_words(graph: Graph) -> list[str]:
    """How the network was named on the command line."""
    source = graph.spec.source
    name = source.name
    if name == LINE:
        return ["-e", source.text] if len(source.text) <= MAX_TEXT else []
    if name == "standard input":
        name = "-"
    if name.startswith(BUNDLED):
        name = name.removeprefix(BUNDLED).removesuffix(".yaml")
    return [f"{name}:{source.entry}" if source.entry else name]


def option_words(choices: Choices) -> Iterator[str]:
    """What the run asks for beside the network, as it is asked for again."""
    for option, pairs in (
        ("input", choices.inputs), ("set", choices.sets), ("default", choices.defaults), ("arg", choices.args)
    ):  # fmt: skip
        for name, value in pairs.items():
            yield from (f"--{option}", f"{name}={value}" if name else value)
    for option, values in (("without", choices.without), ("symbol", choices.symbols)):
        for value in values:
            yield from (f"--{option}", value)
    for option, word in (("convention", choices.convention), ("layout", choices.layout)):
        if word:
            yield from (f"--{option}", word)
    flags = (("symbolic", choices.symbolic), ("train", choices.train), ("in-order", choices.in_order))
    yield from (f"--{option}" for option, is_given in flags if is_given)
