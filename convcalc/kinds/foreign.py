"""The classes and functions of frameworks beside PyTorch and Keras: what each is, and how it takes its arguments."""

from __future__ import annotations

import re
from functools import lru_cache

from convcalc.kinds import NAMES
from convcalc.kinds.classes import Signature, signature_of
from convcalc.tuples import NamedTuple


class Library(NamedTuple):
    """A framework: what stands before its names, whose rules its sizes follow, and a line a class."""

    prefixes: str
    framework: str  # "torch" rounds down and takes numbers as padding, "keras" pads as TensorFlow does
    classes: str  # name, kind, parameters as in the records of kinds, the rest further in; {n} stands for 1, 2 and 3
    flattens: bool = False  # whether a fully connected layer sees a whole map
    batched: bool = False  # whether its windows are lists that begin with the batch and end with the channels


# The documentation of Paddle 2.6, MXNet 1.9, Flax 0.8, TensorFlow 2.15 and 1.15, TFLearn 0.5 and MATLAB R2024a.
LIBRARIES = (
    Library("paddle.nn paddle", "torch", """
        Conv{n}D conv in_channels out_channels kernel_size stride padding dilation groups padding_mode _ bias_attr:bias
        Conv{n}DTranspose tconv in_channels out_channels kernel_size stride padding output_padding groups dilation
        MaxPool1D maxpool kernel_size stride padding return_mask:_ ceil_mode
        MaxPool2D maxpool kernel_size stride padding ceil_mode return_mask:_
        MaxPool3D maxpool kernel_size stride padding ceil_mode return_mask:_
        AvgPool1D avgpool kernel_size stride padding exclusive:_ ceil_mode count_padding=no
        AvgPool2D avgpool kernel_size stride padding ceil_mode exclusive:_ count_padding=no
        AvgPool3D avgpool kernel_size stride padding ceil_mode exclusive:_ count_padding=no
        AdaptiveAvgPool{n}D adaptiveavgpool output_size
        Linear linear in_features out_features _ bias_attr:bias
        """),
    Library("mxnet.gluon.nn mx.gluon.nn gluon.nn", "torch", """
        Conv{n}D conv channels kernel_size strides padding dilation groups layout:_ activation use_bias
        Conv{n}DTranspose tconv channels kernel_size strides padding output_padding dilation groups
        MaxPool{n}D maxpool pool_size:kernel=2 strides padding layout:_ ceil_mode
        AvgPool{n}D avgpool pool_size:kernel=2 strides padding ceil_mode layout:_
        GlobalAvgPool{n}D globalavgpool
        GlobalMaxPool{n}D globalmaxpool
        Dense linear units activation use_bias
        """, flattens=True),
    Library("flax.linen linen", "keras", """
        Conv conv features:filters kernel_size strides padding:padding=same
            kernel_dilation:dilation feature_group_count:groups use_bias
        Dense linear features:units use_bias
        max_pool maxpool inputs@:_ window_shape:kernel strides:stride=1 padding
        avg_pool avgpool inputs@:_ window_shape:kernel strides:stride=1 padding count_padding=yes
        """),
    Library("tf.nn tensorflow.nn", "keras", """
        conv{n}d conv ?
        conv{n}d_transpose tconv ?
        depthwise_conv2d dwconv ?
        max_pool{n}d maxpool input@:_ ksize:kernel strides padding{SAME|VALID}
        avg_pool{n}d avgpool input@:_ ksize:kernel strides padding{SAME|VALID}
        max_pool maxpool input@:_ ksize:kernel strides padding{SAME|VALID} value@:_
        avg_pool avgpool input@:_ ksize:kernel strides padding{SAME|VALID} value@:_
        relu relu features@:_
        relu6 relu6 features@:_
        softmax softmax logits@:_
        """, batched=True),
    Library("tf.layers tf.compat.v1.layers", "keras", """
        conv{n}d conv inputs@:_ filters kernel_size strides padding{SAME|VALID}
            data_format dilation_rate activation use_bias
        max_pooling{n}d maxpool inputs@:_ pool_size strides padding{SAME|VALID} data_format
        average_pooling{n}d avgpool inputs@:_ pool_size strides padding{SAME|VALID} data_format
        dense linear inputs@:_ units activation use_bias
        flatten flatten inputs@:_
        """),
    Library("tflearn", "keras", """
        conv_{n}d conv incoming@:_ nb_filter:filters filter_size strides padding:padding=same activation bias
        max_pool_{n}d maxpool incoming@:_ kernel_size strides padding:padding=same
        avg_pool_{n}d avgpool incoming@:_ kernel_size strides padding:padding=same
        fully_connected linear incoming@:_ n_units:units activation bias
        """, flattens=True),
    Library("", "torch", """
        convolution{n}dLayer conv filterSize:kernel numFilters:filters Stride:stride Padding:padding
            DilationFactor:dilation NumChannels:in_channels Name:name
        transposedConv{n}dLayer tconv filterSize:kernel numFilters:filters Stride:stride Cropping:padding
            NumChannels:in_channels Name:name
        maxPooling{n}dLayer maxpool poolSize:kernel Stride:stride=1 Padding:padding Name:name
        averagePooling{n}dLayer avgpool poolSize:kernel Stride:stride=1 Padding:padding Name:name
        globalAveragePooling{n}dLayer globalavgpool Name:name
        globalMaxPooling{n}dLayer globalmaxpool Name:name
        fullyConnectedLayer linear outputSize:units Name:name
        batchNormalizationLayer batchnorm Name:name
        dropoutLayer dropout probability:rate Name:name
        flattenLayer flatten Name:name
        reluLayer relu Name:name
        sigmoidLayer sigmoid Name:name
        softmaxLayer softmax Name:name
        tanhLayer tanh Name:name
        """, flattens=True),
)  # fmt: skip


class ForeignClass(NamedTuple):
    """A class of a library, and how it takes its arguments; no signature where its weights say what it is."""

    library: Library
    kind: str
    signature: Signature | None


@lru_cache(maxsize=1)
def foreign_classes() -> dict[str, ForeignClass]:
    """Every class by its whole name, as its library spells it."""
    found = {}
    for library in LIBRARIES:
        for line in re.sub("\n {12}", " ", library.classes).strip().splitlines():
            name, kind, *parameters = line.split()
            for n in (1, 2, 3) if "{n}" in name else (0,):
                digit = re.search("[123](?=[dD])", name)
                dims, text = n or int(digit[0] if digit else 0), " ".join(parameters)
                signed = None if text == "?" else signature_of(library.framework, NAMES[kind].kind, dims, text)
                for prefix in library.prefixes.split() or ("",):
                    whole = f"{prefix}.{name}".lstrip(".").replace("{n}", str(n))
                    found[whole] = ForeignClass(library, kind, signed)
    return found
