"""What the bundled networks come to: a table beside them, so that nobody has to wait for all of them to be worked."""

from __future__ import annotations

import os

from convcalc.readers import library
from convcalc.tuples import NamedTuple

TABLE = "networks.tsv"  # written by `pytest --renew tests/readers/test_bundled_table.py`, which tests that it is true


class BundledNetwork(NamedTuple):
    """A bundled network as it is without any choice."""

    name: str
    family: str  # the network that it is a member of, or itself
    title: str
    about: str
    inputs: str  # 3x224x224, or left 3x32x32, right 3x32x32
    output: str
    layers: int
    parameters: int
    macs: int
    receptive_field: str  # 212x212; empty where there is none

    @property
    def shapes(self) -> dict[str, list[int]]:
        """The shape of each input by its name."""
        found = (part.rpartition(" ") for part in self.inputs.split(", "))
        return {name or "input": sides(text) for name, _, text in found}


def sides(text: str) -> list[int]:
    return [int(side) for side in text.split("x")] if text else []


def bundled_table() -> list[BundledNetwork]:
    """Every bundled network, a family together, its root first."""
    try:
        with open(os.path.join(library.folder(), TABLE), encoding="utf-8") as file:
            rows = [line.rstrip("\n").split("\t") for line in file]
    except OSError:
        return []
    return [
        BundledNetwork(*row[:6], *map(int, row[6:9]), row[9])  # type: ignore[call-arg, arg-type]
        for row in rows[1:]
    ]
