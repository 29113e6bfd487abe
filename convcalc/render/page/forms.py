"""The closed forms of a network as a script: what its sizes and counts are for other sides and names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Ratio
from convcalc.algebra.limits import budget
from convcalc.algebra.notation import FUNCTIONS_OF_JAVASCRIPT, JAVASCRIPT, write, write_factor
from convcalc.closed_forms.layers import NetworkForms
from convcalc.closed_forms.letters import MAX_STEPS_OF_FORMS, Lettered, free_names, in_letters
from convcalc.closed_forms.table import FormTable, Requirement, SizeTest
from convcalc.render.spelling import spell_layer
from convcalc.render.web_page import json_text
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.sizes import Sizes
    from convcalc.network.walk import NetworkReport
    from convcalc.spec import Spec
    from convcalc.spec.choices import Choices

COUNTED = ("parameters", "macs", "activations")
PLACES = JAVASCRIPT._replace(letter="v(%s)")  # of trees over places
COMPARED = {"==": "===", "!=": "!==", "<=": "<="}
MAX_SLIDERS = 8
MAX_LAYERS = 5_000
SIDES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Slider(NamedTuple):
    """A letter that can have other values: a side of an input, or a name of `let`."""

    name: str
    value: int
    low: int
    high: int
    step: int = 1  # values with which the network fits lie so far apart, from `low` on
    about: str = ""  # what it is: "height of the input"


class PageForms(NamedTuple):
    """What can slide, and the script that computes what follows from it.

    `script` is one JavaScript expression, a function of an object of BigInt by the names of the sliders:

        {broken: null | {layer: 3, why: "H is at least 7"},     the first layer that does not fit, by its place
         inputs: [[3n, 224n, 224n], …],
         layers: [{output, parameters, macs, activations, receptive_field, rf_stride, rf_centre}, …],
         totals: {parameters, macs, activations}}

    `layers` are in the order of the report.  A count is a BigInt; `output` (channels first, as in the records) and what
    is of the receptive field are arrays with one for every axis, in which a fraction is [top, bottom].  null is what is
    not known for these values, whatever it was for others: it is shown as ?.  Once a layer does not fit, all of it and
    of what follows from it, all receptive fields, and the totals, are null.
    """

    sliders: tuple[Slider, ...]
    script: str = ""
    fixed: tuple[str, ...] = ()  # names that stay as they are
    reason: str = ""  # why nothing can slide, as a sentence
    kinds: tuple[tuple[int, str], ...] = ()  # layers whose settings have letters, and how they are written with these


def page_forms(spec: Spec, choices: Choices, report: NetworkReport) -> PageForms:
    """What can slide in a network whose report is known, and its closed forms."""
    from convcalc.network.load import foreign_form
    from convcalc.spec.brackets import is_line

    has_letters = any(type(size) is not int for shape in report.inputs.values() for size in shape)
    if choices.symbolic or choices.symbols or spec.symbols or has_letters:
        return PageForms((), reason="The network has letters already: --set and --input give them numbers.")
    if spec.unjoined or not report.layers:
        return PageForms((), reason="It is not known how its layers are joined.")
    if not is_line(spec.source.text.strip()) and foreign_form(spec.source):
        return PageForms((), reason="It was followed for one size: --input gives it another.")
    if len(report.layers) > MAX_LAYERS:
        return PageForms(
            (), reason=f"Its {len(report.layers):,} layers are too many to be computed while a slider moves."
        )
    sides = max([len(shape) - 1 for shape in report.inputs.values()], default=0)
    names = dict(list(free_names(spec, choices).items())[: MAX_SLIDERS - sides])
    with budget(MAX_STEPS_OF_FORMS):
        lettered = in_letters(spec, choices, report, tuple(names))
    if lettered is None:
        return PageForms((), reason="Its sizes have no closed form.")
    return written_forms(lettered, report, names)


def written_forms(lettered: Lettered, report: NetworkReport, names: Mapping[str, int]) -> PageForms:
    sides = letters_of_sides(lettered, report)
    letters = {**{name: value for name, (value, _) in sides.items()}, **names}
    table = FormTable(letters)
    inputs = [[table.place(size) for size in shape] for shape in lettered.graph.inputs.values()]
    network = NetworkForms(table, lettered, report, COUNTED)
    data = (inputs, network.demands(), live_rows(network))
    shown = {name: value for place, (name, value) in enumerate(letters.items()) if place in table.used}
    sliders = tuple(
        slider(name, value, lettered.fitting.get(name), sides.get(name, (0, ""))[1]) for name, value in shown.items()
    )
    forms = ",".join(f"()=>{text}" for text in form_texts(table))
    tested = ",".join(f"[()=>{test_text(test)},{json_text(words)}]" for test, words in network.tests)
    body = f"{FUNCTIONS_OF_JAVASCRIPT}return {{forms: [{forms}], tests: [{tested}]}};"
    written = ", ".join(json_text(each) for each in data)
    script = f"({live_script()})({json_text(list(letters))}, (v, fraction) => {{{body}}}, {written})"
    fixed = tuple(name for name in names if name not in shown)
    return PageForms(sliders, script, fixed, kinds=tuple(lettered_kinds(lettered, report)))


def live_rows(network: NetworkForms) -> list[list[Any]]:
    """The layers as the script has them: which they follow, their tests and the places of their numbers."""
    first = len(network.report.inputs)
    return [
        [
            [source - first for source in node.inputs if source >= first],
            row.needs, row.alike, row.sees, row.output, *row.counts, row.size, row.stride, row.middle, int(row.stores),
        ]
        for node, row in zip(network.lettered.graph.nodes[first:], network.rows(), strict=True)
    ]  # fmt: skip


def form_texts(table: FormTable) -> Iterator[str]:
    for place, tree in enumerate(table.trees, len(table.letters)):
        if place in table.fractions and isinstance(tree, Ratio):
            yield f"fraction({write(tree.top, PLACES)}, {write(tree.bottom, PLACES)})"
        else:
            yield write(tree, PLACES)


def test_text(test: Requirement) -> str:
    return " || ".join(map(size_test_text, test.any_of)) or "false"


def size_test_text(size_test: SizeTest) -> str:
    left, operator, right = size_test
    if operator == "%":
        return f"{write_factor(left, PLACES)} % {write_factor(right, PLACES)} === 0n"
    return f"{write(left, PLACES)} {COMPARED[operator]} {write(right, PLACES)}"


def lettered_kinds(lettered: Lettered, report: NetworkReport) -> Iterator[tuple[int, str]]:
    """The layers that are spelled with letters, by their place."""
    seen: dict[tuple[int, int], tuple[str, str]] = {}
    for place, layers in enumerate(zip(lettered.layers, report.layers, strict=True)):
        settings = [layer.known.setting for layer in layers if layer.known]
        if len(settings) == 2:
            key = (id(settings[0]), id(settings[1]))
            if key not in seen:
                spelled, present = (spell_layer(setting, report.convention) for setting in settings)
                seen[key] = (spelled, present)
            if seen[key][0] != seen[key][1]:
                yield place, seen[key][0]


def live_script() -> str:
    with open(os.path.join(os.path.dirname(__file__), "live.js"), encoding="utf-8") as file:
        return file.read().strip()


def letters_of_sides(lettered: Lettered, report: NetworkReport) -> dict[str, tuple[int, str]]:
    """The letters of the inputs' sizes, with the present value of each and what it is."""
    found: dict[str, tuple[int, str]] = {}
    for name, shape in lettered.graph.inputs.items():
        whose = name if len(report.inputs) > 1 else "the input"
        words = ("channels", *SIDES.get(len(shape) - 1, ("size",) * (len(shape) - 1)))
        for size, present, word in zip(shape, report.inputs[name], words, strict=True):
            letter = str(size)
            if letter.isidentifier() and isinstance(present, int):
                found.setdefault(letter, (present, f"{word if len(shape) > 1 else 'size'} of {whose}"))
    return found


def slider(name: str, value: int, fitting: Sizes | None, about: str) -> Slider:
    """From the smallest value with which the network fits to twice the present one."""
    low = (fitting.first_size_from(1) or 1) if fitting else 1
    step = fitting.period if fitting and fitting.residue is not None else 1
    return Slider(name, value, min(low, value), max(2 * value, value + 8 * step), step, about)
