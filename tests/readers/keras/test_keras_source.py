"""Keras programs, read without running them."""

import random

import pytest
from keras_programs import HEAD, PROGRAMS
from mutations import mutated_text

from convcalc.network.load import Choices, summarise
from convcalc.problem import Problem, Source

TENSORFLOW = (
    "import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import Input, Model, Sequential, layers\n"
    "from keras import ops\n"
)


def report(text, entry="", **choices):
    return summarise(Source("net.py", text, entry), Choices(**choices))


def measured(found):
    assert not found.errors
    main = found.layers[found.main].applied.output
    totals = found.totals
    return (*main[1:], main[0]), totals.parameters + totals.buffers, totals.parameters


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_read_as_keras_builds_it(name):
    text, *figures = PROGRAMS[name]
    entry = "model" if name == "a part of another model" else ""
    assert measured(report(HEAD + text, entry)) == tuple(figures)


@pytest.mark.parametrize("name", ["residual blocks by a function", "a transformer", "layers that are shared"])
def test_tensorflow_has_the_same_layers(name):
    text, *figures = PROGRAMS[name]
    assert measured(report(TENSORFLOW + text)) == tuple(figures)


def test_layers_are_called_as_keras_calls_them():
    text, *_ = PROGRAMS["a Sequential that grows"]
    names = [layer.name for layer in report(HEAD + text).layers]
    assert names == [
        "conv2d", "relu1", "max_pooling2d", "conv2d_1", "relu2", "max_pooling2d_1", "flatten", "dropout", "dense",
        "softmax1",
    ]  # fmt: skip


SUBCLASSED = """
import tensorflow as tf

class Net(tf.keras.Model):
    def __init__(self, classes=10):
        super(Net, self).__init__()
        self.conv1 = tf.keras.layers.Conv2D(16, 3, padding="same", activation="relu")
        self.body = [tf.keras.layers.Conv2D(16, 3, padding="same") for _ in range(2)]
        self.pool = tf.keras.layers.GlobalAveragePooling2D()
        self.out = tf.keras.layers.Dense(classes)

    @tf.function
    def call(self, x, training=False):
        x = self.conv1(x)
        for layer in self.body:
            x = tf.nn.relu(layer(x)) + x
        if training:
            x = tf.nn.dropout(x, 0.5)
        return self.out(self.pool(x))
"""


def test_a_subclass_is_followed_on_the_input_of_the_run():
    found = report(SUBCLASSED, inputs={"": "32x32x3"}, args={"classes": "7"})
    assert found.name == "Net" and measured(found) == ((7,), 448 + 2 * 2320 + 119, 448 + 2 * 2320 + 119)
    assert [layer.name for layer in found.layers if layer.applied.parameters] == ["conv1", "body_0", "body_1", "out"]
    with pytest.raises(Problem) as error:
        report(SUBCLASSED)
    assert error.value.diagnostics[0].code == "P032"


@pytest.mark.parametrize(
    ("inputs", "symbolic", "output"),
    [({}, False, (16, 16)), ({"": "64x48"}, False, (32, 24)), ({"": "64x48x3"}, False, (32, 24)), ({}, True, "HW")],
)
def test_other_inputs_are_what_the_program_computes_with(inputs, symbolic, output):
    text = HEAD + (
        "x = Input((32, 32, 3))\ny = layers.Conv2D(4, 3, strides=2, padding='same')(x)\n"
        "y = ops.reshape(y, (-1, y.shape[1] * y.shape[2], y.shape[3]))\nmodel = Model(x, y)\n"
    )
    found = report(text, inputs=inputs, symbolic=symbolic)
    steps = found.layers[-1].applied.output[1]
    assert set("HW") <= set(str(steps)) if symbolic else steps == output[0] * output[1]


