"""The page of a comparison, which has the totals with bars and the layers that differ."""

import pytest
from driven import FAINT, OVERFLOW, Page


@pytest.fixture
def compared(convcalc, chromium, tmp_path):
    def opening(*networks, window=(1600, 900)):
        code, out, err = convcalc("compare", *networks, "--format", "html")
        assert (code, err) == (0, "")
        path = tmp_path / "compared.html"
        path.write_text(out, "utf-8")
        page = Page(chromium).open(path, *window)
        assert page.complaints == [] and [url for url in page.requests if not url.startswith("file:")] == []
        return page

    return opening


def cells(label):
    return (
        "[...document.querySelectorAll('tbody tr')].filter(row => row.cells[0].textContent === "
        f"'{label}').map(row => [...row.cells].slice(1).map(each => each.textContent.trim()))[0]"
    )


def test_totals_stand_side_by_side_with_their_ratios(compared):
    page = compared("vgg16", "resnet50", "alexnet")
    assert page.get(cells("parameters")) == [
        "138,357,544", "25,557,032", "61,100,840", "≈ 5.414 times fewer (−81.5 %)", "≈ 2.264 times fewer (−55.8 %)",
    ]  # fmt: skip


def test_a_bar_is_as_long_as_the_share_of_the_largest(compared):
    page = compared("vgg16", "resnet50")
    widths = page.get(
        "[...document.querySelectorAll('tbody tr')].find(row => row.cells[0].textContent === 'parameters')"
        ".querySelectorAll('td.n').values().map(each => getComputedStyle(each).backgroundSize).toArray()"
    )
    assert widths == ["100% 100%", "18.5% 100%"]


def test_the_layers_that_differ_are_told(compared):
    page = compared("lenet5", "lenet5-lecture")
    assert "differ" in page.get("document.querySelector('summary').textContent")
    assert page.get("document.querySelector('.layers tbody').rows.length") > 3


def test_letters_and_names_are_text(compared):
    page = compared("-e", "Cx8x8 -> conv C k3 bias=no", "-e", "Cx8x8 -> conv C k7 bias=no")
    assert page.get(cells("parameters")) == ["9·C²", "49·C²", "49/9 ≈ 5.444 times (+444.4 %)"]
    assert page.get("document.querySelectorAll('td[style]').length") > 0  # the receptive field is a number


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_it_fits_every_screen_and_can_be_read_on_it(compared, is_dark):
    page = compared("vgg16", "resnet50", "alexnet")
    for width in (500, 1000, 1600):
        page.resize(width, 900, is_dark)
        assert page.get(OVERFLOW) == width
        assert page.get(FAINT) == []
