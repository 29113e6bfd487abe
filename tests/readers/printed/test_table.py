"""Tables that torchinfo, torchsummary and Keras print: told from networks, read row by row, and compared with one."""

import json
import re

import jsonschema
import pytest

from convcalc.network.load import summarise
from convcalc.problem import Problem, Source
from convcalc.readers.printed.table import read_table
from convcalc.render.reference.schemas import SCHEMAS

# One network, as each of them prints it.
SPEC = """
input: 1x28x28
layers:
  - c1: conv 32 k3
  - relu
  - p1: maxpool 2
  - c2: conv 64 k3
  - relu
  - p2: maxpool 2
  - bn: batchnorm
  - flatten
  - dropout 0.5
  - fc: linear 10
"""
TORCHSUMMARY = """
----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 32, 26, 26]             320
         MaxPool2d-2           [-1, 32, 13, 13]               0
            Conv2d-3           [-1, 64, 11, 11]          18,496
         MaxPool2d-4             [-1, 64, 5, 5]               0
       BatchNorm2d-5             [-1, 64, 5, 5]             128
            MyBlock-6            [-1, 64, 5, 5]               0
            Linear-7                   [-1, 10]          16,010
================================================================
Total params: 34,954
Trainable params: 34,954
Non-trainable params: 0
----------------------------------------------------------------
Input size (MB): 0.00
"""
TORCHINFO = """
==========================================================================================
Layer (type:depth-idx)                   Output Shape              Param #
==========================================================================================
Net                                      [4, 10]                   --
├─Sequential: 1-1                        [4, 64, 5, 5]             --
│    └─Conv2d: 2-1                       [4, 32, 26, 26]           320
│    └─ReLU: 2-2                         [4, 32, 26, 26]           --
│    └─MaxPool2d: 2-3                    [4, 32, 13, 13]           --
│    └─Conv2d: 2-4                       [4, 64, 11, 11]           18,496
│    └─ReLU: 2-5                         [4, 64, 11, 11]           --
│    └─MaxPool2d: 2-6                    [4, 64, 5, 5]             --
│    └─BatchNorm2d: 2-7                  [4, 64, 5, 5]             128
├─Linear: 1-2                            [4, 10]                   16,010
==========================================================================================
Total params: 34,954
Trainable params: 34,954
Non-trainable params: 0
Total mult-adds (M): 9.88
==========================================================================================
Input size (MB): 0.01
"""
FOLDED = """
=========================================================================================================
Layer (type (var_name):depth-idx)        Input Shape        Output Shape       Param #        Kernel Shape
=========================================================================================================
Net (Net)                                [1, 1, 28, 28]     [1, 10]            --             --
├─Sequential (features): 1-1             [1, 1, 28, 28]     [1, 64, 5, 5]      18,944         --
├─Linear (fc): 1-2                       [1, 1600]          [1, 10]            16,010         --
=========================================================================================================
Total params: 34,954
"""
NO_SHAPES = """
=================================================================
Layer (type:depth-idx)                   Param #
=================================================================
Net                                      --
├─Conv2d: 1-1                            320
├─Conv2d: 1-2                            18,496
├─BatchNorm2d: 1-3                       128
├─Linear: 1-4                            16,010
=================================================================
Total params: 34,954
"""
ASCII = """
================================================================================
Layer (type)                    Output Shape      Param #     Param %
================================================================================
Net                             [1, 10]           --               --
+ Sequential                    [1, 64, 5, 5]     --               --
|    + Conv2d                   [1, 32, 26, 26]   320           0.92%
|    + Conv2d                   [1, 64, 11, 11]   18,496       52.92%
|    + BatchNorm2d              [1, 64, 5, 5]     128           0.37%
+ Linear                        [1, 10]           16,010       45.80%
================================================================================
Total params: 34,954
"""
KERAS_2 = """
Model: "sequential"
_________________________________________________________________
 Layer (type)                Output Shape              Param #
=================================================================
 conv2d (Conv2D)             (None, 26, 26, 32)        320

 max_pooling2d (MaxPooling2D  (None, 13, 13, 32)       0
 )

 conv2d_1 (Conv2D)           (None, 11, 11, 64)        18496

 max_pooling2d_1 (MaxPooling  (None, 5, 5, 64)         0
 2D)

 batch_normalization (BatchN  (None, 5, 5, 64)         256
 ormalization)

 flatten (Flatten)           (None, 1600)              0

 dropout (Dropout)           (None, 1600)              0

 dense (Dense)               (None, 10)                16010

=================================================================
Total params: 35,082
Trainable params: 34,954
Non-trainable params: 128
_________________________________________________________________
"""
CONNECTED = """
__________________________________________________________________________________________________
Layer (type)                    Output Shape         Param #     Connected to
==================================================================================================
input_1 (InputLayer)            [(None, 28, 28, 1)]  0
__________________________________________________________________________________________________
conv2d_1 (Conv2D)               (None, 26, 26, 32)   320         input_1[0][0]
__________________________________________________________________________________________________
max_pooling2d_1 (MaxPooling2D)  (None, 13, 13, 32)   0           conv2d_1[0][0]
__________________________________________________________________________________________________
conv2d_2 (Conv2D)               (None, 11, 11, 64)   18496       max_pooling2d_1[0][0]
__________________________________________________________________________________________________
max_pooling2d_2 (MaxPooling2D)  (None, 5, 5, 64)     0           conv2d_2[0][0]
                                                                 and_another[0][0]
__________________________________________________________________________________________________
batch_normalization_1 (BatchNor (None, 5, 5, 64)     256         max_pooling2d_2[0][0]
__________________________________________________________________________________________________
flatten_1 (Flatten)             (None, 1600)         0           batch_normalization_1[0][0]
__________________________________________________________________________________________________
dense_1 (Dense)                 (None, 10)           16010       flatten_1[0][0]
==================================================================================================
Total params: 35,082
Trainable params: 34,954
Non-trainable params: 128
"""
KERAS_3 = """
Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ input_layer (InputLayer)    │ (None, 28, 28, 1)      │             0 │
├─────────────────────────────┼────────────────────────┼───────────────┤
│ conv2d (Conv2D)             │ (None, 26, 26, 32)     │           320 │
├─────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d               │ (None, 13, 13,         │             0 │
│ (MaxPooling2D)              │ 32)                    │               │
├─────────────────────────────┼────────────────────────┼───────────────┤
│ conv2d_1 (Conv2D)           │ (None, 11, 11, 64)     │        18,496 │
├─────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d_1             │ (None, 5, 5, 64)       │             0 │
│ (MaxPooling2D)              │                        │               │
├─────────────────────────────┼────────────────────────┼───────────────┤
│ batch_norma… (BatchNormali… │ (None, 5, 5, 64)       │           256 │
├─────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)               │ (None, 10)             │        16,010 │
└─────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 35,082 (137.04 KB)
 Trainable params: 34,954 (136.54 KB)
 Non-trainable params: 128 (512.00 B)
"""
TABLES = {
    "torchsummary": (TORCHSUMMARY, "torchsummary", 6),
    "torchsummary with other thousands": (re.sub(r"(?<=\d),(?=\d)", ".", TORCHSUMMARY), "torchsummary", 6),
    "torchinfo in ASCII": (ASCII, "torchinfo", 4),
    "torchinfo": (TORCHINFO, "torchinfo", 8),
    "torchinfo, folded, other columns": (FOLDED, "torchinfo", 2),
    "torchinfo, without an input": (NO_SHAPES, "torchinfo", 4),
    "Keras 2": (KERAS_2, "Keras", 8),
    "Keras 2, connected": (CONNECTED, "Keras", 7),
    "Keras 3": (KERAS_3, "Keras", 6),
}
FIELD = """----------------------
 Layer (type)   Output Shape   Param #
======================
 Conv2d-1   [-1, 10, 24, 24]   260
"""


