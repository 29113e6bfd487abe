"""The scripts and the style of a page: plain, strict, and nothing in them that turns data into code or markup."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import convcalc.render.page
from convcalc.render.page.page import SCRIPTS, STYLES, file_text

FOLDER = Path(convcalc.render.page.__file__).parent


def test_every_file_of_the_package_is_in_the_page():
    known = {*SCRIPTS, *STYLES, "live.js"}
    assert {path.name for path in FOLDER.iterdir() if path.suffix in (".js", ".css")} == known


@pytest.mark.parametrize("name", [*SCRIPTS, "live.js"])
def test_no_script_makes_code_or_markup_of_data(name):
    text = (FOLDER / name).read_text("utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|fetch\(|XMLHttp|import\b", text
    )
    assert not re.search(r"\bvar \w+ =|[^=!]==[^=]|!=[^=]", text)


def test_they_are_right_in_strict_mode(tmp_path):
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not installed: the scripts were read by nothing")
    path = tmp_path / "page.js"
    path.write_text(f'"use strict";\nconst recompute = null;\n{file_text(*SCRIPTS)}', "utf-8")
    done = subprocess.run([node, "--check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", STYLES)
def test_a_style_takes_colours_from_the_theme(name):
    text = (FOLDER / name).read_text("utf-8")
    assert not re.search(r"#[0-9a-f]{3,6}\b(?![^{]*\{)|rgb\(|url\(|@import", text)
    assert text.count("{") == text.count("}")
