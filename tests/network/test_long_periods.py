"""Fields whose pattern is too long to be gone through: enclosed by an interval, in bounded work."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from slid_windows import random_chain

from convcalc.layers import field, window
from convcalc.layers.field import Field, Pattern
from convcalc.layers.window import (
    ADAPTIVE,
    CENTRED,
    INTERPOLATED,
    NEAREST,
    SHIFTING,
    SHUFFLING,
    SLIDING,
    SPREADING,
    Step,
    field_through,
)  # fmt: skip
from convcalc.network import meeting, walk
from convcalc.network.axes import shortest
from convcalc.network.load import summarise_text

# Whatever the bound, no unit sees a pixel outside its interval, and none sees more than the size.


@pytest.mark.parametrize(("most", "phases"), [(1, 200_000), (2, 200_000), (5, 200_000), (4096, 0), (4096, 6)])
@pytest.mark.seeds(2, 20)
def test_an_enclosing_interval_encloses(most: int, phases: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (field, meeting, window):
        monkeypatch.setattr(module, "MAX_PERIOD", most)
    monkeypatch.setattr(walk, "MAX_PHASES", phases)
    dice = random.Random(seed)
    rough = 0
    for _ in range(20):
        n, chain, cells = random_chain(dice)
        text = f"4x{n} -> " + " -> ".join(made.text for made in chain)
        (found,) = summarise_text(text).layers[-1].field
        rough += found.rough
        if found.lost:  # of those that see all before them
            extents = [max(cell.pixels) - min(cell.pixels) + 1 for cell in cells if cell.pixels]
            assert found.size is None or found.size >= max(extents, default=0), text
            continue
        for unit, cell in enumerate(cells):
            low, high = found.at(unit)
            if cell.pixels:
                assert low is not None, (text, unit)
                assert low <= min(cell.pixels) <= max(cell.pixels) <= high, (text, unit)
                assert max(cell.pixels) - min(cell.pixels) < found.size, (text, unit)
    assert rough


def random_step(dice: random.Random) -> Step:
    kind = dice.choice((NEAREST, CENTRED, INTERPOLATED, ADAPTIVE, SPREADING, SLIDING, SHUFFLING, SHIFTING))
    stride, before, apart = dice.randint(1, 5), dice.randint(0, 3), dice.randint(1, 3)
    if kind in (SPREADING, SLIDING, SHUFFLING, SHIFTING):
        return Step(kind, apart * dice.randint(0, 3) + 1, stride, before, apart, 7, 9)
    ratio = shortest(dice.randint(1, 12), dice.randint(1, 12))
    return Step(kind, dice.randint(1, 3), size=7, out=9, ratio=ratio, corners=dice.random() < 0.4)


def test_no_tap_of_a_pattern_lies_beyond_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    patterns: list[Pattern] = []
    monkeypatch.setattr(window, "compose", lambda field, pattern, out: patterns.append(pattern) or field)
    dice = random.Random(0)
    for _ in range(500):
        field_through(Field((0, 0), (0, 0), 1), random_step(dice))
    assert len(patterns) > 400
    for pattern in patterns:
        seen = {unit: taps for unit in range(2 * pattern.units) if (taps := pattern.taps(unit))}
        lines = {unit: Fraction(unit * pattern.moved, pattern.units) for unit in seen}
        assert all(pattern.first <= taps[0] - lines[unit] for unit, taps in seen.items())
        assert all(taps[-1] - lines[unit] <= pattern.last for unit, taps in seen.items())


LONG: dict[str, tuple[str, Any, Any]] = {  # size and stride
    "an enlargement of an odd scale sees whole pixels": ("1x30 -> upsample 4097/3 -> conv 1 k3", 2, Fraction(3, 4097)),
    "a neighbour of pooled cells is one cell": ("1x64 -> avgpool 4 -> upsample size=40007", 4, Fraction(64, 40007)),
    "a pooled cell is pooled again": ("1x30 -> upsample 4097 -> maxpool 4097", 1, 1),
    "windows that are spread far and cropped see a pixel": ("1x26 -> tconv 4 k3 s5000 p300", 1, Fraction(1, 5000)),
    "an interpolation far apart sees two": ("1x26 -> upsample 5000 mode=linear", 2, Fraction(1, 5000)),
    "a pooling of a prime ratio": ("1x10007 -> adaptiveavgpool 5003", 3, Fraction(10007, 5003)),
    "an enlargement of an enlargement": ("1x3 -> [upsample 2]*40", 1, Fraction(1, 2**40)),
    "a window as long as the pattern": ("1x3 -> upsample 4096 -> conv 1 k4096", 2, Fraction(1, 4096)),
    "a window over gaps": ("1x3 -> tconv 1 k1 s4096 -> conv 1 k4096", 1, Fraction(1, 4096)),
    "a window over gaps, longer": ("1x3 -> tconv 1 k1 s4096 -> conv 1 k4097", 2, Fraction(1, 4096)),
}


@pytest.mark.parametrize(("network", "size", "stride"), LONG.values(), ids=LONG)
def test_a_long_pattern_sees_whole_pixels(network: str, size: int, stride: Any) -> None:
    report = summarise_text(network)
    assert not report.errors
    (found,) = report.layers[-1].field
    assert (found.size, found.stride) == (size, stride)
    assert isinstance(found.size, int)


MANY = {
    "enlarged again and again": "16x3x3 -> [upsample 2]*255",
    "spread, mixed and picked": "6x100 -> [tconv 1 k1 s2 -> dwconv k2 p0 -> subsample kernel=1]*255 -> maxpool 3 s2",
    "enlarged, then convolved": "1x3 -> [upsample 2]*12 -> [conv 1 k3 p1]*100",
    "pooled to sizes that share no divisor": "1x3000 -> [adaptiveavgpool 2999 -> adaptiveavgpool 3000]*100",
    "a window as long as the pattern": "1x3 -> upsample 4096 -> conv 1 k4096",
    "a window over gaps": "1x3 -> tconv 1 k1 s4096 -> conv 1 k3000",
}


@pytest.mark.parametrize("network", MANY.values(), ids=MANY)
def test_a_long_pattern_is_bounded_work(network: str, calls: Any) -> None:
    assert calls(lambda: summarise_text(network)) < 1_000_000
