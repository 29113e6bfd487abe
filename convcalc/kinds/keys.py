"""The settings that layers share, each written once: its names, its letter, its default."""

from __future__ import annotations

from convcalc.layers import Key

FILTERS = Key(
    "filters", "f", "number of filters, the channels of the output",
    aliases=("out_channels", "c_out", "cout", "num_filters", "channels", "depth"),
)  # fmt: skip
IN_CHANNELS = Key(
    "in_channels", "", "channels of the input: checked, never needed", "check", None,
    aliases=("c_in", "cin", "in_features", "num_features", "num_channels"),
)  # fmt: skip
KERNEL = Key(
    "kernel",
    "k",
    "sides of the window",
    "axes",
    aliases=("kernel_size", "filter_size", "size", "kernel_shape"),
    bare=False,
)
POOL_KERNEL = KERNEL._replace(aliases=("kernel_size", "pool_size", "size", "window", "kernel_shape"), bare=True)
STRIDE = Key("stride", "s", "step from one window to the next", "axes", 1, aliases=("strides",))
POOL_STRIDE = STRIDE._replace(default="=kernel")
PADDING = Key(
    "padding", "p", "cells added on each side", "padding", 0, low=0, aliases=("pad", "pads"),
    words=("same", "valid", "same_lower", "same_upper", "causal"),
)  # fmt: skip
AUTO_PAD = Key(
    "auto_pad", "", "ONNX's word for the padding", "word", "notset",
    words=("notset", "valid", "same_upper", "same_lower"), quiet=True,
)  # fmt: skip
PADS = Key(
    "pads", "", "cells before every axis, then behind every axis (ONNX)", "sides", None, low=-(10**9), quiet=True
)
DILATION = Key("dilation", "d", "distance between neighbouring taps", "axes", 1, aliases=("dilation_rate", "dilations"))
GROUPS = Key("groups", "g", "groups of channels that do not see each other", default=1, aliases=("group",))
BIAS = Key("bias", "b", "one bias per filter", "flag", True, aliases=("use_bias",))
MULTIPLIER = Key("multiplier", "m", "filters per channel", default=1, aliases=("depth_multiplier",))
CEIL = Key("ceil", "", "round the size up", "flag", False, aliases=("ceil_mode",))
OUTPUT = Key("output", "o", "size of the output", "output", None, aliases=("output_size", "output_shape"))
AXIS = Key("axis", "", "the axis normalised, with the batch as 0", "integer", None, quiet=True, bare=False)
PADDING_MODE = Key(
    "padding_mode", "", "what the padding holds", "word", "zeros",
    words=("zeros", "reflect", "replicate", "circular"), aliases=("mode",),
)  # fmt: skip
UNITS = Key(
    "units", "f", "number of outputs", aliases=("out_features", "filters", "c_out", "hidden_size", "output_dim"),
)  # fmt: skip
SCALE = Key("scale", "r", "how many times larger", "scales", None, low=0, aliases=("scale_factor", "factor"))
RATE = Key("rate", "", "share of numbers dropped", "number", None, low=0, high=1, aliases=("p",), quiet=True)
MINUS_ANY = -(10**400)  # below all that a program has
DECIMAL = Key("", "", "", "decimal", None, low=MINUS_ANY, quiet=True)  # changes values, no shape
POWER = DECIMAL._replace(
    name="power", doc="of the norm: that of each number", default="2", words=("inf",), aliases=("order",), bare=False
)  # fmt: skip
EPS = DECIMAL._replace(
    name="eps", doc="what is added so that nothing is divided by 0", default="1e-5", low=0, aliases=("epsilon",)
)
DROPPED = RATE._replace(name="dropout", aliases=())
BATCH_FIRST = Key("batch_first", "", "the batch before the steps, not behind them", "ignored", None, quiet=True)
FACTOR = Key(
    "factor",
    "r",
    "how many times larger a side becomes",
    aliases=("upscale_factor", "downscale_factor", "blocksize", "r"),
)

# Settings of frameworks' layers that change values, never shapes or counts: read and left alone.
IGNORED = frozenset((
    "activity_regularizer", "alpha", "antialias", "batch_first", "beta", "beta_constraint", "beta_initializer",
    "beta_regularizer", "bias_constraint", "bias_initializer", "bias_regularizer",
    "depthwise_constraint", "depthwise_initializer", "depthwise_regularizer", "device", "dtype",
    "embeddings_constraint", "embeddings_initializer", "embeddings_regularizer", "flash_attention", "gamma_constraint",
    "gamma_initializer", "gamma_regularizer", "go_backwards", "implementation", "inplace", "kernel_constraint",
    "kernel_initializer", "kernel_regularizer", "l1", "l2", "lora_alpha", "mask_value", "mask_zero", "max_norm",
    "moving_mean_initializer", "moving_variance_initializer", "noise_shape", "nonlinearity", "norm_type", "padding_idx",
    "pointwise_constraint", "pointwise_initializer", "pointwise_regularizer", "quantization_config",
    "recurrent_activation", "recurrent_constraint", "recurrent_dropout", "recurrent_initializer",
    "recurrent_regularizer", "renorm_clipping", "renorm_momentum", "return_indices", "return_state",
    "scale_grad_by_freq", "seed", "sparse", "stateful", "storage_order", "synchronized", "trainable",
    "unit_forget_bias", "unroll", "use_cudnn", "zero_output_for_mask",
))  # fmt: skip
