"""The common mistakes of convolution arithmetic: each a wrong formula beside the right one, and what to say of it.

The letters are those of the kinds' records.  Beside them: E the product of the effective kernels d·(k − 1) + 1; C and H
the channels and positions of a flattened map, H_pool the positions before its last pooling; r_in and j_in the receptive
field and the stride of a layer's input, r_min the least field of several inputs, j_conv the stride without poolings,
s_prev that of the layer before, r_right the right field where no recurrence gives it, n_net the side of the network's
input, c_max the most channels of any input; of a total, I the numbers of the network's inputs and O those that every
layer puts out.  _ is the right formula, P that of the parameters.

A mistake is a change of the right formula wherever it can be: its kinds are then those that have the part it changes.
"""

from __future__ import annotations

from collections.abc import Mapping

from convcalc.tuples import NamedTuple


class Wrong(NamedTuple):
    """One way to go wrong in a formula."""

    # By name, by the rules of conventions that they go by, or by the type of their window; "weighted": a window of
    # weights; "any", "total".
    kinds: str
    formula: str = ""  # the wrong one; empty: the right one, with the parts below put in
    put: Mapping[str, str] = {}  # what is put for what: {"2*p": "p"}; a right formula without it offers no occasion
    when: str = ""  # a condition of convcalc.marking.situation on the layer
    quantity: str = ""  # where it is another than the mistake's
    parts: str = ""  # letters that the right formula has beside those


class Mistake(NamedTuple):
    """A mistake with a stable code, and the words for the student."""

    code: str
    quantity: str  # size, channels, features, parameters, macs, activations, receptive_field, rf_centre; "" any
    slip: str  # what was done
    cure: str  # what is right
    wrongs: tuple[Wrong, ...] = ()
    rank: int = 5  # 1 the commonest: which of two that give the same number is named first

    @property
    def sentence(self) -> str:
        return f"{self.slip}; {self.cure}"


WINDOW = "n + 2*p - d*(k - 1) - 1"  # from the first to the last place of a window, less one
EXACT = f"({WINDOW})/s"

