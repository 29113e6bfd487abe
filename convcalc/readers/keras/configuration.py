"""A Keras configuration, `model.to_json()` or the one in a `.keras` file, as a Spec: its graph is exact."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from convcalc.problem import Mark, Source, did_you_mean, problem
from convcalc.readers.archive import MAX_MEMBER, member_text
from convcalc.readers.keras.network import NetworkTracer
from convcalc.readers.keras.records import KerasLayer, KerasNetwork, RecordReader
from convcalc.spec import Place, Spec
from convcalc.spec.choices import Choices, few, misuse
from convcalc.spec.layout import LAYOUTS

NAMED = r'(?<!\\)"name"\s*:\s*("(?:[^"\\]|\\.)*")'
AUTOMATIC = r"(sequential|functional|model)(_\d+)?"  # names that Keras gives

AROUND = ("modelTopology", "model_config")  # a configuration in a file of TensorFlow.js, and with its optimizer


def read_spec(source: Source, choices: Choices) -> Spec:
    """The Spec of a configuration; a Problem where it cannot be read, or does not say what goes in."""
    if not source.text:  # a .keras file is a zip archive, of which only the configuration is inflated
        source = source._replace(text=member_text(source, "config.json"))
    network = RecordReader(Places(source)).network(parse_json(source))
    said = (layer.config.get("data_format") for layer in all_layers(network))
    layout = next((order for order in said if order in LAYOUTS), "channels_last")
    tracer = NetworkTracer(source, choices, layout)
    spec = tracer.spec(network)
    for name in choices.args.keys() - tracer.reading.used:
        known = [layer.name for layer in all_layers(network)]
        hint = did_you_mean(name, known) or f"the layers are {few(known)}"
        raise misuse("U010", "--arg", name, "no layer, class or function is called so", hint)
    return spec._replace(name="" if re.fullmatch(AUTOMATIC, network.name) else network.name)


class Places:
    """Where the names of a JSON text are in it, each asked for behind the one before: they are read in its order."""

    def __init__(self, source: Source):
        self.source = source
        self.offsets: dict[str, list[int]] = {}
        for match in re.finditer(NAMED, source.text):
            self.offsets.setdefault(match[1], []).append(match.start(1))
        self.lines = [0, *(match.end() for match in re.finditer("\n", source.text))]
        self.offset = 0
        self.last = Place(1, 1)

    def of(self, name: str) -> Place:
        """The place of the next name like this; the last one that was found where there is none."""
        for text in (json.dumps(name), f'"{name}"'):
            offsets = self.offsets.get(text, ())
            if offsets:
                self.offset = offsets[min(bisect_right(offsets, self.offset), len(offsets) - 1)]
                line = bisect_right(self.lines, self.offset)
                self.last = Place(line, self.offset - self.lines[line - 1] + 1, len(text))
                break
        return self.last


def parse_json(source: Source) -> Any:
    """What a JSON text holds; a text in it is JSON again, as `json.dump(model.to_json(), file)` writes it."""
    if len(source.text) > MAX_MEMBER:
        hint = "save the parts of the network by themselves"
        raise problem("Y051", f"the configuration has more than {MAX_MEMBER:,} characters", hint, Mark(source, 1, 1))
    try:
        found = json.loads(source.text)
        found = json.loads(found) if isinstance(found, str) else found
    except ValueError as error:
        mark = Mark(source, getattr(error, "lineno", 1), getattr(error, "colno", 1))
        message = f"the configuration is no JSON: {getattr(error, 'msg', error)}"
        raise problem("Y051", message, "write it again: model.to_json()", mark) from None
    for key in AROUND:
        found = found[key] if isinstance(found, dict) and isinstance(found.get(key), dict) else found
    return found


def all_layers(network: KerasNetwork) -> Iterator[KerasLayer]:
    """The layers of a network and of all that are in it."""
    for layer in network.layers:
        for each in (layer, *layer.inner.values()):
            yield each
            if each.network is not None:
                yield from all_layers(each.network)
