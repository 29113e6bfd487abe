"""Networks as values: what `convcalc.load` gives, what is asked of them, and what is wrong told as a Problem."""

import copy
import pickle
import sys
from fractions import Fraction
from pathlib import Path
from threading import Thread

import pytest

import convcalc

SHARED = "let: {w: 8}\ninput: 3x8x8\nlayers: [conv w k3]"


def test_a_network_says_what_it_is():
    assert repr(convcalc.load("vgg16")) == ("<VGG-16: 3×224×224 → 1000, 138,357,544 parameters, 15,470,264,320 MACs>")
    network = convcalc.load("3x32x32 -> conv 10 k5 p2")
    assert network.output == (10, 32, 32) and network.totals.parameters == network.parameters == 760


FORMS = {
    "a name": ("lenet5", {}),
    "a line": ("1x32x32 -> conv 6 k5", {}),
    "a text": ("", {"text": "input: 1x32x32\nlayers: [conv 6 k5]"}),
    "a dict": ({"input": [1, 32, 32], "layers": [{"conv": {"filters": 6, "kernel": (5, 5)}}]}, {}),
    "a dict with an input of another size": ({"input": "1x8x8", "layers": ["conv 6 k5"]}, {"input": (1, 32, 32)}),
    "what it was written as": ("", {"text": convcalc.load("1x32x32 -> conv 6 k5").to_yaml()}),
    "a program": (
        "",
        {
            "text": "import torch.nn as nn\nnet = nn.Sequential(nn.Conv2d(1, 6, 5))\n",
            "input": "1x32x32",
        },
    ),
}


@pytest.mark.parametrize(("source", "more"), FORMS.values(), ids=FORMS)
def test_a_network_is_loaded_from(source, more):
    first = convcalc.load(source, **more).layers[0]
    assert (first.parameters, first.output) == (156, (6, 28, 28))


def test_a_file_is_loaded_by_its_path_and_a_network_of_a_program_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text("input: 1x32x32\nlayers: [conv 6 k5]")
    Path("net.py").write_text(
        "import torch.nn as nn\nclass A(nn.Module):\n    def __init__(self, n=6):\n        super().__init__()\n"
        "        self.conv = nn.Conv2d(1, n, 5)\n    def forward(self, x):\n        return self.conv(x)\n"
        "class B(A):\n    pass\n"
    )
    assert convcalc.load("net.yaml") == convcalc.load(tmp_path / "net.yaml")
    assert convcalc.load("net.py:A", input="1x32x32").parameters == 156
    assert convcalc.load("net.py:A", input="1x32x32", args={"n": 12}).parameters == 312


def test_inputs_and_names_have_other_values():
    assert convcalc.load("vgg16", input="3x64x64").inputs == {"input": (3, 64, 64)}
    halved, usual = (convcalc.load(text=SHARED, **sets) for sets in ({"w": 4}, {}))
    assert halved.output == (4, 6, 6) and usual.output == (8, 6, 6)
    assert halved == usual.at(w=4) == convcalc.load(text=SHARED, let={"w": 4}) and usual != halved
    assert convcalc.load("vgg16", bn=True).parameters > convcalc.load("vgg16").parameters


def test_the_sides_of_the_input_may_be_given_by_their_letters():
    vgg = convcalc.load("vgg16")
    assert (
        convcalc.load("vgg16", H=64, bn=True) == vgg.at(H=64, bn=True)
        and vgg.at(H=64).input == (3, 64, 224)
        and vgg.at(H=64, W=96).at(W=32).input == (3, 64, 32)
    )
    assert vgg.at(input=(3, 64, 96)) == vgg.at(H=64, W=96) == vgg.symbolic().at(W=96).at(H=64)
    assert vgg.symbolic().at(W=96).symbols == ("H",) and vgg.at(H=64).symbols == ()
    assert convcalc.load("3xHxW -> conv 8 k3").at(H=32, W=16).output == (8, 30, 14)
    assert vgg.at(H=64).at(input="3x32x32") == vgg.at(input="3x32x32")
    assert vgg.at(H=64).symbolic() == vgg.symbolic() != vgg.symbolic().at(H=64)
    lettered = convcalc.load("3xHxW -> conv 8 k3")
    assert lettered.at(H=32).symbolic() == lettered and lettered.at(H=32, W=8).at(H=16).input == (3, 16, 8)


