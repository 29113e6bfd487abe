"""-o writes what standard output would have had into a file, which is whole in the end or stays as it was."""

import json
import os
import threading
from pathlib import Path

import pytest
from terminal import in_terminal

from convcalc.commands import COMMANDS
from convcalc.commands.destination import Formats

# What is typed before -o FILE, and a file whose ending chooses the format, with what that is.
ENDINGS = [
    ("summary lenet5", "t.csv", "--format csv"), ("summary lenet5", "t.json", "--json"), ("summary lenet5", "t.md", "--format markdown"),
    ("summary lenet5", "t.tex", "--format latex"), ("summary lenet5", "t.html", "--format html"), ("summary lenet5", "t.svg", "--format svg"),
    ("summary lenet5", "t.jsonl", "--format jsonl"), ("summary lenet5", "t.txt", "--format plain"), ("summary lenet5", "t", ""),
    ("layer conv 10 k5 3x32x32", "t.md", "--format markdown"), ("layer conv 10 k5 3x32x32", "t.txt", ""), ("explain lenet5", "t.html", "--format html"),
    ("explain lenet5", "t.json", "--json"), ("solve 3x9x9 conv 8 k? 8x7x7", "t.json", "--json"), ("solve 3x9x9 conv 8 k? 8x7x7", "t", ""),
    ("compare lenet5 alexnet", "t.csv", "--format csv"), ("lint lenet5", "t.sarif", "--format sarif"), ("lint lenet5", "t.json", "--json"),
    ("kinds conv", "t.txt", ""), ("kinds", "t.json", "--json"), ("formulas macs", "t.txt", ""), ("specs", "t.csv", "--format csv"),
    ("specs --show lenet5", "t.yaml", ""), ("schema lint", "t.json", ""), ("help answers", "t.txt", ""), ("convert lenet5 --to keras", "t.py", ""),
    ("convert lenet5 --to onnx", "t.onnx", ""), ("completion fish", "convcalc.fish", ""), ("apply relu 1..4:2x2", "t.md", "--format markdown"),
    ("summary lenet5", "t.sarif", "--format sarif"), ("draw lenet5", "t.svg", ""), ("sweep lenet5 --over H=32..40:4", "t.csv", "--format csv"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "name", "chosen"), ENDINGS, ids=[f"{words} -o {name}" for words, name, _ in ENDINGS])
def test_a_file_has_what_standard_output_has(capfdbinary, tmp_path, monkeypatch, words, name, chosen):
    from convcalc.cli import run

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")
    code = run([*words.split(), *chosen.split()])
    printed = capfdbinary.readouterr().out
    assert run([*words.split(), "-o", name]) == code
    assert capfdbinary.readouterr().out == b""
    assert Path(name).read_bytes() == printed and printed
    assert os.listdir(tmp_path) == [name]
    assert run([*words.split(), *chosen.split(), "-o", "-"]) == code
    assert capfdbinary.readouterr().out == printed and not Path("-").exists()


def test_a_format_that_is_chosen_is_not_the_endings(convcalc, tmp_path):
    path = tmp_path / "t.txt"
    assert convcalc("summary", "lenet5", "--json", "-o", path)[:2] == (0, "")
    assert json.loads(path.read_text())["name"] == "LeNet-5"


@pytest.mark.parametrize("name", ["net.yaml", "net.py", "t.csv", "t.xyz"])
def test_an_ending_that_stands_for_no_format_is_refused(convcalc, tmp_path, name):
    """So a spec is not written over by its own table."""
    path = tmp_path / name
    path.write_text("before")
    code, out, err = convcalc("explain", "lenet5", "-o", path)
    assert (code, out, path.read_text()) == (
        2,
        "",
        "before",
    ) and f"not written as .{name[name.index('.') + 1 :]}" in err
    assert "--format text, markdown, latex, html, json" in err


