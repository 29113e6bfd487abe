"""What is typed into Moodle's editor is read like a file."""

import pytest

from convcalc.handin.online_text import typed_text

KEY = "assignment: HW\nspec: lenet5\nquestions: [{ask: C1.output}, {ask: C1.parameters}]\n"
PAGES = {
    "lines": "<!DOCTYPE html><html><head><title>x</title></head><body><p>student: Bob Ray<br>answers:<br>&nbsp; C1: "
    "{output: 6x28x28, parameters: 156}</p></body></html>",
    "paragraphs": "<p>answers:</p>\n<p>C1.output: 6x28x28</p><p>C1.parameters: 156</p>",
    "a list": "<p>answers:</p><ul><li>C1.output: 6&times;28&times;28</li>\n<li>C1.parameters: <b>156</b></li></ul>",
    "a table": "<table><thead><tr><th>layer</th><th>output</th><th>parameters</th></tr></thead>"
    "<tr><td><p>C1</p></td><td>6x28x28</td><td>156</td></tr></table>",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_what_is_typed_is_marked(convcalc, tmp_path, page):
    (tmp_path / "key.yaml").write_text(KEY)
    folder = tmp_path / "in" / "Bob Ray_502_assignsubmission_onlinetext_"
    folder.mkdir(parents=True)
    (folder / "onlinetext.html").write_text(page)
    code, out, _ = convcalc("check", tmp_path / "key.yaml", tmp_path / "in")
    assert code == 0 and "Bob Ray, HW" in out and "2 of 2 points" in out


def test_indentation_is_kept_and_markup_is_not():
    assert typed_text("<p>a\n b<br>&nbsp; c &lt;<i>d</i></p><script>e</script>") == "a b\n  c <d\n\n"


def test_a_file_is_marked_before_what_is_typed_beside_it(convcalc, tmp_path):
    (tmp_path / "key.yaml").write_text(KEY)
    for kind, name, text in (
        ("file", "a.yaml", "C1.output: 6x28x28"),
        ("onlinetext", "onlinetext.html", "<p>see file"),
    ):
        folder = tmp_path / "in" / f"Ann Lee_501_assignsubmission_{kind}_"
        folder.mkdir(parents=True)
        (folder / name).write_text(text)
    out = convcalc("check", tmp_path / "key.yaml", tmp_path / "in")[1]
    assert ":) C1.output" in out and "onlinetext.html beside it was not read" in out
