"""Classes as PyTorch prints them: by which class of its own another is told, and which hold nothing themselves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from convcalc.kinds.refusals import refusal
from convcalc.layers import Kind
from convcalc.tuples import NamedTuple

# Classes that compute what is in them one after another, as it is printed.
IN_TURN = frozenset(("Sequential", "Conv2dNormActivation", "Conv3dNormActivation", "ConvNormActivation", "MLP"))
# Classes around a network, whose names are in none of its layers.
AROUND = frozenset(("DataParallel", "DistributedDataParallel", "OptimizedModule"))
# Classes that learn nothing beyond what is printed in them.
EMPTY = IN_TURN | AROUND | frozenset((
    "FeaturePyramidNetwork", "FloatFunctional", "ModuleDict", "ModuleList", "MultiheadAttention", "ParameterDict",
    "ParameterList", "ParametrizationList", "Permute", "SqueezeExcitation", "Transformer", "TransformerDecoder",
    "TransformerDecoderLayer", "TransformerEncoder", "TransformerEncoderLayer",
))  # fmt: skip
# Classes of libraries that are one of PyTorch's by another name.
SAME_AS = {
    "NonDynamicallyQuantizableLinear": "Linear", "Conv1D": "Linear", "LinearActivation": "Identity",
    **dict.fromkeys(("SiLUActivation", "Swish"), "SiLU"), "MishActivation": "Mish",
    **dict.fromkeys((
        "AccurateGELUActivation", "ClippedGELUActivation", "FastGELUActivation", "GELUActivation", "GELUTanh",
        "NewGELUActivation", "PytorchGELUTanh", "QuickGELU", "QuickGELUActivation",
    ), "GELU"),
}  # fmt: skip
# Arguments of transformers' Conv1D, which is a matrix, and of timm's DropPath.
RENAMED = {"nf": "out_features", "nx": "in_features", "drop_prob": "p"}
# What the classes of torch.nn.utils.parametrize make of a layer's weights.
NORMS = {"_WeightNorm": "weight", "_SpectralNorm": "spectral", "_Orthogonal": "orthogonal"}


class PrintedBase(NamedTuple):
    """A class of PyTorch by what it prints; those derived from it print the same, and compute something else."""

    name: str
    values: int  # without a name
    words: frozenset[str]
    part: str = ""  # of the class's name, where others print the same


BASES = (
    PrintedBase("Conv{n}d", 2, frozenset(("kernel_size", "stride"))),
    PrintedBase("Linear", 0, frozenset(("in_features", "out_features"))),
    PrintedBase("SyncBatchNorm", 1, frozenset(("eps", "momentum", "affine", "track_running_stats"))),
    PrintedBase("GroupNorm", 2, frozenset(("eps", "affine"))),
    PrintedBase("RMSNorm", 1, frozenset(("eps",)), "rmsnorm"),
    PrintedBase("LayerNorm", 1, frozenset(("eps", "elementwise_affine")), "layernorm"),
    PrintedBase("Embedding", 2, frozenset(), "embedding"),
    PrintedBase("PReLU", 0, frozenset(("num_parameters",))),
)


def base_of(name: str, arguments: Mapping[str, str], values: int) -> str:
    """The class of PyTorch that a class is told to derive from by what it prints; "" for none."""
    for base in BASES:
        if values == base.values and base.words <= arguments.keys() and base.part in name.lower():
            sides = arguments.get("kernel_size", "").count(",") + 1 - arguments.get("kernel_size", "").count(",)")
            return base.name.replace("{n}", str(sides))
    return ""


def holds_nothing(name: str) -> bool:
    """Whether a class is known to learn nothing beyond what is printed in it."""
    return name in EMPTY or refusal("torch", name) is not None


@lru_cache(maxsize=1024)
def unknown_kind(name: str) -> Kind:
    """A class of which only its name is known; one that holds nothing is known to count for nothing."""
    numbers = "0" if holds_nothing(name) else ""
    return Kind(name, "A class that only its author knows.", parameters=numbers, buffers=numbers, opaque=True)


@lru_cache(maxsize=128)
def derived_kind(kind: Kind) -> Kind:
    """A kind that holds what another does, and does something else to its input."""
    return kind._replace(opaque=True)