def test_a_table_is_no_network_and_says_what_it_is(convcalc, tmp_path):
    path = tmp_path / "t.txt"
    path.write_text(FIELD)
    code, out, errors = convcalc("summary", path)
    assert (code, out) == (3, "")
    assert errors.startswith("error[P020]: this is a table printed by torchsummary, not a network\n")
    assert f"{path}:2:2" in errors
    assert f"convcalc compare {path} SPEC compares it with a network; print(model) gives the network itself" in errors


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_told_from_a_network(name):
    text, tool, _ = TABLES[name]
    with pytest.raises(Problem, match=f"this is a table printed by {tool}, not a network"):
        summarise(Source("t.txt", text))


@pytest.fixture
def files(tmp_path):
    """A table and the spec in files of their own."""

    def write(table, spec=SPEC):
        (tmp_path / "t.txt").write_text(table)
        (tmp_path / "net.yaml").write_text(spec)
        return tmp_path / "t.txt", tmp_path / "net.yaml"

    return write


def compared(convcalc, *networks):
    code, out, _ = convcalc("compare", *networks, "--json")
    found = json.loads(out)
    jsonschema.validate(found, SCHEMAS["compare"])
    assert code == 0
    (difference,) = found["differences"]
    return found, difference


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_a_network_agrees_with_it(convcalc, files, name):
    text, _, rows = TABLES[name]
    found, difference = compared(convcalc, *files(text))
    assert (difference["same"], difference["changes"]) == (rows, [])
    assert found["ratios"]["parameters"] == [1, 1]
    _, turned = compared(convcalc, *reversed(files(text)))
    assert (turned["same"], turned["changes"]) == (rows, [])


