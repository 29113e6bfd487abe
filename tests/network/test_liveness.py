"""What is alive at each step, against memory that is simulated step by step from who still wants what."""

import random

import pytest
from families import SAMPLED, slowly

from convcalc.layers.case import product
from convcalc.network.liveness import inference, kept_numbers, live_numbers, peak_numbers, training
from convcalc.network.load import summarise, summarise_text

QUICK = ["lenet5", "vgg16", "resnet50", "unet", "googlenet", "densenet121"]
ALL = [*QUICK, *(slowly(name) for name in SAMPLED if name not in QUICK)]


def wanted_later(report, step, names):
    """Whether a layer behind this step, or the caller, wants any of these."""
    given = {layer.name for _, layer in report.outputs} or {report.layers[-1].name}
    return bool(given & names) or any(names & set(layer.inputs) for layer in report.layers[step:])


def simulated_inference(report):
    """The numbers that exist at each step: buffers as sets of the names that lie in them."""
    buffers = [({name}, product(shape)) for name, shape in report.inputs.items()]
    used = {name for layer in report.layers for name in layer.inputs}
    found = [sum(size for _, size in buffers)]
    for step, layer in enumerate(report.layers, 1):
        kind = layer.applied.setting.kind
        source = next((buffer for buffer in buffers if layer.inputs and layer.inputs[0] in buffer[0]), None)
        overwrites = (
            not kind.storage
            and not kind.view
            and not kind.constant
            and not wanted_later(report, step, source[0])
            and not source[0] & set(report.inputs)
        )
        if kind.constant:
            buffers.append(({layer.name}, 0))
        elif kind.view or overwrites:
            source[0].add(layer.name)
        else:
            buffers.append(({layer.name}, layer.applied.activations))
        found.append(sum(size for _, size in buffers))
        buffers = [
            (names, size)
            for names, size in buffers
            if wanted_later(report, step, names) or (names & set(report.inputs) and not names & used)
        ]
    return found


def needs_of(report):
    """By layer the names of the tensors that its derivative needs; views are what they look at."""
    base = {name: name for name in report.inputs}
    found = []
    for layer in report.layers:
        kind = layer.applied.setting.kind
        base[layer.name] = base[layer.inputs[0]] if kind.view else layer.name
        needs_input = kind.derivative == "input" or (
            kind.derivative != "output" and (kind.parameters, kind.macs) != ("0", "0")
        )
        wanted = (layer.name,) if kind.derivative == "output" else layer.inputs if needs_input else ()
        found.append({base[name] for name in wanted})
    return found


def simulated_training(report):
    """The numbers that are kept at each step of the forward pass, and then of the backward pass."""
    needs = needs_of(report)
    sizes = {name: product(shape) for name, shape in report.inputs.items()}
    sizes.update((layer.name, layer.applied.activations) for layer in report.layers)
    every = set().union(*needs)
    there = set(report.inputs)
    found = [sum(sizes[name] for name in every & there)]
    for layer in report.layers:
        there.add(layer.name)
        found.append(sum(sizes[name] for name in every & there))
    for count in range(len(needs), 0, -1):
        found.append(sum(sizes[name] for name in set().union(*needs[:count])))
    return found


def random_network(seed):
    """Convolutions, activations, views and sums of whatever came before, all of one shape."""
    seeded = random.Random(seed)
    names, lines = [], []
    single = ("conv 4 k3 p1", "relu", "silu", "tanh", "dropout", "identity", "batchnorm", "maxpool 3 s1 p1")
    for number in range(seeded.randrange(3, 25)):
        name, text = f"n{number}", seeded.choice(single)
        if len(names) > 1 and seeded.random() < 0.3:
            text = f"{seeded.choice(('add', 'multiply'))} from={','.join(seeded.sample(names, 2))}"
        elif names and seeded.random() < 0.4:
            text += f" from={seeded.choice(names)}"
        lines.append(f"- {name}: {text}")
        names.append(name)
    outputs = f"outputs: [{', '.join(seeded.sample(names, min(2, len(names))))}]\n" if seeded.random() < 0.4 else ""
    return "input: 4x5x5\n" + outputs + "layers:\n" + "\n".join(lines) + "\n"


def check(report):
    assert live_numbers(report) == inference(report).numbers() == simulated_inference(report)
    assert training(report).numbers() == simulated_training(report)
    assert peak_numbers(report) == max(simulated_inference(report))
    assert kept_numbers(report) == max(simulated_training(report))


@pytest.mark.seeds(40, 100)
def test_a_random_network_is_as_simulated(seed):
    report = summarise_text(random_network(seed))
    assert not report.errors
    check(report)


@pytest.mark.parametrize("name", ALL)
def test_a_bundled_network_is_as_simulated(name):
    check(summarise(name))


def test_tensors_of_lenet_live_from_their_layer_to_their_last_use():
    lives = inference(summarise("lenet5"))
    first = [(tensor.name, tensor.numbers, tensor.birth, tensor.death) for tensor in lives.tensors[:4]]
    assert first == [("input", 1024, 0, 1), ("C1", 4704, 1, 3), ("S2", 1176, 3, 4), ("C3", 1600, 4, 6)]
    assert (lives.steps, lives.is_whole) == (13, True)


def test_what_is_kept_goes_when_the_first_layer_that_needs_it_has_its_turn():
    lives = training(summarise("lenet5"))
    assert [(tensor.name, tensor.birth, tensor.death) for tensor in lives.tensors[:3]] == [
        ("input", 0, 24), ("tanh1", 2, 23), ("S2", 3, 21),
    ]  # fmt: skip


def test_up_to_the_first_layer_that_failed_they_are_known():
    report = summarise_text("{input: 3x8x8, layers: [conv 4 k3, relu, conv 4 k99, linear 2]}")
    assert inference(report).numbers() == [192, 192 + 144, 144]
    assert not inference(report).is_whole
    assert (live_numbers(report), peak_numbers(report), kept_numbers(report)) == (None, None, None)
