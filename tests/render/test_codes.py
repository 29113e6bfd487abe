"""Every code that the package gives is described, and the example of each leads to it."""

import re
import shlex

import pytest
from structure import modules

from convcalc import problem
from convcalc.cli import BUG
from convcalc.render.reference.codes import BY_CODE, CODES, GROUPS

EXAMPLES = [each for each in CODES if each.command]


def test_every_code_has_its_meaning_once():
    texts = "".join(path.read_text("utf-8") for path in modules() if path.name != "codes.py")
    assert set(re.findall(r'"([A-Z]\d{3})"', texts)) == BY_CODE.keys()
    assert len(BY_CODE) == len(CODES)
    assert [each.code for each in CODES] == sorted(BY_CODE)
    assert {code[0] for code in BY_CODE} == set(GROUPS)
    assert all(re.fullmatch(r"[A-Z`].*\.", each.meaning) for each in CODES)


def test_few_codes_have_no_example():
    """Binary files, and more than anybody writes down."""
    assert len(CODES) - len(EXAMPLES) <= 53


@pytest.mark.parametrize("each", EXAMPLES, ids=[each.code for each in EXAMPLES])
def test_an_example_leads_to_its_code(each, convcalc, tmp_path, monkeypatch):
    for name, text in each.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    given, make = [], problem.Diagnostic.__new__

    def note(cls, *values, **more):
        given.append(make(cls, *values, **more))
        return given[-1]

    monkeypatch.setattr(problem.Diagnostic, "__new__", staticmethod(note))
    code, out, errors = convcalc(*shlex.split(each.command)[1:])
    assert code != BUG
    told = " ".join((out + errors).split())
    assert f"[{each.code}]" in told or any(
        finding.code == each.code and " ".join(finding.message.removeprefix("the network fits").split()) in told
        for finding in given
    )


def test_a_code_is_explained_by_help(convcalc):
    assert convcalc("help", "c031") == (
        0,
        "C031: A linear layer meets a map that was not flattened.\n\n    # net.yaml\n    input: 3x32x32\n    layers:\n"
        "      - conv 8 k3\n      - linear 10\n\n    $ convcalc summary net.yaml\n",
        "",
    )
    code, _, errors = convcalc("help", "C999")
    assert code == 2 and "no error has the code C999" in errors
