"""The pictures of docs/pictures.md and of the README are those that the page's commands draw; `pytest --renew` draws anew."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from convcalc.render.pictures import SUBJECTS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FIGURES = ROOT / "examples" / "figures"


def script():
    """docs/pictures.py as a module."""
    spec = importlib.util.spec_from_file_location("drawn_pages", DOCS / "pictures.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COMMANDS = script().commands()


@pytest.mark.parametrize(("arguments", "path"), COMMANDS, ids=[path for _, path in COMMANDS])
def test_a_picture_is_what_its_command_draws(convcalc, arguments, path, tmp_path, request):
    drawn = tmp_path / "drawn.svg"
    code, _, errors = convcalc(*arguments[:-1], str(drawn))
    assert code == 0, errors
    if request.config.getoption("--renew"):
        shutil.copyfile(drawn, DOCS / path)
    assert drawn.read_bytes() == (DOCS / path).read_bytes()


def test_every_picture_of_a_page_is_drawn_by_a_command_and_is_small():
    shown = {
        (page.parent / path).resolve()
        for page in (DOCS / "pictures.md", ROOT / "README.md")
        for path in re.findall(r"!\[[^\]]+\]\((\S+?)\)", page.read_text("utf-8"))
    }
    drawn = {(DOCS / path).resolve() for _, path in COMMANDS}
    assert shown == drawn == set((DOCS / "pictures").resolve().iterdir())
    assert sum(path.stat().st_size for path in drawn) < 400_000
    for path in drawn:
        root = ET.parse(path).getroot()
        assert root.findtext("{*}title") and root.findtext("{*}desc"), path


def test_the_page_shows_every_picture_that_there_is():
    text = (DOCS / "pictures.md").read_text("utf-8")
    titles = {"volumes": "Volumes", "graph": "Graph", "field": "Receptive fields"}
    assert {titles.get(name, name.capitalize()) for name in SUBJECTS} <= set(
        re.findall("^## (.+)$", text, re.MULTILINE)
    )


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_the_figures_of_a_slide_deck_are_made(tmp_path):
    shutil.copy(FIGURES / "Makefile", tmp_path)
    assert len((FIGURES / "Makefile").read_text("utf-8").splitlines()) == 8
    draw = f"DRAW={sys.executable} -m convcalc draw --width 254mm"
    made = subprocess.run(["make", draw], cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    figures = {path.name for path in tmp_path.glob("*.pdf")}
    assert figures == {"lenet.pdf", "resnet.pdf", "window.pdf", "field.pdf", "memory.pdf"}
    assert all((tmp_path / name).read_bytes().startswith(b"%PDF-1.") for name in figures)
