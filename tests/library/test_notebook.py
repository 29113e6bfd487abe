"""The notebook in examples/ runs from the first cell to the last, and what it shows is right."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent.parent.parent / "examples" / "convcalc.ipynb"


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """The cells of the notebook as they were executed, each as its source and its outputs by type."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    folder = tmp_path_factory.mktemp("notebook")
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cells, source, form="text/plain"):
    """What the cell that has this in its source shows."""
    (cell,) = [each for each in cells if source in each.source]
    data = [output.get("data", {"text/plain": output.get("text")}) for output in cell.outputs]
    return "\n".join(each[form] for each in data if form in each)


def test_it_is_committed_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


def test_no_cell_fails_and_each_but_the_import_shows_something(cells):
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    assert [cell.source for cell in cells if not cell.outputs] == ["import convcalc"]


def test_its_numbers_are_right(cells):
    assert shown(cells, "lenet.parameters, ") == "(61706, (10,), 2416, (32, 32))"
    assert shown(cells, "vgg.symbolic().layers") == "(512, ⌊H/16⌋, ⌊W/16⌋)"
    assert shown(cells, "macs.at(H=224").startswith("(True, ")
    assert "kernel = 7 or 8" in shown(cells, "conv 64 k? s2 p3")
    assert "par.no_bias" in shown(cells, "convcalc.check(")
    assert "C012" in shown(cells, "except convcalc.Problem")


@pytest.mark.parametrize(
    "source",
    [
        'load("lenet5")\nlenet',
        'convcalc.layer("conv',
        "compare(",
        "to_frame()",
        'width="?"',
        ".lint()",
        "convcalc.check(",
    ],
)
def test_values_show_themselves_as_html(cells, source):
    html = shown(cells, source, "text/html")
    assert ("<table" in html or "<math" in html) and "<script" not in html and "<html" not in html


@pytest.mark.parametrize("source", ['draw("bars"', 'draw("field"'])
def test_pictures_show_themselves(cells, source):
    assert shown(cells, source, "image/svg+xml").startswith("<svg")