def test_layers_are_found_by_name_place_and_slice():
    layers = convcalc.load("lenet5").layers
    assert layers["C3"] == layers[3] == layers[-9] and layers["C3"].index == 3
    assert [layer.name for layer in layers[3:5]] == ["C3", "tanh2"] and layers[3:5].names == ("C3", "tanh2")
    assert list(layers) == [layers[place] for place in range(len(layers))]
    assert layers["C3"] in layers and layers["C3"] not in layers[:3] and "C3" not in layers[:3]
    with pytest.raises(convcalc.Problem, match='did you mean "C3"'):
        layers["C33"]
    with pytest.raises(convcalc.Problem, match=r'layers.block\("layer1"\)'):
        convcalc.load("resnet18").layers["layer1"]
    with pytest.raises(IndexError, match="12 layers, none at 12"):
        layers[12]


def test_names_may_be_given_in_one_text_or_one_by_one():
    network = convcalc.load("3x31x31 -> conv 8 k3 -> maxpool 2")
    assert network.lint(select="dropped-input") == network.lint(select=["dropped-input"]) == network.lint() != ()
    assert convcalc.load("Cx8x8 -> conv K k3", symbols="C, K") == convcalc.load(
        "Cx8x8 -> conv K k3", symbols=["C", "K"]
    )
    assert network.explain(quantities="params, macs") == network.explain(quantities=["params", "macs"])
    assert network.draw("memory", budget="2KiB") == network.draw("memory", budget=2048)


def test_other_networks_to_compare_with_are_all_that_load_takes():
    network = convcalc.load("3x8x8 -> conv 8 k3")
    other = {"input": "3x8x8", "layers": ["conv 8 k3"]}
    assert network.compare(other) == network.compare(convcalc.load(other)) == network.compare("3x8x8 -> conv 8 k3")
    with pytest.raises(TypeError):
        network.compare(3)


def test_a_cure_on_the_command_line_stays_one():
    with pytest.raises(convcalc.Problem, match=r"convcalc lint --rules lists them"):
        convcalc.load("lenet5").lint(select="x")


def test_many_layers_are_compared_and_looked_up_at_once(calls):
    network, other = (convcalc.load("3x8x8 -> [conv 8 k3 p1]*2000") for _ in range(2))
    assert network == other and calls(lambda: "conv777" in network.layers) < 20
    assert calls(lambda: network == other) < 40 * 2000


def test_a_block_is_a_run_of_layers():
    block = convcalc.load("resnet18").layers.block("layer1.0")
    assert block.names[0] == "layer1.0.conv1" and len(block) == 7
    assert sum(layer.parameters for layer in block) == 73_984


def test_of_several_inputs_each_has_a_field():
    network = convcalc.load(
        text="input: {a: 3x8x8, b: 3x8x8}\nlayers:\n  - conv: {filters: 3, kernel: 3, padding: 1, from: a, name: c}\n  - add: {from: [c, b]}"
    )
    assert network.layers[-1].sources == ("c", "b") and network.layers[-1].inputs == ((3, 8, 8), (3, 8, 8))
    assert {name: field.size for name, field in network.layers[-1].receptive_fields.items()} == {
        "a": (3, 3),
        "b": (1, 1),
    }


