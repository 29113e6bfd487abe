"""Every command that the README or a page shows prints what stands below it; `pytest --renew tests/docs` writes it anew."""

import re

import click
import pytest
from pages import Difference, PageRun, blocks_of, commands_of, is_shown, renew, renewed
from places import ROOT

from convcalc.commands import COMMANDS, cli, is_network

DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    *(path for path in sorted(DOCS.rglob("*.md")) if path.relative_to(DOCS).parts[0] not in ("reference", "_build")),
]
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
MENTION = re.compile(r"^(?:\$ )?(convcalc .+)$|`(convcalc [^`]+)`", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_the_commands_of_a_page_print_what_it_shows(page, tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    run = PageRun()
    run.follow(page.read_text("utf-8"))
    if request.config.getoption("--renew"):
        renew(page, run.differences)
    else:
        assert not run.differences, "\n".join(map(str, run.differences))


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_no_command_of_a_page_is_used_wrongly(page):
    """`--renew` would write the refusal of a misspelt option into the page."""
    assert [each.command for each in commands_of(page.read_text("utf-8")) if "\nTry 'convcalc" in each.shown] == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_stand_where_they_are_run(page):
    """A prompt in another block than `console` would be compared with nothing."""
    for block in blocks_of(page.read_text("utf-8")):
        assert block.language == "console" or "$ convcalc" not in block.body, block.body


def mentions(text):
    """Every command line that a page has, run or not."""
    for found in MENTION.finditer(text):
        yield " ".join((found[1] or found[2]).split())


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_command_and_option_that_a_page_names_is_one(page):
    for line in mentions(page.read_text("utf-8")):
        name = line.removeprefix("convcalc ").split()[0]
        if name.isupper() or name.startswith("-") or is_network(name.strip('"')):
            name = "summary"
        assert name in COMMANDS, line
        command = cli.get_command(click.Context(cli), name)
        known = {"-h", "--help"}.union(*((*each.opts, *each.secondary_opts) for each in command.params))
        named = [option for option in re.findall(r"(?<=\s)--[a-z][a-z-]*", line) if not option.endswith("-")]
        assert [option for option in named if option not in known] == [], line


@pytest.mark.parametrize(
    ("shown", "found", "after"),
    [
        ("a\n", "b\nc\n", "b\nc\n"),
        ("a\n…\nz\n", "b\nc\nd\ny\n", "b\n…\ny\n"),
        ("a\n…\n", "b\nc\n", "b\n…\n"),
        ("a\n…\nz\n", "b\ny\n", "b\ny\n"),
    ],
)
def test_what_a_page_shows_is_renewed_with_its_gaps(shown, found, after, tmp_path):
    assert not is_shown(shown, found) and is_shown(after, found)
    assert renewed(shown, found) == after
    page = tmp_path / "page.md"
    page.write_text(f"One\n\n```console\n$ convcalc one\n{shown}$ convcalc two\nkept\n```\n", "utf-8")
    first, _ = commands_of(page.read_text("utf-8"))
    renew(page, [Difference(first, found)])
    assert [example.shown for example in commands_of(page.read_text("utf-8"))] == [after, "kept\n"]


def test_a_gap_is_lines_and_nothing_else():
    assert is_shown("a\n…\nz\n", "a\nz\n") and is_shown("…\nz\n", "a\nb\nz\n")
    assert not is_shown("a\n…\nz\n", "a\nzz\n") and not is_shown("a\n…\nz\n", "a\nb\n")
    assert not is_shown("(a|b)\n…\n", "a\n")


def test_a_page_that_shows_something_else_is_caught(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = PageRun()
    run.follow(
        "```yaml\n# net.yaml\ninput: 1x8x8\nlayers: [conv 1 k3]\n```\n\n"
        "```console\n$ convcalc summary net.yaml --max-parameters 9 --columns parameters\n…\n$ echo $?\n0\n```\n\n"
        "```pycon\n>>> open('net.yaml').readline()\n'# net.yaml\\n'\n```\n"
    )
    assert [(each.example.command, each.found) for each in run.differences] == [("echo $?", "1\n")]
    assert run.commands == 2
    with pytest.raises(AssertionError, match="Expected"):
        run.follow("```pycon\n>>> 1 + 1\n3\n```\n")
    with pytest.raises(AssertionError, match="no bundled network"):
        run.follow("```sh\nconvcalc specs --show nothing\n```\n")
