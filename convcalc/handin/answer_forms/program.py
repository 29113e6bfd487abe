"""Answers that a student's program gives: its network is summarised, never executed, and its numbers are the answers.

What goes in is what the key has.  Layers have the names of the key, or are taken for those of its layers that are of
the same kind and in the same order, which is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.handin.answer_forms.pairing import Pairing, differing_settings, pair_layers
from convcalc.marking.answers import AnswerOrigin, Answers
from convcalc.marking.key import TOTAL, AnswerKey, KeyItem, canonical_name, form_of, layer_value, side_named, total_of
from convcalc.marking.reference_network import ReferenceNetwork, plain_name
from convcalc.network.load import graph_and_report
from convcalc.problem import Diagnostic, Mark, Problem, Source, first_names, problem
from convcalc.readers.program import is_keras
from convcalc.spec.choices import Choices
from convcalc.spec.layout import text_of

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.network import Graph
    from convcalc.network.walk import NetworkReport

AXES = {2: "CL", 3: "CHW", 4: "CDHW"}
SHOWN = 8  # layers that are listed in one sentence


def program_answers(source: Source, key: AnswerKey | None, student: str = "") -> Answers:
    """What the network of a program has for the questions of a key; a Problem where it cannot be built."""
    if key is None:
        return Answers(student, {}, source=source.name)
    if key.program == "no":
        hint = "write the answers down: answers: {C1: {output: 6x28x28}}"
        raise problem("H045", "this is a program, and the assignment asks for answers", hint)
    network, marks = student_network(source, key)
    title = f"the network {network.report.name}" if network.report.name else "the network in it"
    findings = [Diagnostic("H047", f"its answers are computed from {title}", severity="note")]
    answers: dict[str, str] = {}
    origins: dict[str, AnswerOrigin] = {}
    lines: dict[str, int] = {}
    pairing = Pairing({})
    if key.network is not None:
        asked = layers_asked(key, key.network)
        pairing = pair_layers(key.network, network, asked)
        findings += pairing_findings(pairing, key.network, network, marks, asked)
        findings += input_findings(key.network, network)
    for each in key.asked:
        name, index = layer_asked(each, key, network, pairing)
        if not name and each.network is None and each.question.quantity:
            message = f"no layer of this network is called {each.question.layer[:60]}"
            findings.append(Diagnostic("H046", message, "call one so", severity="warning"))
        value = name and value_of(network, index, each)
        if value:
            answers[each.question.ask] = value
            codes: tuple[str, ...] = ()
            if index >= 0 and key.network is not None and each.index >= 0:
                codes = tuple(differing_settings(key.network, each.index, network, index, each.question.quantity))
            if index >= 0 and (mark := marks[index]) and mark.source.name == source.name:
                lines[each.question.ask] = mark.line
            origins[each.question.ask] = AnswerOrigin(layer_place(network, marks, index), codes)
    if not answers:
        hint = "the assignment may ask for total.parameters"
        raise problem("H045", "this program answers no question of the assignment", hint)
    return Answers(student, answers, tuple(findings), source.name, lines, origins)


Marks = Sequence[Mark | None]


def student_network(source: Source, key: AnswerKey) -> tuple[ReferenceNetwork, Marks]:
    """The network of a program and where its layers are, on what the key says goes in.

    What Keras declares itself is left as it is.
    """
    source = source._replace(is_alone=True, entry=key.program)
    given = Choices(inputs=inputs_of(key), layout="channels_first") if inputs_of(key) else Choices()
    try:
        graph, report = first_report(source, given)
        if report.errors:
            raise Problem(*report.errors)
    except Problem as error:
        raise Problem(*map(finding_for_student, error.diagnostics)) from None
    if has_letters(report):
        hint = "the assignment says it: input: 3x32x32"
        raise problem("H045", "neither the program nor the assignment says what goes into the network", hint)
    network = ReferenceNetwork(report)
    network.counts_state = key.network.counts_state if key.network is not None else key.counts_state
    return network, [graph.mark(node.place) for node in graph.nodes[len(graph.inputs) :]]


def first_report(source: Source, given: Choices) -> tuple[Graph, NetworkReport]:
    """The network on what is given; of Keras on what it declares, if it does."""
    if is_keras(source.text):
        try:
            graph, report = graph_and_report(source)
        except Problem as error:
            if error.diagnostics[0].code != "P032" or not given.inputs:
                raise
        else:
            if not (has_letters(report) and given.inputs):
                return graph, report
    return graph_and_report(source, given)


def has_letters(report: NetworkReport) -> bool:
    return any(is_symbolic(side) for shape in report.inputs.values() for side in shape)


def inputs_of(key: AnswerKey) -> dict[str, str]:
    """What goes in, channels first, as options have it."""
    if key.network is None:
        return dict(key.inputs)
    shapes = list(key.network.report.inputs.values())
    if len(shapes) == 1:
        return {"": text_of(shapes[0])}
    return {f"input{place}": text_of(shape) for place, shape in enumerate(shapes, 1)}


def finding_for_student(found: Diagnostic) -> Diagnostic:
    """A finding of a reader, whose cure on the command line is one in the student's own file here."""
    if found.code == "P031":
        return found._replace(hint="leave one in the file, or let the assignment name it (program: Net)")
    if found.code == "P030":
        return found._replace(hint="hand in the file that has its class: those beside it are not read")
    if found.code in ("P032", "U007", "V008"):
        return found._replace(hint="the assignment says what goes in (input: 3x32x32)")
    return found


