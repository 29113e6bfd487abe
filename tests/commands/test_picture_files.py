"""Where `convcalc draw` writes, in which format, and what it refuses rather than leaves aside."""

import os
import stat

import pytest

from convcalc.kinds import KINDS

PICTURE = ("draw", "-e", "1x5x5 -> conv 1 k3")


@pytest.mark.parametrize("name", ["net.jpg", "net.eps", "net.docx", "net.v2"])
def test_an_ending_that_no_format_has_is_refused(name, convcalc, tmp_path):
    code, _, err = convcalc(*PICTURE, "-o", tmp_path / name)
    assert code == 2 and f"not written as .{name.split('.')[1]}" in err and "--format svg, pdf" in err
    assert not list(tmp_path.iterdir())
    assert convcalc(*PICTURE, "-o", tmp_path / name, "--format", "svg")[0] == 0


@pytest.mark.parametrize("name", ["pdf", "net", ".hidden", "folder.d/net"])
def test_a_name_without_an_ending_is_svg(name, convcalc, tmp_path, monkeypatch):
    (tmp_path / "folder.d").mkdir()
    assert convcalc(*PICTURE, "-o", tmp_path / name)[0] == 0
    assert (tmp_path / name).read_text().startswith("<svg")
    monkeypatch.chdir(tmp_path)
    assert convcalc(*PICTURE, "-o", name)[0] == 0
    assert (tmp_path / name).read_text().startswith("<svg")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes to be had")
def test_a_pipe_is_written_to_and_stays_one(convcalc, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert convcalc(*PICTURE, "-o", pipe)[0] == 0
    assert os.read(reader, 4) == b"<svg" and stat.S_ISFIFO(pipe.stat().st_mode)
    os.close(reader)


def test_a_link_to_a_file_stays_one(convcalc, tmp_path):
    (tmp_path / "net.svg").write_text("old")
    (tmp_path / "link.svg").symlink_to("net.svg")
    assert convcalc(*PICTURE, "-o", tmp_path / "link.svg")[0] == 0
    assert (tmp_path / "link.svg").is_symlink() and (tmp_path / "net.svg").read_text().startswith("<svg")


@pytest.mark.parametrize(
    "options",
    [
        ("--as", "graph"),
        ("--theme", "dark"),
        ("--width", "86mm"),
        ("--layers", "nonesuch"),
        ("--direction", "right"),
        ("--steps",),
        ("--training",),
    ],
    ids=str,
)
def test_a_page_refuses_what_it_would_leave_aside(options, convcalc):
    code, out, err = convcalc(*PICTURE, *options, "--format", "html")
    assert (code, out) == (2, "") and f"{options[0]} has no say over a page" in err
    assert convcalc(*PICTURE, "--depth", 1, "--batch", 2, "--dtype", "int8", "--format", "html")[0] == 0


def test_the_cures_of_messages_are_commands(convcalc, tmp_path):
    _, _, err = convcalc("draw", "lenet5", "--as", "arithmetic", "--layers", "linear1", "-o", tmp_path / "a.svg")
    assert "--layers C1,S2,C3,S4,C5;" in err
    assert (
        convcalc("draw", "lenet5", "--as", "arithmetic", "--layers", "C1,S2,C3,S4,C5", "-o", tmp_path / "a.svg")[0] == 0
    )


def test_one_volume_is_one(convcalc, tmp_path):
    err = convcalc("draw", "resnet50", "--layers", "layer1", "-o", tmp_path / "a.svg")[2]
    assert "are drawn as 1 volume, blocks folded" in err


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_of_a_kind_is_drawn_or_has_no_window(kind, convcalc):
    layer, *shapes = kind.worked_example
    if len(shapes) > 1:
        pytest.skip("draw takes one input")
    code, out, err = convcalc("draw", layer, *shapes, "--format", "svg")
    assert (code == 0 and out.startswith("<svg")) or (code == 2 and "no layer has a window" in err), err