def test_the_error_is_where_the_layer_is_made():
    text = (
        HEAD + "model = Sequential([\n    Input((8, 8, 3)),\n    layers.Conv2D(4, 3),\n    layers.Conv2D(4, 9),\n])\n"
    )
    (found,) = report(text).errors
    assert (found.code, found.mark.line) == ("C001", 6) and "kernel 9" in found.message


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("x = Input((3,))\nmodel = Model(Input((3,)), layers.Dense(2)(x))\n", "P006", "not among the inputs"),
        ("model = Sequential([layers.Dense(2)])\n", "P032", "what goes into the network"),
        ("model = Sequential([Input((3,)), layers.Dense(2, 3, 4, 5, 6)])\n", "P006", "at most"),
        ("model = Sequential([Input((3,)), 7])\n", "P006", "cannot be called"),
        ("model = Sequential([Input((3,)), layers.Dense(unit=2)])\n", "K002", 'no key "unit"'),
        (
            "a = Sequential([Input((3,)), layers.ReLU()])\nb = Sequential([Input((3,)), layers.ReLU()])\n",
            "P031",
            "several",
        ),
        ("def build(shape):\n    return Sequential([Input(shape), layers.Dense(2)])\n", "P003", "shape"),
        ("model = Sequential([Input((3,)), layers.Lambda(print)])\n", "K003", "any function"),
        ("x = Input((3,))\nfor _ in range(10**6):\n    x = layers.ReLU()(x)\nmodel = Model(x, x)\n", "P005", "steps"),
        (
            "x = y = Input((4,))\nfor _ in range(10**6):\n    x = layers.ReLU()(x)\n    m = Model(y, x)\n    x = m(x)\n",
            "Y051",
            "are called",
        ),
        ("x = layers.TimeDistributed(Sequential())(Input((5, 3)))\nmodel = Model(x, x)\n", "C060", "no layer"),
    ],
)
def test_what_cannot_be_read_says_why(text, code, words):
    try:
        found = report(HEAD + text).errors[0]
    except Problem as error:
        found = error.diagnostics[0]
    assert found.code == code and words in found.message


def test_one_of_several_is_named():
    text = HEAD + "a = Sequential([Input((3,)), layers.Dense(2)])\nb = Sequential([Input((4,)), layers.Dense(2)])\n"
    assert report(text, "b").totals.parameters == 10
    text = HEAD + "def build(units=3):\n    return Sequential([Input((4,)), layers.Dense(units)])\n"
    assert report(text).totals.parameters == 15 and report(text, "build(units=5)").totals.parameters == 25


JOINED = """
title, late, tags = Input((100,), name="title"), Input((64,), name="late"), Input((10,), name="tags")
hidden = layers.Dense(64, name="hidden")(layers.Concatenate()([title, tags]))
both = layers.Add()([late, hidden])
shared = layers.Dense(64, name="shared")
again = shared(layers.LayerNormalization()(shared(both) * 2))
priority = layers.Dense(1, name="priority")(again)
department = layers.Dense(4, name="department")(hidden)
whole = Model([title, tags, late], [department, priority])
model = Model(whole.inputs, whole.layers[INDEX].output)
"""


@pytest.mark.parametrize(
    ("index", "name"), [(2, "concatenate"), (3, "hidden"), (5, "add"), (-3, "layer_normalization"), (8, "department")]
)
def test_layers_of_a_model_are_counted_from_its_outputs(index, name):
    found = report(HEAD + JOINED.replace("INDEX", str(index)), "model")
    assert found.layers[found.main].name == name


MADE = "model = Sequential([Input((4,)), layers.Dense(units)])"
WHERE = {
    "in a context": ("units = 3\nwith tf.distribute.MirroredStrategy().scope():\n    " + MADE, 15),
    "in a branch": ("units = 3\nif units > 2:\n    " + MADE + "\nelse:\n    model = None", 15),
    "in a loop": ("for units in range(4):\n    " + MADE, 15),
    "while errors are caught": ("try:\n    units = 5\n    " + MADE + "\nexcept ValueError:\n    pass", 25),
    "behind the guard": ("units = 3\nif __name__ == '__main__':\n    units = 6\n    " + MADE, 30),
    "in a function that is started": (
        "def main(a, units=3):\n    " + MADE + "\n    model.fit()\nif __name__ == '__main__':\n    main(1, units=7)", 35,
    ),
    "in a function that starts itself": ("def main(units=3):\n    " + MADE + "\n    main()\nmain()", 15),
}  # fmt: skip


