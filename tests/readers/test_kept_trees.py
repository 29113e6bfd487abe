"""A wheel keeps the trees of bundled networks: they are what their texts say, and count for these texts only."""

import marshal
from binascii import crc32
from pathlib import Path

import pytest

from convcalc.readers import library
from convcalc.readers.yaml import Mapping, Scalar, Sequence
from convcalc.readers.yaml import tree as yaml_tree
from convcalc.readers.yaml.kept import VERSION, keep, tree_file, tree_of


class ReadAnew(Exception):
    """The text was read, and not its tree."""


def read_anew(source):
    raise ReadAnew


def written(node):
    """All that a node holds."""
    if isinstance(node, Scalar):
        return node.line, node.column, node.text, node.quoted
    if isinstance(node, Sequence):
        return node.line, node.column, [written(item) for item in node.items]
    assert isinstance(node, Mapping)
    return node.line, node.column, [(written(key), written(value)) for key, value in node.pairs]


def deep(levels):
    """A tree so deep that whoever reads it gives up."""
    tree = ()
    for _ in range(levels):
        tree = ([tree], 1, 1)
    kept = marshal.dumps(tree, VERSION)
    return marshal.dumps((Path(library.bundled_path("vgg")).read_text(), kept, crc32(kept)), VERSION)


@pytest.fixture
def kept_vgg(tmp_path, monkeypatch):
    """The path of a text in a folder of bundled networks that has its tree."""
    path = tmp_path / "vgg.yaml"
    path.write_bytes(Path(library.bundled_path("vgg")).read_bytes())
    keep(str(path))
    monkeypatch.setattr(library, "FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(yaml_tree, "load", read_anew)
    return path


@pytest.mark.parametrize("name", library.bundled_networks())
def test_a_kept_tree_is_what_the_text_says(name, tmp_path, monkeypatch):
    source = library.find(name)
    said = tree_of(source)
    path = tmp_path / f"{name}.yaml"
    path.write_text(source.text, encoding="utf-8")
    keep(str(path))
    monkeypatch.setattr(library, "FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(yaml_tree, "load", read_anew)
    assert written(tree_of(source)) == written(said)


def test_a_tree_counts_for_its_text_only(kept_vgg):
    kept_vgg.write_text("input: 3x8x8\nlayers: [relu]\n")
    with pytest.raises(ReadAnew):
        tree_of(library.find("vgg"))


def test_one_bit_is_damage(kept_vgg):
    path = Path(tree_file(str(kept_vgg)))
    whole = path.read_bytes()
    place = whole.rindex(b"4096")
    path.write_bytes(whole[:place] + b"4097" + whole[place + 4 :])
    with pytest.raises(ReadAnew):
        tree_of(library.find("vgg"))


@pytest.mark.parametrize("damage", [b"", b"\x29", b"nonsense", b"N", b"i\x01\x00\x00\x00", deep(700)])
def test_a_damaged_tree_is_none(kept_vgg, damage):
    tree_of(library.find("vgg"))
    Path(tree_file(str(kept_vgg))).write_bytes(damage)
    with pytest.raises(ReadAnew):
        tree_of(library.find("vgg"))
