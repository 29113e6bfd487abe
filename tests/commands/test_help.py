"""The pages of help: every file and command on them works, every topic is found, and a slip is told."""

import re
import shlex
import subprocess
import sys

import pytest

from convcalc.commands import COMMANDS
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.marking.reading import read_answer
from convcalc.render.reference.topics import NAMES, PAGES, TABLES, TOPICS, page
from convcalc.render.report.columns import COLUMNS
from convcalc.spec.shapes import is_shape
from convcalc.tools.counts import COUNTS

INDENTED = re.compile(r"(?:^ {4}.*\n|^\n(?= {4}))+", re.MULTILINE)


def blocks(topic):
    """The indented blocks of a page, at the margin."""
    return [re.sub("^ {4}", "", block, flags=re.MULTILINE).strip("\n") for block in INDENTED.findall(page(topic))]


def parts(topic):
    """The files of a page by name, and its commands."""
    files, lines = {}, []
    for block in blocks(topic):
        for part in re.split(r"\n\n(?=# \S+\n|\$ )", block):
            if part.startswith("$ "):
                lines += [line.removeprefix("$ ") for line in part.splitlines()]
            elif name := re.match(r"# (\S+)\n", part):
                files[name[1]] = (part.partition("\n")[2] if name[1].endswith(".csv") else part) + "\n"
    return files, lines