@pytest.mark.parametrize("case", WHERE)
def test_a_network_is_found_wherever_a_program_makes_it(case):
    text, parameters = WHERE[case]
    for entry in ("", "model"):
        assert report(HEAD + "import tensorflow as tf\n" + text + "\n", entry).totals.parameters == parameters


def test_what_is_frozen_in_a_loop_is_not_learnt():
    text = HEAD + (
        "base = Sequential([Input((4,)), layers.Dense(3), layers.Dense(2)])\n"
        "for layer in base.layers[:1]:\n    layer.trainable = False\nmodel = Model(base.inputs, base(base.inputs[0]))\n"
    )
    assert measured(report(text, "base")) == ((2,), 23, 8)


# Output and parameters of keras.applications, Keras 3.15.1, on (160, 192, 3) without their top.
BACKBONES = {
    "VGG16": ((5, 6, 512), 14_714_688, 14_714_688),
    "ResNet50V2": ((5, 6, 2048), 23_564_800, 23_519_360),
    "ConvNeXtTiny": ((5, 6, 768), 27_820_128, 27_820_128),
    "EfficientNetB0": ((5, 6, 1280), 4_049_571, 4_007_548),
    "MobileNetV3Small": ((5, 6, 576), 939_120, 927_008),
}


@pytest.mark.parametrize("name", BACKBONES)
def test_a_backbone_is_the_bundled_network_without_its_top(name):
    text = (
        f"import keras\nbase = keras.applications.{name}(weights=None, include_top=False, input_shape=(160, 192, 3))\n"
    )
    assert measured(report(text)) == BACKBONES[name]


def test_a_backbone_is_frozen_and_has_a_new_head():
    (_, _, channels), total, _ = BACKBONES["VGG16"]
    head = channels * 5 + 5
    for made in (
        "x = layers.Dense(5)(layers.GlobalAveragePooling2D()(base.output))\nmodel = Model(base.input, x)\n",
        "model = Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(5)])\n",
    ):
        for frozen in ("base.trainable = False\n", "for layer in base.layers:\n    layer.trainable = False\n"):
            text = "base = keras.applications.VGG16(include_top=False, input_shape=(64, 64, 3))\n"
            assert measured(report(HEAD + text + frozen + made)) == ((5,), total + head, head)
    text = "base = keras.applications.ResNet50(include_top=False, input_shape=(64, 64, 3))\n"
    some = "for layer in base.layers[:4]:\n    layer.trainable = False\n"
    with pytest.raises(Problem) as error:
        report(HEAD + text + some, "base")
    assert "which layers" in error.value.diagnostics[0].message