def test_what_torchinfo_counts_is_compared_as_it_rounds_it(convcalc, files):
    found, _ = compared(convcalc, *files(TORCHINFO))
    assert [each["totals"]["rounded_mult_adds"] for each in found["networks"]] == [9_880_000, 9_880_000]


# What is changed in the spec, and the rows and layers that differ then.
CHANGED = [
    ("c2: conv 64 k3", "c2: conv 64 k3 p1", ["c2", "p2", "fc"]),
    ("c2: conv 64 k3", "c2: conv 64 k3 bias=no", ["c2"]),
    ("fc: linear 10", "fc: linear 12", ["fc"]),
    ("  - bn: batchnorm\n", "", [None]),
    ("  - p1: maxpool 2\n", "  - p1: maxpool 2\n  - more: conv 32 k1\n", ["more"]),
]


@pytest.mark.parametrize(
    ("old", "new", "differing"), CHANGED, ids=[new.strip() or "no batchnorm" for _, new, _ in CHANGED]
)
def test_the_rows_that_differ_are_named_with_their_layers(convcalc, files, old, new, differing):
    assert old in SPEC
    _, difference = compared(convcalc, *files(TORCHSUMMARY, SPEC.replace(old, new)))
    named = [change["other"] and change["other"]["name"] for change in difference["changes"]]
    if old.startswith("c2") and "p1" in new:  # the shapes behind it are others too
        assert [name for name in named if name not in ("bn",)] == differing
    else:
        assert named == differing


def test_a_row_that_differs_shows_both_numbers(convcalc, files):
    code, out, _ = convcalc("compare", *files(KERAS_2, SPEC.replace("linear 10", "linear 12")))
    assert code == 0
    assert "dense: linear, 10, 16,010 parameters" in out
    assert "fc: linear 12, 12, 19,212 parameters" in out
    assert "7 layers the same, 1 differs" in out


def test_a_printed_model_is_compared_with_a_table(convcalc, files):
    model = """Net(
  (c1): Conv2d(1, 32, kernel_size=(3, 3), stride=(1, 1))
  (c2): Conv2d(32, 64, kernel_size=(3, 3), stride=(1, 1))
  (bn): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (fc): Linear(in_features=1600, out_features=10, bias=True)
)
"""
    for table in (TORCHINFO, TORCHSUMMARY, NO_SHAPES):
        _, difference = compared(convcalc, *files(table, model))
        assert (difference["same"], difference["changes"]) == (4, [])


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "html"])
def test_every_format_compares_a_table(convcalc, files, form):
    code, out, _ = convcalc("compare", *files(TORCHINFO), "--format", form)
    assert code == 0
    assert "34" in out


# Less than a table, and hostile ones


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FIELD.replace("260", "many"), "no row of this table can be read as Keras prints it"),
        (FIELD + FIELD, "there are several tables"),
        (TORCHINFO.partition("Net  ")[0], "no row of this table can be read as torchinfo prints it"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused_at_its_place(text, message):
    with pytest.raises(Problem, match=message) as error:
        read_table(Source("t.txt", text))
    assert error.value.diagnostics[0].mark


@pytest.mark.parametrize("name", TABLES)
def test_a_table_cut_anywhere_is_refused_or_read(name):
    text, _, _ = TABLES[name]
    header = text.index("Param #") + len("Param #")
    for place in range(header, len(text), 7):
        try:
            table = read_table(Source("t.txt", text[:place]))
        except Problem as error:
            assert error.diagnostics[0].mark
            continue
        assert all(row.parameters is None or row.parameters >= 0 for row in table.rows)


HEAD = "Layer (type)   Output Shape   Param #\n"
HOSTILE = {
    "a million rows": HEAD + " Conv2d-1   [-1, 10, 24, 24]   260\n" * 1_000_000,
    "a million rows of Keras": HEAD + " conv2d (Conv2D)   (None, 26, 26, 32)   320\n" * 1_000_000,
    "one long row": HEAD + " Conv2d-1   [" + "1, " * 400_000 + "]   260\n",
    "brackets": HEAD + "(" * 1_000_000,
    "a long header": "Layer (type " * 100_000 + "Param #\n",
    "headers": HEAD * 100_000,
    "digits": HEAD + f" Conv2d-1   [-1, {'9' * 500}]   {'9' * 400}\n",
    "names that go on": HEAD + " a (B   (None, 1, 2)   3\n" + " c\n" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_table_is_refused_in_few_steps(name, calls):
    def read():
        with pytest.raises(Problem):
            summarise(Source("t.txt", HOSTILE[name]))

    assert calls(read) < 2_000_000
