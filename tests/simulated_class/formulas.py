"""What is right of a layer, and every way to go wrong, as mistakes.md has them."""

from math import ceil, floor, prod
from typing import NamedTuple

from simulated_class.networks import (
    ADD,
    CAT,
    CONV,
    DW,
    FC,
    FLAT,
    KEEPING,
    KERNELS,
    LOCAL,
    NORM,
    POOL,
    RELU,
    SAME,
    SEP,
    SLIDING,
    TCONV,
    UP,
    Layer,
)


class Seat(NamedTuple):
    """What a student has before them when they answer for a layer."""

    layer: Layer
    inputs: tuple  # shapes, as they have them
    out: tuple = ()  # the output, as they have it (for macs)
    fields: tuple = ()  # of the inputs, as they have them
    grown: int = 0  # by how much the layer widens the field
    stride: int = 0  # of its input
    strides: tuple = ()  # of the sliding layers before
    conv_stride: int = 1
    flat: tuple = ()  # the map that was flattened, as they have it
    unpooled: tuple = ()
    side: int = 0  # of the network's input
    state: bool = False  # whether what is not learnt counts as parameters
    branch: int = 0  # the input whose size they go on with where two meet


def letters(seat):
    layer, shape = seat.layer, seat.inputs[seat.branch]
    (c, *space), dims = shape, max(1, len(shape) - 1)
    n, reach = space[0] if space else 1, layer.d * (layer.k - 1) + 1
    p, pad = layer.p, 2 * layer.p if layer.p != KEEPING else 0
    return {
        "n": n, "k": layer.k, "s": layer.s, "p": p, "pad": pad, "d": layer.d, "e": reach, "c": c, "f": layer.f, "g": layer.g,
        "m": layer.m, "op": layer.op, "b": layer.b, "K": layer.k**dims, "E": reach**dims, "N": prod(seat.out[1:]),
        "M": prod(space), "r": max(seat.fields, default=0), "j": seat.stride,
    }  # fmt: skip


def right_size(layer, n, v=None):
    """A side of the output from one of the input; `v` has other numbers for its letters."""
    v = v or letters(Seat(layer, ((1, n),)))
    if layer.kind == SAME:
        return layer.f
    if layer.kind == UP:
        return layer.f * v["n"]
    if layer.kind == TCONV:
        return (v["n"] - 1) * v["s"] - v["pad"] + v["e"] + v["op"]
    if layer.kind not in SLIDING:
        return v["n"]
    return ceil(v["n"] / v["s"]) if layer.p == KEEPING else floor((v["n"] + v["pad"] - v["e"]) / v["s"]) + 1


def channels(seat, v):
    layer = seat.layer
    if layer.kind == CAT:
        return sum(shape[0] for shape in seat.inputs)
    if layer.kind == DW:
        return v["c"] * v["m"]
    return layer.f if layer.kind in KERNELS else v["c"]


