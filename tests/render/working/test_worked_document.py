"""The worked page as a page of its own: complete, with the windows drawn, and nothing from elsewhere."""

import re

import pytest
from browser import measured, opened

from convcalc.network.load import summarise
from convcalc.questions.explain import ExplanationRequest, explain
from convcalc.render.working.works import WORKS, WorkedOptions, render


def page(convcalc, *arguments):
    code, out, err = convcalc(*arguments, "--format", "html")
    assert (code, err) == (0, "")
    return out


def test_a_layer_has_its_windows_beside_its_work(convcalc):
    out = page(convcalc, "layer", "conv 1 k3 s2 p1", "1x6x6")
    assert out.startswith("<!doctype html>") and out.rstrip().endswith("</html>")
    assert "<title>conv 1 k3 s2 p1</title>" in out
    assert out.count("<svg") == 1 and "no window reaches these" in out and "<mfrac>" in out
    assert out.index("<h2>") < out.index("<svg") < out.index("<dl")


def test_a_network_has_a_picture_for_each_layer_with_a_window_once(convcalc):
    out = page(convcalc, "explain", "lenet5")
    drawn = re.findall(r'<g class="([^"]*)">', out)
    assert drawn == ["C1", "S2", "C3", "S4", "C5"]
    repeated = page(convcalc, "explain", "vgg16")
    text = "".join(render(explain(summarise("vgg16"), ExplanationRequest())))
    likes = len(re.findall(r"^\S+: (?:conv|maxpool|adaptiveavgpool)\b.*, as ", text, re.M))
    assert (
        repeated.count("<svg") == len(re.findall(r"^\S+: (?:conv|maxpool|adaptiveavgpool)\b", text, re.M)) - likes > 5
    )
    assert page(convcalc, "explain", "lenet5", "F6").count("<svg") == 0


def test_a_worksheet_shows_the_window_and_not_what_it_makes(convcalc):
    out = page(convcalc, "explain", "lenet5", "C1", "--work", "blank")
    drawn = out[out.index("<svg") : out.index("</svg>")]
    assert "input 32×32" in drawn and "output" not in drawn and "28" not in re.sub(r'"[^"]*"', "", drawn)
    assert "<svg" not in page(convcalc, "explain", "lenet5", "S2", "--work", "blank")  # its input is an answer
    assert "<svg" not in page(convcalc, "layer", "tconv 1 k3 s2", "1x3x3", "--work", "blank")


@pytest.mark.parametrize("work", WORKS)
def test_nothing_comes_from_elsewhere(convcalc, work):
    out = page(convcalc, "explain", "unet", "--work", work)
    assert "<script" not in out and "@import" not in out and " src=" not in out
    assert not re.findall(r"(?:href|url)\W+(?!#)", out.replace("url(#", ""))
    assert set(re.findall(r"https?://[^\"<> ]*", out)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_a_browser_shows_it_in_the_width_of_a_phone_in_light_and_dark(convcalc, tmp_path):
    out = page(convcalc, "explain", "lenet5", "C1", "S2")
    _, complaints = opened(tmp_path, out)
    assert complaints == []
    narrow = measured(tmp_path, out, "[document.documentElement.scrollWidth, innerWidth]", width=500)
    assert narrow[0] <= narrow[1]
    fill = "getComputedStyle(document.querySelector('svg > rect')).fill"
    light, dark = (measured(tmp_path, out, fill, is_dark=is_dark) for is_dark in (False, True))
    assert light == "rgb(255, 255, 255)" and dark == "rgb(20, 23, 26)"


def test_a_name_is_text(convcalc):
    spec = '{"input": "1x8x8", "layers": [{"<script>alert(1)</script>": "conv 4 k3"}]}'
    out = "".join(render(explain(summarise_text_of(spec), ExplanationRequest()), WorkedOptions(form="html")))
    assert "<script" not in out and "&lt;script&gt;" in out


def summarise_text_of(text):
    from convcalc.network.load import summarise_text

    return summarise_text(text)
