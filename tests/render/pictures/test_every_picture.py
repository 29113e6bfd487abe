"""Every picture of many networks: valid, the same each time, its labels in it and apart, computed and as Chromium says."""

import subprocess
import sys
from functools import lru_cache
from hashlib import sha256

import pytest
from browser import measured
from looked_over import faults_of_labels, faults_of_shapes, pictured
from svg_grammar import dtd_faults, faults

from convcalc.render.pictures import SUBJECTS, PictureOptions, draw, notes_of, write_picture
from convcalc.render.pictures.shapes import Label, Picture, Rectangle
from convcalc.render.pictures.themes import THEMES

HOSTILE = """
name: <script>alert("name")</script> & 漢字
input: 3x32x32
layers:
  - "</title><script>alert(1)</script>": conv 8 k3 p1
  - relu
  - ein_sehr_langer_name_der_nirgends_hinpasst_und_trotzdem_gezeichnet_wird_so_gut_es_eben_geht: conv 16 k3 s2
  - maxpool 2
  - "漢字 😀 ''": flatten
  - linear 10
"""
SYMBOLIC = """
name: Sizes in letters
input: 3xHxW
layers:
  - conv 8 k3 s2 p1
  - relu
  - residual: [conv 8 k3 p1, batchnorm]
  - maxpool 2
  - globalavgpool
  - flatten
  - linear 10
"""
BROKEN = """
name: Broken
input: 3x32x32
layers:
  - conv 8 k5
  - maxpool 2
  - broken: conv 8 k50
  - relu
  - conv 4 k3
"""
SOUND = """
name: Sound
input: 16x100
layers:
  - conv 8 k3 s2 p1 g4
  - conv 8 k3 p=[[0, 1]]
  - maxpool 2
"""
TWO_INPUTS = """
name: Two inputs
input: {image: 3x32x32, depth: 1x32x32}
layers:
  - a: conv 8 k3 p1 from=image
  - b: conv 8 k5 p2 from=depth
  - add: {from: [a, b]}
  - flatten
  - linear 10
"""
DEEP = "name: Deep\ninput: 3x16x16\nlayers:\n" + "  - conv 8 k3 p1\n  - relu\n" * 400
SMALL = "name: Small\ninput: 1x6x6\nlayers:\n  - C1: conv 1 k3 s2 p1\n  - maxpool 2\n"
WRITTEN = {"hostile": HOSTILE, "symbolic": SYMBOLIC, "broken": BROKEN, "sound": SOUND, "two inputs": TWO_INPUTS}
RARE = {"deep": DEEP, "small": SMALL}
QUICK = ("lenet5-lecture", "unet", "googlenet", *WRITTEN)
OTHERS = (
    "vgg16", "resnet50", "dcgan", "c3d", "wavenet", "alexnet", "densenet121", "mobilenet_v2", "bert_base", "vit_b_16",
    "pointnet", "crnn", "yolov3", "siamese_koch", "vnet", "squeezenet1_0", "deeplabv3_resnet50", "deep",
)  # fmt: skip
NETWORKS = (*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS))
SINGLE = [name for name, subject in SUBJECTS.items() if not subject.several]
# What is asked of a picture beside the network.
ASKED = {
    "volumes": ({"scale": "sqrt"}, {"scale": "linear"}, {"depth": 1}, {"layers": ("C1",)}),
    "graph": ({"direction": "right"}, {"depth": 1}),
    "field": ({"layers": ("C1",)},),
    "arithmetic": ({"steps": True}, {"strip": True, "steps": True}, {"step": 2}, {"layers": ("C1",)}),
    "bars": ({"depth": 1}, {"quantities": ("macs",)}),
    "memory": ({"training": True}, {"budget": 20_000}, {"bits": 16, "batch": 8}),
    "compare": ({"quantities": ("macs", "parameters")}, {"bits": 8}),
}
SAID = ("no layer has a window", "depends on H, W")  # where a picture has nothing to show


@lru_cache(maxsize=64)
def network(name):
    return pictured({**WRITTEN, **RARE}.get(name, name))


@lru_cache(maxsize=256)
def picture(subject, names, asked=()):
    """A picture, or None where it says that there is nothing to draw."""
    from convcalc.problem import Problem

    try:
        return draw(subject, tuple(map(network, names)), PictureOptions(**dict(asked)))
    except Problem as problem:
        assert any(said in str(problem) for said in SAID), problem
        assert all(each.hint for each in problem.diagnostics), problem
        return None


def pieces(drawn, form, theme="light"):
    return list(write_picture(drawn, form, theme))


def found_faults(drawn):
    yield from faults_of_labels(drawn)
    yield from faults_of_shapes(drawn)
    yield from (f"no {word}" for word, text in (("title", drawn.title), ("about", drawn.about)) if not text.strip())
    for theme in THEMES:
        yield from faults("".join(pieces(drawn, "svg", theme)))
    assert b"".join(pieces(drawn, "pdf")).endswith(b"%%EOF\n")
    assert pieces(drawn, "tikz", "print")[-1] == "\\end{tikzpicture}%\n"
    assert all(isinstance(note, str) for form in ("svg", "pdf", "tikz") for note in notes_of(drawn, form))


def test_all_pictures_are_there():
    assert {"volumes", "graph", "field", "arithmetic", "bars", "memory", "compare"} == set(SUBJECTS)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("subject", SINGLE)