@pytest.mark.parametrize(
    "words", ["summary nothing", "explain lenet5 C9", "compare lenet5 nothing", "layer conv k9 1 1x3x3"]
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_file_stays_as_it_was_where_there_is_an_error(convcalc, tmp_path, words, form):
    path = tmp_path / "t"
    path.write_text("before")
    code, out, err = convcalc(*words.split(), *form, "-o", path)
    assert code in (2, 3) and path.read_text() == "before" and os.listdir(tmp_path) == ["t"]
    assert json.loads(out)["schema"] == "convcalc/error/1" if form else (out == "" and err)


def test_a_network_among_others_that_is_broken_is_told_and_the_file_has_the_others(convcalc, tmp_path):
    path = tmp_path / "t.csv"
    code, out, err = convcalc("summary", "lenet5", "nothing", "alexnet", "-o", path)
    assert (code, out) == (3, "") and 'no bundled network "nothing"' in err
    assert {line.split(",")[0] for line in path.read_text().splitlines()[1:]} == {"LeNet-5", "AlexNet"}


def test_a_file_that_cannot_be_written_is_told(convcalc, tmp_path):
    code, out, err = convcalc("summary", "lenet5", "-o", tmp_path / "none" / "t.csv")
    assert (code, out) == (3, "") and "B040" in err and "cannot be written" in err
    assert convcalc("summary", "lenet5", "-o", tmp_path)[0] == 3
    code, _, err = convcalc("summary", "lenet5", "-o", "")
    assert code == 2 and "is empty" in err


def test_a_pipe_stays_a_pipe(convcalc, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_text()))
    reader.start()
    assert convcalc("summary", "lenet5", "--format", "csv", "-o", pipe)[:2] == (0, "")
    reader.join(10)
    assert found[0].startswith("network,layer") and pipe.is_fifo()


def test_full_devices_are_told(convcalc):
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    code, _, err = convcalc("summary", "lenet5", "-o", "/dev/full")
    assert code == 3 and "/dev/full cannot be written: No space left on device" in err


