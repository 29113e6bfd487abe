"""Every layer kind, by every name that people know it by; a family is imported when one of its kinds is named."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.kinds import convolution, normalising, rearranging
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layer.record import Kind

    KINDS: tuple[Kind, ...]
    NAMES: dict[str, Named]

# In the order of the reference, each with the plain names that its records give their kinds; `conv2d` is by `conv`.
FAMILIES = {
    "convolution": (
        "conv convolution dwconv depthwise depthwiseconv sepconv separable separableconv tconv convtranspose deconv "
        "deconvolution transposedconv localconv locallyconnected local deformconv deformable tableconv"
    ),
    "pooling": (
        "maxpool pool maxpooling avgpool averagepool averagepooling meanpool avgpooling lppool adaptiveavgpool "
        "adaptivemaxpool globalavgpool gap globalaveragepool globalaveragepooling globalmaxpool gmp globalmaxpooling "
        "subsample subsampling"
    ),
    "resampling": (
        "upsample upsampling resize interpolate maxunpool unpool unpooling pixelshuffle depthtospace pixelunshuffle "
        "spacetodepth unfold im2col fold col2im zeropad pad padding zeropadding crop cropping centercrop centrecrop"
    ),
    "dense": "linear fc dense fullyconnected rbf euclideanrbf bilinear embedding embeddingbag reversibleembedding",
    "recurrent": "lstm gru rnn simplernn lstmcell grucell rnncell simplernncell convlstm",
    "attention": (
        "attention multihead multiheadattention selfattention crossattention dotattention scaleddotproductattention "
        "sdpa luongattention additiveattention bahdanauattention"
    ),
    "map_attention": (
        "windowattention shiftedwindowattention swinattention poolattention poolingattention multiscaleattention"
    ),
    "transformer": "encoderlayer transformerencoderlayer decoderlayer transformerdecoderlayer transformer",
    "rearranging": (
        "flatten unflatten reshape view permute transpose repeatvector split chunk slice select tile expand gather "
        "shuffle channelshuffle"
    ),
    "axes": "swap swapaxes squeeze unsqueeze expanddims",
    "normalising": (
        "batchnorm bn batchnormalization frozenbatchnorm instancenorm instancenormalization groupnorm "
        "groupnormalization layernorm layernormalization ln rmsnorm rmsnormalization l2norm unitnormalization "
        "normalize grn globalresponsenorm lrn localresponsenorm spatiallrn normalization featurenormalization scale "
        "layerscale"
    ),
    "activating": (
        "prelu glu relu relu6 leakyrelu lrelu elu selu celu gelu silu swish mish sigmoid logsigmoid hardsigmoid tanh "
        "hardtanh clip hardswish hardsilu softplus softsign hardshrink softshrink tanhshrink threshold "
        "thresholdedrelu rrelu exponential exp squareplus sparseplus sparsesigmoid sparsemax softmax softmax2d "
        "softmin logsoftmax identity noop linearactivation dropout alphadropout spatialdropout gaussiandropout "
        "featurealphadropout gaussiannoise dropblock droppath stochasticdepth"
    ),
    "augmenting": "augmentation rescaling",
    "joining": (
        "add sum plus residualadd multiply mul times concat cat concatenate filterconcat depthconcat subtract "
        "maximum minimum average matmul matrixproduct bmm batchmatmul"
    ),
    "arithmetic": "elementwise pointwise reduce einsum",
    "constant": "parameter learnt buffer constant generated zeros ones noise",
}
FAMILY_OF = {name: family for family, known in FAMILIES.items() for name in known.split()}

# What a network gets without saying so: before a fully connected layer of a pattern, and in a shortcut.
FLATTEN = rearranging.FLATTEN
SHUFFLE = rearranging.SHUFFLE  # what mixes the groups of channels
PROJECTION, NORMALISATION = convolution.CONV, normalising.BATCHNORM


class Named(NamedTuple):
    """A kind as one of its names means it: `conv2d` is conv, checked to be 2-D."""

    kind: Kind
    dims: int = 0  # number of axes demanded, 0 for any


def plain(name: str) -> str:
    """A name without case, `_` and `-`."""
    return name.lower().replace("_", "").replace("-", "")


def names(kind: Kind) -> dict[str, Named]:
    """Every plain name of a kind."""
    named = dict.fromkeys(plain(" ".join((kind.name, *kind.aliases, kind.dims))).split(), Named(kind))
    stems = plain(kind.dims).split()
    return named | {f"{stem}{dims}d": Named(kind, dims) for dims in (1, 2, 3) for stem in stems} if stems else named


def kinds_of(family: str) -> tuple[Kind, ...]:
    found: tuple[Kind, ...] = import_module(f"convcalc.kinds.{family}").KINDS
    return found


@lru_cache
def names_of(family: str) -> dict[str, Named]:
    """The kinds of a family by every plain name."""
    return {name: named for kind in kinds_of(family) for name, named in names(kind).items()}


def find(name: str) -> Named | None:
    known = plain(name)
    family = FAMILY_OF.get(known) or FAMILY_OF.get(known[:-2])
    return names_of(family).get(known) if family else None


def __getattr__(name: str) -> Any:
    """All kinds as KINDS, and by every name as NAMES: whoever asks for them imports every family."""
    if name == "KINDS":
        found: Any = tuple(kind for family in FAMILIES for kind in kinds_of(family))
    elif name == "NAMES":
        found = {known: named for family in FAMILIES for known, named in names_of(family).items()}
    else:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    globals()[name] = found
    return found
