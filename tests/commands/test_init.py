"""`convcalc init`: what it writes is read at once, each next step works when pasted, and nothing is written over."""

import json
import shlex

import pytest
from editor_texts import as_json
from jsonschema import Draft7Validator

NET = "import torch.nn as nn\nnet = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 6 * 6, 10))\n"
HEIR = "# yaml-language-server: $schema=elsewhere.json\n# mine\ninput: 3x8x8   # small\nlayers: [conv 4 k3]\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(NET)
    (tmp_path / "mine.yaml").write_text(HEIR)
    (tmp_path / "a b").mkdir()
    return tmp_path


WAYS = [
    ([], "net.yaml"),
    (["first.yaml"], "first.yaml"),
    (["spec"], "net.yaml"),
    (["spec", "first.yaml"], "first.yaml"),
    (["a b/my net.yml"], "a b/my net.yml"),
    (["--from", "resnet18", "net.yaml"], "net.yaml"),
    (["--from", "resnet"], "net.yaml"),
    (["--from", "unet", "x.yaml"], "x.yaml"),
    (["--from", "net.py", "x.yaml"], "x.yaml"),
    (["--from", "mine.yaml", "a b/x.yaml"], "a b/x.yaml"),
    (["--from", "3x32x32 -> conv 8 k3 -> relu"], "net.yaml"),
    (["assignment", "lenet5"], "key.yaml"),
    (["assignment", "vgg16", "a b/key 1.yaml"], "a b/key 1.yaml"),
    (["assignment", "mine.yaml", "a b/key.yaml"], "a b/key.yaml"),
    (["answers", "lenet5"], "answers.yaml"),
    (["answers", "mine.yaml", "a b/ada.yaml"], "a b/ada.yaml"),
    (["--", "-x.yaml"], "./-x.yaml"),
    (["answers", "lenet5", "--", "-o.yaml"], "./-o.yaml"),
    (['it\'s $(a) "net".yaml'], 'it\'s $(a) "net".yaml'),
]


@pytest.mark.parametrize(("words", "file"), WAYS, ids=lambda each: " ".join(each) if isinstance(each, list) else each)
def test_what_is_written_is_read_at_once_and_every_next_step_works(convcalc, folder, words, file):
    code, out, err = convcalc("init", *words)
    assert (code, err) == (0, "")
    text = (folder / file).read_text()
    schema = (folder / file).parent / text.partition("\n")[0].removeprefix("# yaml-language-server: $schema=")
    assert Draft7Validator(json.loads(schema.read_text())).is_valid(as_json(text))
    steps = [shlex.split(line) for line in out.splitlines() if line.startswith("  convcalc ")]
    assert steps
    for _, *step in steps:
        code, _, err = convcalc(*step)
        assert code in (0, 1) and "error" not in err, f"{step}: {err}"
    assert any(file in step for step in steps)


def test_the_first_network_is_without_a_warning(convcalc, folder):
    convcalc("init")
    code, out, _ = convcalc("lint", "net.yaml")
    assert (code, out) == (0, "no warnings in 1 network\n")


def test_a_copy_is_the_same_network(convcalc, folder):
    convcalc("init", "--from", "resnet18", "net.yaml")
    ours, theirs = (json.loads(convcalc("summary", name, "--json")[1]) for name in ("net.yaml", "resnet18"))
    assert ours["totals"] == theirs["totals"]
    assert "base:" not in (folder / "net.yaml").read_text()


def test_a_copy_keeps_the_words_of_its_author_and_has_one_schema(convcalc, folder):
    convcalc("init", "--from", "mine.yaml", "x.yaml")
    text = (folder / "x.yaml").read_text()
    assert "# mine\ninput: 3x8x8   # small\n" in text
    assert text.count("$schema") == 1


def test_answers_are_filled_in_and_marked(convcalc, folder):
    convcalc("init", "assignment", "lenet5")
    convcalc("init", "answers", "key.yaml")
    path = folder / "answers.yaml"
    path.write_text(path.read_text().replace("output:", "output: 6x28x28").replace("parameters:", "parameters: 156"))
    code, out, _ = convcalc("check", "key.yaml", "answers.yaml")
    assert code == 1
    assert "2/14" in out.replace(" ", "") or "2 of 14" in out


@pytest.mark.parametrize(
    "words", [[], ["--from", "lenet5"], ["assignment", "lenet5", "net.yaml"], ["answers", "lenet5", "net.yaml"]]
)
def test_nothing_is_written_over(convcalc, folder, words):
    (folder / "net.yaml").write_text("mine")
    code, out, err = convcalc("init", *words)
    assert (code, out) == (2, "")
    assert "net.yaml is there already: --force writes over it" in err
    assert (folder / "net.yaml").read_text() == "mine"
    assert convcalc("init", *words, "--force")[0] == 0
    assert (folder / "net.yaml").read_text() != "mine"


@pytest.mark.parametrize(
    ("words", "code", "cure"),
    [
        (["resnet18"], 2, "convcalc init --from resnet18 net.yaml"),
        (["net"], 2, "net.yaml"),
        (["net.txt"], 2, "net.txt is no file in YAML"),
        (["a.yaml", "b.yaml"], 2, "b.yaml is one word too many"),
        (["answers"], 2, "convcalc init answers KEY"),
        (["assignment"], 2, "convcalc init assignment SPEC"),
        (["answers", "lenet5", "--from", "vgg16"], 2, "name what it is for"),
        (["--from", "resnet81"], 3, 'did you mean "resnet18"?'),
        (["answers", "nothing.yaml"], 3, "there is no file nothing.yaml"),
        (["assignment", "key.yaml", "other.yaml"], 3, "convcalc check key.yaml --template"),
        (["assignment", "letters.yaml", "other.yaml"], 3, "give its input numbers"),
        (["nowhere/net.yaml/net.yaml"], 3, "cannot be made"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_has_a_cure(convcalc, folder, words, code, cure):
    convcalc("init", "assignment", "lenet5")
    (folder / "letters.yaml").write_text("input: CxHxW\nlayers: [conv C k3]")
    (folder / "nowhere").write_text("a file")
    before = sorted(folder.rglob("*"))
    found, out, err = convcalc("init", *words)
    assert (found, out) == (code, "")
    assert cure in err
    assert sorted(folder.rglob("*")) == before


def test_no_command_takes_the_schema_for_a_network_or_a_hand_in(convcalc, folder):
    (folder / "net.py").unlink()
    convcalc("init", "--from", "lenet5", "a b/net.yaml")
    assert "in 1 network" in convcalc("lint", "a b")[1]
    convcalc("init", "answers", "lenet5", "a b/ada.yaml")
    (folder / "a b/net.yaml").unlink()
    _, out, _ = convcalc("check", "lenet5", "a b", "--format", "json")
    assert [each["source"].rpartition("/")[2] for each in json.loads(out)["submissions"]] == ["ada.yaml"]
