"""Pages of sheets: languages that say the same, LaTeX that typesets, names that harm nothing, code that tells nothing."""

import ast
import json
import re
import shutil
import subprocess

import pytest
import yaml
from latex_pages import CHECKER, environments, formulas, katex, rows_of_tables

from convcalc.exercises.arrays import array_exercise
from convcalc.exercises.exercise import exercise, exercise_on
from convcalc.exercises.random_networks import TOPICS
from convcalc.kinds import KINDS
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.marking.key import OTHERS, PARTS
from convcalc.network.quantity import QUANTITIES
from convcalc.readers import library
from convcalc.render.exercises import FORMATS
from convcalc.render.exercises.key import handout_of
from convcalc.render.exercises.languages import ENGLISH, LANGUAGES
from convcalc.render.exercises.sheet import SheetOptions
from convcalc.render.exercises.wordings import WORDINGS


def written(form, made, **options):
    return "".join(FORMATS[form](made, SheetOptions(**options)))


def drawn(topic, student=""):
    return handout_of(array_exercise(3, "1") if topic == "arrays" else exercise(topic, 2, "1"), student)


# Languages


def holes(value):
    """What is to be filled in, wherever it stands in the value."""
    if isinstance(value, str):
        return {*re.findall(r"\{(\w+)\}", value)}
    return {hole for each in (value.values() if isinstance(value, dict) else value) for hole in holes(each)}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("field", [field for field in ENGLISH._fields if field != "works"])
def test_every_language_says_the_same(code, field):
    here, there = getattr(LANGUAGES[code], field), getattr(ENGLISH, field)
    assert holes(here) == holes(there)
    if isinstance(there, dict):
        assert here.keys() == there.keys()
        assert all(holes(here[key]) == holes(there[key]) for key in there)
    elif not isinstance(there, str):
        assert [holes(each) for each in here] == [holes(each) for each in there]


@pytest.mark.parametrize("topic", [*TOPICS, "arrays"])
def test_a_german_sheet_has_no_english_words(topic):
    for wording in ("shorthand", "words", "table"):
        sheet = written("markdown", drawn(topic), language=LANGUAGES["de"], wording=wording, solved=True)
        words = {*re.findall(r"[A-Za-zäöüß-]+", re.sub(r"`[^`]*`|\$[^$]*\$", "", sheet))}
        assert not words & {
            "the",
            "of",
            "is",
            "and",
            "layer",
            "points",
            "answer",
            "output",
            "input",
            "Output",
            "row",
            "with",
        }


# LaTeX


def every_page():
    for topic in (*TOPICS, "arrays"):
        for wording in WORDINGS if topic != "arrays" else ("shorthand",):
            for solved in (False, True):
                yield written("latex", drawn(topic, "Ada_{\\x} $5 & 7 % ~^#"), wording=wording, solved=solved)


def test_the_latex_is_well_formed():
    for page in every_page():
        plain = re.sub(r"\\[{}]", "", page)
        assert plain.count("{") == plain.count("}")
        assert environments(page) == []
        for columns, cells in rows_of_tables(page):
            assert columns == cells
        assert page.isascii() or not set(page) - set(map(chr, range(128))) - set("–äöüÄÖÜßé")


def test_what_is_no_table_is_seen():
    assert environments("\\begin{a}\\begin{b}\\end{a}") != []
    assert [*rows_of_tables("\\begin{longtable}{ll}\na & b & c \\\\\n\\end{longtable}")] == [(2, 3)]


def test_the_formulas_are_typeset_by_a_real_engine():
    found = katex()
    if found is None:
        pytest.skip("KaTeX is not installed (npm install katex)")
    node, place = found
    texts = [formula for page in every_page() for formula in formulas(page)]
    texts += [
        text
        for topic in (*TOPICS, "arrays")
        for text in re.findall(r"\$(.+?)\$", written("markdown", drawn(topic), solved=True))
    ]
    assert len(texts) > 300
    done = subprocess.run(
        [node, "-e", CHECKER], input=json.dumps(texts), capture_output=True, text=True, cwd=place.parent, check=True
    )
    assert done.stdout == ""