SIZES = (
    Mistake("size.no_plus_one", "size", "the + 1 is missing", "the first place of the window counts too: ⌊…/s⌋ + 1",
            (Wrong("conv pool", f"floor({EXACT})"), Wrong("tconv", "(n - 1)*s - 2*p + d*(k - 1) + op")), 1),
    Mistake("size.plus_one_inside", "size", "the + 1 was put inside the rounding",
            "it is added after dividing: ⌊…/s⌋ + 1", (Wrong("conv pool", f"floor(({WINDOW} + 1)/s)"),), 3),
    Mistake("size.pad_once", "size", "the padding was added on one side only", "there are p cells on both sides: 2p",
            (Wrong("conv pool tconv", "", {"2*p": "p"}),), 1),
    Mistake("size.pad_total_as_side", "size", "the total padding was added on each side",
            "the total is both sides together already", (Wrong("conv pool", "", {"2*p": "4*p"}, "padded"),), 6),
    Mistake("size.round_up_conv", "size", "the division was rounded up",
            "a convolution rounds down: a window that does not fit is dropped",
            (Wrong("conv", f"ceil({EXACT}) + 1"),), 3),
    Mistake("size.fraction", "size", "the division was not rounded",
            "a size is a whole number: round down before adding 1", (Wrong("conv pool", f"{EXACT} + 1"),), 2),
    Mistake("size.floor_sum", "size", "the size was only divided by the stride",
            "a stride of s gives n/s only where 2p = k − s",
            (Wrong("conv pool", "floor(n/s)", {}, "strided numeric"),), 4),
    Mistake("size.no_kernel", "size", "the kernel was left out", "the window itself takes k cells: n + 2p − k",
            (Wrong("conv pool", "floor((n + 2*p)/s)"),), 4),
    Mistake("size.no_stride", "size", "the stride was left out",
            "windows lie s cells apart: divide by s, and in a transposed convolution multiply by it",
            (Wrong("conv tconv", "", {"s": "1"}, "strided"), Wrong("pool", "", {"s": "1"}, "own-stride")), 4),
    Mistake("size.no_padding", "size", "the padding was left out", "it widens the input on both sides: n + 2p",
            (Wrong("conv pool tconv", "", {"2*p": "0"}, "padded"),), 4),
    Mistake("size.same_assumed", "size", "a padding was assumed that keeps the size", "none is given here: p = 0",
            (Wrong("conv", "ceil(n/s)", {}, "unpadded"),), 4),
    Mistake("size.same_strided_keeps", "size", "`same` was taken to keep the size", "with a stride it gives ⌈n/s⌉",
            (Wrong("conv pool", "n", {}, "same strided"),), 3),
    Mistake("size.same_floor", "size", "`same` was rounded down", "it rounds up: ⌈n/s⌉",
            (Wrong("conv pool", "floor(n/s)", {}, "same"),), 3),
    Mistake("size.valid_keras_pool", "size", "the size was divided by the window and rounded up",
            "a window that does not fit is dropped: ⌊(n − k)/s⌋ + 1", (Wrong("pool", "ceil(n/k)", {}, "floors"),), 4),
    Mistake("size.pool_default_stride1", "size", "the stride of the pooling was taken to be 1",
            "when no stride is given, it is the window's side", (Wrong("pool", "", {"s": "1"}, "default stride"),), 4),
    Mistake("size.dil_dk_minus1", "size", "the dilated kernel was taken to be d·k − 1", "it is d·(k − 1) + 1 wide",
            (Wrong("conv pool", "floor((n + 2*p - (d*k - 1))/s) + 1", {}, "dilated"),), 4),
    Mistake("size.dil_dk", "size", "the dilated kernel was taken to be d·k", "it is d·(k − 1) + 1 wide",
            (Wrong("conv pool", "floor((n + 2*p - d*k)/s) + 1", {}, "dilated"),), 3),
    Mistake("size.dil_plus", "size", "the dilated kernel was taken to be k + d", "it is d·(k − 1) + 1 wide",
            (Wrong("conv pool", "floor((n + 2*p - (k + d))/s) + 1", {}, "dilated"),), 6),
    Mistake("size.dil_ignored", "size", "the dilation was left out", "it widens the kernel to d·(k − 1) + 1",
            (Wrong("conv pool tconv", "", {"d": "1"}, "dilated"),), 2),
    Mistake("size.dil_same_pad", "size", "the padding was worked out without the dilation",
            "d·(k − 1)/2 on each side keeps the size", (Wrong("conv", "floor((k - 1)/2)", {}, "dilated", "padding"),
            Wrong("conv", "floor((n + (k - 1) - d*(k - 1) - 1)/s) + 1", {}, "dilated same"),
            Wrong("conv", "n", {}, "dilated half")), 4),
    Mistake("size.even_same", "size", "half an even kernel was taken to keep the size",
            "an even kernel needs one cell more on one side than on the other",
            (Wrong("conv", "floor((n + 2*floor(k/2) - k)/s) + 1", {}, "even same"),
            Wrong("conv", "n", {}, "even half")), 4),
    Mistake("size.tc_inverse_size", "size", "the size was only multiplied by the stride",
            "a transposed convolution gives s·(n − 1) + k − 2p + op", (Wrong("tconv", "s*n"),), 2),
    Mistake("size.tc_conv_formula", "size", "the formula of an ordinary convolution was used",
            "a transposed one enlarges: s·(n − 1) + k − 2p + op", (Wrong("tconv", f"floor({EXACT}) + 1"),), 2),
    Mistake("size.tc_padding_grows", "size", "the padding was added", "a transposed convolution takes it away: − 2p",
            (Wrong("tconv", "", {"2*p": "0 - 2*p"}, "padded"),), 3),
    Mistake("size.tc_op_twice", "size", "the output padding was added on both sides",
            "it is added at the end alone: + op", (Wrong("tconv", "", {"op": "2*op"}),), 4),
    Mistake("size.hw_swapped", "size", "height and width were swapped",
            "the first number of kernel, stride and padding is the height's",
            (Wrong("conv pool tconv", "", {}, "other axis"),), 3),
    Mistake("size.ceil_naive", "size", "the division was rounded up without looking at the last window",
            "a window that starts in the padding on the right is dropped",
            (Wrong("pool", f"ceil({EXACT}) + 1", {}, "ceil"),), 3),
    Mistake("size.floor_ceil_mixed", "size", "the division was rounded the other way",
            "pooling rounds down in PyTorch, up in Caffe and with ceil_mode",
            (Wrong("pool", f"floor({EXACT}) + 1", {}, "ceil"), Wrong("pool", f"ceil({EXACT}) + 1", {}, "floors")), 2),
    Mistake("size.channels_unchanged", "channels", "the channels were carried on from the input",
            "there are as many as filters",
            (Wrong("weighted", "", {"f": "c"}), Wrong("weighted", "", {"m": "1"}, "multiplied")), 2),
    Mistake("size.channels_mult", "channels", "the filters were multiplied by the input channels",
            "a filter sees all input channels and makes one map", (Wrong("weighted", "", {"f": "c*f"}),), 3),
    Mistake("size.flatten_no_channels", "features", "the channels were left out",
            "flattening keeps every number: C·H·W", (Wrong("flatten", "H"),), 2),
    Mistake("size.flatten_before_pool", "features", "the size before the last pooling was used",
            "what is flattened is the pooled map", (Wrong("flatten", "C*H_pool", {}, "pooled"),), 3),
    Mistake("size.concat_add", "channels", "the channels were not added up",
            "a concatenation has those of all branches together", (Wrong("concat", "c_max"), Wrong("concat", "c")), 2),
)  # fmt: skip