BACKBONE = "base = keras.applications.{}(include_top=False, input_shape=(64, 64, 3))\n"
VGG, RESNET = BACKBONE.format("VGG16"), BACKBONE.format("ResNet50")
TOP = "model = Model(base.input, layers.Dense(2)(layers.GlobalAveragePooling2D()(OUT)))\n"
TRUNK = """
base = Sequential([Input((50, 50, 3)), layers.Conv2D(32, 5, strides=2), layers.Conv2D(32, 3), layers.Flatten(),
                   layers.Dense(10)])
"""
NORMED = """
model = Sequential([Input((8, 8, 3)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Flatten(),
                    layers.Dense(2)])
"""
# Output, parameters and those that are learnt, of Keras 3.15.1.
PARTS_MEANT = {
    "a layer of VGG by its name": (VGG + TOP.replace("OUT", "base.get_layer('block3_pool').output"), (2,), 1_736_002, 1_736_002),
    "all but the last layers of VGG": (
        VGG + "for layer in base.layers[:-4]:\n    layer.trainable = False\n" + TOP.replace("OUT", "base.output"),
        (2,), 14_715_714, 7_080_450,
    ),
    "from a layer of VGG on": (
        VGG + "found = False\nfor layer in base.layers:\n    if layer.name == 'block5_conv1':\n        found = True\n"
        "    layer.trainable = found\n" + TOP.replace("OUT", "base.output"), (2,), 14_715_714, 7_080_450,
    ),
    "the last layers of a model with a backbone": (
        RESNET + "base.trainable = False\n" + TOP.replace("OUT", "layers.Conv2D(4, 1)(base.output)")
        + "for layer in model.layers[-3:]:\n    layer.trainable = layer is model.layers[-1]\n", (2,), 23_595_918, 10,
    ),
    "a backbone that pools by itself": (
        RESNET.replace(")\n", ", pooling='avg')\n")
        + "base.trainable = False\nmodel = Sequential([base, layers.Dense(10)])\n", (10,), 23_608_202, 20_490,
    ),
    "a backbone's shape": (
        VGG + "model = Sequential([Input(base.output_shape[1:]), layers.Flatten(), layers.Dense(3)])", (3,), 6_147, 6_147,
    ),
    "a backbone with its own preprocessing": (
        RESNET + "x = Input((64, 64, 3))\ny = keras.applications.resnet.preprocess_input(x)\n"
        "model = Model(x, base(y, training=False))\n", (2, 2, 2048), 23_587_712, 23_534_592,
    ),
    "a layer of a Sequential": (
        TRUNK + "base.trainable = False\nbase.layers[-1].trainable = True\n"
        "model = Model(base.inputs, layers.Dense(3)(base.layers[-2].output))\n", (3,), 54_019, 42_339,
    ),
    "what a Sequential gives": (
        TRUNK + "assert base.output_shape == (None, 10)\nbase.pop()\n"
        "model = Model(base.inputs, layers.Dense(base.output_shape[1] // 100)(base.outputs[0]))\n", (141,), 2_001_613, 2_001_613,
    ),
    "all but those of a class": (
        NORMED + "for layer in model.layers:\n"
        "    layer.trainable = isinstance(layer, layers.BatchNormalization)\n", (2,), 418, 8,
    ),
    "all again": (
        NORMED + "for layer in model.layers[:2]:\n    layer.trainable = False\nmodel.trainable = True\n",
        (2,), 418, 410,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PARTS_MEANT)
def test_a_part_of_a_model_is_the_part_that_keras_has(case):
    text, *figures = PARTS_MEANT[case]
    assert measured(report(HEAD + text, "model")) == tuple(figures)


def test_the_backend_multiplies_a_tensor_by_a_matrix():
    text = (
        "from keras import backend as K\nclass Scores(layers.Layer):\n    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(shape[-1], 2))\n"
        "    def call(self, x):\n        return K.softmax(K.dot(x, self.w), axis=1)\n"
        "x = Input((20, 6))\nmodel = Model(x, Scores()(x))\n"
    )
    assert measured(report(HEAD + text)) == ((20, 2), 12, 12)


@pytest.mark.parametrize(
    ("first", "second", "given", "output"),
    [
        ((7,), (7,), "1", (1,)),
        ((10, 32), (12, 32), "[2, 2]", (10, 12)),
        ((10, 12), (12, 32), "(2, 1)", (10, 32)),
        ((6, 4), (6, 5), "1, normalize=True", (4, 5)),
        ((6, 4), (5, 4), "-1", (6, 5)),
    ],
)
def test_a_dot_is_a_product_along_axes(first, second, given, output):
    text = f"a, b = Input({first}), Input({second})\nmodel = Model([a, b], layers.Dot({given})([a, b]))\n"
    found = report(HEAD + text)
    assert not found.errors and measured(found)[0] == output


def test_sides_that_are_left_open_go_into_what_a_program_makes():
    text = (
        "class Places(layers.Layer):\n    def build(self, shape):\n        self.table = layers.Embedding(50, 8)\n"
        "    def call(self, x):\n        return x + self.table(ops.arange(0, ops.shape(x)[1], 1))\n"
        "a, b = Input((None, 8), name='a'), Input((None, 8), name='b')\n"
        "model = Model([a, b], [Places()(a), Places()(b)])\n"
    )
    found = report(HEAD + text)
    assert not found.errors and found.totals.parameters == 800


@pytest.mark.parametrize(
    "frozen",
    [
        "first.trainable = False",
        "def freeze(layer):\n    layer.trainable = False\nfreeze(first)",
        "for each in (first,):\n    each.trainable = False",
        "parts[0].trainable = False",
    ],
)
@pytest.mark.parametrize("entry", ["", "model"])
def test_what_is_frozen_when_the_model_is_made_is_not_learnt(frozen, entry):
    made = "first = layers.Dense(6)\nparts = [first]\nmodel = Sequential([Input((8,)), first, layers.Dense(3)])\n"
    assert measured(report(HEAD + made + frozen, entry)) == ((3,), 75, 21)


def test_what_is_made_of_a_part_of_a_backbone_is_the_network_of_a_program():
    parts = "found = {each.name: each.output for each in base.layers[:4]}\nmodel = Model(base.inputs, found)\n"
    assert measured(report(HEAD + VGG + parts)) == ((64, 64, 64), 38_720, 38_720)
    twice = "a, b = Input((64, 64, 3)), Input((64, 64, 3))\nmodel = Model([a, b], layers.Add()([base(a), base(b)]))\n"
    assert measured(report(HEAD + VGG + twice)) == ((2, 2, 512), 14_714_688, 14_714_688)


def test_a_network_that_is_not_read_is_not_passed_over_for_its_part():
    for part in ("base.get_layer('conv4_block6_out').output", "base.layers[-2].output"):
        with pytest.raises(Problem, match="which layers of a bundled network"):
            report(HEAD + RESNET + TOP.replace("OUT", part))


NAMES = ["x", "self", "keras", "layers", "ops", "undefined", "range", "inputs", "model", "Input", "Model", "len"]
ATTRIBUTES = ["shape", "call", "output", "layers", "trainable", "Dense", "mean", "__class__", "nothing", "add", "input"]


@pytest.mark.seeds(6, 30)
@pytest.mark.parametrize("name", PROGRAMS)
def test_no_mutation_ends_in_a_traceback(name, seed):
    for turn in range(5):
        rng = random.Random(seed * 5 + turn)
        text = mutated_text(HEAD + PROGRAMS[name][0], rng, NAMES, ATTRIBUTES)
        if text is None:
            continue
        try:
            found = report(text)
        except Problem as error:
            assert all(each.message for each in error.diagnostics)
        else:
            assert found.layers or found.errors or found.inputs


FIRST = 'keras.config.set_image_data_format("channels_first")\n'


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (FIRST + "net = keras.Sequential([Input((3, 8, 8)), layers.Conv2D(4, 3)])", ((4, 6, 6), 112)),
        (FIRST + "keras.config.image_data_format()\nx = Input((3, 8, 8))\n"
         "net = keras.Model(x, layers.Dense(5)(layers.Flatten()(x)))", ((5,), 965)),
        (FIRST + "x = Input((3, 8, 8))\ny = ops.pad(x, ((0, 0), (1, 0), (2, 2), (0, 0)))\n"
         "net = keras.Model(x, layers.Conv2D(4, 1)(y))", ((4, 12, 8), 20)),
        ("x = Input((8, 8, 3))\ny = ops.pad(x, ((0, 0), (0, 0), (0, 0), (2, 3)))\n"
         "net = keras.Model(x, layers.Conv2D(4, 1)(y))", ((4, 8, 8), 36)),
    ],
)  # fmt: skip
def test_the_order_of_axes_that_a_program_sets_is_that_of_all_layers(text, figures):
    found = report(TENSORFLOW + text)
    assert not found.errors
    assert (found.output, found.totals.parameters) == figures


