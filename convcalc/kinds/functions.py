"""The functions and tensor methods of PyTorch, Keras and TensorFlow that are layers.

A row is a name (or several with commas), a kind, and the parameters in order, in the little language of the records'
class fields (convcalc.kinds.classes.signature).  More signs tell what else stands among them: `input@` is a tensor
that goes in, `tensors@@` a list of them, `weight%` a tensor of what is learnt, from which sizes follow.  `size+` is a
list, or as many values without its brackets; `size^` begins with the batch, which the kind does not see.  {n} stands
for 1, 2 and 3.  A kind of `=` is called like the function, as {name} in the parameters is, and `...` are those of its
class; a kind of `-` is the tensor itself: `x.contiguous()` is no layer.  A name that ends in _ works in place, and has
the row of the name without it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.kinds import NAMES
from convcalc.kinds.classes import Signature, signature_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.layers import Kind


class FunctionTable(NamedTuple):
    """What stands before some functions, whose rules their sizes follow, and a row for each."""

    prefixes: str  # "Tensor" is that of a tensor's own methods: x.view
    framework: str  # "torch" or "keras"
    rows: str  # the rest of a row is further in


# Of each number by itself, or divided by a sum; with what comes behind the tensor.
ACTIVATIONS = """
    relu,relu_ relu input@ inplace
    sigmoid,tanh,selu,softsign,tanhshrink,logsigmoid,hardswish,silu,mish,relu6 = input@ _ _ _
    celu,elu,leaky_relu,softplus,hardshrink,softshrink,hardsigmoid,threshold,hardtanh,rrelu = input@ ...
    gelu gelu input@ approximate
    softmax,softmin,log_softmax = input@ dim:axis _stacklevel:_ dtype
"""
# PyTorch's, of a function and of a method alike.
SHAPES = """
    flatten flatten input@ start_dim:start=0 end_dim
    unflatten unflatten input@ dim*:axis sizes*:shape
    reshape reshape input@ shape*+^
    permute permute input@ dims*+:order
    transpose,swapaxes,swapdims swap input@ dim0*:axes dim1*:axes
    squeeze squeeze input@ dim:axis
    unsqueeze unsqueeze input@ dim*:axis
    mean reduce input@ dim*:axes keepdim dtype how=mean
    sum reduce input@ dim*:axes keepdim dtype how=sum
    prod reduce input@ dim*:axes keepdim dtype how=prod
    amax reduce input@ dim*:axes keepdim how=max
    amin reduce input@ dim*:axes keepdim how=min
    logsumexp reduce input@ dim*:axes keepdim how=logsumexp
    norm reduce input@ p:_ dim*:axes keepdim dtype how=norm
    std,var reduce input@ dim*:axes correction:_ keepdim unbiased:_ how=std
    add add input@ other@ alpha
    sub,subtract subtract input@ other@ alpha
    mul,multiply multiply input@ other@
    div,divide,true_divide elementwise input@ other@ rounding_mode:_ function=divide
    maximum maximum input@ other@
    minimum minimum input@ other@
    matmul,bmm,mm matmul input@ mat2@
    exp exponential input@
    abs,acos,asin,atan,ceil,cos,cosh,erf,expm1,floor,log,log10,log1p,log2,neg,reciprocal,round,rsqrt,sign,sin,sinh,sqrt,
        square,tan,trunc elementwise input@ function={name}
    negative elementwise input@ function=neg
    pow elementwise input@ exponent:number function=power
    clamp,clip elementwise input@ min max function=clamp
    clamp_min elementwise input@ min function=clamp
    clamp_max elementwise input@ max function=clamp
    relu relu input@
    sigmoid,tanh,selu = input@ _ _ _
    celu,hardshrink,rrelu = input@ ...
    softmax,log_softmax = input@ dim:axis dtype
    prelu prelu input@ weight*%