PARAMETERS = (
    Mistake("par.no_bias", "parameters", "no bias was counted", "each filter has one more",
            (Wrong("weighted", "", {"b": "0"}, "biased"),), 1),
    Mistake("par.bias_once", "parameters", "one bias was counted for the whole layer", "every filter has its own",
            (Wrong("weighted linear", "_ + 1", {"b": "0"}, "biased"),), 2),
    Mistake("par.bias_per_channel", "parameters", "a bias was counted for every input channel of a filter",
            "a filter has one, however many channels it sees",
            (Wrong("weighted", "", {"K": "K + 1", "b": "0"}, "biased", parts="g"),
            Wrong("weighted", "", {"K*c*m": "(K + 1)*c*m"}, "biased")), 3),
    Mistake("par.no_cin", "parameters", "the input channels were left out",
            "a filter has weights for each of them: K·c", (Wrong("weighted", "", {"c": "1", "g": "1"}),), 1),
    Mistake("par.channels_swapped", "parameters", "input and output channels were swapped",
            "a filter has weights for each input channel, and every filter a bias: (K·c + 1)·f",
            (Wrong("weighted linear", "", {"c": "f", "f": "c"}),), 4),
    Mistake("par.one_k", "parameters", "the kernel's side was not squared", "a filter has k·k weights for each channel",
            (Wrong("weighted", "", {"K": "k"}), Wrong("weighted", "", {"K": "k"}, "", "macs")), 3),
    Mistake("par.times_hw", "parameters", "the weights were counted at every position",
            "they are shared: the size of the output does not matter",
            (Wrong("weighted", "_*N", {"b": "0"}, "shared"), Wrong("weighted", "_*N", {}, "shared")), 3),
    Mistake("par.input_size", "parameters", "the size of the input was counted in",
            "a convolution's weights do not depend on it",
            (Wrong("weighted", "", {"K": "M", "g": "1", "b": "0"}, "shared"),
            Wrong("weighted", "", {"K": "M", "g": "1"}, "shared"), Wrong("weighted", "", {"K": "M"}, "shared"))),
    Mistake("par.pool", "parameters", "the window of the pooling was counted as weights",
            "pooling has nothing to learn", (Wrong("pool", "K*c"), Wrong("pool", "(K + 1)*c")), 3),
    Mistake("par.lenet_s2", "parameters", "LeNet-5's pooling was counted as another source has it",
            "the paper of 1998 has two a map; pooling as it is now has none",
            (Wrong("subsample", "0"), Wrong("pool", "2*c"))),
    Mistake("par.lenet_c3", "parameters", "this is C3 with the other connections",
            "the paper of 1998 joins 60 of the 96 pairs of maps (1,516); joined fully there are 2,416",
            (Wrong("tableconv", "(K*c + b)*f"), Wrong("conv", "K*60 + b*f", {}, "c3")), 4),
    Mistake("par.relu", "parameters", "an activation was counted as having parameters",
            "ReLU has none; PReLU has 1 or one a channel", (Wrong("activation", "c"),), 4),
    Mistake("par.bn2", "parameters", "learnt parameters and running statistics were mixed up",
            "2 a channel are learnt; mean and variance, 2 more, are not: Keras counts all 4",
            (Wrong("batchnorm instancenorm groupnorm", "4*e"), Wrong("batchnorm", "2*e")), 2),
    Mistake("par.bn_hw", "parameters", "a scale and a shift were counted at every position",
            "there are two for each channel", (Wrong("batchnorm instancenorm groupnorm", "2*e*M"),), 4),
    Mistake("par.bn_bias_kept", "parameters", "a bias was counted where there is none",
            "before a normalisation the bias is left out: bias = no",
            (Wrong("weighted linear", "", {"b": "1"}, "unbiased"),), 2),
    Mistake("par.fc_no_bias", "parameters", "no bias was counted", "each unit has one more",
            (Wrong("linear", "", {"b": "0"}, "biased"),), 1),
    Mistake("par.fc_from_hw", "parameters", "the channels of the flattened map were left out",
            "every number of the map has a weight: C·H·W·f",
            (Wrong("linear", "", {"c": "H", "b": "0"}, "flattened"), Wrong("linear", "", {"c": "H"}, "flattened")), 3),
    Mistake("par.groups_ignored", "parameters", "the groups were left out", "a filter sees c/g channels",
            (Wrong("weighted", "", {"g": "1"}, "grouped"), Wrong("weighted", "", {"g": "1"}, "grouped", "macs")), 2),
    Mistake("par.groups_div_both", "parameters", "the filters were divided by the groups too",
            "only the input channels are: each of the f filters sees c/g",
            (Wrong("weighted", "", {"f": "f/g"}, "grouped", parts="g"),
            Wrong("weighted", "", {"f": "f/g", "b": "b*g"}, "grouped", parts="g"),
            Wrong("weighted", "", {"f": "f/g"}, "grouped", "macs", "g")), 4),
    Mistake("par.depthwise_full", "parameters", "the depthwise convolution was counted as a full one",
            "each channel has a kernel of its own: K·c",
            (Wrong("weighted", "", {"K": "K*c"}, parts="m"), Wrong("weighted", "", {"K": "K*c", "b": "0"}, parts="m"),
            Wrong("conv", "K*c*c", {}, "depthwise")), 2),
    Mistake("par.dw_cout", "parameters", "one filter a channel was counted",
            "a channel may have several: f/c, or m",
            (Wrong("weighted", "", {"f": "c"}, "depthwise", parts="g"),
            Wrong("weighted", "", {"f": "c", "b": "0"}, "depthwise", parts="g"),
            Wrong("weighted", "", {"m": "1"}, "multiplied")), 4),
    Mistake("par.tc_swap", "parameters", "a bias was counted for each input channel",
            "the biases belong to the output: f", (Wrong("tconv", "_ + c", {"b": "0"}, "biased"),), 3),
    Mistake("par.dilated_more", "parameters", "the holes of the dilated kernel were counted",
            "dilation adds no weights: k·k", (Wrong("weighted", "", {"K": "E"}, "dilated"),
            Wrong("weighted", "", {"K": "E"}, "dilated", "macs")), 3),
)  # fmt: skip