def test_a_sheet_is_typeset_by_a_real_engine(tmp_path):
    engine = next((name for name in ("tectonic", "pdflatex") if shutil.which(name)), None)
    if engine is None:
        pytest.skip("neither tectonic nor pdflatex is installed")
    for number, page in enumerate(every_page()):
        (tmp_path / f"{number}.tex").write_text(page, encoding="utf-8")
        quiet = [] if engine == "tectonic" else ["-interaction=nonstopmode", "-halt-on-error"]
        done = subprocess.run([engine, *quiet, f"{number}.tex"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:]


# Names

NAMES = [
    "\\input{/etc/passwd}", "$x_1$ & 50% #1 ~ ^", "<script>alert(1)</script>", "[me](javascript:x)", "# Ada", "a | b | c",
    "`code` ``", "*Ada* __B__", "a\nquestions: []", 'Ada "x": y', "'ö' – “ß”", "\x1b[31mred", "--- `` ''", "yes", "{x: [1",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("topic", ["sizes", "arrays"])
def test_no_name_harms_a_sheet(name, topic, convcalc, tmp_path):
    assert convcalc("quiz", "--topic", topic, "--student", name, "-o", tmp_path)[0] == 0
    (sheet,), (file,), (key,) = (list(tmp_path.glob(each)) for each in ("*/sheet.md", "*/answers.yaml", "keys/*"))
    (page,) = tmp_path.glob("*/sheet.tex")
    shown = "".join(char if char.isprintable() else "·" for char in name.strip())
    assert yaml.safe_load(file.read_text())["student"] == shown
    assert yaml.safe_load(key.read_text())["assignment"].endswith(f"level 1 for {shown}")
    line = next(line for line in sheet.read_text().splitlines() if line.startswith("Name: "))
    assert "\n" not in line and re.sub(r"\\(.)", r"\1", line) == f"Name: {shown}"
    assert not re.search(r"(?<!\\)[<`*_#\[]", line)
    latex = next(line for line in page.read_text().splitlines() if line.startswith("Name: "))
    known = (
        r"\\(textbackslash|textasciitilde|textasciicircum|textasciigrave|textless|textgreater|quotedblbase|ldots)\{\}"
    )
    bare = re.sub(rf"{known}|\\[&%$#_{{}}]|\{{\}}|\$[\\a-z<>-]+\$", "", latex)
    assert not set(bare) & set("\\{}$&#%_^~"), latex


# Code


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "resnet18", "googlenet", "unet", "dcgan"])
@pytest.mark.parametrize("framework", ["pytorch", "keras"])
def test_code_tells_no_size_behind_a_layer(name, framework):
    made = handout_of(exercise_on(library.find(name), 3, "1"))
    sheet = written("markdown", made, wording=framework)
    code = re.search("```python\n(.*?)```", sheet, re.DOTALL)[1]
    ast.parse(code)
    assert " × " not in code and "#" not in code and '"""' not in code
    for asked in made.key.asked:
        if asked.question.quantity in ("macs", "parameters") and asked.right > 9999:
            assert not re.search(rf"\b{asked.right}\b", code), asked.question.ask
        name = asked.question.layer.rpartition(".")[2]
        assert name == "total" or name in code or re.search(rf"{name} \(`", sheet), asked.question.ask


# What a line needs to be read


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("topic", [*TOPICS, "arrays"])
def test_every_letter_is_explained_and_every_pooling_has_its_stride(topic, level):
    made = handout_of(array_exercise(level, "3", count=6) if topic == "arrays" else exercise(topic, level, "3"))
    sheet = written("markdown", made)
    lines = [line for span in re.findall(r"`([a-z]+ [^`]*)`", sheet) for line in span.split(" -> ")]
    explained = {each.split()[0] for each in re.search(r"Letters: (.*?)\.", sheet)[1].split(", ")}
    assert {letter for line in lines for letter in re.findall(r" ([a-z]+)\d", line)} == explained
    numbers = re.search(r"A number without a letter: (.*?)\.", sheet)
    kinds = {kind for each in numbers[1].split(", ") for kind in each.split(" of ")[1].split("/")} if numbers else set()
    assert {line.split()[0] for line in lines if re.match(r"\w+ \d", line)} == kinds
    assert all(re.search(r" s\d", line) for line in lines if "pool" in line)


def test_arrays_are_asked_in_words(convcalc):
    sheet = convcalc("quiz", "--topic", "arrays", "--level", "3", "--wording", "words")[1]
    assert "## A4: a convolution with 1 filter of 2×2, then a ReLU (6 points)" in sheet and "Letters" not in sheet


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_quantity_that_can_be_asked_has_words(code):
    language = LANGUAGES[code]
    assert {*QUANTITIES, *OTHERS.values()} <= {*language.quantities}
    assert {*PARTS.values()} <= {*language.axes}
    assert {name for name in CONVENTIONS if name != "pytorch"} == {*language.conventions}
    assert {*language.kinds} <= {kind.name for kind in KINDS}
