"""The commands of docs/marking.md print what the page says, one after another in a folder with the files that it shows."""

import re
import shlex

from pages import commands_of, files_of, renew
from places import ROOT

from convcalc.commands import COMMANDS
from convcalc.render.exercises import PLATFORMS
from convcalc.render.marks import FORMATS

PAGE = ROOT / "docs" / "marking.md"


def test_the_commands_of_the_page_print_what_it_says(convcalc, tmp_path, monkeypatch, request):
    text = PAGE.read_text("utf-8")
    for name, body in files_of(text).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(body, "utf-8")
    monkeypatch.chdir(tmp_path)
    commands = commands_of(text)
    assert len(commands) >= 9
    for command, output in commands:
        code, out, errors = convcalc(*shlex.split(command))
        assert code in (0, 1, 3), errors
        if request.config.getoption("--renew"):
            renew(PAGE, command, output, out + errors)
        else:
            assert out + errors == output, command


def test_the_page_names_formats_and_commands_that_there_are():
    text = PAGE.read_text("utf-8")
    assert set(re.findall(r"--format (\w+)", text)) <= FORMATS.keys() | PLATFORMS.keys() | {"key"}
    assert set(re.findall(r"convcalc ([a-z]+)", text)) <= COMMANDS.keys()
    assert not [place for place in re.findall(r"`(examples/[\w-]+)`", text) if not (ROOT / place).is_dir()]