MACS = (
    Mistake("mac.no_cin", "macs", "the input channels were left out", "every output is a sum over all of them: K·c",
            (Wrong("weighted", "", {"c": "1", "g": "1"}),), 1),
    Mistake("mac.in_hw", "macs", "the positions of the input were counted",
            "there is one window for every position of the output", (Wrong("weighted", "", {"N": "M"}),), 2),
    Mistake("mac.factor2", "macs", "MACs and FLOPs were mixed up",
            "one MAC is a multiplication and an addition: FLOPs are twice the MACs",
            (Wrong("any", "2*_"), Wrong("any", "_/2")), 2),
    Mistake("mac.params", "macs", "this is the number of parameters", "each weight is used at every position: times N",
            (Wrong("weighted linear", "P"), Wrong("weighted", "P", {"b": "0"}, "biased")), 2),
    Mistake("mac.bias", "macs", "the biases were counted", "adding a bias is no multiply–accumulate",
            (Wrong("weighted", "_ + f*N", {}, "biased"), Wrong("linear", "_ + f", {}, "biased"))),
    Mistake("mac.dw", "macs", "the depthwise convolution was counted as a full one",
            "each channel is only convolved with its own kernel",
            (Wrong("weighted", "", {"K": "K*c"}, parts="m"), Wrong("weighted", "", {"g": "1"}, "depthwise")), 3),
    Mistake("mac.tc", "macs", "the positions of the output were counted",
            "a transposed convolution uses its kernel once for every position of the input",
            (Wrong("tconv", "", {"M": "N"}),), 3),
    Mistake("mem.vgg24M", "activations", "this is the 24M of the course notes", "the rows there add up to 15.2M",
            (Wrong("total", "24000000", {}, "vgg16"),), 3),
    Mistake("mem.input", "activations", "the input was counted in", "the total is of what layers put out",
            (Wrong("total", "_ + I"), Wrong("total", "O + I")), 3),
    Mistake("mem.in_place", "activations", "the output of every layer was counted",
            "activation functions, dropout and flatten need no storage of their own", (Wrong("total", "O"),), 3),
)  # fmt: skip

