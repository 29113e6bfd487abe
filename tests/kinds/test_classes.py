"""Every class of torch.nn 2.13 and keras.layers 3.15 is a kind, or is refused in a sentence that says what it is."""

import pytest

from convcalc.kinds import KINDS
from convcalc.kinds.classes import classes
from convcalc.kinds.refusals import REFUSALS, refusal

CLASSES = {
    "torch": """
        AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d
        AdaptiveMaxPool2d AdaptiveMaxPool3d AlphaDropout AvgPool1d AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss
        BatchNorm1d BatchNorm2d BatchNorm3d Bilinear CELU CTCLoss ChannelShuffle CircularPad1d CircularPad2d
        CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d Container Conv1d Conv2d Conv3d ConvTranspose1d
        ConvTranspose2d ConvTranspose3d CosineEmbeddingLoss CosineSimilarity CrossEntropyLoss CrossMapLRN2d
        DataParallel Dropout Dropout1d Dropout2d Dropout3d ELU Embedding EmbeddingBag FeatureAlphaDropout
        Flatten Fold FractionalMaxPool2d FractionalMaxPool3d GELU GLU GRU GRUCell GaussianNLLLoss GroupNorm
        Hardshrink Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss HuberLoss Identity InstanceNorm1d
        InstanceNorm2d InstanceNorm3d KLDivLoss L1Loss LPPool1d LPPool2d LPPool3d LSTM LSTMCell LayerNorm
        LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d
        LazyConvTranspose2d LazyConvTranspose3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d
        LazyLinear LeakyReLU Linear LinearCrossEntropyLoss LocalResponseNorm LogSigmoid LogSoftmax MSELoss
        MarginRankingLoss MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d Mish Module
        ModuleDict ModuleList MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss MultiheadAttention
        NLLLoss NLLLoss2d PReLU PairwiseDistance ParameterDict ParameterList PixelShuffle PixelUnshuffle
        PoissonNLLLoss RMSNorm RNN RNNBase RNNCell RNNCellBase RReLU ReLU ReLU6 ReflectionPad1d ReflectionPad2d
        ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d SELU Sequential SiLU Sigmoid
        SmoothL1Loss SoftMarginLoss Softmax Softmax2d Softmin Softplus Softshrink Softsign SyncBatchNorm Tanh
        Tanhshrink Threshold Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder
        TransformerEncoderLayer TripletMarginLoss TripletMarginWithDistanceLoss Unflatten Unfold Upsample
        UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d
    """,
    "keras": """
        Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D
        AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add
        AdditiveAttention AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D AveragePooling2D
        AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization Bidirectional CategoryEncoding
        CenterCrop Concatenate ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D
        Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D
        Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D Convolution3DTranspose
        Cropping1D Cropping2D Cropping3D CutMix Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout
        ELU EinsumDense Embedding Equalization Flatten FlaxLayer GRU GRUCell GaussianDropout GaussianNoise
        GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D
        GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D
        GlobalMaxPooling3D GroupNormalization GroupQueryAttention HashedCrossing Hashing Identity InputLayer
        InputSpec IntegerLookup JaxLayer LSTM LSTMCell Lambda Layer LayerNormalization LeakyReLU Masking
        MaxNumBoundingBoxes MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D Maximum
        MelSpectrogram Minimum MixUp MultiHeadAttention Multiply Normalization PReLU Permute Pipeline
        RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter
        RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur
        RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation
        RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom ReLU RepeatVector Rescaling
        Reshape Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D
        SeparableConvolution1D SeparableConvolution2D SimpleRNN SimpleRNNCell Softmax Solarization
        SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells StringLookup
        Subtract TFSMLayer TextVectorization TimeDistributed TorchModuleWrapper UnitNormalization UpSampling1D
        UpSampling2D UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D
    """,
}  # fmt: skip
# Calls around other layers.
AROUND = {
    "torch": "DataParallel ModuleDict ModuleList Sequential TransformerDecoder TransformerEncoder",
    "keras": "Bidirectional SpectralNormalization TimeDistributed Wrapper",
}