def test_a_program_that_sets_both_orders_is_asked(convcalc):
    text = f"{TENSORFLOW}{FIRST}net = keras.Sequential([Input((3, 8, 8))])\n{FIRST.replace('first', 'last')}"
    with pytest.raises(Problem, match="sets the order of axes to both"):
        report(text)


OWN = """
class Numbers(layers.Layer):
    def build(self, shape):
        self.numbers = self.add_weight(shape=(10, 32), trainable=LEARNT)

    def call(self, x):
        return x + self.numbers


x = Input((10, 32))
net = keras.Model(x, Numbers(GIVEN)(x))
"""


@pytest.mark.parametrize(
    ("learnt", "given", "figures"),
    [("True", "", (320, 0)), ("False", "", (0, 320)), ("True", "trainable=False", (0, 320))],
)
def test_the_own_numbers_of_a_layer_that_is_not_trained_are_kept(learnt, given, figures):
    totals = report(TENSORFLOW + OWN.replace("LEARNT", learnt).replace("GIVEN", given)).totals
    assert (totals.parameters, totals.buffers) == figures


@pytest.mark.parametrize("call", ["build((None, 28, 28, 1))", "build(input_shape=(4, 28, 28, 1))"])
def test_a_program_that_builds_its_model_says_what_goes_in(call):
    report = summarise(
        Source(
            "net.py",
            f"""
from keras import Model, layers


class Net(Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(8, 3)
        self.fc = layers.Dense(10)

    def call(self, x):
        return self.fc(layers.Flatten()(self.conv(x)))


model = Net()
model.{call}
""",
        )
    )
    assert not report.errors and report.totals.parameters == 8 * 10 + (26 * 26 * 8 + 1) * 10