WRONG = {
    "a name that is none": (lambda: convcalc.load("vgg61"), "Y030", "vgg16"),
    "a kernel that does not fit": (lambda: convcalc.load("3x4x4 -> conv 8 k7"), "C001", "7"),
    "a kind that is none": (lambda: convcalc.load("3x4x4 -> cnov 8"), "K001", "conv"),
    "two networks": (lambda: convcalc.load("vgg16", text="x"), "U007", "one network"),
    "no network": (lambda: convcalc.load(), "U007", "vgg16"),
    "standard input": (lambda: convcalc.load("-"), "U007", "text="),
    "a text as a name": (lambda: convcalc.load("input: 3\nlayers: []"), "U007", "text="),
    "a keyword that is no name": (lambda: convcalc.load("resnet50", widht=32), "U004", 'did you mean "width"'),
    "a name without a value": (lambda: convcalc.load("3x4x4 -> conv f k3"), "N", "f"),
    "a convention that is none": (lambda: convcalc.load("vgg16", convention="tf"), "U010", "pytorch"),
    "a dict that is no YAML": (lambda: convcalc.load({"input": {1, 2}}), "U007", "set"),
    "a layer without a shape": (lambda: convcalc.layer("conv 3 k3"), "U007", "3x32x32"),
    "several layers as one": (lambda: convcalc.layer("conv 3 k3 -> relu", "3x8x8"), "U007", "load("),
    "a picture that is none": (lambda: convcalc.load("lenet5").draw("bar"), "U010", "bars"),
    "an option that a picture has not": (lambda: convcalc.load("lenet5").draw("bars", steps=True), "U010", "no say"),
    "an option that no picture has": (lambda: convcalc.load("lenet5").draw("bars", size=3), "U010", "depth"),
    "a direction that is none": (lambda: convcalc.load("lenet5").draw("graph", direction="up"), "U010", "down"),
    "a scale that is none": (lambda: convcalc.load("lenet5").draw(scale="cubic"), "U010", "sqrt"),
    "a depth that is no number": (lambda: convcalc.load("lenet5").draw(depth="a"), "U002", "depth=1"),
    "a budget that is no number": (lambda: convcalc.load("lenet5").draw("memory", budget="much"), "U002", "budget"),
    "a theme that is none": (lambda: convcalc.load("lenet5").draw("bars", theme="drak"), "U010", "dark"),
    "a format that is none": (lambda: convcalc.load("lenet5").draw("graph", "dot"), "U010", "pdf"),
    "a language that is none": (lambda: convcalc.load("lenet5").convert("jax"), "U010", "keras"),
    "a language that cannot say it": (lambda: convcalc.load("resnet18").convert("chain"), "T001", "yaml"),
    "a quantity that is none": (lambda: convcalc.load("lenet5").explain(quantities="parms"), "U001", "params"),
    "a layer that is none": (lambda: convcalc.load("lenet5").explain("C33"), "U001", "C3"),
    "a rule that is none": (lambda: convcalc.load("lenet5").lint(select=["x"]), "U011", "rule"),
    "nothing to compare with": (lambda: convcalc.load("lenet5").compare(), "U007", "compare("),
    "an engine that is none": (lambda: convcalc.load("lenet5").to_frame("excel"), "U010", "polars"),
    "a letter that is none": (lambda: convcalc.load("3xHxW -> relu").output[1].at(Q=3), "U004", "H"),
    "a letter that is no size": (lambda: convcalc.load("3xHxW -> relu").output[1].at(H=0), "U006", "H=32"),
}  # fmt: skip


