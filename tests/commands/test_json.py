"""Every command has --json, and whatever it writes then is valid by the schema that it names; errors too."""

import json
from pathlib import Path

import click
import jsonschema
import pytest

from convcalc.commands import COMMANDS, cli
from convcalc.render.reference.schemas import SCHEMAS

KEY = """
assignment: Homework 3
spec: lenet5
questions:
  - {ask: C1.output}
  - {ask: C3.parameters, points: 2}
  - {ask: conv.output, form: symbolic}
  - {name: A1, apply: conv 1 k2, input: "1 2 3; 4 5 6; 7 8 9", weights: "1 0; 0 1"}
"""
FILES = {
    "net.yaml": "input: 3x32x32\nlayers: [conv 8 k3 p1, relu, maxpool 2, flatten, linear 10]\n",
    "bad.yaml": "input: 3x8x8\nlayers:\n  - conv 8 k3\n  - conv 4 k9\n",
    "torn.yaml": "input: 3x8x8\nlayers: [conv 8 k3\n",
    "two.yaml": "input: {left: 3x8x8, right: 3x8x8}\nlayers:\n  - add: {from: [left, right]}\n  - conv 8 k3\n",
    "key.yaml": KEY,
    "ada.yaml": "student: Ada\nanswers: {C1: {output: 6x28x28}, C3: {parameters: 2400}}\n",
    "bob.yaml": "student: Bob\nanswers: {C1: {output: 6x32x32}}\n",
}
LINE = "3xHxH -> conv C k3 s2 -> batchnorm -> relu"

# What is typed behind a command and before --json.
RIGHT = {
    "summary": [
        "lenet5", "vgg16 --depth 1", "lenet5 alexnet", "lenet5 bad.yaml", "two.yaml", "lenet5 --count all",
        "lenet5 --memory all --batch 8", "lenet5 --max-parameters 60k", "resnet18 --without all", "unet --lint",
        ["-e", LINE, "--symbol", "C"], "squeezenet --notation latex", "bert_base", "c3d --dtype float16",
        "net.yaml --convention keras", "lenet5 vgg16 --totals", "lenet5 bad.yaml two.yaml --totals", ".", "'n*.yaml'",
        "--totals 'n*.yaml' -e '3xHxH -> conv 8 k3'",
    ],
    "layer": [
        "conv 10 k5 p2 3x32x32", "maxpool 2 3x33x33", "tconv 8 k4 s2 p1 3x8x8", "linear 10 784", "concat 64x28x28 32x28x28",
        "conv C k3 3xHxW", "conv 10 k5 p2 3x32x32 --notation cs231n", "conv 10 k5 3x32x32 --work result",
        "batchnorm 8x4x4 -q all", "lstm 128 10x64", "conv 10 k3 s2 3x32x33 -q output", "conv 10 k3 3x8x8 --batch 4 --dtype int4",
    ],
    "explain": [
        "lenet5", "lenet5 C3 total", "resnet18", "vgg16 --quantity parameters --work substituted", "two.yaml",
        "unet -q receptive_field", ["-e", LINE, "--symbol", "C"], "inception_v3", "bert_base -q parameters total",
        "c3d --notation dumoulin",
    ],
    "solve": [
        "3x224x224 'conv 64 k7 s2 p?' 64x112x112", "'conv k=K d=D p?'", "resnet50 --output 7x7", "alexnet --smallest",
        "3x32x32 'conv ? k5 p2' --parameters 760", "3x7x7 'conv 4 k? s2' 4x9x9",
    ],
    "sweep": [
        "resnet --over depth=18,34,50", "lenet5 --over H=16..64:16 --pareto 'max receptive_field, min macs'",
        "lenet5 --over H=16..64:4 --where 'macs <= 10'", "mobilenet_v2 --over width=0.5,1 --commands --limit 1",
        "lenet5 --over H=4..40:4 --keep-invalid", "lenet5 --over H=16..64:4 --sample 3 --sort macs",
    ],
    "apply": [
        "'conv 1 k2' '1 2 3; 4 5 6; 7 8 9' --weights '10 20; 30 40'", "'maxpool 2' random:4x4 --at 0,1",
        "'conv 1 k3 p1 -> relu -> maxpool 2' random:4x4 --weights sobel-x", "add '1 2; 3 4' '5 6; 7 8'",
        "'avgpool 2' 1..9:3x3 --work result", "'conv 1 k2' 1..9:3x3 --weights ones:2x2 --flip",
    ],
    "draw": [
        "lenet5", "vgg16 --as graph", "resnet50 --as graph --depth 1", "lenet5 --as field --layers C1,C3",
        "lenet5 --as arithmetic --layers C3", "'conv 1 k3 s2 p1' 1x5x5", "lenet5 --as bars",
        "resnet18 --as bars --quantities macs,memory --batch 2", "lenet5 --as memory --training --budget 1MB",
        "lenet5 alexnet vgg16", "unet", "two.yaml --as graph", "'tconv 1 k3 s2' 1x4x4", "lenet5 vgg11 --as volumes",
        "densenet121 --as field",
    ],
    "compare": ["lenet5 alexnet", "vgg16 resnet50 mobilenet_v2 --against 2", ["-e", "Cx8x8 -> conv C k3", "-e", "4x8x8 -> conv 4 k3"]],
    "lint": ["lenet5", "net.yaml bad.yaml --notes", "unet --select checkerboard", "."],
    "check": [
        "key.yaml ada.yaml", "key.yaml ada.yaml bob.yaml --reveal", "lenet5 ada.yaml --hints full",
        "key.yaml ada.yaml bob.yaml --class-report", "key.yaml torn.yaml", "key.yaml nothing.yaml",
    ],
    "quiz": [
        "lenet5", "lenet5 --solutions --level 2", "key.yaml --solutions", "--topic arrays --solutions", "--topic sizes --seed 7",
        "--topic everything --level 3 --student Ada", "--topic macs --choices 4 --solutions", "resnet18 --questions 4 --language de",
    ],
    "convert": [f"lenet5 --to {name}" for name in ("yaml", "chain", "pytorch", "keras", "onnx", "mermaid", "dot")]
    + ["resnet18 --to mermaid --depth 1", "net.yaml --to pytorch --input 3x64x64"],
    "specs": ["", "resnet", "--max-parameters 1M --sort macs", "--show lenet5", "segmentation --min-macs 1G", "bert --names"],
    "kinds": ["", "conv", "maxpool", "attention", "nn.Conv2d", "lstm"],
    "formulas": ["", "conv", "macs", "conv.macs", "receptive_field", "attention.parameters"],
    "schema": sorted(SCHEMAS),
    "help": ["", "answers", "keys", "layer", "quantities", "summary", "c001"],
    "init": ["new.yaml", "--from lenet5 copy.yaml", "answers key.yaml answers.yaml", "assignment lenet5 new_key.yaml"],
    "completion": ["bash", "zsh", "fish"], "man": ["", "check"],
    "watch": ["net.yaml --times 1", "net.yaml --times 1 --max-parameters 5", "two.yaml --times 1 --batch 2"],
}  # fmt: skip