GROWTH = "r_in + d*(k - 1)*j_in"

FIELDS = (
    Mistake("rf.cur_stride", "receptive_field", "the layer's own stride was counted",
            "only the strides before it: r + (k − 1)·j", (Wrong("sliding", f"{GROWTH}*s"),), 1),
    Mistake("rf.no_stride", "receptive_field", "the strides before it were left out",
            "each step here is j pixels of the input: r + (k − 1)·j", (Wrong("sliding", "r_in + d*(k - 1)"),), 1),
    Mistake("rf.sum_k", "receptive_field", "the kernels were added up",
            "each adds k − 1, the first pixel is counted once",
            (Wrong("sliding", "r_in + k", {}, "deep"), Wrong("sliding", "r_in + k*j_in", {}, "deep")), 2),
    Mistake("rf.mult_k", "receptive_field", "the kernels were multiplied", "they add up: r + (k − 1)·j",
            (Wrong("sliding", "r_in*k", {}, "deep"),), 3),
    Mistake("rf.reversed", "receptive_field", "the recurrence was run from the output",
            "the strides that count are those between the input and the layer", (Wrong("chain"),), 4),
    Mistake("rf.last_stride_only", "receptive_field", "only the stride of the layer before was counted",
            "all strides before it multiply: j", (Wrong("sliding", "r_in + d*(k - 1)*s_prev", {}, "deep"),), 2),
    Mistake("rf.skip_pool", "receptive_field", "the poolings were skipped",
            "a pooling counts like a convolution, with its k and s",
            (Wrong("pool", "r_in"), Wrong("conv", "r_in + d*(k - 1)*j_conv")), 2),
    Mistake("rf.pad", "receptive_field", "the padding was added", "it moves the field, and does not widen it",
            (Wrong("sliding", f"{GROWTH} + 2*p"), Wrong("sliding", "r_in + (d*(k - 1) + 2*p)*j_in")), 3),
    Mistake("rf.dil_yu", "receptive_field", "this is the field of the whole stack with dilations 1, 2, … d",
            "one layer adds d·(k − 1)·j", (Wrong("sliding", "r_in + (k - 1)*(2*d - 1)*j_in", {}, "dilated"),), 4),
    Mistake("rf.dil_ignored", "receptive_field", "the dilation was left out", "it spreads the taps: d·(k − 1)·j",
            (Wrong("sliding", "r_in + (k - 1)*j_in", {}, "dilated"),), 1),
    Mistake("rf.1x1", "receptive_field", "a kernel of 1 was taken to widen the field", "it adds k − 1 = 0",
            (Wrong("sliding", "r_in + 1", {}, "pointwise"), Wrong("sliding", "r_in + j_in", {}, "pointwise")), 3),
    Mistake("rf.residual_sum", "receptive_field", "the branches were added up one after the other",
            "they are parallel: the widest path counts", (Wrong("chain"),), 4),
    Mistake("rf.residual_none", "receptive_field", "the residual blocks were left out",
            "the path through them counts: the widest one", (Wrong("chain"), Wrong("any", "r_min")), 4),
    Mistake("rf.area", "receptive_field", "this is the area", "the side is asked for", (Wrong("any", "_**2"),), 2),
    Mistake("rf.gt_input_clip", "receptive_field", "the field was cut off at the input",
            "it may be larger than the image", (Wrong("any", "min(_, n_net)"),), 2),
    Mistake("rf.upsample_halves", "receptive_field", "the field was divided by the scale",
            "it never shrinks; the stride does", (Wrong("resampling", "r_in/r"),), 3),
    Mistake("rf.start_dil", "rf_centre", "the dilation was left out of the centre",
            "the first centre moves by (d·(k − 1)/2 − p)·j",
            (Wrong("sliding", "a_in + (r_in - 1)/2 + ((k - 1)/2 - p)*j_in", {}, "dilated"),), 3),
    Mistake("rf.fc", "receptive_field", "the field of the last convolution was carried on",
            "a linear layer on a flattened map sees all of it", (Wrong("linear", "r_in"),), 2),
)  # fmt: skip