# Which layer is meant


def layers_asked(key: AnswerKey, network: ReferenceNetwork) -> set[int]:
    """The layers of the key's network that questions are about."""
    found = {each.index for each in key.asked if each.network is network and each.index >= 0}
    required = (canonical_name(each.question.ask)[0] for each in key.asked if each.network is None)
    return found | {network.names[name] for name in required if name in network.names}


def layer_asked(each: KeyItem, key: AnswerKey, own: ReferenceNetwork, pairing: Pairing) -> tuple[str, int]:
    """The name of what a question is about in the student's network, and the layer; "" where nothing is."""
    if each.form in ("symbolic", "open", "array"):
        return "", -1
    if each.network is None:  # a requirement, on any network
        layer, what, _ = canonical_name(each.question.ask)
        if key.network is not None and layer in key.network.names:
            return named_layer(own, pairing.layers.get(key.network.names[layer], -1))
        if not what or layer == TOTAL:
            return (TOTAL if what else ""), -1
        places = (place for name, place in own.names.items() if layer in (name, name.rpartition(".")[2]))
        return named_layer(own, next(places, -1))
    if each.network is not key.network:
        return "", -1
    if each.index < 0:
        return TOTAL, -1
    return named_layer(own, pairing.layers.get(each.index, -1))


def named_layer(own: ReferenceNetwork, index: int) -> tuple[str, int]:
    return (own.layers[index].name if index >= 0 else ""), index


def value_of(own: ReferenceNetwork, index: int, each: KeyItem) -> str:
    """What a layer, or the whole network, has for a question, as an answer is written; "" where it has nothing."""
    what, part = each.question.quantity, each.question.part
    value = layer_value(own, index, what) if index >= 0 else total_of(own, what)
    if part and value:
        try:
            value = side_named(value, part, what, each.question.ask)
        except Problem:
            return ""
    sides = value if isinstance(value, tuple) else (value,)
    if value is None or value == () or any(map(is_symbolic, sides)):
        return ""
    form = form_of(what, part)
    return answer_text(sides[0] if form == "side" and len({*sides}) == 1 else value, form)


def answer_text(value: Any, form: str) -> str:
    if not isinstance(value, tuple):
        return str(value)
    if form == "shape" and len(value) in AXES:
        return f"{text_of(value)} ({AXES[len(value)]})"
    return text_of(value)


# What is told


def pairing_findings(
    pairing: Pairing, key: ReferenceNetwork, own: ReferenceNetwork, marks: Marks, asked: Iterable[int]
) -> Iterator[Diagnostic]:  # fmt: skip
    """Which layer was taken for which where their names differ, and which could be any of several."""
    for each in pairing.open:
        wanted = [key.layers[index].name for index in each.wanted]
        if not each.found:
            message = f"no {each.kind} of this network can be {few(wanted, 'or')}"
            yield Diagnostic("H046", message, f"call it {wanted[0]}", severity="warning")
            continue
        found = [own.layers[index].name for index in each.found]
        message = f"{few(found, 'and')} may be {few(wanted, 'or')}"
        hint = f"call {'it' if len(found) == 1 else 'them'} as the assignment does"
        yield Diagnostic("H046", message, hint, marks[each.found[0]], severity="warning")
    taken = [
        f"{key.layers[index].name} is {layer_place(own, marks, other)}"
        for index, other in sorted(pairing.layers.items())
        if index in asked and plain_name(key.layers[index].name) != plain_name(own.layers[other].name)
    ]
    if taken:
        yield Diagnostic("H047", f"paired by kind and order: {first_names(taken, SHOWN)}", severity="note")


def few(names: list[str], word: str) -> str:
    """C1, C3 and C5."""
    shown = [*names[:SHOWN], *([f"{len(names) - SHOWN} more"] if len(names) > SHOWN else [])]
    return f" {word} ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def input_findings(key: ReferenceNetwork, own: ReferenceNetwork) -> Iterator[Diagnostic]:
    """That a program declares another input than the assignment has."""
    right, given = (list(network.report.inputs.values()) for network in (key, own))
    if right != given:
        shown = " and ".join(map(shape_text, given)) or "nothing"
        message = f"the program's input is {shown}, and the assignment's {' and '.join(map(shape_text, right))}"
        yield Diagnostic("H047", message, severity="note")


def shape_text(shape: Shape) -> str:
    return "×".join(map(str, shape))


def layer_place(own: ReferenceNetwork, marks: Marks, index: int) -> str:
    """conv1 on line 8, or conv1 in cell 2; nothing of the whole network."""
    if index < 0:
        return ""
    name, mark = own.layers[index].name, marks[index]
    if mark is None:
        return name
    cell = mark.source.name.rpartition(", ")[2]
    return f"{name} in {cell}" if re.fullmatch(r"cell \d+", cell) else f"{name} on line {mark.line}"