# What ends with an error object instead.
WRONG = {
    "summary": ["nothing", "bad.yaml", "torn.yaml", "", "lenet5 --columns layer", "lenet5 --nonsense", "lenet5 --set x=1", "lenet5 --batch 0", "nothing/*.yaml", "lenet5 --totals --depth 1", "bad.yaml --totals"],
    "layer": ["", "conv 10 k5", "conv 10 k9 3x4x4", "nothing 3x4x4", "conv 10 k5 3x9x9 --ascii", "conv 1 k3 1x5x5 --work blank"],
    "explain": ["", "nothing", "lenet5 C9", "bad.yaml", "torn.yaml", "lenet5 -q nothing"],
    "solve": ["", "3x32x32", "nothing", "resnet50 --output 7x", "lenet5 --parameters x"],
    "sweep": ["", "lenet5", "lenet5 --over H=9..1", "nothing --over H=1", "lenet5 --over x=1", "bad.yaml --over H=8"],
    "apply": ["", "conv", "'conv 1 k3' 1..4:2x2", "'conv 1 k2' 1..9:3x3 --work blank", "'conv 1 k2' 'a b'"],
    "draw": ["", "nothing", "bad.yaml", "lenet5 --as arithmetic --layers F6", "lenet5 --width 3", "lenet5 --width 86mm", "lenet5 --steps"],
    "compare": ["", "lenet5", "lenet5 nothing", "lenet5 bad.yaml", "lenet5 vgg16 --against 3", "lenet5 vgg16 --format csv"],
    "lint": ["", "nothing", "bad.yaml", "nothing/*.yaml", "lenet5 --select nothing", "lenet5 --fix"],
    "check": ["", "nothing ada.yaml", "bad.yaml ada.yaml", "key.yaml --student Ada ada.yaml"],
    "quiz": ["", "nothing", "--topic nothing", "lenet5 --topic sizes", "key.yaml --level 2", "--topic sizes --student A --student B"],
    "convert": ["", "lenet5", "lenet5 --to nothing", "bad.yaml --to yaml", "lenet5 --to yaml --depth 1"],
    "specs": ["--show nothing", "--names --show lenet5", "--max-parameters x"],
    "kinds": ["nothing", "conv pool"], "formulas": ["nothing", "conv.nothing", "nothing.macs"],
    "schema": ["", "nothing"], "help": ["nothing", "answers keys", "C999"],
    "init": ["net.yaml", "answers", "net.txt", "a.yaml b.yaml", "--from nothing x.yaml"],
    "completion": ["", "nothing"], "man": ["nothing", "check -o folder"], "watch": ["", "nothing.yaml", "bad.yaml --times 1", "net.yaml --columns help"],
}  # fmt: skip
# What only JSON cannot be.
ONLY_JSON = {
    ("summary", "lenet5 --columns layer"), ("layer", "conv 10 k5 3x9x9 --ascii"), ("layer", "conv 1 k3 1x5x5 --work blank"),
    ("apply", "'conv 1 k2' 1..9:3x3 --work blank"), ("draw", "lenet5 --width 86mm"), ("lint", "lenet5 --fix"),
    ("compare", "lenet5 vgg16 --format csv"),
}  # fmt: skip