# Of arrays worked cell by cell: what each of them gives is convcalc.marking.array_slips.
ARRAYS = (
    Mistake("arr.flipped", "array", "the kernel was flipped", "a layer slides it as it is: Σ x[i + m, j + n]·w[m, n]",
            rank=1),
    Mistake("arr.not_flipped", "array", "the kernel was not flipped",
            "the convolution of textbooks flips it: Σ x[i − m, j − n]·w[m, n]", rank=1),
    Mistake("arr.transposed", "array", "rows and columns were exchanged", "the first place is the row", rank=2),
    Mistake("arr.no_stride", "array", "the stride was ignored", "windows begin s cells apart", rank=2),
    Mistake("arr.no_padding", "array", "the padding was forgotten", "p cells are put on each side first", rank=2),
    Mistake("arr.average", "array", "the average was taken", "it is the largest of each window", rank=2),
    Mistake("arr.padding_counted", "array", "the zeros of the padding were counted, or left out, the wrong way",
            "look whether count_padding is said: by itself they count", rank=3),
    Mistake("arr.no_dilation", "array", "the dilation was ignored", "the taps are d cells apart", rank=2),
    Mistake("arr.no_overlap", "array", "where windows overlap, their numbers were not added",
            "every input adds its products to what is there", rank=2),
    Mistake("arr.no_bias", "array", "the bias was forgotten", "it is added to every number of its filter", rank=2),
    Mistake("arr.one_channel", "array", "only one channel was taken", "the products of all channels are added", rank=2),
    Mistake("arr.no_activation", "array", "the activation was forgotten", "it goes over every number", rank=2),
)  # fmt: skip

# What a layer of a handed-in program has otherwise than the key's: no slip of arithmetic.
PROGRAMS = tuple(
    Mistake(f"code.{name}", "", slip, "look at what the assignment says of this layer", rank=2)
    for name, slip in {
        "kind": "another kind of layer", "filters": "another number of filters", "units": "another number of units",
        "kernel": "another kernel", "stride": "another stride", "padding": "another padding",
        "dilation": "another dilation", "groups": "other groups", "bias": "a bias too many, or too few",
    }.items()
)  # fmt: skip

# Slips in writing an answer down: what was meant may be right.
SLIPS = (
    Mistake("slip.layout", "", "the axes stand in another order",
            "write channels × height × width, or height × width × channels", rank=11),
    Mistake("slip.no_channels", "", "the channels are missing", "a shape has them too: channels × height × width",
            rank=11),
    Mistake("slip.unit", "", "the unit is another one", "look whether thousands, 1024, bytes or numbers were asked for",
            rank=12),
    Mistake("slip.column", "", "this is another quantity of the same row", "look at the heading of the column",
            rank=12),
    Mistake("slip.neighbour", "", "this belongs to another row", "look at the name of the row", rank=13),
    Mistake("slip.row_left_out", "", "a row was left out of the sum", "add up all rows", rank=12),
    Mistake("slip.carried", "", "this follows from an earlier answer that is wrong", "mend that one first", rank=10),
    Mistake("slip.arithmetic", "", "the working is right, its result is not", "work it out again", rank=10),
    Mistake("slip.off_by_one", "", "this is off by one", "count again", rank=14),
    Mistake("slip.doubled", "", "this is twice as much, or half", "look where a 2 was put in or left out", rank=14),
    Mistake("slip.digit_changed", "", "one digit is another", "copy it again", rank=15),
    Mistake("slip.digits", "", "a digit is missing, doubled or has changed places", "copy it again", rank=15),
)  # fmt: skip

MISTAKES: dict[str, Mistake] = {
    each.code: each for each in (*SIZES, *PARAMETERS, *MACS, *FIELDS, *ARRAYS, *PROGRAMS, *SLIPS)
}
