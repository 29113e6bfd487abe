"""The numbers of a page after its sliders are moved, in node, beside those of a report made for the same values."""

import json
import random
import shutil
import subprocess
from fractions import Fraction

import pytest

from convcalc.layers.field import Half
from convcalc.network.load import source_of, spec_of, summarise_spec
from convcalc.problem import Problem
from convcalc.render.page.forms import page_forms
from convcalc.spec.choices import Choices

FIELDS = {"receptive_field": "size", "rf_stride": "stride", "rf_centre": "middle"}
COUNTS = ("parameters", "macs", "activations")
RUN = """
const text = (name, value) => (typeof value === "bigint" ? String(value) : value);
const numbers = values => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, BigInt(value)]));
console.log(JSON.stringify(pages.map(([page, cases]) => cases.map(values => page(numbers(values)))), text));
"""


def slid(pages):
    """What the scripts of (forms, cases) give for each of the cases."""
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not installed: what a page computes was not run")
    written = ",".join(f"[{forms.script}, JSON.parse({json.dumps(json.dumps(cases))})]" for forms, cases in pages)
    script = f"const pages = [{written}];{RUN}"
    done = subprocess.run([node, "-"], input=script, capture_output=True, text=True, timeout=300, check=True)
    return json.loads(done.stdout)


def exact(value):
    """As JSON has what the script gives."""
    if value is None:
        return None
    if isinstance(value, Half):
        value = Fraction(value.top, 2)
    return [str(value.numerator), str(value.denominator)] if value.denominator != 1 else str(value.numerator)


def is_stretched(report):
    """Whether sizes of 1 meet others somewhere."""
    known = {layer.name: layer.applied for layer in report.layers if layer.applied}
    return any(
        applied.setting.kind.broadcasts and 1 in {size for shape in applied.input for size in shape}
        for applied in known.values()
    )


def numbers_of(layer):
    fields = {name: [exact(getattr(field, what)) for field in layer.field] for name, what in FIELDS.items()}
    counts = {name: exact(getattr(layer.applied, name)) for name in COUNTS}
    return {"output": [exact(size) for size in layer.applied.output], **counts, **fields}


class Live:
    """A network, its sliders, and values to move them to: the present ones first, then some at random."""

    def __init__(self, network, seed=0, cases=8, choices=None):
        self.choices = choices or Choices()
        self.spec = spec_of(source_of(network, self.choices), self.choices)
        self.report = summarise_spec(self.spec, self.choices)
        self.forms = page_forms(self.spec, self.choices, self.report)
        generator = random.Random(f"{network} {seed}")
        present = {slider.name: slider.value for slider in self.forms.sliders}
        self.cases = [present, *({**present, **moved(self.forms.sliders, generator)} for _ in range(cases))]

    def summary(self, values):
        """`summary --symbolic --set`; None where it is refused."""
        sets = {**self.choices.sets, **{name: str(value) for name, value in values.items()}}
        try:
            return summarise_spec(self.spec, self.choices._replace(symbolic=True, sets=sets))
        except Problem:
            return None

    def check(self, found):
        """Every number that is told is that of the summary, and it does not fit where that has an error."""
        assert self.forms.sliders, self.forms.reason
        for values, live in zip(self.cases, found, strict=True):
            report = self.summary(values)
            if report is None:
                assert live["broken"], values
                continue
            if report.inputs:
                assert live["inputs"] == [[exact(size) for size in shape] for shape in report.inputs.values()], values
            failed = next((layer.name for layer in report.layers if layer.applied is None), None)
            is_other = [layer.name for layer in report.layers] != [layer.name for layer in self.report.layers]
            is_untold = {str(each) for numbers in live["layers"] for each in numbers.values()} == {"None"}
            if is_untold and is_other:
                continue  # where a shortcut is a layer no longer, or is one now
            assert failed or not is_other, values
            broken = live["broken"] and self.report.layers[live["broken"]["layer"]].name
            is_loose = is_stretched(report)  # from there on nothing is told
            assert broken == failed or (is_loose and broken is None), (values, live["broken"], report.errors)
            pages = {layer.name: numbers for layer, numbers in zip(self.report.layers, live["layers"], strict=True)}
            for layer in report.layers:
                if layer.applied is not None:
                    self.check_layer(layer, pages[layer.name], values, is_loose)
                elif layer.name in pages:  # some branches are built only where their shapes are known
                    assert set(pages[layer.name].values()) == {None}, (values, layer.name)
            if not failed and not (is_loose and None in live["totals"].values()):
                assert live["totals"] == {name: exact(getattr(report.totals, name)) for name in COUNTS}, values

    def check_layer(self, layer, live, values, is_loose):
        expected = numbers_of(layer)
        if is_loose and not any(live.values()):
            return
        for name in ("output", *COUNTS):
            assert live[name] == expected[name], (layer.name, name, values)
        for name in FIELDS:
            assert live[name] in (None, expected[name]), (layer.name, name, values)


def moved(sliders, generator):
    """Other values for some of the sliders: anywhere, where the network fits, close by, or very small."""
    how, values = generator.randrange(4), {}
    for slider in sliders:
        if generator.random() < 0.6:
            near = slider.value + generator.choice((-16, -8, -4, -2, -1, 1, 2, 4, 8, 16))
            fitting = slider.low + slider.step * generator.randint(0, max(0, (slider.high - slider.low) // slider.step))
            anywhere, small = generator.randint(slider.low, slider.high), generator.randint(1, 12)
            values[slider.name] = max(1, (near, fitting, anywhere, small)[how])
    return values
