"""Caffe's layers: which kind each is, the message that holds its settings, and the keys that these set."""

from __future__ import annotations

from functools import lru_cache

from convcalc.kinds import NAMES, plain
from convcalc.kinds.classes import Signature, signature_of
from convcalc.tuples import NamedTuple


class CaffeType(NamedTuple):
    """A type of layer; one without a kind gives data, or is no layer of the network."""

    name: str
    message: str = ""  # that has its settings
    signature: Signature | None = None
    words: tuple[str, ...] = ()  # by which it is of this kind
    remark: str = ""  # why it is left out


WINDOW = (
    "kernel_size:kernel kernel_h:kernel kernel_w:kernel pad:padding pad_h:padding pad_w:padding "
    "stride stride_h:stride stride_w:stride"
)
CONVOLUTION = f"bias_term:bias group:groups dilation {WINDOW}"
# caffe.proto of BVLC, 2020: a type, and the words by which it is one kind and not another; its message; the kind;
# settings as the records of kinds have their classes' parameters.  At the end, types of well-known forks.
LAYERS = f"""
Convolution convolution_param conv num_output:filters {CONVOLUTION}
Deconvolution convolution_param tconv num_output:filters {CONVOLUTION}
InnerProduct inner_product_param linear num_output:units bias_term:bias
Embed embed_param embedding input_dim:count num_output:units
Pooling:MAX pooling_param maxpool {WINDOW} ceil_mode:ceil
Pooling:AVE pooling_param avgpool {WINDOW} ceil_mode:ceil
Pooling:STOCHASTIC pooling_param avgpool {WINDOW} ceil_mode:ceil
Pooling:MAX:global pooling_param globalmaxpool
Pooling:AVE:global pooling_param globalavgpool
Pooling:STOCHASTIC:global pooling_param globalavgpool
LRN:ACROSS_CHANNELS lrn_param lrn local_size:size alpha beta k
LRN:WITHIN_CHANNEL lrn_param spatiallrn local_size:kernel alpha beta k
BatchNorm batch_norm_param batchnorm scale_bias:affine=no factor=yes eps moving_average_fraction:decay
Scale scale_param scale bias_term:shift
Bias bias_param scale scale=no shift=yes
MVN:false mvn_param instancenorm eps:eps=1e-9
MVN:true mvn_param layernorm affine=no eps:eps=1e-9
ReLU relu_param relu
ReLU:leaky relu_param leakyrelu negative_slope:slope
PReLU:false prelu_param prelu count=channels
PReLU:true prelu_param prelu count=1
ELU elu_param elu alpha
Sigmoid sigmoid_param sigmoid
TanH tanh_param tanh
Swish swish_param silu
BNLL - softplus
AbsVal - elementwise function=abs
Power power_param elementwise function=power
Exp exp_param exponential
Log log_param elementwise function=log
Clip clip_param hardtanh min max
Threshold threshold_param threshold
Softmax softmax_param softmax axis
Dropout dropout_param dropout dropout_ratio:rate
Eltwise:SUM eltwise_param add
Eltwise:PROD eltwise_param multiply
Eltwise:MAX eltwise_param maximum
Concat concat_param concat axis concat_dim:axis
Slice slice_param slice
Split - identity
Flatten flatten_param flatten axis:start end_axis:end
Reshape reshape_param reshape
Crop crop_param crop
Input input_param -
DummyData dummy_data_param -
MemoryData memory_data_param -
ImageData image_data_param -
Data data_param -
HDF5Data hdf5_data_param -
WindowData window_data_param -
Python python_param -

DepthwiseConvolution convolution_param conv num_output:filters {CONVOLUTION}
ConvolutionDepthwise convolution_param dwconv {CONVOLUTION.replace("group:groups ", "")}
BN bn_param batchnorm eps
ReLU6 relu_param relu6
Mish - mish
Axpy - multiply
Permute permute_param permute
Normalize norm_param l2norm eps
ShuffleChannel shuffle_channel_param shuffle group:groups
Interp interp_param upsample mode=bilinear corners=yes
Upsample upsample_param upsample scale
Upsample:mask upsample_param maxunpool scale:kernel
AnnotatedData data_param -
"""
# The setting that makes a type one kind and not another, and its words as caffe.proto numbers them.
VARIANTS = {
    "pooling": ("pool", "MAX AVE STOCHASTIC"),
    "lrn": ("norm_region", "ACROSS_CHANNELS WITHIN_CHANNEL"),
    "eltwise": ("operation", "PROD SUM MAX"),
    "prelu": ("channel_shared", "false true"),
    "mvn": ("across_channels", "false true"),
}
# What is no part of the network that is counted, and why.
LEFT_OUT = {
    "outputs are compared with what is wanted": """
    Accuracy SoftmaxWithLoss EuclideanLoss SigmoidCrossEntropyLoss HingeLoss InfogainLoss ContrastiveLoss
    MultinomialLogisticLoss SoftmaxLoss MultiBoxLoss SmoothL1Loss TripletLoss
    """,
    "boxes or classes are made of outputs": "ArgMax PriorBox DetectionOutput DetectionEvaluate",
    "nothing comes of it": "Silence HDF5Output",
}
# Settings that change values, and no shape.
NO_SHAPE = frozenset((
    "alpha", "base", "beta", "bias_filler", "coeff", "engine", "eps", "filler", "force_nd_im2col", "k",
    "moving_average_fraction", "negative_slope", "normalize_variance", "power", "scale_filler", "scale_train", "shift",
    "slope_filler", "slope_filler", "stable_prod_grad", "threshold", "use_global_stats", "weight_filler",
))  # fmt: skip


@lru_cache(maxsize=1)
def caffe_types() -> dict[str, CaffeType]:
    """Every type by its plain name, so that INNER_PRODUCT of old files is InnerProduct; the usual one without words."""
    found: dict[str, CaffeType] = {}
    for line in filter(None, LAYERS.splitlines()):
        whole, message, kind, *parameters = line.split()
        name, *words = whole.split(":")
        signed = None if kind == "-" else signature_of("caffe", NAMES[kind].kind, 0, " ".join(parameters))
        type = found[plain(whole)] = CaffeType(name, message.strip("-"), signed, tuple(words))
        found.setdefault(plain(name), type)
    for remark, names in LEFT_OUT.items():
        found.update({plain(name): CaffeType(name, remark=remark) for name in names.split()})
    return found
