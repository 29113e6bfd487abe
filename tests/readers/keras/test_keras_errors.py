"""What is wrong with a Keras configuration or file: a place and a sentence, and never a traceback."""

import copy
import io
import json
import random
import zipfile

import pytest
from keras_configurations import archive, called, functional, given, saved, sequential, text_of

from convcalc.network.load import Choices, spec_of, summarise
from convcalc.problem import Problem, Source

SMALL = functional(
    "x", "out",
    called(given("x", 8, 8, 3)),
    called(saved("Conv2D", "conv", filters=4, kernel_size=[3, 3], padding="same", activation="relu"), "x"),
    called(saved("Bidirectional", "both", layer=saved("LSTM", "l", units=2)), "conv"),
    called(saved("Dense", "out", units=2, trainable=False), "conv"),
)  # fmt: skip


def findings(network, **choices):
    """What is said of a network."""
    source = (
        network
        if isinstance(network, Source)
        else Source("net.json", network if isinstance(network, str) else text_of(network))
    )
    try:
        return summarise(source, Choices(**choices)).errors
    except Problem as error:
        return error.diagnostics


def one_layer(layer):
    return sequential(given("x", 8, 8, 3), layer, name="net")


LAMBDA = {"class_name": "__lambda__", "config": {"value": "4wEAAA=="}}
WRONG = {
    "a function of Python": (
        one_layer(saved("Lambda", "double", function=LAMBDA)), "K003", "runs any function of Python", "rescaling",
    ),
    "a class of one's own": (
        one_layer({**saved("Gate", "gate", module="my.net", ratio=4), "registered_name": "pkg>Gate"}),
        "K003", "Gate is a class of pkg", '--arg gate="conv 64 k3 p=same"',
    ),
    "a class that nobody has": (one_layer(saved("Conv9D", "c", filters=4)), "K003", "Conv9D is no class of Keras", '--arg c="'),
    "an argument that counts and is not known": (
        sequential(given("x", 8), saved("Dense", "d", units=4, lora_rank=2)), "K002", "lora_rank", "linear has",
    ),
    "a window that does not fit": (
        one_layer(saved("Conv2D", "c", filters=4, kernel_size=9)), "C001", "kernel 9 does not fit", "kernel ≤ 8",
    ),
    "a text that turns into numbers before the network": (
        one_layer(saved("TextVectorization", "t", max_tokens=9)), "K003", "before the network", "leave it out",
    ),
    "an activation that is a function of one's own": (
        one_layer(saved("Dense", "d", units=2, activation={"module": "builtins", "class_name": "function",
                                                            "config": "my_gelu", "registered_name": "my_gelu"})),
        "K003", "the function my_gelu", "--arg my_gelu=relu",
    ),
    "an activation without a name": (
        one_layer(saved("Dense", "d", units=2, activation=LAMBDA)), "K003", "a function without a name", "give it a name",
    ),
    "a wrapper around nothing": (one_layer(saved("TimeDistributed", "t")), "C060", "needs the layer", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_read_is_said_at_its_layer(case):
    network, code, words, cure = WRONG[case]
    text = json.dumps(network, indent=1)
    found = findings(text)[0]
    assert found.code == code and words in found.message and cure in found.hint
    name = network["config"]["layers"][-1]["config"]["name"]
    assert f'"{name}"' in text.splitlines()[found.mark.line - 1]


@pytest.mark.parametrize(
    ("layer", "args", "parameters"),
    [
        (saved("Lambda", "double", function=LAMBDA), {"double": "rescaling"}, 0),
        ({**saved("Gate", "gate", module="my.net")}, {"gate": "conv 64 k3 p=same"}, 1792),
        ({**saved("Gate", "gate", module="my.net")}, {"Gate": "[conv 4 k1 -> relu]*2"}, 36),
        (saved("Dense", "d", units=2, activation={"class_name": "function", "config": "mine"}), {"mine": "relu"}, 8),
    ],
)
def test_what_is_not_in_the_file_can_be_said(layer, args, parameters):
    assert findings(one_layer(layer), args=args) == ()
    assert summarise(Source("net.json", text_of(one_layer(layer))), Choices(args=args)).totals.parameters == parameters


def test_several_layers_are_told_at_once():
    network = sequential(given("x", 8, 8, 3), saved("Lambda", "a"), saved("Conv2D", "b", filters=2, kernel_size=1))
    two = functional(
        "x", "b", called(given("x", 8, 8, 3)), called(saved("Lambda", "a"), "x"), called(saved("Nope", "b"), "x")
    )
    assert len(findings(network)) == 1 and [each.code for each in findings(two)] == ["K003", "K003"]


STRUCTURE = {
    "cut in the middle": (text_of(SMALL)[:700], "no JSON"),
    "layers that are none": ({**SMALL, "config": {**SMALL["config"], "layers": 7}}, "no list of layers"),
    "a layer that is a number": (sequential(given("x", 3), 7), "a layer is no object"),
    "no layers": (sequential(), "no list of layers"),
    "a call of what is not there": (
        functional("x", "a", called(given("x", 3)), called(saved("ReLU", "a"), "gone")), "needs what no layer gives",
    ),
    "a circle": (
        functional("x", "a", called(given("x", 3)), called(saved("ReLU", "a"), "b"), called(saved("ReLU", "b"), "a")),
        "a needs what no layer gives",
    ),
    "an output that is not there": (functional("x", "b", called(given("x", 3)), called(saved("ReLU", "a"), "x")), '"b"'),
    "two of one name": (sequential(given("x", 3), saved("ReLU", "a"), saved("ReLU", "a")), 'called "a"'),
    "no input": (sequential(saved("Dense", "d", units=2)), "does not say what goes in"),
    "a shape of words": (sequential(given("x", "a", [3]), saved("Dense", "d", units=2)), "does not say what goes in"),
    "a class of one's own around all": (
        {"module": None, "class_name": "MyModel", "config": {"width": 3}, "registered_name": "MyModel"}, "MyModel",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STRUCTURE)
def test_a_configuration_that_is_none_says_so(case):
    network, words = STRUCTURE[case]
    found = findings(network)[0]
    assert words in found.message and found.hint and found.mark


def test_networks_deep_in_one_another_end(convcalc, tmp_path):
    network = saved("Dense", "d", units=2)
    for index in range(30):
        network = sequential(given("x", 3), network, name=f"net{index}")
    assert findings(network)[0].code == "Y051"
    path = tmp_path / "deep.json"
    path.write_text('{"class_name": "Sequential", "config": ' + "[" * 100_000)
    assert convcalc("summary", path)[0] == 3


def test_networks_that_call_one_another_twice_end():
    network = saved("Dense", "inner", units=4)
    for _ in range(18):
        network = functional("x", "inner", called(given("x", 4)), called(network, "x", "inner"), name="inner")
    assert "are called" in findings(network)[0].message


def test_layers_in_any_order_are_called_as_they_need_one_another():
    layers = [called(saved("Dense", f"d{index}", units=4), f"d{index - 1}" if index else "x") for index in range(3_000)]
    network = functional("x", "d2999", called(given("x", 4)), *reversed(layers))
    found = summarise(Source("net.json", text_of(network)))
    assert not found.errors and found.totals.parameters == 3_000 * 20


def mutants(network, seed, count):
    """A configuration with something in it changed, left out or doubled."""
    chance = random.Random(seed)
    for _ in range(count):
        data = json.loads(text_of(network))
        for _ in range(chance.randint(1, 3)):
            places = []
            waiting = [data]
            while waiting:
                each = waiting.pop()
                keys = list(each) if isinstance(each, dict) else range(len(each))
                for key in keys:
                    places.append((each, key))
                    if isinstance(each[key], (dict, list)):
                        waiting.append(each[key])
            holder, key = chance.choice(places)
            other, its = chance.choice(places)
            holder[key] = chance.choice(
                [
                    None,
                    True,
                    -1,
                    0,
                    2**70,
                    1.5,
                    float("nan"),
                    "",
                    "x",
                    "None",
                    [],
                    {},
                    [[]],
                    [None, 8, 8, 3],
                    copy.deepcopy(other[its]),
                ]
            )
        yield json.dumps(data)


@pytest.mark.seeds(1, 12)
def test_a_mutated_configuration_is_read_or_refused_at_a_place(seed):
    inner = sequential(given("x", 8, 8, 3), saved("Conv2D", "c", filters=3, kernel_size=1), name="inner")
    larger = json.loads(text_of(SMALL))
    larger["config"]["layers"].insert(1, called(inner, "x", "x"))
    for text in mutants(larger, seed, 150):
        for found in findings(text):
            assert found.message and (found.mark or found.code in ("L004", "X003", "U007")), text


# Files


def binary(data):
    return Source("net.keras", "", data=data)


def broken_archives():
    text = text_of(one_layer(saved("ReLU", "r")))
    good = archive(text)
    yield "cut", good[: len(good) // 2], "damaged"
    yield "nothing but its first bytes", b"PK\x03\x04", "damaged"
    yield "without a configuration", archive(text).replace(b"config.json", b"konfig.json"), "without a network"
    yield "a configuration outside", archive(text).replace(b"config.json", b"../config.j"), "without a network"
    yield "no JSON", archive("{"), "no JSON"
    yield "no UTF-8", archive(b"\xff\xfe{}"), "no UTF-8"
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("config.json", " " * 300_000_000)
    yield "a bomb", stored.getvalue(), "more than 8,000,000 bytes"
    for compression in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        stored = io.BytesIO()
        with zipfile.ZipFile(stored, "w", compression) as file:
            file.writestr("config.json", text)
        yield f"packing {compression}", stored.getvalue(), "unusual way"
    locked = bytearray(archive(text))
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := locked.find(sign, start + 1)) >= 0:
            locked[start + flags] |= 1
    yield "a password", bytes(locked), "password"
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as file:
        for index in range(20_000):
            file.writestr(f"{index:060}", "")
    yield "a long list", stored.getvalue(), "list of members is too long"


@pytest.mark.parametrize(("data", "words"), [pytest.param(*rest, id=name) for name, *rest in broken_archives()])
def test_a_file_that_cannot_be_read_says_why(data, words):
    found = findings(binary(data))[0]
    assert words in found.message and found.hint


def test_a_file_is_read_like_its_configuration(convcalc, tmp_path):
    text = text_of(one_layer(saved("Conv2D", "c", filters=4, kernel_size=3)))
    path = tmp_path / "net.keras"
    path.write_bytes(archive(text, **{"model.weights.h5": "x" * 3_000_000}))
    (tmp_path / "net.json").write_text(text)
    outputs = [convcalc("summary", tmp_path / name, "--json") for name in ("net.keras", "net.json")]
    assert outputs[0] == outputs[1] and outputs[0][0] == 0


@pytest.mark.seeds(1, 8)
def test_a_damaged_file_is_read_or_refused(seed):
    chance = random.Random(seed)
    good = archive(text_of(one_layer(saved("ReLU", "r"))))
    for _ in range(100):
        data = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        assert all(found.message for found in findings(binary(bytes(data))))


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("layers.Conv2D(8, 3, stride=2)", "write: strides="),
        ("layers.Conv2D('8', 3)", "must be a number"),
        ("layers.Conv2D(8, kernel=3)", "write: kernel_size="),
        ("layers.Dense(out_features=3)", "write: units="),
        ("layers.Conv2d(8, 3)", "write: layers.Conv2D"),
    ],
)
def test_an_argument_that_keras_does_not_take_is_an_error(layer, words):
    text = f"from keras import layers, Sequential, Input\nmodel = Sequential([Input((8, 8, 1)), {layer}])\n"
    with pytest.raises(Problem) as error:
        spec_of(Source("net.py", text))
    (found,) = error.value.diagnostics
    assert words in found.message + found.hint and found.mark.line == 2


def test_a_layer_that_is_not_called_is_an_error_where_a_tensor_is_due():
    text = "from keras import layers, Model, Input\nx = Input((8,))\ny = layers.Dense(4)\nz = layers.Dense(2)(y)\n"
    text += "model = Model(x, z)\n"
    with pytest.raises(Problem) as error:
        spec_of(Source("net.py", text))
    assert "a layer that is called on nothing" in error.value.diagnostics[0].message


def test_a_layer_needs_the_beginning_of_keras():
    text = "from keras import layers, Model\nclass Net(Model):\n    def __init__(self):\n        self.fc = layers.Dense(3)\n"
    text += "    def call(self, x):\n        return self.fc(x)\nmodel = Net()\nmodel.build((None, 4))\n"
    with pytest.raises(Problem) as error:
        spec_of(Source("net.py", text))
    assert error.value.diagnostics[0].mark.line == 4 and "super().__init__()" in error.value.diagnostics[0].hint


def test_a_model_needs_its_outputs():
    with pytest.raises(Problem) as error:
        spec_of(Source("net.py", "from keras import Input, Model\nmodel = Model(Input((8, 8, 3)))\n"))
    assert "needs its outputs" in error.value.diagnostics[0].message
