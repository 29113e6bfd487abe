"""Every layer kind, by every name that people know it by; a family is imported when one of its kinds is named."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.kinds import convolution, normalising, rearranging
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.layers import Kind

    KINDS: tuple[Kind, ...]
    NAMES: dict[str, Named]

# In the order of the reference, and between commas the kinds of each in theirs: by the plain names of their records, of
# which `conv` stands for `conv2d` too.
FAMILIES = {
    "convolution": (
        "conv convolution, dwconv depthwise depthwiseconv, sepconv separable separableconv, tconv convtranspose "
        "deconv deconvolution transposedconv, localconv locallyconnected local, deformconv deformable, tableconv"
    ),
    "pooling": (
        "maxpool pool maxpooling, avgpool averagepool averagepooling meanpool avgpooling, lppool, adaptiveavgpool, "
        "adaptivemaxpool, globalavgpool gap globalaveragepool globalaveragepooling, globalmaxpool gmp "
        "globalmaxpooling, subsample subsampling"
    ),
    "resampling": (
        "upsample upsampling resize interpolate, maxunpool, unpool unpooling, pixelshuffle depthtospace, "
        "pixelunshuffle spacetodepth, unfold im2col, fold col2im, zeropad pad padding zeropadding, crop cropping "
        "centercrop centrecrop"
    ),
    "dense": (
        "linear fc dense fullyconnected, rbf euclideanrbf, bilinear, embedding, embeddingbag, reversibleembedding"
    ),
    "recurrent": "lstm, gru, rnn simplernn, lstmcell, grucell, rnncell simplernncell, convlstm",
    "attention": (
        "attention multihead multiheadattention selfattention crossattention, dotattention scaleddotproductattention "
        "sdpa luongattention, additiveattention bahdanauattention"
    ),
    "map_attention": (
        "windowattention shiftedwindowattention swinattention, poolattention poolingattention multiscaleattention"
    ),
    "transformer": "encoderlayer transformerencoderlayer, decoderlayer transformerdecoderlayer, transformer",
    "rearranging": (
        "flatten, unflatten, reshape view, permute transpose, repeatvector, split chunk, slice, select, tile expand, "
        "gather, shuffle channelshuffle"
    ),
    "axes": "swap swapaxes, squeeze, unsqueeze expanddims",
    "normalising": (
        "batchnorm bn batchnormalization, frozenbatchnorm, instancenorm instancenormalization, groupnorm "
        "groupnormalization, layernorm layernormalization ln, rmsnorm rmsnormalization, l2norm unitnormalization "
        "normalize, grn globalresponsenorm, lrn localresponsenorm, spatiallrn, normalization featurenormalization, "
        "scale layerscale"
    ),
    "activating": (
        "prelu, glu, relu, relu6, leakyrelu lrelu, elu, selu, celu, gelu, silu swish, mish, sigmoid, logsigmoid, "
        "hardsigmoid, tanh, hardtanh clip, hardswish hardsilu, softplus, softsign, hardshrink, softshrink, "
        "tanhshrink, threshold thresholdedrelu, rrelu, exponential exp, squareplus, sparseplus, sparsesigmoid, "
        "sparsemax, softmax softmax2d, softmin, logsoftmax, identity noop linearactivation, dropout alphadropout "
        "spatialdropout gaussiandropout featurealphadropout gaussiannoise dropblock, droppath stochasticdepth"
    ),
    "augmenting": "augmentation, rescaling",
    "joining": (
        "add sum plus residualadd, multiply mul times, concat cat concatenate filterconcat depthconcat, subtract, "
        "maximum, minimum, average, matmul matrixproduct bmm batchmatmul"
    ),
    "arithmetic": "elementwise pointwise, reduce, einsum",
    "constant": "parameter learnt, buffer constant, generated zeros ones noise",
}
# The family of a name, and the place of its kind there.
PLACES = {
    name: (family, place)
    for family, known in FAMILIES.items()
    for place, names in enumerate(known.split(", "))
    for name in names.split()
}
AXES = {"1d": 1, "2d": 2, "3d": 3}

# What a network gets without saying so: before a fully connected layer of a pattern, and in a shortcut.
FLATTEN = rearranging.FLATTEN
SHUFFLE = rearranging.SHUFFLE  # what mixes the groups of channels
PROJECTION, NORMALISATION = convolution.CONV, normalising.BATCHNORM


class Named(NamedTuple):
    """A kind as one of its names means it: `conv2d` is conv, checked to be 2-D."""

    kind: Kind
    dims: int = 0  # number of axes demanded, 0 for any


@lru_cache(maxsize=1024)
def plain(name: str) -> str:
    """A name without case, `_` and `-`."""
    return name.lower().replace("_", "").replace("-", "")


def names(kind: Kind) -> dict[str, Named]:
    """Every plain name of a kind."""
    named = dict.fromkeys(plain(" ".join((kind.name, *kind.aliases, kind.dims))).split(), Named(kind))
    stems = plain(kind.dims).split()
    return named | {f"{stem}{dims}d": Named(kind, dims) for dims in (1, 2, 3) for stem in stems} if stems else named


def kinds_of(family: str) -> Sequence[Kind]:
    found: Sequence[Kind] = import_module(f"convcalc.kinds.{family}").KINDS
    return found


def family_of(kind: Kind) -> str:
    """The family of a kind of the catalogue; nothing for a user's own."""
    return PLACES.get(kind.name, ("", 0))[0]


def find(name: str) -> Named | None:
    """The kind of a name; others of its family need not be made for that."""
    known = plain(name)
    dims = 0 if known in PLACES else AXES.get(known[-2:], 0)
    stem = known[:-2] if dims else known
    if stem not in PLACES:
        return None
    family, place = PLACES[stem]
    kind = kinds_of(family)[place]
    return Named(kind, dims) if not dims or stem in plain(kind.dims).split() else None


def __getattr__(name: str) -> Any:
    """All kinds as KINDS, and by every name as NAMES: whoever asks for them imports every family."""
    if name == "KINDS":
        found: Any = tuple(kind for family in FAMILIES for kind in kinds_of(family))
    elif name == "NAMES":
        found = {
            known: named for family in FAMILIES for kind in kinds_of(family) for known, named in names(kind).items()
        }
    else:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    globals()[name] = found
    return found