def right(seat, quantity, v=None):
    layer, v = seat.layer, v or letters(seat)
    if quantity == "output":
        if layer.kind == FLAT:
            return (prod(seat.inputs[0]),)
        if layer.kind == FC:
            return (layer.f,)
        return (channels(seat, v), *(right_size(layer, v["n"], v),) * (len(seat.inputs[0]) - 1))
    K, c, f, g, m, b, N = (v[letter] for letter in "KcfgmbN")
    if quantity == "parameters":
        match layer.kind:
            case "conv" | "tconv":
                return (K * c // g + b) * f
            case "localconv":
                return N * (K * c // g + b) * f
            case "dwconv":
                return (K + b) * c * m
            case "sepconv":
                return K * c * m + (c * m + b) * f
            case "linear":
                return (c + b) * f
            case "batchnorm":
                return 4 * c if seat.state else 2 * c
        return 0
    if quantity == "macs":
        match layer.kind:
            case "conv" | "localconv":
                return N * K * c // g * f
            case "tconv":
                return v["M"] * K * c // g * f
            case "dwconv":
                return N * K * c * m
            case "sepconv":
                return N * K * c * m + N * c * m * f
            case "linear":
                return c * f
        return 0
    return v["r"] + seat.grown


# Wrong formulas: (code, kinds, quantity, what it gives of the letters).  A dict of letters stands for a slip in the
# right formula; such slips also go together with another mistake.


def size(formula, *when):
    """A wrong size; `when` is what the layer must have: dilation, padding that is a number, a stride …"""

    def shape(seat, v):
        if seat.layer.p == KEEPING and "same" not in when:
            return None
        if any(not CONDITIONS[name](seat, v) for name in when):
            return None
        side = formula(v)
        return None if side is None else (channels(seat, v), *(side,) * (len(seat.inputs[0]) - 1))

    return shape


def first(formula):
    """Wrong channels."""
    return lambda seat, v: (formula(seat, v), *right(seat, "output", v)[1:])


def given(formula, *when):
    """A wrong number where the conditions hold."""
    return lambda seat, v: formula(seat, v) if all(CONDITIONS[name](seat, v) for name in when) else None


CONDITIONS = {
    "same": lambda seat, v: seat.layer.p == KEEPING,
    "strided": lambda seat, v: v["s"] > 1,
    "padded": lambda seat, v: v["pad"] > 0,
    "unpadded": lambda seat, v: v["p"] == 0,
    "dilated": lambda seat, v: v["d"] > 1,
    "grouped": lambda seat, v: v["g"] > 1,
    "ungrouped": lambda seat, v: v["g"] == 1,
    "depthwise": lambda seat, v: 1 < v["g"] == v["c"],
    "biased": lambda seat, v: seat.layer.b == 1,
    "unbiased": lambda seat, v: seat.layer.b == 0,
    "deep": lambda seat, v: bool(seat.strides),
    "pointwise": lambda seat, v: v["k"] == 1,
    "wide": lambda seat, v: v["k"] > 1,
    "state": lambda seat, v: seat.state,
    "no state": lambda seat, v: not seat.state,
}


def step(v, kernel):
    """A size with another width of the kernel."""
    return floor((v["n"] + v["pad"] - kernel) / v["s"]) + 1


def another_digit(seat, quantity):
    """The right number with its second digit one more or less."""
    text = str(right(seat, quantity))
    return int(text[0] + str((int(text[1]) + 1) % 10 if text[1] != "9" else 8) + text[2:]) if len(text) > 2 else None


def two_digits_swapped(seat, quantity):
    text = str(right(seat, quantity))
    return int(text[:-3] + text[-2] + text[-3] + text[-1]) if len(text) > 3 and text[-2] != text[-3] else None


W = (CONV, DW, SEP, LOCAL)  # convolutions that slide
F = (CONV, TCONV, SEP, LOCAL)  # those with filters of their own
WRONG = [
    ("size.no_plus_one", (*W, POOL), "output", size(lambda v: floor((v["n"] + v["pad"] - v["e"]) / v["s"]))),
    ("size.no_plus_one", (TCONV,), "output", size(lambda v: (v["n"] - 1) * v["s"] - v["pad"] + v["e"] - 1 + v["op"])),
    ("size.plus_one_inside", (*W, POOL), "output", size(lambda v: floor((v["n"] + v["pad"] - v["e"] + 1) / v["s"]))),
    ("size.pad_once", (*W, TCONV), "output", lambda seat, v: {"pad": v["p"]} if seat.layer.p != KEEPING else None),
    ("size.round_up_conv", W, "output", size(lambda v: ceil((v["n"] + v["pad"] - v["e"]) / v["s"]) + 1)),
    ("size.floor_sum", (*W, POOL), "output", size(lambda v: v["n"] // v["s"], "strided")),
    ("size.no_kernel", (*W, POOL), "output", size(lambda v: (v["n"] + v["pad"]) // v["s"])),
    ("size.no_stride", W, "output", size(lambda v: v["n"] + v["pad"] - v["e"] + 1, "strided")),
    ("size.no_stride", (POOL,), "output", lambda seat, v: None if seat.layer.default_stride else {"s": 1}),
    ("size.no_stride", (TCONV,), "output", lambda seat, v: {"s": 1}),
    ("size.no_padding", (*W, POOL, TCONV), "output", lambda seat, v: {"pad": 0} if v["pad"] else None),
    ("size.same_assumed", W, "output", size(lambda v: ceil(v["n"] / v["s"]), "unpadded")),
    ("size.same_strided_keeps", W, "output", size(lambda v: v["n"], "same", "strided")),
    ("size.same_floor", W, "output", size(lambda v: v["n"] // v["s"], "same")),
    ("size.dil_dk_minus1", W, "output", size(lambda v: step(v, v["d"] * v["k"] - 1), "dilated")),
    ("size.dil_dk", W, "output", size(lambda v: step(v, v["d"] * v["k"]), "dilated")),
    ("size.dil_plus", W, "output", size(lambda v: step(v, v["d"] + v["k"]), "dilated")),
    ("size.dil_ignored", (*W, TCONV), "output", lambda seat, v: {"e": v["k"]} if v["d"] > 1 else None),
    ("size.tc_inverse_size", (TCONV,), "output", size(lambda v: v["n"] * v["s"])),
    ("size.tc_conv_formula", (TCONV,), "output", size(lambda v: step(v, v["e"]))),
    ("size.tc_padding_grows", (TCONV,), "output", lambda seat, v: {"pad": -v["pad"]}),
    ("size.tc_op_twice", (TCONV,), "output", lambda seat, v: {"op": 2 * v["op"]}),
    ("size.valid_keras_pool", (POOL,), "output", size(lambda v: ceil(v["n"] / v["k"]))),
    ("size.pool_default_stride1", (POOL,), "output", lambda seat, v: {"s": 1} if seat.layer.default_stride else {}),
    ("size.floor_ceil_mixed", (POOL,), "output", size(lambda v: ceil((v["n"] + v["pad"] - v["e"]) / v["s"]) + 1)),
    ("size.channels_unchanged", (*F, DW), "output", first(lambda seat, v: v["c"])),
    ("size.channels_mult", F, "output", first(lambda seat, v: v["c"] * v["f"])),
    ("size.concat_add", (CAT,), "output", first(lambda seat, v: max(shape[0] for shape in seat.inputs))),
    ("size.flatten_no_channels", (FLAT,), "output", lambda seat, v: (v["M"],)),
    ("size.flatten_before_pool", (FLAT,), "output", lambda seat, v: (v["c"] * prod(seat.unpooled[1:]),) if seat.unpooled else None),
    ("par.no_bias", KERNELS, "parameters", lambda seat, v: {"b": 0} if v["b"] else None),
    ("par.bias_once", (*KERNELS, FC), "parameters", given(lambda seat, v: right(seat, "parameters", {**v, "b": 0}) + 1, "biased")),
    ("par.bias_per_channel", (CONV, TCONV), "parameters", given(lambda seat, v: (v["K"] + 1) * v["c"] // v["g"] * v["f"], "biased")),
    ("par.no_cin", (CONV, TCONV), "parameters", lambda seat, v: (v["K"] + v["b"]) * v["f"]),
    ("par.no_cin", (LOCAL,), "parameters", lambda seat, v: v["N"] * (v["K"] + v["b"]) * v["f"]),
    ("par.channels_swapped", (CONV, TCONV), "parameters", given(lambda seat, v: (v["K"] * v["f"] // v["g"] + v["b"]) * v["c"], "ungrouped")),
    ("par.channels_swapped", (FC,), "parameters", lambda seat, v: (v["f"] + v["b"]) * v["c"]),
    ("par.one_k", KERNELS, "parameters", lambda seat, v: {"K": v["k"]}),
    ("par.times_hw", (CONV, TCONV), "parameters", lambda seat, v: v["K"] * v["c"] // v["g"] * v["f"] * v["N"]),
    ("par.times_hw", (DW,), "parameters", lambda seat, v: v["K"] * v["c"] * v["m"] * v["N"]),
    ("par.times_hw", (SEP,), "parameters", lambda seat, v: (v["K"] + v["f"]) * v["c"] * v["m"] * v["N"]),
    ("par.input_size", (CONV, TCONV), "parameters", lambda seat, v: v["M"] * v["c"] * v["f"]),
    ("par.pool", (POOL,), "parameters", lambda seat, v: v["K"] * v["c"]),
    ("par.relu", (RELU,), "parameters", lambda seat, v: v["c"]),
    ("par.bn2", (NORM,), "parameters", lambda seat, v: 2 * v["c"] if seat.state else 4 * v["c"]),
    ("par.bn_hw", (NORM,), "parameters", lambda seat, v: 2 * v["c"] * v["M"]),
    ("par.bn_bias_kept", KERNELS, "parameters", lambda seat, v: {"b": 1} if not v["b"] else None),
    ("par.groups_ignored", (CONV, TCONV), "parameters", lambda seat, v: {"g": 1} if v["g"] > 1 else None),
    ("par.groups_div_both", (CONV, TCONV), "parameters", given(lambda seat, v: (v["K"] * v["c"] // v["g"] + v["b"]) * v["f"] // v["g"], "grouped")),
    ("par.depthwise_full", (DW,), "parameters", lambda seat, v: (v["K"] * v["c"] + v["b"]) * v["c"] * v["m"]),
    ("par.dw_cout", (CONV,), "parameters", given(lambda seat, v: (v["K"] + v["b"]) * v["c"], "depthwise")),
    ("par.tc_swap", (TCONV,), "parameters", given(lambda seat, v: v["K"] * v["c"] // v["g"] * v["f"] + v["c"], "biased")),
    ("par.dilated_more", KERNELS, "parameters", lambda seat, v: {"K": v["E"]} if v["d"] > 1 else None),
    ("par.fc_no_bias", (FC,), "parameters", lambda seat, v: {"b": 0}),
    ("par.fc_from_hw", (FC,), "parameters", lambda seat, v: prod(seat.flat[1:]) * v["f"] if seat.flat else None),
    ("slip.doubled", (*KERNELS, FC), "parameters", lambda seat, v: 2 * right(seat, "parameters", v)),
    ("slip.digit_changed", (*KERNELS, FC), "parameters", lambda seat, v: another_digit(seat, "parameters")),
    ("slip.digits", (*KERNELS, FC), "parameters", lambda seat, v: two_digits_swapped(seat, "parameters")),
    ("mac.no_cin", (CONV, LOCAL), "macs", lambda seat, v: v["N"] * v["K"] * v["f"]),
    ("mac.no_cin", (TCONV,), "macs", lambda seat, v: v["M"] * v["K"] * v["f"]),
    ("mac.in_hw", W, "macs", lambda seat, v: {"N": v["M"]}),
    ("mac.factor2", (*KERNELS, FC), "macs", lambda seat, v: 2 * right(seat, "macs", v)),
    ("mac.params", (*KERNELS, FC), "macs", lambda seat, v: right(seat, "parameters", v)),
    ("mac.dw", (DW,), "macs", lambda seat, v: v["N"] * v["K"] * v["c"] ** 2 * v["m"]),
    ("mac.tc", (TCONV,), "macs", lambda seat, v: {"M": v["N"]}),
    ("rf.cur_stride", SLIDING, "receptive_field", lambda seat, v: v["r"] + (v["e"] - 1) * v["j"] * v["s"]),
    ("rf.no_stride", SLIDING, "receptive_field", lambda seat, v: v["r"] + v["e"] - 1),
    ("rf.sum_k", SLIDING, "receptive_field", given(lambda seat, v: v["r"] + v["k"], "deep", "wide")),
    ("rf.mult_k", SLIDING, "receptive_field", given(lambda seat, v: v["r"] * v["k"], "deep", "wide")),
    ("rf.last_stride_only", SLIDING, "receptive_field", given(lambda seat, v: v["r"] + (v["e"] - 1) * seat.strides[-1], "deep")),
    ("rf.skip_pool", (POOL,), "receptive_field", lambda seat, v: v["r"]),
    ("rf.skip_pool", W, "receptive_field", lambda seat, v: v["r"] + (v["e"] - 1) * seat.conv_stride),
    ("rf.pad", W, "receptive_field", lambda seat, v: v["r"] + (v["e"] - 1) * v["j"] + v["pad"]),
    ("rf.area", (*SLIDING, UP, CAT, ADD, SAME), "receptive_field", lambda seat, v: right(seat, "receptive_field", v) ** 2),
    ("rf.gt_input_clip", SLIDING, "receptive_field", lambda seat, v: seat.side if right(seat, "receptive_field", v) > seat.side else None),
    ("rf.dil_ignored", SLIDING, "receptive_field", given(lambda seat, v: v["r"] + (v["k"] - 1) * v["j"], "dilated")),
    ("rf.dil_yu", W, "receptive_field", given(lambda seat, v: v["r"] + (v["k"] - 1) * (2 * v["d"] - 1) * v["j"], "dilated")),
    ("rf.1x1", W, "receptive_field", given(lambda seat, v: v["r"] + 1, "pointwise")),
    ("rf.upsample_halves", (UP,), "receptive_field", lambda seat, v: v["r"] // seat.layer.f if v["r"] % seat.layer.f == 0 else None),
    ("rf.residual_none", (ADD,), "receptive_field", lambda seat, v: min(seat.fields)),
]  # fmt: skip