@pytest.mark.parametrize("given", [{"inputs": {"": "192x192x3"}}, {"symbolic": True}])
def test_another_input_of_a_bundled_network(given):
    text = "import keras\nm = keras.applications.ResNet50()\n"
    report = summarise(Source("net.py", text), Choices(**given))
    assert report.totals.parameters == 25_583_592  # keras.applications.ResNet50: 25,636,712 with what is not trained
    assert "×".join(map(format, report.inputs["input_layer"])) == ("3×192×192" if "inputs" in given else "3×H×W")


ORDERED = """
import keras
from keras import layers
{call}
net = keras.Sequential([keras.Input((3, 8, 8)), layers.Conv2D(4, 3)])
"""


@pytest.mark.parametrize("call", ['keras.config.set_image_data_format("channels_first")',
                                  'keras.backend.set_image_data_format(data_format="channels_first")'])  # fmt: skip
def test_the_order_that_a_program_sets_is_that_of_its_layers(call):
    totals = summarise(Source("net.py", ORDERED.format(call=call))).totals
    assert (totals.parameters, totals.macs) == (4 * 28, 4 * 27 * 36)


@pytest.mark.parametrize(
    "call",
    [
        'order = "channels_first"\nkeras.config.set_image_data_format(order)',
        'if GPU:\n    keras.config.set_image_data_format("channels_first")',
        'keras.config.set_image_data_format("channels_first")\nkeras.config.set_image_data_format("channels_last")',
    ],
)
def test_an_order_that_only_running_would_tell_is_a_question(call):
    with pytest.raises(Problem, match="which it sets is not known") as error:
        summarise(Source("net.py", ORDERED.format(call=call)))
    assert error.value.diagnostics[0].code == "P034" and error.value.diagnostics[0].mark