@pytest.mark.parametrize(("work", "code", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_a_problem(work, code, said):
    with pytest.raises(convcalc.Problem) as error:
        work()
    first = error.value.diagnostics[0]
    assert first.code.startswith(code) and said in f"{first.message} {first.hint}"
    assert first.message in str(error.value) and first.code in str(error.value)
    assert "--" not in f"{first.message} {first.hint}" or "convcalc " in first.hint  # it would be for a command line
    again = pickle.loads(pickle.dumps(error.value))
    assert (again.diagnostics, str(again)) == (error.value.diagnostics, str(error.value))


def test_a_problem_has_its_place():
    with pytest.raises(convcalc.Problem) as error:
        convcalc.load(text="input: 3x4x4\nlayers:\n  - conv 8 k7\n  - cnov 8")
    places = [(each.file, each.line, each.column) for each in error.value.diagnostics]
    assert places == [("<text>", 4, 5), ("<text>", 3, 5)]
    assert "--> <text>:4:5" in str(error.value) and "2 errors" in str(error.value)


PRINTED = """Net(
  (a): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))
  (b): Block(
    (c): Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1))
  )
)"""


def test_what_the_source_does_not_tell_is_a_problem_and_no_number():
    network = convcalc.load(text=PRINTED)
    assert network.parameters == 224 + 584 and network.layers[0].parameters == 224
    assert network.counts["macs"] is network.layers[0].counts["macs"] is None and "unknown MACs" in repr(network)
    for ask in ("macs", "output", "input"):
        for value in (network, network.layers[0]):
            with pytest.raises(convcalc.Problem, match="in_order=True"):
                getattr(value, ask)
    assert network.to_frame()["parameters"].sum() == 808 and "808" in network._repr_html_()
    assert pickle.loads(pickle.dumps(network)) == network


def test_warnings_are_values():
    (condition, *_) = convcalc.load("vgg16").symbolic().warnings
    assert (condition.severity, "H" in condition.message) == ("condition", True)
    assert convcalc.load("lenet5").warnings == ()


VALUES = {
    "a network": lambda: convcalc.load("resnet50", width=32),
    "one with letters": lambda: convcalc.load("vgg16").symbolic(),
    "layers": lambda: convcalc.load("lenet5").layers[2:5],
    "a layer": lambda: convcalc.layer("conv 10 k5 p2", "3x32x32"),
    "a layer of two inputs": lambda: convcalc.layer("concat", "64x28x28", "32x28x28"),
    "settings": lambda: convcalc.layer("conv 10 k5 p2", "3x32x32").settings,
    "a field": lambda: convcalc.load("vgg16").receptive_field,
    "totals": lambda: convcalc.load("vgg16").totals,
    "a number with letters": lambda: convcalc.load("vgg16").symbolic().macs,
    "a comparison": lambda: convcalc.load("vgg16").compare("vgg19"),
    "an explanation": lambda: convcalc.load("lenet5").explain("C3"),
    "a drawing": lambda: convcalc.load("lenet5").draw(),
    "a program": lambda: convcalc.load("lenet5").to_pytorch(),
    "a binary file": lambda: convcalc.load("lenet5").convert("onnx"),
    "findings": lambda: convcalc.load("3x31x31 -> conv 8 k3 -> maxpool 2").lint(),
    "a problem": lambda: convcalc.load("3xHxW -> conv 8 k3").warnings[0],
    "marks": lambda: convcalc.check("lenet5", {"student": "Ada", "C1": {"parameters": 150}}),
    "solutions": lambda: convcalc.solve("3x224x224", "conv 64 k7 s2 p?", "64x112x112"),
}


@pytest.mark.parametrize("make", VALUES.values(), ids=VALUES)
def test_a_value_is_copied_pickled_hashed_and_not_changed(make):
    value = make()
    for other in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value), make()):
        assert other == value and hash(other) == hash(value) and type(other) is type(value)
    for name in ("name", "parameters", "anything"):
        with pytest.raises(AttributeError):
            setattr(value, name, 1)
    text = repr(value)
    assert " object at 0x" not in text and "Poly" not in text and text


def test_a_network_whose_file_has_changed_is_not_another_one_in_silence(tmp_path):
    file = tmp_path / "net.py"
    file.write_text("import torch.nn as nn\nfrom sizes import n\nnet = nn.Conv2d(3, n, 3)\n")
    (tmp_path / "sizes.py").write_text("n = 8\n")
    stored = pickle.dumps(convcalc.load(file, input="3x8x8"))
    (tmp_path / "sizes.py").write_text("n = 9\n")
    with pytest.raises(convcalc.Problem, match="another network"):
        pickle.loads(stored)


def test_numbers_with_letters_are_numbers():
    height, width = convcalc.load("3xHxW -> conv 8 k3 p1 -> maxpool 2").output[1:]
    assert (str(height), height.at(H=33), height == width, height == height.at(H=height.at(H=66) * 0 + 7)) == (
        "⌊H/2⌋", 16, False, False,
    )  # fmt: skip
    assert height.write("python") == "H//2" and height._repr_latex_().startswith("$")
    assert 2 * height + 1 > height and not height > 2 * height and height >= height
    with pytest.raises(TypeError, match="which of ⌊H/2⌋ and ⌊W/2⌋ is larger"):
        assert height < width
    with pytest.raises(TypeError):
        height + "1"
    size = convcalc.load("3xHxW -> relu").input[1]
    assert size / 2 == size * Fraction(1, 2) == size * 0.5 and (size * 4) // 2 == 2 * size and size - size == 0
    assert (size**2).at(H=5) == 25 and -size + size == 0 and 1 - size == -(size - 1)
    assert f"{1000000 * size:,}" == "1,000,000·H" and size.at(H=3).__class__ is int


