"""What a framework's class has no default for is asked for, argument by argument."""

import re

import pytest

from convcalc.kinds.classes import classes

# As PyTorch and Keras declare them, but for those that only change values (norm_type, value), and for what the weights
# expect of the input (in_channels, in_features, …), which is checked and never needed; a class that is not listed takes no argument that it must have.
REQUIRED = {
    "torch": {
        "Conv{n}d ConvTranspose{n}d LazyConv{n}d LazyConvTranspose{n}d DeformConv2d": "out_channels kernel_size",
        "MaxPool{n}d AvgPool{n}d MaxUnpool{n}d LPPool{n}d Unfold": "kernel_size",
        "AdaptiveAvgPool{n}d AdaptiveMaxPool{n}d": "output_size",
        "PixelShuffle": "upscale_factor",
        "PixelUnshuffle": "downscale_factor",
        "Fold": "output_size kernel_size",
        "ZeroPad{n}d ConstantPad{n}d ReflectionPad{n}d ReplicationPad{n}d CircularPad{n}d": "padding",
        "Linear LazyLinear": "out_features",
        "Bilinear": "out_features",
        "Embedding EmbeddingBag": "num_embeddings embedding_dim",
        "LSTM GRU RNN LSTMCell GRUCell RNNCell": "hidden_size",
        "MultiheadAttention TransformerEncoderLayer TransformerDecoderLayer": "num_heads",
        "Unflatten": "dim unflattened_size",
        "ChannelShuffle": "groups",
        "BatchNorm{n}d InstanceNorm{n}d SyncBatchNorm FrozenBatchNorm2d": "num_features",
        "GroupNorm": "num_groups num_channels",
        "LayerNorm RMSNorm": "normalized_shape",
        "LocalResponseNorm CrossMapLRN2d": "size",
        "Permute": "dims",
    },
    "keras": {
        "Conv{n}D Convolution{n}D Conv{n}DTranspose SeparableConv{n}D LocallyConnected{n}D ConvLSTM{n}D": "filters kernel_size",
        "DepthwiseConv{n}D": "kernel_size",
        "Dense LSTM GRU SimpleRNN LSTMCell GRUCell SimpleRNNCell": "units",
        "Embedding ReversibleEmbedding": "input_dim output_dim",
        "MultiHeadAttention": "num_heads key_dim",
        "GroupQueryAttention": "head_dim num_query_heads num_key_value_heads",
        "Resizing CenterCrop RandomCrop": "height width",
        "RepeatVector": "n",
        "AdaptiveAveragePooling{n}D AdaptiveMaxPooling{n}D": "output_size",
        "Reshape": "target_shape",
        "Permute": "dims",
        "Dropout AlphaDropout GaussianDropout SpatialDropout{n}D": "rate",
    },
}
# An argument of each that fits one of these inputs.
VALUES = {
    "out_channels": 4, "kernel_size": 2, "norm_type": 2, "output_size": 3, "upscale_factor": 2,
    "downscale_factor": 2, "padding": 1, "value": 0, "out_features": 4, "num_embeddings": 9,
    "embedding_dim": 4, "hidden_size": 4, "num_heads": 2, "dim": 1,
    "unflattened_size": "(2, 2)", "groups": 2, "num_features": 4, "num_groups": 2, "num_channels": 4,
    "normalized_shape": 8, "size": 3, "filters": 4, "units": 4, "input_dim": 9, "output_dim": 4,
    "key_dim": 4, "head_dim": 4, "num_query_heads": 2, "num_key_value_heads": 2, "height": 3, "width": 3, "n": 3,
    "target_shape": "(-1,)", "dims": "(1, 2)", "rate": 0.5,
}  # fmt: skip
ROWS = [
    (f"{prefix}.{name}", arguments.split(), left_out)
    for framework, prefix in (("torch", "nn"), ("keras", "layers"))
    for stems, arguments in REQUIRED[framework].items()
    for stem in stems.split()
    for name in classes(framework)
    if re.fullmatch(stem.replace("{n}", "[123]"), name)
    for left_out in arguments.split()
]


@pytest.mark.parametrize(("head", "arguments", "left_out"), ROWS, ids=lambda each: str(each))
def test_an_argument_without_a_default_is_asked_for(convcalc, head, arguments, left_out):
    dims = re.search("[123]", head)
    sides = "x".join(["8"] * int(dims[0] if dims else 1))
    shape = f"4x{sides}" if head.startswith("nn.") else f"{sides}x4"
    call = f"{head}({', '.join(f'{name}={VALUES[name]}' for name in arguments if name != left_out)})"
    code, _, error = convcalc("layer", call, shape)
    assert code == 3, call
    assert "needs" in error or "give" in error, error


@pytest.mark.parametrize(
    ("layer", "cure"),
    [("conv 8 k3 g3", "groups = 2 or 4"), ("tconv 8 k3 g3", "groups = 2 or 4"), ("conv 7 k3 g2", "groups = 1")],
)
def test_no_axis_is_named_where_groups_do_not_divide_the_channels(convcalc, layer, cure):
    code, _, error = convcalc("layer", layer, "4x8x8")
    assert code == 3 and "height" not in error and cure in error


def test_padding_in_the_order_of_onnx_is_cured_by_pairs(convcalc):
    _, _, error = convcalc("layer", "conv 8 k3 p=[0,1,2,3]", "4x8x8")
    assert "padding=[[0, 2], [1, 3]]" in error
    pairs, listed = (
        convcalc("layer", layer, "4x8x8", "--convention", "onnx")[1]
        for layer in ("conv 8 k3 padding=[[0, 2], [1, 3]]", "conv 8 k3 p=[0,1,2,3]")
    )
    assert pairs.split("→", 1)[1] == listed.split("→", 1)[1]
    assert "→ 8×8×10" in pairs