@pytest.mark.parametrize("framework", CLASSES)
def test_every_class_is_a_kind_or_is_refused(framework):
    known = {name for name in CLASSES[framework].split() if name in classes(framework) or refusal(framework, name)}
    assert set(CLASSES[framework].split()) - known - set(AROUND[framework].split()) == set()


def test_no_class_that_is_refused_is_a_kind():
    for framework, table in REFUSALS.items():
        for _, _, names in table:
            assert not classes(framework).keys() & set(names.split())


REFUSED = [
    ("nn.CrossEntropyLoss()", "is a loss"),
    ("torch.nn.MSELoss(reduction='sum')", "is a loss"),
    ("CrossEntropyLoss", "is a loss"),
    ("nn.CosineSimilarity(dim=1)", "is a distance"),
    ("nn.FractionalMaxPool2d(3, output_size=5)", "at random"),
    ("nn.Module()", "is the base"),
    ("ops.RoIAlign(7, 1.0, 2)", "boxes"),
    ("layers.Lambda(lambda x: x**2)", "any function of Python"),
    ("layers.Layer()", "is the base"),
    ("layers.RNN(layers.LSTMCell(32))", "cells"),
    ("layers.TextVectorization(1000)", "words"),
    ("EinsumDense('ab,bc->ac', 64)", "equation"),
]


@pytest.mark.parametrize(("layer", "said"), REFUSED, ids=[layer for layer, _ in REFUSED])
def test_a_class_that_is_no_layer_is_refused_in_a_sentence(convcalc, layer, said):
    code, _, error = convcalc("layer", layer, "3x16x16")
    assert code == 3
    assert error.startswith("error[K003]: ") and said in error and "help: " in error


def test_a_mapping_of_such_a_class_is_refused_alike(convcalc, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x8x8\nlayers:\n  - Lambda: {function: f}\n  - relu\n", "utf-8")
    code, _, error = convcalc("summary", str(path))
    assert code == 3 and "error[K003]: Lambda runs any function" in error


def test_an_rnn_of_pytorch_is_a_layer_all_the_same(convcalc):
    code, output, _ = convcalc("layer", "nn.RNN(5, 8)", "7x5")
    assert code == 0 and "7×8" in output


def test_a_kind_of_that_name_comes_before_a_class_of_the_other_framework(convcalc):
    """`Attention` is a class of Keras without projections; in a network of PyTorch it is the kind."""
    assert "16,640" in convcalc("layer", "Attention(heads=8)", "10x64")[1]


CALLED = [
    ('layers.Activation("relu")', "relu"),
    ("layers.Activation(tf.nn.leaky_relu)", "leakyrelu"),
    ('layers.Activation(activation="linear")', "identity"),
    ("layers.ReLU(6.0)", "relu6"),
    ("layers.ReLU(max_value=6)", "relu6"),
    ("layers.ReLU(max_value=1)", "relu"),
    ("layers.ReLU()", "relu"),
]


@pytest.mark.parametrize(("layer", "kind"), CALLED, ids=[layer for layer, _ in CALLED])
def test_an_argument_may_decide_which_kind_a_class_is(convcalc, layer, kind):
    code, output, _ = convcalc("layer", layer, "4x8", "--convention", "keras", "--layout", "channels_last")
    assert code == 0 and output.partition(",")[0].split()[0] == kind


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ('layers.Activation("rellu")', 'did you mean "relu"'),
        ("layers.Activation()", "needs activation"),
        ("layers.Resizing(width=4)", "height=4 as well"),
    ],
)
def test_what_such_a_class_lacks_is_asked_for(convcalc, layer, said):
    code, _, error = convcalc("layer", layer, "8x8x3", "--convention", "keras")
    assert code == 3 and said in error


