"""The command lines of `summary` that work the points of a sweep, so that anybody can verify a row."""

from __future__ import annotations

from shlex import join
from typing import TYPE_CHECKING

from convcalc.problem import Source
from convcalc.sweep.network import USUAL

TYPES = {64: "float64", 16: "float16", 8: "int8", 4: "int4"}  # by their bits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from convcalc.spec.choices import Choices
    from convcalc.sweep.network import Swept
    from convcalc.sweep.question import SweepQuestion


def summary_commands(
    network: str | Source, swept: Swept, question: SweepQuestion, rows: Iterable[tuple[object, ...]]
) -> Iterator[str]:
    """One for each row, whose first values are those of the swept names."""
    subject = ["-e", network.text] if isinstance(network, Source) else [network]
    for row in rows:
        point = dict(zip(question.names, row, strict=False))
        yield join(["convcalc", "summary", *subject, *options_of(swept.at(point)), *memory_options(swept, point)])


def memory_options(swept: Swept, point: Mapping[str, object]) -> Iterator[str]:
    """The batch and the type of numbers in memory, where they are not the usual ones and have a name."""
    memory = swept.memory_at(point)
    if memory["batch"] != 1:
        yield from ("--batch", str(memory["batch"]))
    if memory["act_bits"] != USUAL["act_bits"] and memory["act_bits"] in TYPES:
        yield from ("--dtype", TYPES[memory["act_bits"]])


def options_of(choices: Choices) -> Iterator[str]:
    """The options that stand for what a run asks for."""
    for option, pairs in (("--input", choices.inputs), ("--set", choices.sets), ("--default", choices.defaults),
                          ("--arg", choices.args)):  # fmt: skip
        for name, value in pairs.items():
            yield from (option, f"{name}={value}" if name else value)
    for option, value in (("--convention", choices.convention), ("--layout", choices.layout)):
        yield from (option, value) if value else ()
    for name in choices.without:
        yield from ("--without", name)
    yield from ["--train"] * choices.train
    yield from ["--in-order"] * choices.in_order
