"""The first text of a spec, of answers and of an assignment, below the line that names its schema to an editor.

The schema is a file beside it: it needs no Internet, fits the convcalc that wrote it, and goes where its folder goes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from json import dumps
from typing import TYPE_CHECKING

from convcalc.marking.assignment import read_key
from convcalc.marking.key import network_item
from convcalc.problem import BUNDLED, Problem, Source, problem
from convcalc.readers import library
from convcalc.readers.forms import form_of
from convcalc.readers.yaml.tree import load
from convcalc.render.exercises.key import answer_file, handout_of_assignment, plain
from convcalc.render.exercises.sheet import SheetOptions
from convcalc.spec.choices import Choices
from convcalc.writing.conversion import conversion

if TYPE_CHECKING:
    from convcalc.marking.reference_network import ReferenceNetwork

FOLDER = ".convcalc"  # hidden: no command takes what is in it for a network or a hand-in
MODELINE = "# yaml-language-server: $schema="
MOST_ASKED = 12
FIRST_SPEC = """\
input: 3x32x32                  # channels x height x width
let: {classes: 10}              # another number for a run: --set classes=100
layers:
  - conv 16 k3 p1 bias=no       # 16 filters, kernel 3, padding 1
  - batchnorm
  - relu
  - maxpool 2                   # a window of 2, and steps of 2
  - head: conv classes k3 p1    # a layer may have a name
  - globalavgpool
  - flatten
"""


def schema_line(name: str) -> str:
    """The line by which yaml-language-server finds the schema, from the folder of the file."""
    return f"{MODELINE}{FOLDER}/{name}.json\n"


def first_spec(path: str) -> str:
    """A small network to edit, called as its file."""
    return f"{schema_line('spec')}name: {plain(stem(path))}\n{FIRST_SPEC}"


def stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


def copied_spec(source: Source) -> str:
    """A network as a spec to edit: one in YAML as it is, any other and one upon a base written out in full."""
    if is_whole(source):
        first, _, rest = source.text.partition("\n")
        text = rest if first.startswith(MODELINE) else source.text
    else:
        from convcalc.network.load import spec_of

        text = "".join(conversion(spec_of(source), Choices(), "yaml").pieces)
    return f"{schema_line('spec')}{text}"


def is_whole(source: Source) -> bool:
    """Whether a text is a spec in YAML that builds upon no other."""
    if "->" in source.text.partition("\n")[0] or (not source.name.startswith(BUNDLED) and form_of(source)):
        return False
    root = load(source)
    return hasattr(root, "keys") and not any(key.text == "base" for key in root.keys)


def first_answers(key_name: str) -> str:
    """The file of answers to a key, to be filled in."""
    handout = handout_of_assignment(read_key(library.find(key_name)))
    return f"{schema_line('answers')}{''.join(answer_file(handout, SheetOptions()))}"


def first_assignment(spec_name: str, path: str) -> str:
    """An assignment on a network: output and parameters of its layers with weights, and the totals."""
    key = read_key(library.find(spec_name))
    if key.network is None or not key.is_open:
        raise problem("H025", f"{spec_name} is an assignment already", f"convcalc check {spec_name} --template")
    asks = [ask for ask in asks_of(key.network) if is_answerable(key.network, ask)]
    if not asks:
        raise problem(
            "H015", f"nothing of {spec_name} is a number that could be asked", "give its input numbers: 3x32x32"
        )
    totals = asks[-2:]
    asks = [*asks[:-2][: MOST_ASKED - len(totals)], *totals]
    head = f"assignment: {plain(key.name)}\nspec: {plain(named_from(spec_name, path))}\nquestions:\n"
    questions = "".join(f"  - {{ask: {flow_text(ask)}, points: {2 if ask in totals else 1}}}\n" for ask in asks)
    return f"{schema_line('assignment')}{head}{questions}"


def asks_of(network: ReferenceNetwork) -> Iterator[str]:
    for layer in network.layers:
        if layer.applied is not None and layer.applied.parameters != 0:
            yield f"{layer.name}.output"
            yield f"{layer.name}.parameters"
    yield from ("total.parameters", "total.macs")


def is_answerable(network: ReferenceNetwork, ask: str) -> bool:
    try:
        network_item(network, ask, {})
    except Problem:
        return False
    return True


def named_from(spec_name: str, path: str) -> str:
    """A spec as an assignment in a file names it: a file from the folder of that, a bundled one by its name."""
    if not os.path.isfile(spec_name):
        return spec_name
    return os.path.relpath(spec_name, os.path.dirname(path) or ".")


def flow_text(text: str) -> str:
    """A text within {…}, in quotes where YAML would take it for more than a text."""
    return dumps(text, ensure_ascii=False) if set(text) & set("{}[],:#&*!|>'\"%@`") else text
