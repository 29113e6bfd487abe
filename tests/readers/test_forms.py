"""The form of a text by its content, whatever stands around it."""

import pytest

from convcalc.readers.forms import TEXTS, binary_form, text_form

SPEC = "input: 3x8x8\nlayers: [relu]\n"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (SPEC, None),
        ("# a comment\n\n---\n" + SPEC, None),
        ("\n" * 5000 + SPEC, None),
        ("\n" * 5000 + "x", None),
        ("# a\n\n" * 5000 + "import torch\n", "program"),
        (" \n" * 20_000 + "torch.nn", None),
        ('name: "CaffeNet"\nlayer {\n}', "prototxt of Caffe"),
        ('name: "CaffeNet"\nlayers {\n}', "prototxt of Caffe"),
        ("# a cfg\n\n[net]\nheight=3\n", "cfg of Darknet"),
        ("[[-1, 1, Conv, [64]]]\n" * 5000, "Ultralytics model"),
        ("backbone:\n" * 20_000, None),
        ("base_lr: 0.1\n" * 20_000, "solver of Caffe"),
        ("{" + '"a": 1,\n' * 20_000 + "}", None),
    ],
    ids=range(13),
)
def test_the_form_of_a_text(text, form):
    """No pattern takes more than a few looks at every letter: a text that is none of them is known at once."""
    found = text_form(text)
    assert (found.name if found else None) == form


def test_forms_have_names_of_their_own():
    assert len({form.name for form in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize(
    "head", [b"", b"\0", b"\x0a" * 4096, b"\x0a\x7f" + b"a" * 4000, b"\x80" * 4096, b"\x08\x04\x12" * 1000]
)
def test_any_beginning_of_a_file_is_looked_at_once(head):
    binary_form(head)


@pytest.mark.parametrize(
    ("name", "content", "answers"),
    [
        ("net.py", b"import torch.nn as nn\nnet = nn.Sequential(nn.Linear(4, 2))\n", "total.parameters: 10"),
        ("net.safetensors", b"\x39" + bytes(7) + b'{"a": {"dtype": "F32", "shape":[2],"data_offsets":[0,8]}}' + bytes(8), "total.parameters: 2"),
    ],
)  # fmt: skip
def test_whatever_is_read_is_a_key_of_homework(tmp_path, convcalc, name, content, answers):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "ada.yaml").write_text(answers)
    code, out, errors = convcalc("check", tmp_path / name, tmp_path / "ada.yaml")
    assert code == 0, errors
    assert "1 of 1 point" in out
