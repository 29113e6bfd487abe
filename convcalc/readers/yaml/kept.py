"""The tree of a text; a wheel keeps those of bundled networks, for PyYAML is a third of a start.

A tree lies beside its text as `vgg16.tree`, written when the wheel is built, and holds for the very same text only.
"""

from __future__ import annotations

import marshal
import os
from binascii import crc32
from typing import TYPE_CHECKING, Any

from convcalc.problem import BUNDLED, Source
from convcalc.readers import library
from convcalc.readers.yaml import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from convcalc.readers.yaml import Node

VERSION = 2  # of marshal, which every Python reads


def tree_of(source: Source) -> Node:
    """The tree of a text; raises a Problem with everything in it that is refused."""
    if source.name.startswith(BUNDLED):
        try:
            with open(tree_file(os.path.join(library.folder(), source.name[len(BUNDLED) :])), "rb") as file:
                text, kept, checksum = marshal.load(file)
            if text == source.text and crc32(kept) == checksum:
                return _node(marshal.loads(kept))
        except Exception:  # no wheel, or one that is damaged in whatever way
            pass
    from convcalc.readers.yaml.tree import load

    return load(source)


def keep(path: str) -> None:
    """Write the tree of a file beside it."""
    from convcalc.readers.files import read
    from convcalc.readers.yaml.tree import load

    source = read(path)
    with open(tree_file(path), "wb") as file:
        kept = marshal.dumps(_plain(load(source)), VERSION)
        marshal.dump((source.text, kept, crc32(kept)), file, VERSION)


def tree_file(path: str) -> str:
    return f"{path.removesuffix('.yaml')}.tree"


def _plain(node: Node) -> tuple[Any, ...]:
    """A tree as tuples of what makes its nodes."""
    if isinstance(node, Scalar):
        return node.text, node.line, node.column, node.quoted
    if isinstance(node, Sequence):
        return list(map(_plain, node.items)), node.line, node.column
    return list(map(_plain, node.keys)), list(map(_plain, node.values)), node.line, node.column


def _node(plain: tuple[Any, ...]) -> Node:
    first, *rest = plain
    if isinstance(first, str):
        return Scalar(first, *rest)
    nodes: Any = list(map(_node, first))
    return Sequence(nodes, *rest) if len(rest) == 2 else Mapping(tuple(nodes), tuple(map(_node, rest[0])), *rest[1:])