# What ONNX's operators say, and what comes out: in a network of ONNX, or with its prefix.
OPERATORS = [
    ("Conv(kernel_shape=[3,3], pads=[0,1,2,3], strides=[2,2], group=2, filters=8)", "4x8x8", "8×4×5"),
    ('Conv(kernel_shape=[3,3], auto_pad="SAME_UPPER", strides=[2,2], filters=8)', "4x9x9", "8×5×5"),
    ("ConvTranspose(kernel_shape=[3,3], strides=[2,2], output_padding=[1,1], pads=[1,1,1,1], filters=8)", "4x8x8", "8×16×16"),
    ("MaxPool(kernel_shape=[3,3])", "4x8x8", "4×6×6"),
    ("AveragePool(kernel_shape=[3,3], strides=[2,2], ceil_mode=1)", "4x8x8", "4×4×4"),
    ("LpPool(kernel_shape=[3,3], p=2)", "4x8x8", "4×6×6"),
    ("GlobalAveragePool()", "4x8x8", "4×1×1"),
    ("Gemm(alpha=1.0, transB=1, units=10)", "40", "10"),
    ('LSTM(hidden_size=8, direction="bidirectional")', "7x5", "7×16"),
    ('GRU(hidden_size=8, direction="forward", linear_before_reset=1)', "7x5", "7×8"),
    ("DepthToSpace(blocksize=2, mode='CRD')", "4x8x8", "1×16×16"),
    ("SpaceToDepth(blocksize=2)", "4x8x8", "16×4×4"),
    ('Pad(mode="constant", pads=[0,0,1,2,0,0,3,4])', "4x8x8", "4×12×14"),
    ("Resize(scales=[1,1,2,3])", "4x8x8", "4×16×24"),
    ("Upsample(mode='nearest', scales=[1.0, 1.0, 2.0, 2.0])", "4x8x8", "4×16×16"),
    ("Transpose(perm=[0,2,3,1])", "4x8x9", "8×9×4"),
    ("Flatten(axis=1)", "4x8x8", "256"),
    ("Clip(min=0, max=6)", "4x8x8", "4×8×8"),
    ("LeakyRelu(alpha=0.01)", "4x8x8", "4×8×8"),
    ("LRN(size=5, bias=1.0)", "4x8x8", "4×8×8"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "shape", "output"), OPERATORS, ids=[call for call, _, _ in OPERATORS])
def test_an_operator_of_onnx_is_read_by_its_attributes(convcalc, call, shape, output):
    for layer, convention in ((call, "onnx"), (f"onnx.{call}", "pytorch")):
        code, out, error = convcalc("layer", layer, shape, "--convention", convention)
        assert code == 0, error
        assert out.partition("\n")[0].endswith(f"→ {output}")


@pytest.mark.parametrize(
    ("call", "parameters"),
    [("InstanceNormalization(epsilon=1e-5)", 8), ("LayerNormalization(axis=2)", 128), ("LayerNormalization()", 16)],
)
def test_a_normalisation_of_onnx_has_a_scale_and_a_shift_of_all_axes_behind_the_first(convcalc, call, parameters):
    assert f"= {parameters}\n" in convcalc("layer", call, "4x8x8", "--convention", "onnx")[1]


def test_pads_of_a_call_are_every_beginning_then_every_end_in_any_convention(convcalc):
    assert "→ 8×8×10" in convcalc("layer", "Conv(kernel_shape=[3,3], pads=[0,1,2,3], filters=8)", "4x8x8")[1]


def test_operators_of_onnx_have_no_order(convcalc):
    assert "→ 6×4×4" in convcalc("layer", "Conv(6, 5)", "4x8x8", "--convention", "onnx")[1]


def test_a_normalisation_of_channels_is_told_how_many_there_are(convcalc):
    assert "= 128\n" in convcalc("layer", "LayerNorm2d(64)", "64x8x8")[1]
    assert "write: LayerNorm2d(64)" in convcalc("layer", "LayerNorm2d(32)", "64x8x8")[2]


@pytest.mark.parametrize("framework", ["torch", "keras", "onnx"])
def test_no_class_is_of_two_kinds(framework):
    found = {}
    for kind in KINDS:
        for name in {name.partition(":")[0] for name, _ in getattr(kind, framework)}:
            found.setdefault(name, []).append(kind.name)
    assert {name: kinds for name, kinds in found.items() if len(kinds) > 1} == {}