"""
TABLES = (
    # torch.nn.functional of PyTorch 2.13
    FunctionTable("F functional nn.functional torch.nn.functional", "torch", ACTIVATIONS + """
    glu glu input@ dim:axis=-1
    prelu prelu input@ weight*%
    gumbel_softmax softmax logits@ tau:_ hard:_ eps:_ dim:axis
    normalize l2norm input@ p:power dim:axis=1 eps
    dropout dropout input@ p:rate training:_ inplace
    dropout{n}d dropout input@ p:rate training:_ inplace variant=channels
    alpha_dropout dropout input@ p:rate training:_ inplace variant=alpha
    feature_alpha_dropout dropout input@ p:rate training:_ inplace variant=alpha_channels
    conv{n}d conv input@ weight*% bias% stride padding{same|valid} dilation groups
    conv_transpose{n}d tconv input@ weight*% bias% stride padding{} output_padding groups dilation
    linear linear input@ weight*% bias%
    bilinear bilinear input1@ input2@ weight*% bias%
    embedding embedding input@ weight*% padding_idx max_norm norm_type scale_grad_by_freq sparse
    max_pool{n}d maxpool input@ kernel_size stride padding{} dilation ceil_mode return_indices
    avg_pool1d avgpool input@ kernel_size stride padding{} ceil_mode count_include_pad
    avg_pool2d avgpool input@ kernel_size stride padding{} ceil_mode count_include_pad divisor_override
    avg_pool3d avgpool input@ kernel_size stride padding{} ceil_mode count_include_pad divisor_override
    lp_pool{n}d lppool input@ norm_type kernel_size stride ceil_mode
    adaptive_avg_pool{n}d adaptiveavgpool input@ output_size!*
    adaptive_max_pool{n}d adaptivemaxpool input@ output_size!* return_indices
    max_unpool{n}d maxunpool input@ indices:_ kernel_size stride padding{} output_size:_
    interpolate upsample input@ size:output scale_factor mode align_corners recompute_scale_factor antialias
    upsample upsample input@ size:output scale_factor mode align_corners
    upsample_nearest upsample input@ size:output scale_factor
    upsample_bilinear upsample input@ size:output scale_factor mode=bilinear corners=yes
    pixel_shuffle:2 pixelshuffle input@ upscale_factor
    pixel_unshuffle:2 pixelunshuffle input@ downscale_factor
    channel_shuffle shuffle input@ groups*
    pad zeropad input@ pad*:sides mode value
    unfold:2 unfold input@ kernel_size dilation padding{} stride
    fold fold input@ output_size kernel_size dilation padding{} stride
    batch_norm batchnorm input@ running_mean% running_var% weight% bias% training:_ momentum eps affine=no track=no
    instance_norm instancenorm input@ running_mean% running_var% weight% bias% use_input_stats:_ momentum eps
    group_norm groupnorm input@ num_groups* weight% bias% eps affine=no
    layer_norm layernorm input@ normalized_shape* weight% bias% eps trailing=yes affine=no
    rms_norm rmsnorm input@ normalized_shape* weight% eps trailing=yes affine=no
    local_response_norm lrn input@ size* alpha beta k
    scaled_dot_product_attention dotattention query@ key@ value@ attn_mask:_ dropout_p:dropout is_causal:causal
        scale:factor enable_gqa:_
    """),
    FunctionTable("torch", "torch", SHAPES + """
    cat,concat,concatenate concat tensors@@ dim:axis=0
    dropout dropout input@ p:rate train:_
    alpha_dropout dropout input@ p:rate train:_ variant=alpha
    feature_dropout dropout input@ p:rate train:_ variant=channels
    threshold threshold input@ ...
    conv{n}d conv input@ weight*% bias% stride padding{same|valid} dilation groups
    conv_transpose{n}d tconv input@ weight*% bias% stride padding{} output_padding groups dilation
    max_pool{n}d maxpool input@ kernel_size stride padding{} dilation ceil_mode
    avg_pool1d avgpool input@ kernel_size stride padding{} ceil_mode count_include_pad
    adaptive_avg_pool1d adaptiveavgpool input@ output_size!*
    adaptive_max_pool1d adaptivemaxpool input@ output_size!*
    pixel_shuffle:2 pixelshuffle input@ upscale_factor
    pixel_unshuffle:2 pixelunshuffle input@ downscale_factor
    channel_shuffle shuffle input@ groups*
    batch_norm batchnorm input@ weight% bias% running_mean% running_var% training:_ momentum eps cudnn_enabled:_
        affine=no track=no
    instance_norm instancenorm input@ weight% bias% running_mean% running_var% use_input_stats:_ momentum eps
        cudnn_enabled:_
    group_norm groupnorm input@ num_groups* weight% bias% eps cudnn_enabled:_ affine=no
    layer_norm layernorm input@ normalized_shape* weight% bias% eps cudnn_enable:_ trailing=yes affine=no
    rms_norm rmsnorm input@ normalized_shape* weight% eps trailing=yes affine=no
    embedding embedding weight*% indices@ padding_idx scale_grad_by_freq sparse
    bilinear bilinear input1@ input2@ weight*% bias%
    """),
    FunctionTable("Tensor torch.Tensor", "torch", SHAPES + """
    view reshape input@ size*+^
    contiguous,clone,detach,float,double,half,bfloat16,cuda,cpu,to,type,type_as,requires_grad,eval,train - input@
    """),
    # Keras 3 and the functions of the same names in Keras 2; TensorFlow 2
    FunctionTable("layers keras.layers tf.keras.layers tensorflow.keras.layers", "keras", """
    add add inputs@@
    subtract subtract inputs@@
    multiply multiply inputs@@
    maximum maximum inputs@@
    minimum minimum inputs@@
    average average inputs@@
    concatenate concat inputs@@ axis=-1
    """),
    FunctionTable("ops keras.ops K backend keras.backend tf.keras.backend keras.activations activations "
                  "tf.keras.activations", "keras", """
    sigmoid,tanh,selu,softsign,hard_sigmoid,hard_swish,silu,swish,mish,softplus,relu6,log_sigmoid,hard_tanh,
        tanh_shrink,sparse_plus,sparse_sigmoid,sparsemax = x@ _ _ _
    celu,elu = x@ ...
    hard_shrink,soft_shrink = x@ threshold
    squareplus = x@ b
    threshold threshold x@ threshold* default_value*:value
    relu relu x@ negative_slope max_value threshold
    leaky_relu leakyrelu x@ negative_slope:slope=0.2 alpha
    softmax,log_softmax = x@ axis
    exponential,exp exponential x@
    linear identity x@
    reshape reshape x@ newshape*+^:shape
    squeeze squeeze x@ axis
    expand_dims unsqueeze x@ axis*
    transpose,permute_dimensions permute x@ axes*:order
    mean reduce x@ axis*:axes keepdims how=mean
    sum reduce x@ axis*:axes keepdims how=sum
    max reduce x@ axis*:axes keepdims how=max
    min reduce x@ axis*:axes keepdims how=min
    concatenate concat xs@@ axis=-1
    add add x1@ x2@
    subtract subtract x1@ x2@
    multiply multiply x1@ x2@
    divide,true_divide elementwise x1@ x2@ function=divide
    maximum maximum x1@ x2@
    minimum minimum x1@ x2@
    matmul matmul x1@ x2@
    normalize l2norm x@ axis=-1 order epsilon
    sqrt,square,abs,log,sign,cos,sin,rsqrt elementwise x@ function={name}
    """),
    FunctionTable("ops keras.ops", "keras", "gelu gelu x@ approximate:approximate=yes"),
    FunctionTable("activations keras.activations tf.keras.activations", "keras", "gelu gelu x@ approximate"),
    FunctionTable("tf tensorflow tf.math", "keras", """
    sigmoid,tanh = x@
    exp exponential x@
    sqrt,square,abs,sign,cos,sin,log,rsqrt elementwise x@ function={name}
    reshape reshape tensor@ shape*^
    squeeze squeeze input@ axis
    expand_dims unsqueeze input@ axis*
    transpose permute a@ perm*:order
    concat concat values@@ axis*
    add add x@ y@
    subtract subtract x@ y@
    multiply multiply x@ y@
    divide elementwise x@ y@ function=divide
    maximum maximum x@ y@
    minimum minimum x@ y@
    add_n add inputs@@
    matmul matmul a@ b@ transpose_a:_ transpose_b:transpose
    reduce_mean reduce input_tensor@ axis*:axes keepdims how=mean
    reduce_sum reduce input_tensor@ axis*:axes keepdims how=sum
    reduce_max reduce input_tensor@ axis*:axes keepdims how=max
    reduce_min reduce input_tensor@ axis*:axes keepdims how=min
    """),
    FunctionTable("tf.image", "keras", """
    resize upsample images@ size*:output method:mode=bilinear preserve_aspect_ratio:_ antialias
    """),
    FunctionTable("tf.nn tensorflow.nn", "keras", """
    selu,sigmoid,silu,swish,softplus,softsign,tanh,elu = features@ _ _
    gelu gelu features@ approximate
    leaky_relu leakyrelu features@ alpha:slope=0.2
    log_softmax logsoftmax logits@ axis
    dropout dropout x@ rate noise_shape seed
    depth_to_space:2 pixelshuffle input@ block_size:factor data_format
    space_to_depth:2 pixelunshuffle input@ block_size:factor data_format
    """),
)  # fmt: skip


# Python's operators, by their names in its syntax tree.
OPERATORS = {
    "Add": "torch.add", "Sub": "torch.sub", "Mult": "torch.mul", "Div": "torch.div", "MatMult": "torch.matmul",
    "Pow": "torch.pow",
}  # fmt: skip
# Methods by which a list of layers gets another.
LIST_METHODS = ("add", "append", "add_module", "register_module", "extend")
# What the sum or the product of a tensor and a number is.
WITH_NUMBER = {"add": "shift", "subtract": "shift", "multiply": "scale", "maximum": "clamp", "minimum": "clamp"}
ENDS = {"maximum": "min", "minimum": "max"}  # which end the number is where they clamp
SIGNS = {"subtract": "-"}


class LayerFunction(NamedTuple):
    """A function that is a layer; without a signature it gives back its tensor."""

    signature: Signature | None
    is_method: bool  # its tensor stands before it: x.view(-1, 400)


def rows_of(text: str) -> Iterator[tuple[str, str, str]]:
    """(name, kind, parameters) of every function of a table."""
    for row in filter(None, map(str.strip, re.sub(r"\n {8}\s*", " ", text).splitlines())):
        names, kind, *parameters = row.replace(", ", ",").split()
        for name in names.split(","):
            yield name, name if kind == "=" else kind, " ".join(parameters).replace("{name}", name)


def whole_list(parameters: str, kind: Kind, table: FunctionTable) -> str:
    """The parameters with those of the kind's class in place of `...`."""
    own: tuple[tuple[str, str], ...] = getattr(kind, table.framework)
    return parameters.replace("...", own[0][1]) if "..." in parameters else parameters


@lru_cache(maxsize=1)
def functions() -> dict[str, LayerFunction]:
    """Every function by its whole name, and every method of a tensor as `Tensor.view`."""
    found = {}
    for table in TABLES:
        prefixes = table.prefixes.split()
        for name, kind, parameters in rows_of(table.rows):
            stem, _, axes = name.partition(":")
            for n in (1, 2, 3) if "{n}" in stem else (0,):
                called = stem.replace("{n}", str(n))
                digit = re.search("[123](?=d)", called)
                dims = int(axes or (digit[0] if digit else 0))
                known = None if kind == "-" else NAMES[kind.replace("_", "")].kind
                signed = known and signature_of(table.framework, known, dims, whole_list(parameters, known, table))
                for prefix in prefixes:
                    found[f"{prefix}.{called}"] = LayerFunction(signed, prefix == "Tensor")
    return found


def function_of(name: str) -> LayerFunction | None:
    """A function by its whole name, `F.max_pool2d`, `Tensor.view`; the one that works in place is the same."""
    known = functions()
    return known.get(name) or known.get(name.rstrip("_"))
