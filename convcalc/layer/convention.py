"""What a framework may settle where the textbook leaves a choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.layer.record import Need
from convcalc.tuples import NamedTuple


class Same(NamedTuple):
    """What `same` means: the padding in all, and the size where it has a formula of its own; the odd cell is last."""

    total: str
    size: str = ""


class Convention(NamedTuple):
    name: str
    doc: str
    # By the rules that a kind goes by: conv, pool, tconv, …
    same: Mapping[str, Same]
    sizes: Mapping[tuple[str, str], str] = {}  # (rules, situation) → the formula that replaces the kind's own
    defaults: Mapping[tuple[str, str], Any] = {}  # (rules, key) → default
    # By what must hold of the layer: its rules, "… layer" for one kind, "3d", "same" with that padding.
    needs: Mapping[str, tuple[Need, ...]] = {}
    clips_padded_only: bool = False  # rounding up, drop a last window in the padding only where any axis is padded
    ends_after_beginnings: bool = False  # padding may be listed as ONNX does: every beginning, then every end
    output_sets_padding: bool = False  # a transposed convolution's `output` settles its padding, not output_padding
    global_pool_keeps: bool = True  # global pooling leaves axes of size 1
    dense_on_maps: bool = False  # a linear layer may act on the channels of a map
    recurrent_biases: int = 2  # biases per gate
    recurrent_sequences: bool = True  # a recurrent layer gives every step
    prelu_per_number: bool = False
    pads_in_words: bool = False  # a convolution's padding is a word, never a number
    groups_of_one: bool = False  # −1 groups are as many as channels
    classes: str = "torch"  # whose class names win where both have one
