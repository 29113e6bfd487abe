"""A page for each student: every question with their answer and its verdict, and no more than they may know."""

import re

import pytest
from browser import measured, opened

KEY = """
assignment: Homework <3>
spec: lenet5
questions:
  - {ask: C1.output}
  - {ask: S2.output}
  - {ask: C3.parameters, points: 2, partial: {par.no_bias: 1}}
  - {ask: C3.output}
  - {ask: F6.parameters}
  - {ask: total.parameters}
"""
ANSWERS = """
student: %s
answers:
  C1: {output: 6x27x27}
  S2: {output: 6x13x13}
  C3: {parameters: 5*5*6*16, output: "10x10x16"}
  F6: {parameters: "<b>many</b>"}
"""


@pytest.fixture
def page(convcalc, tmp_path):
    """The feedback on the answers above, with the given options."""

    def make(*options, name="Zoë & co"):
        (tmp_path / "key.yaml").write_text(KEY, "utf-8")
        (tmp_path / "zoe.yaml").write_text(ANSWERS % name, "utf-8")
        code, out, errors = convcalc(
            "check", tmp_path / "key.yaml", tmp_path / "zoe.yaml", "--format", "html", *options
        )
        assert (code, errors) == (1, "")
        return out

    return make


def rows(page):
    """The cells of a page's table, as texts."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.split("<t[hd][^>]*>", row)[1:] for row in re.split("<tr[^>]*>", body)[1:]]
    return [[re.sub("<[^>]*>", "", cell).strip() for cell in row] for row in cells]


def test_each_question_has_the_answer_the_verdict_and_the_points(page):
    found = [row for row in rows(page("--hints", "none")) if len(row) == 4]
    assert found == [
        ["C1.output", "6x27x27", "✗ not right", "0 of 1"],
        ["S2.output", "6x13x13", "≈ follows from your C1.output, and is consistent with it", "1 of 1"],
        ["C3.parameters", "5*5*6*16", "✗ not right; read as 2,400", "1 of 2"],
        ["C3.output", "10x10x16", "✓ right (read with the channels last)", "1 of 1"],
        ["F6.parameters", "&lt;b&gt;many&lt;/b&gt;", "? cannot be read", "0 of 1"],
        ["total.parameters", "", "– no answer", "0 of 1"],
    ]


HINTS = {
    "none": (False, False, False),
    "where": (True, False, False),
    "why": (False, True, False),
    "full": (False, True, True),
}


@pytest.mark.parametrize("hints", HINTS)
def test_hints_go_as_far_as_is_asked(page, hints):
    where, why, full = HINTS[hints]
    found = page("--hints", hints)
    assert ("the slip is in this row" in found, "par.no_bias" in found) == (where, why)
    assert ("2,416" in found, '<p class="work">' in found) == (full, full)
    assert ("(K·c/g + b)·f" in found or "(5·5·6 + 1)·16" in found) == full


def test_a_name_is_text(page):
    found = page(name='"<script>alert(1)</script>"')
    assert "<script" not in found and "<bdi>&lt;script&gt;" in found
    assert "<title>Homework &lt;3&gt;: &lt;script&gt;alert(1)&lt;/script&gt;</title>" in found


NAMES = [
    ("Persian, with what keeps two letters apart", "فاطمه می\u200cرزاده"),
    ("Hindi", "क्\u200dषितिज"),
    ("Chinese", "李娜"),
    ("a letter and its accent apart", "Zoe\u0308"),
]


@pytest.mark.parametrize("name", [case[1] for case in NAMES], ids=[case[0] for case in NAMES])
def test_a_name_in_any_script_is_shown_as_it_is(page, convcalc, tmp_path, name):
    assert f"<bdi>{name}</bdi>" in page(name=name)
    assert name in convcalc("check", tmp_path / "key.yaml", tmp_path / "zoe.yaml")[1]


def test_what_turns_a_line_around_is_not_part_of_a_name(page):
    assert "\u202e" not in page(name='"Zo\u202eë"')


def test_a_folder_has_a_page_for_each_and_the_class_leads_to_them(convcalc, tmp_path):
    (tmp_path / "key.yaml").write_text(KEY, "utf-8")
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number, name in enumerate(("Ada", "Ada", "李娜", "../../etc/passwd")):
        (folder / f"s{number}.yaml").write_text(ANSWERS % f'"{name}"' + f"# {number}\n", "utf-8")
    (folder / "broken.yaml").write_bytes(b"\xff\xfe\x00")
    convcalc("check", tmp_path / "key.yaml", folder, "-o", out, "--format", "html")
    pages = {path.name for path in out.iterdir()}
    assert {"Ada.html", "Ada-2.html", "李娜.html", "broken.html", "class.html"} <= pages
    from urllib.parse import unquote

    text = (out / "class.html").read_text("utf-8")
    links = [unquote(link) for link in re.findall(r'href="([^"#]+)"', text)]
    assert len(links) >= 5 and set(links) <= pages
    assert "Not marked" in (out / "broken.html").read_text("utf-8")


@pytest.mark.parametrize("width", [500, 1000])
def test_it_fits_a_phone(page, tmp_path, width):
    expression = "document.documentElement.scrollWidth - innerWidth"
    assert measured(tmp_path, page("--hints", "full", name="x" * 190), expression, width=width) <= 0


def test_a_browser_has_nothing_to_complain_of_it(page, tmp_path):
    assert not opened(tmp_path, page())[1]
