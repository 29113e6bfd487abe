"""What stands for layers that are not written out: the turns of a repeat whose number is a letter."""

from __future__ import annotations

from convcalc.layers import Key, Kind
from convcalc.layers.window import POINT, SLIDING, Window

TURNS = Kind(
    "repeat",
    "The turns of a repeat between its first and its last, all of one form: k and p are those of all together.",
    keys=(Key("times", "t", "how many turns"),),
    parameters="w",
    buffers="u",
    sizes={"": "n + p_l + p_r - k + 1"},
    window=Window(SLIDING, "k"),
    layers="m*t",
    meanings={"k": ("side of the window of all these turns together", "cells")},
)
STILL_TURNS = TURNS._replace(sizes={"": "n"}, window=POINT)  # that leave sizes and fields as they are
