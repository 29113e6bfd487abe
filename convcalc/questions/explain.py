"""A network worked: layer by layer, what repeats only once, and the sums of the totals.  Values and trees, no text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Mul, Sum
from convcalc.algebra.notation import to_tree
from convcalc.network.quantity import COUNTED, NAMES, QUANTITIES, find
from convcalc.network.selection import layers_called, unknown_layer
from convcalc.problem import did_you_mean, problem
from convcalc.questions.errata import errata_of
from convcalc.questions.fieldwork import Sights, fields_worked
from convcalc.questions.textbooks import TEXTBOOKS, Textbook
from convcalc.questions.work import Remark, Worked, without_work, work_of_bytes, work_out
from convcalc.questions.working import LayerWork
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import Group, LayerReport, NetworkReport

OF_A_LAYER = tuple(name for name, quantity in QUANTITIES.items() if not quantity.is_extra)
OF_A_NETWORK = ("output", "parameters", "buffers", "macs", "activations", "receptive_field", "rf_stride")
FIELD = frozenset(("receptive_field", "rf_jump", "rf_stride", "rf_offset", "rf_centre"))
PLACED = frozenset(("rf_offset", "rf_centre"))
SUMMED = tuple(name for name in COUNTED if name not in ("weights", "biases"))  # those are lines of the parameters
WITHOUT_INPUT = frozenset(("parameters", "weights", "biases", "buffers", "parameter_memory"))
MAX_SECTIONS = 4_000  # a second
TERMS = 12  # of a total; more are gathered: 3·590,080


class ExplanationRequest(NamedTuple):
    """What is asked of a report."""

    quantities: tuple[str, ...] = ()  # names of QUANTITIES; empty: the usual ones
    layers: tuple[str, ...] = ()  # names of layers or blocks; empty: all
    notation: str = ""  # a name of TEXTBOOKS; empty: ours
    bits: int = 32
    batch: int = 1


class Section(NamedTuple):
    """A layer worked, or a block that repeats an earlier one."""

    name: str
    layer: LayerReport | None  # None: a block
    works: tuple[Worked, ...] = ()
    like: str = ""  # the layer or block that shows the rest
    size: int = 1  # layers that it stands for
    is_plain: bool = False  # nothing is worked out: an activation, dropout


class Explained(NamedTuple):
    report: NetworkReport
    sections: tuple[Section, ...]
    totals: tuple[Worked, ...]
    book: Textbook | None
    is_network: bool = True


def quantity(name: str) -> str:
    """The full name of a quantity; a Problem for one that there is not."""
    found = find(name)
    if found is None:
        hint = did_you_mean(name.lower(), NAMES) or f"one of {', '.join(QUANTITIES)}"
        raise problem("U001", f'there is no quantity "{name[:60]}"', hint)
    return found.name


def explain(report: NetworkReport, question: ExplanationRequest | None = None) -> Explained:
    """Everything asked, worked."""
    asked = question or ExplanationRequest()
    names = tuple(dict.fromkeys(map(quantity, asked.quantities)))
    named = any(name != "total" for name in asked.layers)
    explainer = Explainer(report, asked, names or OF_A_NETWORK, named)
    wanted = chosen_layers(report, asked.layers)
    if not asked.quantities:
        refuse_too_many(fewest_sections(report, wanted), report.layers[min(wanted, default=0)].name)
    totals = explainer.totals() if not asked.layers or "total" in asked.layers else ()
    found = explainer.sections(wanted)
    if names and not named:  # of a few quantities, the layers that have them
        found = (section for section in found if section.works or section.like)
    sections = tuple(islice(found, MAX_SECTIONS + 1))
    refuse_too_many(len(sections), sections[0].name if sections else "")
    return Explained(report, sections, tuple(totals), TEXTBOOKS.get(asked.notation))


def refuse_too_many(sections: int, first: str) -> None:
    if sections > MAX_SECTIONS:
        message = f"over {MAX_SECTIONS:,} layers to be worked are more than anybody reads"
        raise problem("U009", message, f"name some: {first} total")


def fewest_sections(report: NetworkReport, wanted: frozenset[int]) -> int:
    """How many sections there are at least: the layers in no block, which no earlier one shows."""
    inside: set[int] = set()
    for group in report.groups:
        if group.stop - group.start > 1:
            inside.update(range(group.start, group.stop))
    return sum(index not in inside and report.layers[index].known is not None for index in wanted)


def explain_layers(report: NetworkReport, question: ExplanationRequest) -> Explained:
    """Every quantity of every layer of a short network, nothing left out."""
    names = tuple(dict.fromkeys(map(quantity, question.quantities)))
    explainer = Explainer(report, question, names or OF_A_LAYER, True)
    sections = tuple(Section("", layer, explainer.works(layer)) for layer in report.layers if layer.applied)
    return Explained(report, sections, (), TEXTBOOKS.get(question.notation), False)


def chosen_layers(report: NetworkReport, names: Iterable[str]) -> frozenset[int]:
    """The indices of the layers named, alone or by their block; all where none is."""
    named = [name for name in names if name != "total"]
    if not named:
        return frozenset(() if "total" in tuple(names) else range(len(report.layers)))
    found: set[int] = set()
    for name in named:
        hits = layers_called(report, name)
        if not hits:
            layer, _, last = name.rpartition(".")
            hint = f"write {layer} --quantity {last}".replace("  ", " ") if find(last) else ""
            raise unknown_layer(report, name, hint)
        found.update(hits)
    return frozenset(found)


class Explainer:
    """A report with its question: works layer by layer, and what has been shown before."""

    def __init__(self, report: NetworkReport, question: ExplanationRequest, quantities: tuple[str, ...], in_full: bool):
        self.report, self.question = report, question
        self.book = TEXTBOOKS.get(question.notation)
        self.wanted = frozenset(work for name in quantities for work in QUANTITIES[name].answers)
        self.in_full = in_full  # 0 parameters are said too
        self.sights = Sights(report) if self.wanted & FIELD else None
        self.keys: dict[Any, int] = {}  # equal works → the same number
        self.likenesses: dict[int, int] = {}  # by the id of an application, which equal layers often share
        self.layer_works: dict[int, LayerWork] = {}  # by that id too

    # Layers

    def works(self, layer: LayerReport, only: frozenset[str] | None = None) -> tuple[Worked, ...]:
        wanted = self.wanted if only is None else self.wanted & only
        wanted = wanted & WITHOUT_INPUT if layer.held else wanted
        works = [work for work in self.all(layer, wanted) if work.name in wanted and self.tells(work)]
        for erratum in errata_of(layer.applied) if layer.applied else ():
            said = QUANTITIES[erratum.quantity].answers
            place = next((place for place, work in enumerate(works) if work.name in said), None)
            if place is not None:
                remark = Remark("erratum", {"sentence": erratum.sentence})
                works[place] = works[place]._replace(remarks=(*works[place].remarks, remark))
        return tuple(works)

    def tells(self, work: Worked) -> bool:
        """Whether a work is worth its line: 0 buffers are not, 0 parameters only where all is told."""
        if work.value == 0 and work.name in ("parameters", "macs", "flops"):
            return self.in_full or any(remark.code in ("frozen", "held elsewhere") for remark in work.remarks)
        return work.value != 0 or work.name not in ("buffers", "weights", "biases", "connections")

    def all(self, layer: LayerReport, wanted: frozenset[str]) -> Iterator[Worked]:
        """The works of a layer, in the order in which they are shown."""
        known: Any = layer.known
        layer_work = self.layer_works.get(id(known))
        if layer_work is None:
            layer_work = self.layer_works[id(known)] = LayerWork(known, self.report.channels_last, self.book)
        if wanted & frozenset(QUANTITIES["output"].answers):
            yield from layer_work.outputs()
        if wanted & {"parameters", "weights", "biases"}:
            yield from layer_work.parameters()
        for name in SUMMED:
            if name in wanted and name != "parameters":
                yield from getattr(layer_work, name)()
        if "memory" in wanted:
            yield from layer_work.memory(self.question.bits, self.question.batch)
        if wanted & FIELD and self.sights is not None:
            fields = list(fields_worked(layer, layer_work, self.sights, bool(wanted & PLACED)))
            if self.in_full or not all(work.is_carried for work in fields):
                yield from fields

    # The network

    def sections(self, wanted: frozenset[int]) -> Iterator[Section]:
        """Layers in order; a layer or a block whose works were shown is not shown again."""
        layers, shown = self.report.layers, dict[Any, str]()
        starts: dict[int, list[Group]] = {}
        for group in self.report.groups:
            starts.setdefault(group.start, []).append(group)
        index = 0
        while index < len(layers):
            block = self.repeated(starts.get(index, []), shown, wanted)
            if block:
                group, like = block
                yield Section(group.name, None, self.behind(layers[group.stop - 1]), like, group.stop - group.start)
                index = group.stop
                continue
            if index in wanted and (layers[index].applied or holds_something(layers[index])):
                yield self.section(layers[index], shown)
            index += 1

    def repeated(self, groups: list[Group], shown: dict[Any, str], wanted: frozenset[int]) -> tuple[Group, str] | None:
        """The largest block that starts here and is, layer by layer, one that was shown."""
        for group in sorted(groups, key=lambda group: group.start - group.stop):
            layers = self.report.layers[group.start : group.stop]
            if len(layers) < 2 or any(layer.known is None for layer in layers):
                continue
            key = tuple(self.likeness(layer) for layer in layers)
            if not wanted.issuperset(range(group.start, group.stop)):
                continue
            if key in shown:
                return group, shown[key]
            shown[key] = group.name
        return None

    def section(self, layer: LayerReport, shown: dict[Any, str]) -> Section:
        if not self.in_full and is_plain(layer):
            return Section(layer.name, layer, is_plain=True)
        like = shown.setdefault(self.likeness(layer), layer.name)
        if like == layer.name:
            return Section(layer.name, layer, self.works(layer))
        return Section(layer.name, layer, self.works(layer, FIELD), like)

    def likeness(self, layer: LayerReport) -> int:
        """A number that layers share whose works, but for the receptive field, are the same."""
        applied: Any = layer.known
        found = self.likenesses.get(id(applied))
        if found is None:
            axes = tuple(tuple(axis.items()) for axis in applied.axes)
            counted = (applied.formulas, applied.values.get("trainable"), applied.values.get("weights"))
            key = (applied.setting.kind, applied.input, applied.output, axes, tuple(applied.letters.items()), counted)
            found = self.likenesses[id(applied)] = self.keys.setdefault(key, len(self.keys))
        return found

    def behind(self, layer: LayerReport) -> tuple[Worked, ...]:
        """The receptive field behind a block."""
        if "receptive_field" not in self.wanted or not layer.field:
            return ()
        sizes = [field.size for field in layer.field]
        if sizes[0] is None or any(size != sizes[0] for size in sizes):
            return ()
        return (without_work("receptive_field", sizes[0]),)

    # Totals

    def totals(self) -> Iterator[Worked]:
        layers: list[Any] = [layer.known for layer in self.report.layers if layer.known]
        if len(layers) < 2:
            return
        for name in SUMMED:
            if name not in self.wanted:
                continue
            quantity = QUANTITIES[name]
            assert quantity.value is not None
            summed_up = [layer for layer in layers if layer.setting.kind.storage or not quantity.of_outputs]
            parts, total = list(map(quantity.value, summed_up)), quantity.value(self.report.totals)
            if total is None:
                continue
            parts = [part for part in parts if part is not None]
            if total != 0 or name in ("parameters", "macs"):
                remarks = (Remark("stored"),) if name == "activations" else ()
                yield work_out(name, sum_tree(parts), {}, total, (), remarks)
        if "memory" in self.wanted:
            totals, question = self.report.totals, self.question
            if totals.activations is not None:
                yield work_of_bytes("memory", totals.activations, question.bits, question.batch)
            yield work_of_bytes("parameter_memory", totals.parameters + totals.buffers, question.bits, 1)
        if self.report.last:
            yield from self.behind(self.report.last)


def holds_something(layer: LayerReport) -> bool:
    """Whether a layer whose input is not known has numbers of its own."""
    return layer.held is not None and layer.held.formulas != ("0", "0")


def is_plain(layer: LayerReport) -> bool:
    """Whether a layer changes neither size nor counts: activations, dropout."""
    applied: Any = layer.known
    kind = applied.setting.kind
    same = applied.input == (applied.output,)
    return same and not kind.window.type.along_axes and kind.parameters == "0" and kind.macs == "0"


def sum_tree(parts: list[Any]) -> Expr:
    """The sum of what is not 0; equal numbers of a long one gathered: 3·590,080."""
    kept = [to_tree(part) for part in parts if part != 0]
    if len(kept) > TERMS:
        kept = [Mul((count, part)) if count > 1 else part for part, count in Counter(kept).items()]
    return Sum(tuple(kept)) if len(kept) > 1 else kept[0] if kept else 0