def test_work_with_letters_is_bounded():
    height, width = convcalc.load("3xHxW -> relu").output[1:]
    with pytest.raises(convcalc.Problem, match="too involved"):
        (height + width + 1) ** 5000


def test_a_dict_that_holds_itself_is_a_problem():
    content = {"input": "3x8x8"}
    content["layers"] = [content]
    with pytest.raises(convcalc.Problem, match="as YAML or JSON would have it"):
        convcalc.load(content)


def test_nothing_is_printed(capfd):
    network = convcalc.load("3x224x224 -> conv 64 k7 s2 -> flatten -> linear 10")
    for work in (network.lint, network.to_yaml, network.to_keras, network.to_json, network.symbolic, network.draw):
        work()
    with pytest.raises(convcalc.Problem):
        convcalc.load("vgg61")
    assert capfd.readouterr() == ("", "")


def test_threads_work_side_by_side():
    names = ["vgg16", "resnet18", "alexnet", "lenet5"] * 3
    found = {}

    def work(place, name):
        network = convcalc.load(name).symbolic()
        found[place] = network.at(**dict.fromkeys(network.symbols, 224)).macs

    threads = [Thread(target=work, args=pair) for pair in enumerate(names)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(names) and all(found[place] == found[place % 4] for place in found)


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_a_frame_has_a_row_for_each_layer(engine, monkeypatch):
    if engine == "polars":
        pytest.importorskip("polars")
    network = convcalc.load("lenet5")
    frame = network.to_frame(engine)
    assert len(frame) == 12 and int(frame["macs"].sum()) == network.macs
    assert str(frame["output_h"].dtype) == "Int64" and str(frame["macs"].dtype).lower() == "int64"
    assert str(next(iter(network.symbolic().to_frame(engine)["output_h"]))) == "H − 4"
    monkeypatch.setitem(sys.modules, engine, None)
    with pytest.raises(convcalc.Problem, match=f"pip install {engine}"):
        network.to_frame(engine)


def test_what_is_written_saves_itself(tmp_path):
    network = convcalc.load("lenet5")
    network.draw().save(tmp_path / "net.svg")
    network.draw("bars").save(tmp_path / "net.pdf")
    network.to_pytorch().save(tmp_path / "net.py")
    network.convert("onnx").save(tmp_path / "net.onnx")
    assert (tmp_path / "net.svg").read_text("utf-8").startswith("<svg")
    assert (tmp_path / "net.pdf").read_bytes().startswith(b"%PDF")
    for name in ("net.py", "net.onnx"):
        assert convcalc.load(tmp_path / name, input="1x32x32").parameters == 61_706
    with pytest.raises(convcalc.Problem, match="cannot be written"):
        network.draw().save(tmp_path / "none" / "net.svg")
    with pytest.raises(convcalc.Problem, match='there is no format "doc"'):
        network.draw().save(tmp_path / "net.doc")


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "net.yaml"
    path.write_text("what was there")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(convcalc.Problem, match="No space left on device"):
        convcalc.load("lenet5").to_yaml().save(path)
    assert [each.name for each in tmp_path.iterdir()] == ["net.yaml"]
    assert path.read_text() == "what was there"


def test_what_is_lost_in_another_language_is_beside_it():
    network = convcalc.load("8x8x8 -> conv 8 k3 -> relu", convention="keras", layout="channels_last")
    (remark,) = network.convert("chain").remarks
    assert remark == 'read the line with convention="keras" layout="channels_last"'


@pytest.mark.parametrize("name", ["a\"'-->", "\"'→", "it's \" -> b", "<i>\"'>]]>--></i>"])
def test_an_arrow_in_a_name_makes_no_line_of_a_spec(name):
    network = convcalc.load({"name": name, "about": name, "input": "3x9x9", "layers": ["relu"]})
    again = convcalc.load(text=network.to_yaml())
    assert again == network and again.about == name
