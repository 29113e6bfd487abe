"""Folders and patterns as SPEC: each file once, nothing that never ends, and no other SPEC taken for a pattern."""

import json
import os

import pytest

from convcalc.readers.folders import networks_in, stands_for_many

NET = "input: 3x8x8\nlayers: [conv 8 k3]\n"
PROGRAM = """
import torch.nn as nn
class Net(nn.Module):
    def __init__(self, widths=[8, 16]):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, widths[0], 3), nn.Conv2d(widths[0], widths[1], 3)
    def forward(self, x):
        return self.b(self.a(x))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("a.yaml", "x/b.yaml", "x/y/c.yaml", ".hidden.yaml", "x/.git/d.yaml", "x/.e.yaml", "net[1].yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(NET)
    (tmp_path / "net.py").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_hidden_is_left_out(folder):
    assert networks_in(".") == ["./a.yaml", "./net.py", "./net[1].yaml", "./x/b.yaml", "./x/y/c.yaml"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.yaml", ["a.yaml", "net[1].yaml"]),
        ("**/*.yaml", ["a.yaml", "net[1].yaml", "x/b.yaml", "x/y/c.yaml"]),
        ("x/**", ["x/b.yaml", "x/y/c.yaml"]),
        ("**/y/**/*.yaml", ["x/y/c.yaml"]),
        ("**/**/c.yaml", ["x/y/c.yaml"]),
        ("[x]/**/?.yaml", ["x/b.yaml", "x/y/c.yaml"]),
        ("net[[]1].yaml", ["net[1].yaml"]),
        ("net[1].yaml", ["net[1].yaml"]),
    ],
)
def test_patterns_are_those_of_a_shell(folder, pattern, found):
    assert networks_in(pattern) == found


def test_links_that_lead_around_are_not_followed(folder):
    for name, target in (("x/l1", ".."), ("x/l2", ".."), ("x/y/l3", "../..")):
        (folder / name).symlink_to(target)
    assert networks_in("**/c.yaml") == ["x/y/c.yaml"] and len(networks_in(".")) == 5


def test_a_pipe_is_not_waited_for_and_a_broken_link_is_told(convcalc, folder):
    os.mkfifo(folder / "x" / "pipe.yaml")
    (folder / "x" / "broken.yaml").symlink_to("nowhere")
    code, out, err = convcalc("summary", "x", "--totals")
    assert code == 3 and "there is no file x/broken.yaml" in err and "pipe" not in out + err
    assert networks_in("x/*") == ["x/b.yaml"]


def test_folders_as_deep_as_they_come_are_told(convcalc, folder, monkeypatch):
    def walk(*_, **__):
        raise RecursionError

    monkeypatch.setattr("os.walk", walk)
    for spec in (".", "**/*.yaml"):
        code, _, err = convcalc("lint", spec)
        assert code == 3 and "Y036" in err and "too deep" in err
    assert convcalc("lint", "a*\0")[0] == 3


def test_a_folder_that_cannot_be_read_is_told(convcalc, folder, monkeypatch):
    def scandir(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.scandir", scandir)
    code, _, err = convcalc("lint", "x")
    assert code == 3 and "Y032" in err and "x cannot be read: Permission denied" in err


@pytest.mark.parametrize(
    "spec",
    ["net.py:Net(widths=[4, 6])", "net.py:Net([4, 2*3])", "net[1].yaml", "3x8x8 -> [conv 8 k3]*2", "3x8x8 -> relu?"],
)
def test_another_spec_with_the_signs_of_a_pattern_is_one_network(convcalc, folder, spec):
    assert not stands_for_many(spec)
    given = ["--input", "3x8x8"] if "py" in spec else []
    code, out, err = convcalc("summary", spec, *given, "--json")
    assert (code, err) == (0, "") and json.loads(out)["schema"] == "convcalc/summary/1"
    for command in ("lint", "compare"):
        second = ["lenet5"] if command == "compare" else []
        assert convcalc(command, spec, *second, *([] if second else given))[0] in (0, 1)


def test_wrong_arrows_are_those_of_a_line(convcalc):
    code, _, err = convcalc("summary", "3x8x8 => [conv 8 k3]*2")
    assert code == 3 and "L000" in err and "write: 3x8x8 -> [conv 8 k3]*2" in err
