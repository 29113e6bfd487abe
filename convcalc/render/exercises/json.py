"""A handout as JSON, by the schema convcalc/quiz/1: the questions, what they are about, and the key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.exercises.handout import Handout, parts_of
from convcalc.render.exercises.blocks import words_of
from convcalc.render.exercises.languages import LANGUAGES
from convcalc.render.exercises.phrases import question, right_answer
from convcalc.render.exercises.sheet import SheetOptions, single_lines, title_of
from convcalc.render.json_text import json_document
from convcalc.render.marks.json import value
from convcalc.render.spelling import spell_layer
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.marking.key import KeyItem
    from convcalc.marking.reference_network import ReferenceNetwork


def document(handout: Handout, options: SheetOptions) -> Iterator[str]:
    """Everything that a sheet asks; with the solutions, what is right and how it is worked out."""
    networks: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for part in parts_of(handout.key):
        if part.network is not None:
            networks.append(network_record(part.network))
        for number, asked in part.items:
            place = len(networks) - 1 if part.network is not None else None
            questions.append({"number": number, "network": place, **question_record(asked, options)})
    return json_document(
        "quiz",
        title=title_of(handout, options),
        language=next(code for code, language in LANGUAGES.items() if language is options.language),
        topic=handout.topic or None,
        level=handout.level or None,
        student=handout.student or None,
        stamp=handout.stamp,
        head=dict(handout.key.head),
        networks=networks,
        questions=questions,
        key=handout.text or None,
    )


def network_record(network: ReferenceNetwork) -> dict[str, Any]:
    """A network as a sheet shows it: its layers as a spec writes them, and no shape but those of its inputs."""
    report = network.report
    return {
        "name": report.name or None,
        "convention": report.convention,
        "inputs": {name: written_order(sizes, report.channels_last) for name, sizes in report.inputs.items()},
        "layers": [
            {
                "name": layer.name,
                "layer": spell_layer(layer.known.setting, report.convention) if layer.known else layer.kind,
                "from": layer.inputs,
            }
            for layer in report.layers
        ],
    }


def question_record(asked: KeyItem, options: SheetOptions) -> dict[str, Any]:
    own = asked.question
    found = {
        "ask": own.ask,
        "question": array_words(asked) if asked.arrays else words_of(question(asked, options.language)),
        "layer": own.layer or None,
        "quantity": own.quantity or None,
        "part": own.part or None,
        "form": own.form,
        "points": exact(own.points),
        "tolerance": exact(own.tolerance),
        "choices": own.choices,
        "group": own.group or None,
    }
    if asked.arrays:
        found["arrays"] = arrays_record(asked)
    return {**found, **solution_record(asked, options)} if options.solved else found


def exact(number: Any) -> Any:
    return number if isinstance(number, int) else float(number)


def array_words(asked: KeyItem) -> str:
    return " ".join(asked.question.text.split()) or " -> ".join(line for _, line in single_lines(asked))


def arrays_record(asked: KeyItem) -> dict[str, Any]:
    """What is given of a question on arrays."""
    from convcalc.render.arrays.json import as_lists, own_weights

    assert asked.arrays is not None
    chain = asked.arrays.chain
    inputs = [as_lists(chain, array) for array in chain.inputs]
    return {
        "layer": " -> ".join(line for _, line in single_lines(asked)),
        "flip": chain.flip,
        "input": inputs[0] if len(inputs) == 1 else inputs,
        "weights": [own_weights(chain, layer) for layer in chain.layers],
    }


def solution_record(asked: KeyItem, options: SheetOptions) -> dict[str, Any]:
    """What is right, in words and as a value, and its work."""
    from convcalc.render.exercises.sheet import works_of
    from convcalc.render.working.json import work_records

    is_worked = asked.form != "symbolic" and asked.arrays is None
    return {
        "answer": None if asked.form == "symbolic" or asked.arrays else right_answer(asked, options.language),
        "expected": value(asked.arrays.right if asked.arrays else asked.question.expected),
        "works": work_records(works_of(asked), "full") if is_worked else [],
    }