@pytest.mark.parametrize("topic", TOPICS, ids=[topic.name for topic in TOPICS])
def test_the_examples_of_a_page_work(convcalc, topic, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alice.yaml").write_text("student: alice\nanswers: {C1.output: 6x28x28}\n")
    files, lines = parts(topic)
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert lines
    for line in lines:
        program, *arguments = shlex.split(line)
        code, out, errors = convcalc(*arguments)
        said = [line for line in errors.splitlines() if not line.startswith(("wrote ", "note: "))]
        assert program == "convcalc" and (out or "wrote " in errors or "-o" in arguments) and not said
        assert code in ((0, 1) if arguments[0] == "check" else (0,)), line
        assert "(unknown" not in out and "cannot be read" not in out and "not marked" not in out
        assert "there is no " not in out, out


def test_the_answers_of_the_page_are_right(convcalc, tmp_path):
    files, _ = parts(NAMES["answers"])
    (tmp_path / "alice.yaml").write_text(files["alice.yaml"], "utf-8")
    code, out, _ = convcalc("check", "lenet5", tmp_path / "alice.yaml")
    assert code == 0 and "6 of 6 points" in out, out


@pytest.mark.parametrize("topic", TOPICS, ids=[topic.name for topic in TOPICS])
def test_a_page_fits_a_terminal_of_80_columns(topic):
    lines = page(topic).splitlines()
    assert [line for line in lines if len(line) > 80 and not line.startswith("    $ ")] == []
    assert page(topic).endswith("\n") and "{" + "}" not in page(topic)


def test_every_table_is_on_a_page():
    texts = "".join(topic.text for topic in TOPICS)
    assert [name for name in TABLES if texts.count(f"{{{name}}}") != 1] == []


def test_every_page_is_a_topic():
    assert {path.stem for path in PAGES.iterdir()} == {topic.name for topic in TOPICS}


@pytest.mark.parametrize(
    ("topic", "records"),
    [("counting", COUNTS), ("conventions", CONVENTIONS), ("columns", [column.key for column in COLUMNS])],
)
def test_every_record_has_its_line(topic, records):
    listed = {line.split()[0] for line in page(NAMES[topic]).splitlines() if line.startswith("    ")}
    assert set(records) <= listed


def test_the_conventions_differ_as_their_frameworks_do():
    text = " ".join(page(NAMES["conventions"]).split())
    assert "conv 4 k3 s2 p=same error 4×4×4 4×4×4 4×4×4 error" in text
    assert "maxpool 3 s2 3×3×3 3×3×3 3×4×4 3×3×3 error" in text


SAMPLES = {
    "Numbers": ("number", {"61706", "61.7k", "156 parameters"}),
    "Shapes": ("shape", {"6x28x28", "28x28, 6 channels"}),
}


@pytest.mark.parametrize("row", SAMPLES)
def test_every_way_to_write_an_answer_is_one(row):
    form, some = SAMPLES[row]
    (listed,) = re.findall(rf"^    {row} +(.*(?:\n {{6,}}.*)*)$", page(NAMES["answers"]), re.MULTILINE)
    samples = re.split(r"\s{2,}", listed)
    assert some <= set(samples)
    for sample in samples:
        assert read_answer(sample, form)


def test_every_shape_of_the_page_is_one():
    listed = re.findall(
        r"^ +(?:\d-D|features|symbols|one side) +(?:--input )?(\S+)", page(NAMES["shapes"]), re.MULTILINE
    )
    assert len(listed) == 6 and all(map(is_shape, listed))


@pytest.mark.parametrize("topic", TOPICS, ids=[topic.name for topic in TOPICS])
def test_a_topic_is_found_by_its_name_and_by_others(convcalc, topic):
    pages = {convcalc("help", word) for word in (topic.name, topic.name.upper(), *topic.aliases)}
    assert pages == {(0, page(topic), "")}


@pytest.mark.parametrize(("word", "told"), [
    ("conv", "convcalc kinds conv"), ("MaxPool2d", "convcalc kinds maxpool2d"), ("key", "keys"), ("qwxyz", "the topics are"),
])  # fmt: skip
def test_where_else_a_word_is_explained_is_told(convcalc, word, told):
    code, out, errors = convcalc("help", word)
    assert (code == 2 and told in errors) or (code == 0 and told in out)


def test_no_word_means_two_topics_or_a_command():
    words = [word for topic in TOPICS for word in (topic.name, *topic.aliases)]
    assert len({*words, *COMMANDS}) == len(words) + len(COMMANDS)


def test_without_a_topic_it_lists_them_and_the_commands(convcalc):
    code, out, _ = convcalc("help")
    assert code == 0
    assert {line.split()[0] for line in out.splitlines() if line.startswith("  ")} == {
        *COMMANDS, *(topic.name for topic in TOPICS), "C001,"
    }  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_help_on_a_command_is_its_own(convcalc, name):
    assert convcalc("help", name)[:2] == convcalc(name, "--help")[:2]


SLIPS = [
    ("anwsers", 'did you mean "answers"?'),
    ("keyz", 'did you mean "keys"?'),
    ("chekc", 'did you mean "check"?'),
    ("zebra", "the topics are language, shapes, "),
]


@pytest.mark.parametrize("word, said", SLIPS)
def test_a_slip_is_told(convcalc, word, said):
    code, out, errors = convcalc("help", word)
    assert (code, out) == (2, "") and said in errors


@pytest.mark.parametrize(
    "word, said",
    [("keyz", "convcalc help keys"), ("hepl", 'did you mean "help"?'), ("anwsers", "convcalc help answers")],
)
def test_a_topic_where_a_command_belongs_leads_to_its_page(convcalc, word, said):
    code, _, errors = convcalc(word)
    assert code == 2 and said in errors


def test_check_help_shows_a_key_and_answers(convcalc):
    out = convcalc("check", "--help")[1]
    assert "questions:" in out and "C3.parameters" in out and "convcalc help keys" in out


def test_in_ascii_it_is_ascii():
    line = [sys.executable, "-m", "convcalc", "help", "answers"]
    done = subprocess.run(line, capture_output=True, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}, check=True)
    assert b"6x28x28" in done.stdout and done.stdout.isascii()


def test_help_reads_neither_networks_nor_homework():
    loaded = "import sys; from convcalc.cli import run; run(['help', 'keys']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    names = set(done.stdout.split())
    assert not {name for name in names if name.startswith(("convcalc.marking", "convcalc.network", "convcalc.readers"))}
    assert "yaml" not in names and "rich" not in names
