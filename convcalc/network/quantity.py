"""Every quantity of a layer or a network, once: its name and aliases, where its number is, and what sums it up.

Columns, JSON, worked lines, budgets, bounds of `solve`, rows of `compare` and questions of `check` follow from this
table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from operator import add, attrgetter, mul, sub
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.problem import Diagnostic, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.layers.field import Field
    from convcalc.layers.held import Held
    from convcalc.network.walk import NetworkReport, Totals
    from convcalc.problem import Mark
    from convcalc.spec import Spec

    Counts: TypeAlias = Applied | Held | Totals  # what has counts


class Quantity(NamedTuple):
    name: str
    title: str
    doc: str
    aliases: tuple[str, ...] = ()
    # A number of a layer, and of a network the sum over its layers; None where it is not known.
    value: Callable[[Counts], Any] | None = None
    measure: Callable[[Field], Any] | None = None  # of a receptive field along one axis
    works: tuple[str, ...] = ()  # the worked lines that answer it; empty: the one of its own name
    of_outputs: bool = False  # summed over the layers whose output needs memory of its own
    in_bytes: bool = False  # `value` gives numbers, each of which takes the bytes of its type
    # Of a whole network: the function of convcalc.network.liveness that gives the numbers that are in memory together,
    # of which the largest sum counts.
    together: str = ""
    is_bounded: bool = False  # may be bounded: --max-macs of `summary`, --macs of `solve`
    is_extra: bool = False  # follows from others: explained only where it is asked for

    @property
    def word(self) -> str:
        """Its title within a sentence."""
        word = self.title if self.title[1].isupper() else self.title[0].lower() + self.title[1:]
        return f"bytes of {word}" if self.in_bytes else word

    def amount(self, counts: Counts, bits: int = 32, batch: int = 1) -> Any:
        """The count; of memory the bytes, of so many bits a number and so many examples; None where it is not known."""
        assert self.value is not None
        number = self.value(counts)
        if number is None:
            return None
        return bytes_of(number * batch if self.of_outputs else number, bits) if self.in_bytes else number

    def amount_of(self, report: NetworkReport, bits: int = 32, batch: int = 1) -> Any:
        """What a network has of it; of a receptive field the longest side; None where it is not known."""
        if self.together:
            found = self.numbers_together(report)
            from convcalc.algebra.expr import extremum, sum_of

            return None if found is None else bytes_of(extremum("max", *map(sum_of, found)) * batch, bits)
        if self.measure is not None:
            seen = [self.measure(field) for field in report.last.field] if report.last else []
            return None if not seen or None in seen else max(seen)
        return self.amount(report.totals, bits, batch)

    def numbers_together(self, report: NetworkReport) -> list[tuple[Any, ...]] | None:
        """The numbers that are in memory together, time after time; None where that is not known."""
        from convcalc.network import liveness

        found: list[tuple[Any, ...]] | None = getattr(liveness, self.together)(report)
        return found

    @property
    def answers(self) -> tuple[str, ...]:
        return self.works or (self.name,)


def of_known(operation: Callable[..., Any], *numbers: Any) -> Any:
    """What comes of numbers; None where one of them is not known."""
    return None if any(number is None for number in numbers) else operation(*numbers)


OUTPUT = ("size", "grid", "padding", "channels", "rows", "features", "windows", "shape")

TABLE = (
    Quantity("output", "Output", "shape of its output",
             ("size", "shape", "out", "output_shape", "output_size", "volume"), works=OUTPUT),
    Quantity("parameters", "Parameters", "learnable numbers", ("params", "param", "total_params"),
             attrgetter("parameters"), is_bounded=True),
    Quantity("weights", "Weights", "parameters without biases", (),
             lambda counts: of_known(sub, counts.parameters, counts.biases)),
    Quantity("biases", "Biases", "biases among the parameters", ("bias",), attrgetter("biases")),
    Quantity("buffers", "Buffers", "state that is not learnt", (), attrgetter("buffers")),
    Quantity("macs", "MACs", "multiply-accumulates", ("mac", "madds", "mult_adds", "multiply_adds"),
             attrgetter("macs"), is_bounded=True),
    Quantity("flops", "FLOPs", "two for every MAC", ("flop",), lambda counts: of_known(partial(mul, 2), counts.macs),
             is_bounded=True, is_extra=True),
    Quantity("connections", "Connections", "weights and biases used, once for every output", (),
             attrgetter("connections"), is_extra=True),
    Quantity("activations", "Activations", "numbers in the output", ("neurons",),
             attrgetter("activations"), of_outputs=True, is_bounded=True),
    Quantity("memory", "Activations in memory", "bytes of the activations", (),
             attrgetter("activations"), works=("memory", "parameter_memory"), of_outputs=True, in_bytes=True,
             is_bounded=True),
    Quantity("parameter_memory", "Parameters in memory", "bytes of the parameters and buffers", (),
             lambda counts: of_known(add, counts.parameters, counts.buffers), in_bytes=True, is_extra=True),
    Quantity("receptive_field", "Receptive field", "sides of the receptive field",
             ("rf", "field", "rf_size", "receptive_fields"), measure=attrgetter("size"),
             works=("receptive_field", "rf_jump"), is_bounded=True),
    Quantity("rf_stride", "Receptive field stride", "input pixels between neighbours", ("jump",),
             measure=attrgetter("stride")),
    Quantity("rf_offset", "Receptive field offset", "left edge of the first unit's field",
             measure=attrgetter("offset")),
    Quantity("rf_centre", "Receptive field centre", "centre of the first unit's field", ("rf_center", "center"),
             measure=attrgetter("centre")),
)  # fmt: skip
# What a network has and a layer has not.
OF_NETWORKS = (
    Quantity("memory_peak", "Peak memory",
             "bytes that exist at once at inference: each tensor until its last use, activations in place",
             ("peak_memory", "peak"), together="live_sets", of_outputs=True, in_bytes=True),
    Quantity("memory_mcunet", "Peak memory by MCUNet's rule",
             "bytes of the input and the output of a layer with MACs, and of what waits beside a depthwise one",
             ("mcunet_memory",), together="operands", of_outputs=True, in_bytes=True),
)  # fmt: skip

QUANTITIES = {quantity.name: quantity for quantity in TABLE}
NAMES = {name: quantity for quantity in TABLE for name in (*quantity.aliases, quantity.name)}
COUNTED = {name: quantity.value for name, quantity in QUANTITIES.items() if quantity.value and not quantity.in_bytes}
BOUNDED = tuple(quantity for quantity in TABLE if quantity.is_bounded)  # by `solve`, of layers and networks
BUDGETED = {each.name: each for each in (*BOUNDED, *OF_NETWORKS) if not each.measure}  # by --max-… of `summary`


def find(name: str) -> Quantity | None:
    """The quantity of a name or an alias, however it is spelled."""
    return NAMES.get(name.strip().lower().replace("-", "_").replace(" ", "_"))


def word_of(name: str) -> str:
    """What a quantity is called within a sentence; the name of anything else."""
    return QUANTITIES[name].word if name in QUANTITIES else name


def counts_of(counts: Counts) -> dict[str, Value]:
    """Every count of a layer or of totals, by name."""
    return {name: value(counts) for name, value in COUNTED.items()}


def bytes_of(numbers: Any, bits: int) -> Any:
    """Whole bytes for so many numbers; those of less than 8 bits share them."""
    return -(-numbers * bits // 8) if isinstance(numbers, int) else numbers * bits / 8


class Allowance(NamedTuple):
    """How much a network may have of a quantity, and how much it has."""

    quantity: Quantity
    allowed: int
    found: int
    mark: Mark | None = None  # where its spec says so; None where the run does

    @property
    def over(self) -> int:
        return max(0, self.found - self.allowed)

    def overrun(self, network: str) -> str:
        return (
            f"{network or 'the network'}: {self.found:,} {self.quantity.word} are {self.over:,} over the budget of "
            f"{self.allowed:,}"
        )

    def finding(self, network: str) -> Diagnostic:
        """That it is over the budget of its spec, at the line that says so."""
        return Diagnostic("O001", self.overrun(network), mark=self.mark)


def with_budget(
    spec: Spec, report: NetworkReport, allowed: Mapping[str, int], bits: int, batch: int
) -> tuple[NetworkReport, tuple[Allowance, ...]]:
    """What a network has beside the budgets of a run and of its spec, and the report with what is not decided."""
    found = allowances(report, allowed, bits, batch)
    if not spec.budget or report.errors:
        return report, found
    from convcalc.network.budget import kept_budget

    kept = kept_budget(spec, report, bits, batch, allowed)
    return report._replace(diagnostics=(*report.diagnostics, *kept.undecided)), (*found, *kept.allowances)


def allowances(report: NetworkReport, allowed: Mapping[str, int], bits: int, batch: int) -> tuple[Allowance, ...]:
    """What a network has of each quantity that is bounded; a Problem where that is no number."""
    found = []
    for name, most in allowed.items():
        total = BUDGETED[name].amount_of(report, bits, batch)
        if total is None:
            report.demand_shapes()
        if not isinstance(total, int):
            hint = "--set or --input gives it a value"
            raise problem("U002", f"--max-{name.replace('_', '-')}: the total is symbolic, {total}", hint)
        found.append(Allowance(BUDGETED[name], most, total))
    return tuple(found)