def test_a_link_leads_to_the_file(convcalc, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert convcalc("specs", "--names", "-o", tmp_path / "link")[:2] == (0, "")
    assert (tmp_path / "link").is_symlink() and "lenet5" in (tmp_path / "file").read_text()


def test_a_folder_named_with_a_dash_is_standard_output(convcalc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in (["quiz", "lenet5"], ["check", "lenet5", "-", "--single"]):
        assert convcalc(*words, "-o", "-")[1] == convcalc(*words)[1]
    assert not os.listdir(tmp_path)


def test_solve_has_its_shape_and_its_file(convcalc, tmp_path):
    path = tmp_path / "t.txt"
    assert convcalc("solve", "resnet50", "--output", "7x7", "--output-file", path)[:2] == (0, "")
    assert path.read_text() == convcalc("solve", "resnet50", "--output", "7x7")[1]


def test_the_usual_endings_are_none_of_a_format():
    formats = Formats(("text", "csv"), ("github", "sarif"), "text")
    assert [formats.by_ending(name) for name in ("a", "a.txt", "a.CSV", "a.sarif", "a.log", "x.y/a")] == ["", "text", "csv", "sarif", "text", ""]  # fmt: skip
    assert len(COMMANDS) > 15


def test_a_terminals_width_and_colours_are_not_in_a_file(convcalc, tmp_path):
    for name, words in (("t", ["summary", "vgg16"]), ("e.txt", ["explain", "lenet5"]), ("c.txt", ["specs", "vgg"])):
        path = tmp_path / name
        assert "wrote" in in_terminal(40, *words, "-o", str(path))
        assert path.read_text() == convcalc(*words)[1]


@pytest.mark.parametrize(
    "words",
    ["summary N", "summary lenet5 N", "summary N --json", "explain N C1", "lint N", "compare N lenet5", "draw N --format svg",
     "sweep N --over n=1..2", "convert N --to yaml", "solve N --output 4x4", "quiz N"],
)  # fmt: skip
@pytest.mark.parametrize("link", [False, True])
def test_the_file_that_is_read_is_not_written_over(convcalc, tmp_path, words, link):
    path, target = tmp_path / "net.txt", tmp_path / "other.txt"
    path.write_text("input: 3x9x9\nlet: {n: 2}\nlayers: [{C1: conv n k3}]\n")
    before = path.read_bytes()
    if link:
        target.symlink_to(path)
    words = words.replace("N", str(path)).split()
    option = "--output-file" if words[0] == "solve" else "-o"
    code, out, err = convcalc(*words, option, target if link else path)
    assert (code, path.read_bytes()) == (3, before) and "B040" in (out if "--json" in words else err)
    assert convcalc(*words, option, tmp_path / "new.txt")[0] in (0, 4, 2)


def test_a_program_is_not_written_over_by_its_translation(convcalc, tmp_path):
    path = tmp_path / "net.py"
    path.write_text("import torch.nn as nn\nnet = nn.Sequential(nn.Conv2d(3, 8, 3))\n")
    before = path.read_bytes()
    assert convcalc("convert", f"{path}:net", "--input", "3x9x9", "--to", "pytorch", "-o", path)[0] == 3
    assert path.read_bytes() == before


def test_a_name_that_ends_as_a_folder_is_no_file(convcalc, tmp_path):
    code, out, err = convcalc("summary", "lenet5", "-o", f"{tmp_path}/t.csv/")
    assert (code, out, os.listdir(tmp_path)) == (3, "", []) and "B040" in err and "it is a folder" in err


@pytest.mark.parametrize(
    "line, endings",
    [("quiz lenet5", {"md": "markdown", "tex": "latex", "html": "html", "yaml": "yaml", "json": "json", "xml": "moodle"}),
     ("check lenet5 answers.yaml", {"csv": "csv", "json": "json", "md": "markdown", "xml": "junit", "txt": "text"})],
    ids=["quiz", "check"],
)  # fmt: skip
def test_a_name_with_an_ending_is_one_file_where_many_go_into_a_folder(convcalc, tmp_path, monkeypatch, line, endings):
    monkeypatch.chdir(tmp_path)
    Path("answers.yaml").write_text("student: A\nanswers: {C1.output: 6x28x28}\n", "utf-8")
    for ending, form in endings.items():
        _, printed, _ = convcalc(*line.split(), "--format", form)
        code, out, errors = convcalc(*line.split(), "-o", f"one.{ending}")
        assert (code, out, errors) == (0, "", f"wrote one.{ending}\n")
        assert Path(f"one.{ending}").read_text("utf-8") == printed
    convcalc(*line.split(), "-o", "several")
    assert Path("several").is_dir()


@pytest.mark.parametrize("ending, target", [("yaml", "yaml"), ("onnx", "onnx"), ("dot", "dot"), ("mmd", "mermaid")])
def test_a_network_is_converted_to_what_its_file_is_called(convcalc, tmp_path, ending, target):
    one, other = tmp_path / f"one.{ending}", tmp_path / f"other.{ending}"
    assert (
        convcalc("convert", "lenet5", "-o", one)[0]
        == convcalc("convert", "lenet5", "--to", target, "-o", other)[0]
        == 0
    )
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("words", [["-o", "net.py"], ["-o", "net"], []])
def test_a_language_that_no_ending_tells_is_asked_for(convcalc, words):
    code, _, errors = convcalc("convert", "lenet5", *words)
    assert code == 2 and "--to pytorch or --to keras" in errors if words[1:] == ["net.py"] else "--to yaml, " in errors


@pytest.mark.parametrize("line", ["summary lenet5", "specs", "quiz lenet5", "draw lenet5", "man"])
def test_an_option_is_no_file(convcalc, tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    code, _, errors = convcalc(*line.split(), "-o", "--format")
    assert code == 2 and "./--format" in errors and not os.listdir(tmp_path)
