"""The manual pages: made of the commands, right by the programs that read them, with examples that work."""

import os
import re
import shlex
import shutil
import subprocess

import click
import pytest
from terminal import in_terminal

from convcalc.commands import COMMANDS, cli
from convcalc.commands.examples import EXAMPLES
from convcalc.render.reference.manual import ManualItem, ManualPage, Verbatim, blocks_of, escape, page_text

SPEC = "name: Net\ninput: 3x32x32\nlayers: [conv 8 k3, relu, flatten, linear 10]\n"
FILES = {
    "net.yaml": SPEC, "nets/one.yaml": SPEC, "key.yaml": "assignment: One\nspec: net.yaml\nquestions: [{ask: conv1.output}]\n",
    "alice.yaml": "student: Alice\nanswers: {conv1.output: 8x30x30}\n",
    "submissions/bob.yaml": "student: Bob\nanswers: {conv1.output: 8x30x30}\n",
}  # fmt: skip
PAGES = ["", *COMMANDS]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    from convcalc.cli import run

    place = tmp_path_factory.mktemp("share") / "man1"
    assert run(["man", "-o", str(place)]) == 0
    return place


def test_there_is_a_page_for_convcalc_and_each_command(manual):
    assert {path.name for path in manual.iterdir()} == {"convcalc.1", *(f"convcalc-{name}.1" for name in COMMANDS)}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_right_by_mandoc_and_by_man(manual, name):
    path = manual / (f"convcalc-{name}.1" if name else "convcalc.1")
    checkers = [
        [program, *options, path]
        for program, options in (("mandoc", ["-Tlint", "-Wstyle"]), ("man", ["--warnings", "-l"]))
        if shutil.which(program)
    ]
    if not checkers:
        pytest.skip("neither mandoc nor man is installed")
    for checker in checkers:
        environment = {**os.environ, "MANPAGER": "cat", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(checker, capture_output=True, text=True, env=environment)
        told = done.stderr + (done.stdout if checker[0] == "mandoc" else "")
        allowed = re.compile(r"STYLE: (input text line longer|referenced manual not found|lower case character)")
        assert [line for line in told.splitlines() if not allowed.search(line)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_has_its_sections_and_every_option(convcalc, name):
    code, out, errors = convcalc("man", name)
    assert (code, errors) == (0, "")
    assert re.findall(r"^\.SH (.+)$", out, re.M) == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO",
    ]  # fmt: skip
    shown = out.replace("\\-", "-")
    options = [param for param in cli.get_command(click.Context(cli), name).params if isinstance(param, click.Option)]
    assert [word for option in options for word in option.opts if f"\\fB{word}\\fR" not in shown] == []
    assert max(map(len, out.splitlines())) < 400


def test_the_first_page_has_every_command(convcalc):
    code, out, _ = convcalc("man")
    assert code == 0 and all(f"convcalc\\-{name}" in out for name in COMMANDS)
    assert convcalc("man", "convcalc")[1] == out and convcalc("man", "convcalc-check") == convcalc("man", "check")


def test_a_page_is_dated(convcalc, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert '.TH CONVCALC\\-CHECK 1 1970-01-02 "convcalc ' in convcalc("man", "check")[1].replace(
        "CONVCALC-", "CONVCALC\\-"
    )


REFUSED = [
    (("chekc",), 'did you mean "check"?'),
    (("zebra",), "the commands are summary, "),
    (("check", "-o", "here"), "-o writes all pages"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED)
def test_what_is_no_page_is_refused(convcalc, words, said):
    code, out, errors = convcalc("man", *words)
    assert (code, out) == (2, "") and said in errors


def test_on_a_terminal_man_shows_it():
    if not shutil.which("man"):
        pytest.skip("man is not installed")
    shown = in_terminal(80, "man", "check", MANPAGER="cat", LC_ALL="C.UTF-8")
    plain = re.sub(r"\x1b\[[\d;]*m|.\x08", "", shown)
    assert "CONVCALC-CHECK(1)" in plain and "KEY is an assignment" in plain


@pytest.mark.parametrize("name", COMMANDS)
def test_its_examples_work(convcalc, folder, name):
    assert EXAMPLES[name]
    for line, sense in EXAMPLES[name]:
        program, *words = shlex.split(line)
        words = [os.path.expanduser(word) for word in words]
        code, out, errors = convcalc(*words, *(["--times", "1"] if name == "watch" else []))
        assert program == "convcalc" and code == 0 and (out or "wrote" in errors), errors
        assert sense.endswith(".") and len(sense) < 72


SIGNS = [
    ("a-b", "a\\-b"),
    (".PP", "\\&.PP"),
    ("'x", "\\&'x"),
    ("a\\b", "a\\eb"),
    ("×", "\\[u00D7]"),
]


@pytest.mark.parametrize(("text", "written"), SIGNS)
def test_no_sign_is_an_order(text, written):
    assert escape(text) == written


def test_text_is_blocks():
    assert [*blocks_of("one\ntwo\n\n\b\n  a  b\n  c\n\nthree")] == ["one two", Verbatim("  a  b\n  c"), "three"]
    page = ManualPage("x", "y.", ("`x` FILE",), (("OPTIONS", (ManualItem("-o, --output FILE", "Of a FILE"),)),))
    assert "\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fIFILE\\fR\nOf a \\fIFILE\\fR\n" in page_text(page, "2", "2026-01-01")
