"""Bad input gets a located error with a cure and exit code 3; nothing hangs, nothing leaves a traceback."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

from convcalc.network.load import graph_of, spec_of
from convcalc.problem import Problem, Source, lines
from convcalc.render.errors import diagnostics_text


def findings(text):
    """(code, line, column) of everything that is wrong with a spec, and the whole of it as text."""
    try:
        found = graph_of(spec_of(Source("net.yaml", text))).diagnostics
    except Problem as error:
        found = error.diagnostics
    return found


def spec(*layers, head="input: 3x28x28"):
    return head + "\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)


# name of the case, spec, [(code, line, column, a part of the message, a part of the cure)]
BAD = [
    ("a window that does not fit names the cures",
     spec("conv 8 k5", "maxpool 2", "conv 8 k5", "maxpool 2", "conv 8 k5"),
     [("C001", 7, 5, "kernel 5 does not fit: the padded input is only 4 wide", "kernel ≤ 4, or padding ≥ 1, or a network input ≥ 32 (it is 28)")]),
    ("input channels not divisible by groups", spec("conv 6 k5 g2"), [("C002", 3, 5, "3 input channels", "groups = 1 or 3")]),
    ("filters not divisible by groups", spec("conv 7 k5 g3"), [("C002", 3, 5, "7 filters cannot be divided into 3 groups", "groups")]),
    ("unknown kinds, all of them", spec("cnov 64 k3", "relu", "maxpol 2"),
     [("K001", 3, 5, 'unknown kind "cnov"', 'did you mean "conv"?'), ("K001", 5, 5, "maxpol", '"maxpool"')]),
    ("a letter too many, with which it has the letters of another kind", spec("rellu"),
     [("K001", 3, 5, 'unknown kind "rellu"', 'did you mean "relu"?')]),
    ("unknown key in a mapping", spec("conv: {filtres: 64, kernel: 3}"), [("K002", 3, 12, "filtres", '"filters"')]),
    ("unknown key in shorthand", spec("conv 64 k3 strid=2"), [("K002", 3, 5, "strid", '"stride"')]),
    ("an assignment", "assignment: Homework\nspec: lenet5\nquestions: [{ask: C1.output}]\n",
     [("L000", 3, 1, "this is an assignment, no network", "convcalc check KEY ANSWERS…")]),
    ("a file of answers", "student: Ada\nanswers: {C1.output: 6x28x28}\n",
     [("L000", 2, 1, "this is a file of answers, no network", "convcalc check KEY ANSWERS…")]),
    ("unknown top-level key", spec("relu", head="input: 3x4x4\nlayer: 3"), [("L003", 2, 1, '"layer"', '"layers"')]),
    ("unknown name in a value", spec("conv widht k3", head="input: 3x9x9\nlet: {width: 4}"), [("N001", 4, 5, "widht", '"width"')]),
    ("unknown layer in from", spec("stem: conv 4 k3", "conv: {filters: 4, kernel: 3, from: stm}"), [("N002", 4, 5, "stm", '"stem"')]),
    ("referring forward", spec("conv: {filters: 4, kernel: 3, from: later}", "later: relu"), [("N005", 3, 5, "further down", "move it up")]),
    ("a value of the wrong type", spec("conv: {filters: [1, 2], kernel: 3}"), [("V003", 3, 21, "takes one value", "")]),
    ("a negative value", spec("conv: {filters: 4, kernel: -3}"), [("V002", 3, 32, "at least 1, not -3", "")]),
    ("zero", spec("conv: {filters: 4, kernel: 0}"), [("V002", 3, 32, "at least 1, not 0", "")]),
    ("a decimal where a whole number belongs", spec("conv 4.5 k3"), [("V001", 3, 5, "a whole number", "")]),
    ("an absurd kernel", spec("conv: {filters: 4, kernel: 10000000000}"), [("C001", 3, 5, "10000000000 does not fit", "kernel ≤ 28")]),
    ("a number of 10,000 digits", spec(f"conv: {{filters: 4, kernel: {'9' * 10_000}}}"), [("V001", 3, 32, "10,000", "")]),
    ("a power that would fill the memory", spec("conv 9**9**9 k3"), [("V001", 3, 5, "too large", "")]),
    ("a caret for a power", spec("conv: {filters: 2^3, kernel: 3}"), [("V001", 3, 21, "a power is written **", "")]),
    ("code in a value", spec('conv: {filters: __import__("os"), kernel: 3}'), [("V001", 3, 21, "only numbers, names", "")]),
    ("a number glued to a word of Python's", spec("conv 4 k=5and"), [("V001", 3, 5, "not arithmetic", "")]),
    ("a colon in a number", spec("conv: {filters: '1:30', kernel: 3}"), [("V001", 3, 21, "colon", "")]),
    ("a kind of another rank", spec("conv2d 4 k3", "conv1d 4 k3"), [("C010", 4, 5, "conv1d needs", "")]),
    ("a convolution on a vector", spec("flatten", "conv 4 k3"), [("C010", 4, 5, "a vector of 2352", "")]),
    ("a linear layer on an unflattened map", spec("conv 4 k3", "linear 10"), [("C031", 4, 5, "4×26×26", "flatten")]),
    ("adding unequal shapes", spec("a: conv 8 k3", "b: conv 9 k1", "add: {from: [a, b]}"), [("C011", 5, 5, "cannot add 8×26×26 and 9×26×26", "")]),
    ("a shortcut that does not fit", spec("residual: [conv 4 k3 p1]"), [("C011", 3, 5, "4×28×28 and 3×28×28", "write: conv 3 k3 p1, in line 3")]),
    ("a block that contains itself", "input: 3x9x9\nblocks:\n  a: [b]\n  b: [relu, a]\nlayers: [a]\n", [("X002", 5, 10, "a → b → a", "")]),
    ("a repeat of 10^12", spec("repeat: {times: 1000000000000, layers: [relu]}"), [("X001", 3, 5, "1,000,000,000,000 layers", "50,000")]),
    ("a repeat of 10^12 in shorthand", spec("10**12 x relu"), [("X001", 3, 5, "1,000,000,000,000 layers", "50,000")]),
    ("names that multiply", spec("repeat: {times: 2000, name: " + "n" * 30_000 + ", layers: [relu]}"), [("X004", 3, 5, "60,000,000 letters", "shorter names")]),
    ("names of inputs that multiply", spec(f"relu: {{name: {'n' * 30_000}}}", f"repeat: {{times: 2000, layers: [{{add: {{from: [{'n' * 30_000}, input]}}}}]}}"), [("X004", 3, 5, "letters", "shorter names")]),
    ("nested repeats without end", spec('"' + "[" * 40 + "relu" + f"]*{10**90}" * 40 + '"'), [("X001", 3, 5, "about 10^3", "50,000")]),
    ("nested repeats", spec("repeat: {times: 1000000, layers: [repeat: {times: 1000000, layers: [relu]}]}"), [("X001", 3, 5, "1,000,000,000,000", "")]),
    ("a negative repeat", spec("repeat: {times: -1, layers: [relu]}"), [("V002", 3, 5, "not -1", "")]),
    ("duplicate keys", "input: 3x4x4\ninput: 3x5x5\nlayers: [relu]\n", [("Y010", 2, 1, "input", "")]),
    ("a name given twice", spec("a: relu", "a: tanh"), [("N004", 4, 8, "first on line 3", "another name")]),
    ("a key given twice", spec("conv 4 k3 k5"), [("L010", 3, 5, "kernel is given twice, 3 and 5", "")]),
    ("tabs", "input: 3x4x4\nlayers:\n\t- relu\n", [("Y002", 3, 1, "tab", "spaces")]),
    ("a merge key", "input: 3x4x4\nlet: {<<: {a: 1}}\nlayers: [relu]\n", [("Y011", 2, 7, "<<", "")]),
    ("two documents", "input: 3x4x4\nlayers: [relu]\n---\ninput: 3x4x4\n", [("Y018", 3, 1, "", "")]),
    ("a cyclic alias", "input: 3x4x4\nlayers: &a [relu, *a]\n", [("Y015", 2, 19, "", "")]),
    ("an empty file", "", [("Y019", 1, 1, "", "")]),
    ("only comments", "# nothing\n", [("Y019", 1, 1, "", "")]),
    ("no layers", "input: 3x4x4\n", [("L004", 1, 1, "`layers`", "layers:")]),
    ("no input", "layers: [relu]\n", [("L004", 1, 1, "`input`", "input:")]),
    ("empty layers", "input: 3x4x4\nlayers: []\n", [("L005", 2, 9, "empty", "")]),
    ("layers without dashes", "input: 3x4x4\nlayers:\n  conv: 3 k3\n", [("L009", 3, 3, "list", "")]),
    ("a shape as the whole file", "3x32x32\n", [("L000", 1, 1, "its input and its layers", "3x32x32 -> conv 64 k3")]),
    ("a list as the whole file", "- relu\n", [("L000", 1, 1, "mapping", "")]),
    ("an input of zero", "input: 0x4x4\nlayers: [relu]\n", [("V002", 1, 8, "at least 1", "")]),
    ("an input that is no shape", "input: 3xa!x4\nlayers: [relu]\n", [("V001", 1, 8, "a!", "224")]),
    ("missing keys, all of them", spec("conv 4", "maxpool", "linear"),
     [("V006", 3, 5, "kernel", "k3"), ("V006", 4, 5, "kernel", ""), ("V006", 5, 5, "units", "")]),
    ("a value for a layer that takes none", spec("relu 5"), [("L011", 3, 5, "takes no values", "")]),
    ("output padding as large as the stride", spec("tconv 4 k3 s2 op2"), [("C003", 3, 5, "output_padding 2", "output_padding ≤ 1")]),
    ("pooling padding above half the window", spec("maxpool 3 p2"), [("C006", 3, 5, "more than half", "padding ≤ 1")]),
    ("an output that a transposed convolution cannot have", spec("tconv 4 k4 s2 output=90x90"), [("C007", 3, 5, "90", "sizes from 58 to 59 are: output=59")]),
    ("a textbook division with a remainder", spec("conv 4 k3 s3", head="input: 3x7x7\nconvention: textbook"), [("C021", 4, 5, "not whole", "input = 6 or 9")]),
    ("`same` with a stride", spec("conv 4 k3 s2 p=same"), [("C020", 3, 5, "PyTorch refuses", "keras")]),
    ("an unclosed bracket in a chain", spec('"[conv 4 k3 -> relu"'), [("L022", 3, 5, "not closed", "")]),
    ("an arrow to nowhere", spec('"relu -> -> relu"'), [("L021", 3, 5, "nothing between two arrows", "")]),
    ("an unclosed call", spec("nn.Conv2d(3, 4, 3"), [("L023", 3, 5, "not closed", "")]),
    ("in_channels that are not there", spec("Conv2d: {in_channels: 4, out_channels: 4, kernel_size: 3}"), [("C012", 3, 5, "in_channels is 4, the input has 3", "")]),
    ("an unknown convention", spec("relu", head="input: 3x4x4\nconvention: pytroch"), [("L006", 2, 13, "pytroch", '"pytorch"')]),
    ("a parameter a block lacks", "input: 3x9x9\nblocks: {b: {params: {c: required}, layers: [conv c k3]}}\nlayers: [b, b d=1]\n",
     [("V006", 3, 10, "b needs c", ""), ("K002", 3, 13, '"d"', "")]),
    ("a block that is an expression", "{input: 3x4x4, blocks: {b: ceil(7/2)}, layers: [b]}", [("K001", 1, 28, '"ceil(7/2)"', "")]),
    ("a block that is no layer, in another", "{input: 3x4x4, blocks: {a: x, b: [relu, a]}, layers: [b]}", [("K001", 1, 28, '"x"', "")]),
    ("a block without anything", "input: 3x4x4\nblocks: {b: }\nlayers: [b]\n", [("L008", 2, 10, "no layers", "layers: [conv c k3]")]),
    ("a block of parameters only", "input: 3x4x4\nblocks: {b: {params: [c]}}\nlayers: [b c=1]\n", [("L008", 2, 10, "no layers", "")]),
    ("a kind of its own that cannot be read, and is used", "input: 3x4x4\nkinds: {mine: {keys: kernel k, size: n +}}\nlayers: [mine 3, mine: {kernel: 3}, a: mine 2, residual: [mine 3]]\n",
     [("V001", 2, 9, "mine.size: n +: this is not arithmetic", "for example")]),
    ("a network of no layers", spec('"[relu]*0"'), [("L005", 3, 5, "it has no layer", "at least once")]),
    ("a network of no layers, by a name", spec("n x relu", head="input: 3x4x4\nlet: {n: 0}"), [("L005", 4, 5, "it has no layer", "")]),
    ("a base of the folder above", "base: ../net.yaml\n", [("L024", 1, 7, "../net.yaml is not in the folder", "base: net.yaml")]),
    ("a base of the whole machine", "base: /etc/hosts\n", [("L024", 1, 7, "not in the folder", "")]),
    ("standard input as a base", "base: '-'\n", [("Y030", 1, 7, 'no "-" beside', "")]),
    ("a base that is not there", "base: lenet55\n", [("Y030", 1, 7, "lenet55", '"lenet5"')]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_is_located_and_cured(text, expected):
    found = findings(text)
    assert [(finding.code, finding.mark.line, finding.mark.column) for finding in found] == [
        row[:3] for row in expected
    ]
    for finding, (_, _, _, message, cure) in zip(found, expected, strict=True):
        assert message in finding.message
        assert cure in finding.hint


@pytest.mark.parametrize(
    "content", ["password: hunter2\ninput: 3\nlayers: [x]\n", "the secret: [is\nnot: told", "- hunter2"]
)
def test_no_line_of_a_base_is_told(content, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "secret.yaml").write_text(content)
    (tmp_path / "mine" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    for name, code in (("secret", "L025"), ("link.yaml", "L024"), ("../secret.yaml", "L024")):
        path = tmp_path / "mine" / "net.yaml"
        path.write_text(f"base: {name}\n")
        with pytest.raises(Problem) as refused:
            raise Problem(*graph_of(spec_of(Source(str(path), path.read_text()))).diagnostics)
        (found,) = refused.value.diagnostics
        assert (found.code, found.mark.source.text) == (code, f"base: {name}\n")
        assert not {"hunter2", "secret:", "told"} & {*found.message.split(), *found.hint.split()}


def test_what_depends_on_a_failed_layer_is_skipped_with_the_reason():
    text = spec("a: conv 4 k99", "b: relu", "c: conv 4 k3", "d: {conv: {filters: 4, kernel: 3, from: input}}")
    graph = graph_of(spec_of(Source("net.yaml", text)))
    reasons = {node.name: node.reason for node in graph.nodes[1:]}
    assert reasons == {"a": "see its error", "b": "a could not be computed", "c": "b could not be computed", "d": ""}


def test_independent_errors_are_all_reported():
    found = findings(
        spec("a: conv 4 k99", "b: {conv: {filters: 4, kernel: 77, from: input}}", "c: {linear: {units: 0, from: a}}")
    )
    assert [(finding.code, finding.layer) for finding in found] == [("C001", "a"), ("C001", "b"), ("V002", "c")]


def test_an_error_inside_a_repeat_is_said_once():
    assert len(findings(spec("5 x conv 4 k=nothing"))) == 1


def test_a_source_is_split_once_for_all_of_its_errors():
    text = spec(*("cnov 6 k5", *["relu"] * 30) * 20)
    lines.cache_clear()
    found = findings(text)
    diagnostics_text(found)
    assert (len(found), lines.cache_info().misses) == (20, 1)


def test_a_long_name_is_cut_in_what_is_said():
    found = findings(spec(f"conv 4 k99 name={'a' * 100_000}", f"relu name={'a' * 100_000}"))
    assert [finding.code for finding in found] == ["C001", "N004"]
    assert all(len(line) < 250 for line in diagnostics_text(found).splitlines())


def command(*arguments, stdin=None, limit=None, **more):
    """A run of convcalc in a process of its own: (exit code, output, errors, peak megabytes)."""
    program = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:])\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)\n"
        "sys.exit(done.returncode if done.returncode >= 0 else 99)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program, sys.executable, "-m", "convcalc", *map(str, arguments)],
        input=stdin, capture_output=True, env=environment, timeout=60, **more,
    )  # fmt: skip
    errors = done.stderr.decode(errors="replace").splitlines()
    return done.returncode, done.stdout.decode(), "\n".join(errors[:-1]), int(errors[-1])


HOSTILE = [
    ("nesting 100,000 deep in brackets", lambda: "input: 3x4x4\nlayers: " + "[" * 100_000 + "]" * 100_000),
    ("nesting 100,000 deep in braces", lambda: "input: 3x4x4\nlayers: " + "{a: " * 100_000),
    ("nesting 5,000 deep by indentation", lambda: "".join(f"{' ' * depth}a:\n" for depth in range(5_000))),
    ("brackets 100,000 deep in a chain", lambda: f'input: 3x4x4\nlayers: ["{"[" * 100_000}"]\n'),
    ("parentheses 100,000 deep in a value", lambda: f"input: 3x4x4\nlayers: ['conv {'(' * 100_000}1{')' * 100_000} k3']\n"),
    ("a sum of 100,000 terms", lambda: f"input: 3x4x4\nlet: {{a: '{'1+' * 100_000}1'}}\nlayers: [relu]\n"),
    ("minus signs without end", lambda: f"input: 3x4x4\nlet: {{a: '{'-' * 1_900}1'}}\nlayers: [conv a k3]\n"),
    ("a billion laughs", lambda: "input: 3x4x4\nlet:\n  a: &a0 [x]\n" + "".join(f"  b{i}: &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(12)) + "layers: [relu]\n"),
    ("blocks that multiply", lambda: "input: 3x4x4\nblocks:\n  b0: [relu]\n" + "".join(f"  b{i + 1}: [{', '.join([f'b{i}'] * 10)}]\n" for i in range(60)) + "layers: [b60]\n"),
    ("blocks nested 1,000 deep", lambda: "input: 3x4x4\nblocks:\n  b0: [relu]\n" + "".join(f"  b{i + 1}: [b{i}]\n" for i in range(1_000)) + "layers: [b1000]\n"),
    ("a line of a million characters", lambda: "input: 3x4x4\nlayers: [conv " + "9" * 1_000_000 + " k3]\n"),
    ("a key of a million characters", lambda: "input: 3x4x4\n" + "k" * 1_000_000 + ": 3\nlayers: [relu]\n"),
    ("100,000 unknown layers", lambda: "input: 3x4x4\nlayers:\n" + "".join(f"  - nothing{i}\n" for i in range(100_000))),
    ("control characters", lambda: "input: 3x4x4\nlayers: [\x1b]0;owned\x07relu]\n"),
    ("a NUL", lambda: "input: 3x4x4\nlayers: [re\0lu]\n"),
    ("a recursion of default values", lambda: "input: 3x4x4\nblocks: {b: {params: {a: b, b: a}, layers: [conv a k1]}}\nlayers: [b]\n"),
    ("an up-sampling chain with an endless period", lambda: "input: 1x9\nlayers:\n" + "  - tconv 1 k2 s3\n  - conv 1 k1 s2\n" * 40),
    ("scales that explode", lambda: "input: 1x9x9\nlayers:\n" + "  - upsample 999999999\n" * 50),
]  # fmt: skip


@pytest.mark.parametrize("text", [case[1] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
@pytest.mark.parametrize("form", ["plain", pytest.param("json", marks=pytest.mark.slow)])
def test_hostile_files_end_soon_and_small(text, form, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(text())
    code, out, errors, megabytes = command("summary", path, "--format", form)
    assert code in (0, 3), errors
    assert "Traceback" not in errors and "a bug in convcalc" not in errors, errors
    assert "\x1b" not in out + errors
    if code:
        assert ("error[" in errors) if form == "plain" else json.loads(out)["error"]["message"]
    assert megabytes < 200


FILES = [
    ("a file that is not there", lambda folder: folder / "nothing.yaml", "Y030"),
    ("a folder without a network", lambda folder: folder, "Y036"),
    ("not UTF-8", lambda folder: write(folder, b"input: 3x4x4\nabout: \xff\xfe\nlayers: [relu]\n"), "Y033"),
    ("binary", lambda folder: write(folder, bytes(range(256)) * 100), "Y033"),
    ("a device without end", lambda folder: Path("/dev/zero"), "Y035"),
]


def write(folder, data):
    path = folder / "net.yaml"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("path", "code"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_files_that_cannot_be_read(path, code, tmp_path):
    status, out, errors, _ = command("summary", path(tmp_path), "--json")
    assert (status, json.loads(out)["error"]["code"]) == (3, code), errors


def test_json_is_a_spec(tmp_path):
    path = tmp_path / "net.json"
    path.write_text(
        json.dumps({"input": [3, 8, 8], "layers": [{"conv": {"filters": 4, "kernel": [3, 3]}}, "relu"]}, indent="\t")
    )
    code, out, errors, _ = command("summary", path, "--json")
    assert (code, json.loads(out)["output"]) == (0, [4, 6, 6]), errors


USAGE = [
    ("no spec", ["summary"]),
    ("an unknown command", ["sumary", "lenet5"]),
    ("an unknown option", ["summary", "lenet5", "--jsn"]),
    ("an unknown format", ["summary", "lenet5", "--format", "word"]),
    ("a --set without a value", ["summary", "lenet5", "--set", "width"]),
    ("two formats", ["summary", "lenet5", "--json", "--format", "csv"]),
    ("sheets of several students in one file", ["quiz", "lenet5", "--student=A", "--student=B", "-o", "sheet.md"]),
    ("a budget that is no number", ["summary", "lenet5", "--max-macs", "many"]),
]


@pytest.mark.parametrize("arguments", [case[1] for case in USAGE], ids=[case[0] for case in USAGE])
def test_wrong_usage_is_exit_code_2(arguments):
    code, out, errors, _ = command(*arguments)
    assert code == 2 and "Traceback" not in errors
    assert json.loads(out)["error"]["code"] == "U013" if "--json" in arguments else "Error" in errors and not out


def test_a_bad_spec_among_good_ones_leaves_the_others(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(spec("conv 4 k99"))
    code, out, _errors, _ = command("summary", "lenet5", bad, "lenet5", "--json")
    reports = json.loads(out)
    assert code == 3
    assert [("error" in report, report.get("name")) for report in reports] == [
        (False, "LeNet-5"),
        (True, None),
        (False, "LeNet-5"),
    ]
    code, out, _, _ = command("summary", "lenet5", bad, "lenet5", "--format", "jsonl")
    assert code == 3
    assert [("error" in json.loads(line)) for line in out.splitlines()] == [False, True, False]


def test_a_json_error_has_its_place(tmp_path):
    path = write(tmp_path, spec("conv 4 k99").encode())
    error = json.loads(command("summary", path, "--json")[1])["error"]
    assert {key: error[key] for key in ("code", "file", "line", "column", "layer")} == {
        "code": "C001", "file": str(path), "line": 3, "column": 5, "layer": "conv1",
    }  # fmt: skip
    assert "99" in error["message"] and "28" in error["message"] and error["hint"]


@pytest.mark.skipif(not hasattr(resource, "setrlimit"), reason="no resource limits here")
def test_a_reader_that_goes_away_ends_it_quietly():
    done = subprocess.run(
        f"{sys.executable} -m convcalc summary vgg16 vgg16 vgg16 --format csv | head -1",
        shell=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True,
    )  # fmt: skip
    assert done.stderr == ""