def cases(table):
    return [
        pytest.param(command, words, id=f"{command} {words if isinstance(words, str) else ' '.join(words)}")
        for command, rows in table.items()
        for words in rows
    ]


def split(words):
    from shlex import split as words_of

    return words_of(words) if isinstance(words, str) else words


@pytest.fixture
def files(tmp_path, monkeypatch):
    for name, text in FILES.items():
        Path(tmp_path, name).write_text(text)
    monkeypatch.chdir(tmp_path)


VALIDATORS = {name: jsonschema.Draft202012Validator(schema) for name, schema in SCHEMAS.items()}


def validate(found):
    """Against the schema that a document names."""
    if isinstance(found, list):
        VALIDATORS["summary"].validate(found)
        return
    if found.get("$schema"):
        jsonschema.Draft202012Validator.check_schema(found)
        return
    domain, name, version = found["schema"].split("/")
    assert (domain, version) == ("convcalc", "1")
    VALIDATORS[name].validate(found)


@pytest.mark.parametrize(("command", "words"), cases(RIGHT))
def test_what_a_command_writes_is_valid(convcalc, files, command, words):
    code, out, err = convcalc(command, *split(words), "--json")
    assert code in (0, 1, 3, 4), err
    found = json.loads(out)
    validate(found)
    assert isinstance(found, list) or "error" not in found


@pytest.mark.parametrize(("command", "words"), cases(WRONG))
def test_an_error_is_an_object_on_standard_output(convcalc, files, command, words):
    code, out, err = convcalc(command, *split(words), "--json")
    found = json.loads(out)
    validate(found)
    assert (found["schema"], err) == ("convcalc/error/1", "")
    told = found["error"]
    assert told["message"] and told["code"] and {"file", "line", "column", "hint", "layer"} <= told.keys()
    if (command, words) not in ONLY_JSON:
        in_words = convcalc(command, *split(words))
        assert (in_words[0], in_words[1]) == (code, "") or command in ("explain", "draw", "summary", "lint", "watch")
        assert in_words[0] == code


def test_no_command_is_without():
    assert RIGHT.keys() == WRONG.keys() == COMMANDS.keys()
    context = click.Context(cli)
    for name in COMMANDS:
        options = {option for param in cli.get_command(context, name).params for option in param.opts}
        assert {"--json", "--format"} <= options, name
        assert "-o" in options or name in ("watch", "init")  # whose text never ends, and which writes a file anyway


def test_every_schema_is_one_and_is_that_of_something():
    named = {*RIGHT, "class", "error", "totals"} - {"schema", "watch"}
    assert named == SCHEMAS.keys()
    for name, schema in SCHEMAS.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"convcalc/{name}/1" and "minor version" in schema["$comment"]


def test_the_place_of_an_error_is_that_in_its_file(convcalc, files):
    for command in (["summary", "bad.yaml"], ["lint", "bad.yaml"], ["explain", "bad.yaml"], ["draw", "bad.yaml"]):
        code, out, _ = convcalc(*command, "--json")
        told = json.loads(out)["error"]
        assert (code, told["file"], told["line"], told["column"], told["layer"]) == (3, "bad.yaml", 4, 5, "conv2")


def test_the_judge_sees_a_document_that_is_not_valid():
    with pytest.raises(jsonschema.ValidationError):
        validate({"schema": "convcalc/explain/1", "layers": []})
    with pytest.raises(jsonschema.ValidationError):
        validate({"schema": "convcalc/error/1", "error": {"code": "U001"}})