def test_labels_lie_apart_and_within_and_every_format_is_written(subject, name):
    drawn = picture(subject, (name,))
    if drawn:
        assert [*dict.fromkeys(found_faults(drawn))] == []


@pytest.mark.parametrize(("subject", "asked"), [(name, each) for name, several in ASKED.items() for each in several])
def test_so_do_those_of_what_is_asked(subject, asked):
    names = (
        ("lenet5", "lenet5-lecture")
        if SUBJECTS[subject].several
        else ("small" if subject == "arithmetic" else "lenet5",)
    )
    assert [*dict.fromkeys(found_faults(picture(subject, names, tuple(asked.items()))))] == []


@pytest.mark.parametrize("names", (QUICK[:3], pytest.param((*QUICK[:3], *OTHERS[:-1]), marks=pytest.mark.slow)))
def test_so_do_those_of_networks_compared(names):
    assert [*dict.fromkeys(found_faults(picture("compare", names)))] == []


AGAIN = """
import sys
sys.path[:0] = {path}
from test_every_picture import SUBJECTS, digests
print(*digests(), sep=chr(10))
"""


def digests():
    for subject in SUBJECTS:
        drawn = picture(subject, ("unet",))
        for form in ("svg", "pdf", "tikz"):
            data = [each.encode() if isinstance(each, str) else each for each in pieces(drawn, form)]
            yield f"{subject} {form} {sha256(b''.join(data)).hexdigest()}"


def test_another_run_gives_the_same_bytes():
    code = AGAIN.format(path=sys.path)
    seed = {"PYTHONHASHSEED": "7"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=seed)
    assert done.stdout.splitlines() == [*digests()], done.stderr


# What Chromium finds: labels beyond the edges of their picture, and pairs whose letters meet; where something moves,
# the labels that stay.
LOOK = """[...document.querySelectorAll('svg')].flatMap((svg, place) => {
  const sides = svg.getBoundingClientRect(), said = [];
  const texts = [...svg.querySelectorAll('text')].filter(each => !each.closest('[visibility]') && each.textContent.trim());
  const boxes = texts.map(each => {
    const box = each.getBoundingClientRect(), turned = each.hasAttribute('transform');
    const inset = turned ? 0 : box.height * 0.22;
    return {left: box.left + 1.5, right: box.right - 1.5, top: box.top + inset, low: box.bottom - inset, turned,
            text: each.textContent};
  });
  for (const [at, one] of boxes.entries()) {
    if (one.left < sides.left || one.right > sides.right || one.top < sides.top || one.low > sides.bottom)
      said.push([place, 'outside', one.text]);
    if (!one.turned) for (const two of boxes.slice(at + 1))
      if (!two.turned && one.left < two.right && two.left < one.right && one.top < two.low && two.top < one.low
          && !(one.text === two.text && one.left === two.left && one.top === two.top))
        said.push([place, 'overlapping', one.text + ' | ' + two.text]);
  }
  return said;
})"""


WRONG = Picture("wrong", 200, 100, (
    Label(50, 20, "one label"), Label(60, 25, "another"), Label(195, 60, "outside"), Label(50, 90, "small", 8),
    Label(120, 90, "covered"), Rectangle(100, 70, 90, 30, "paper"), Label(120, 40, "turned", angle=-60),
    Label(125, 30, "crossed"),
), "What is wrong.")  # fmt: skip


def test_what_is_wrong_would_be_found():
    found = " ".join(faults_of_labels(WRONG))
    told = ("'one label' and 'another'", "outside: 'outside'", "small: 'small'", "covered: 'covered'", "'crossed'")
    assert [words for words in told if words not in found] == []
    assert [*faults_of_shapes(WRONG._replace(width=150))] == ["outside: Rectangle from 100, 70 to 190, 100"]


@pytest.mark.parametrize("names", (QUICK, pytest.param(OTHERS, marks=pytest.mark.slow)), ids=("quick", "others"))
def test_chromium_finds_the_labels_where_they_were_computed(tmp_path, names):
    shown = [(subject, name) for name in names for subject in SINGLE if picture(subject, (name,))]
    drawn = ["".join(pieces(picture(subject, (name,)), "svg")) for subject, name in shown]
    drawn.append("".join(pieces(WRONG, "svg")))  # what it finds there it would find elsewhere
    page = f"<!doctype html><html><body>{''.join(f'<p>{each}</p>' for each in drawn)}</body></html>"
    found = measured(tmp_path, page, LOOK)
    wrong = [("overlapping", "one label | another"), ("outside", "outside")]
    told = [(*(*shown, ())[place], what, text) for place, what, text in found]
    assert told == wrong


@pytest.mark.parametrize("names", (QUICK, pytest.param(OTHERS, marks=pytest.mark.slow)), ids=("quick", "others"))
def test_the_dtd_of_svg_has_nothing_to_say(tmp_path, names):
    for name in names:
        for subject in SINGLE:
            if drawn := picture(subject, (name,)):
                (tmp_path / f"{name}-{subject}.svg").write_text("".join(pieces(drawn, "svg")), "utf-8")
    said = dtd_faults(sorted(tmp_path.iterdir()))
    if said is None:
        pytest.skip("xmllint or the DTD of SVG 1.1 (w3c-sgml-lib) is not installed")
    assert [line for line in said.splitlines() if "validates" not in line] == []
