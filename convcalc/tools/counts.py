"""What each tool of the field counts, as data: formulas for the layers that it counts alike, and its known errors."""

from __future__ import annotations

from collections.abc import Mapping

from convcalc.problem import did_you_mean, problem
from convcalc.tuples import NamedTuple


class Flaw(NamedTuple):
    """A known error of a tool, and the layers it shows in."""

    text: str
    kinds: tuple[str, ...]  # by their names, or by those under which tools count them
    when: str = "1"  # a formula that is 0 where a layer escapes it


class Count(NamedTuple):
    """What a tool counts.

    Letters are those of the layer's kind, and besides: I numbers of its (first) input, O of its output; k the side of
    a square window, otherwise the product of its sides; D axes; macs, parameters and buffers as its record has them.
    A rule is None where the tool's count is not known, or not one number: it crashes, or counts what the device runs.
    """

    name: str
    doc: str
    counts: str  # what one unit is counted for
    # By "kind output", "kind mode", kind, or what it is counted as; PRODUCTS may occur in them.
    rules: Mapping[str, str | None] = {}
    unit: str = "MAC"
    rest: str | None = None  # of the kinds without a rule
    knows_all: bool = False  # the rest is for every kind there is; otherwise for those that are modules of PyTorch
    functions: Mapping[str, str] | None = None  # the rules where a layer is a function; None: as for modules
    flaws: tuple[Flaw, ...] = ()


# Only the projections of attention, as functions see them where no weights of the attention are asked for.
PROJECTIONS = "t*h*(e*c + u*o) + z*g*(e*y + u*v)"

TRANSPOSED = Flaw(
    "takes a transposed convolution to use its weights once for every output, not for every input: s² times too many",
    ("tconv",),
    "S - 1",
)
INT_WINDOW = Flaw("takes a k × k window to hold k cells, not k², where one number gives its sides", ("pool",), "K - k")

BILINEAR = Flaw("misses the products of bilinear layers", ("bilinear",))
ATTENTION = Flaw("misses the products of attention, which it sees as one function", ("attention",))
SCORES = Flaw("misses the products of attention beside its four projections", ("attention",))

TEXTBOOK = Count("textbook", "The lectures (CS231n, EECS 498).", "conv and linear", rest="macs", knows_all=True)
TORCHVISION = Count(
    "torchvision",
    "The GFLOPS that torchvision publishes beside its weights.",
    "conv and linear; printed as FLOPS",
    rest="macs",
    knows_all=True,
)
TORCHINFO = Count(
    "torchinfo",
    "torchinfo, Total mult-adds.",
    "conv and linear with biases; parameters of other layers once",
    {
        "conv": "parameters*N", "tconv": "parameters*N", "linear": "parameters", "batchnorm": "parameters",
        "layernorm": "parameters", "rmsnorm": "parameters", "prelu": "parameters", "bilinear": "parameters",
        "embedding": "parameters", "recurrent": "parameters*t", "attention": "0", "norm": "0", "activation": "0",
        "glu": "0", "pool": "0", "adaptive": "0", "globalpool": "0", "upsample": "0",
    },
    flaws=(
        TRANSPOSED,
        ATTENTION,
        Flaw("counts a linear layer once, at however many positions it acts", ("linear",), "N - 1"),
    ),
)  # fmt: skip
FVCORE = Count(
    "fvcore",
    "fvcore, FlopCountAnalysis.",
    "conv and linear; batch norm 2, adaptive mean 1 per number; printed as FLOPs",
    {
        "conv": "macs", "tconv": "macs", "linear": "macs", "batchnorm": "(1 + a)*I", "layernorm": "(4 + a)*I",
        "groupnorm": "(4 + a)*I", "instancenorm": "(4 + a)*I", "activation": "0", "prelu": "0", "pool": "0",
        # aten::adaptive_avg_pool2d: only maps of two axes.
        "adaptiveavgpool": "I*max(1 - (D - 2)**2, 0)", "globalavgpool": "I*max(1 - (D - 2)**2, 0)",
        "adaptive": "0", "globalpool": "0", "upsample nearest": "O*max(1 - (D - 2)**2, 0)", "upsample bilinear": "4*O",
        "upsample area": "I*max(1 - (D - 2)**2, 0)", "upsample": "0", "rmsnorm": "0", "norm": "0", "glu": "0",
        "embedding": "0", "bilinear": "0", "recurrent": "0", "attention": PROJECTIONS,
    },
    flaws=(
        BILINEAR, SCORES,
        Flaw("misses the products of recurrent layers, which it sees as one function", ("recurrent",)),
    ),
)  # fmt: skip
# As ptflops and thop have them: every sum and product of the gates beside the matrices; without a state projected.
RECURRENT = {
    "lstm": "macs - t*q*j*l*f*h + t*q*l*f*(10 + 8*b)", "gru": "macs + t*q*l*f*(7 + 6*b)",
    "rnn": "macs + t*q*l*f*(1 + 2*b)",
}  # fmt: skip
PTFLOPS = Count(
    "ptflops",
    "ptflops 0.7.5, its default engine (pytorch).",
    "conv and linear with biases; batch norm 2, ReLU and pooling 1 per number",
    {
        "conv": "macs + b*O", "tconv": "macs + b*O", "linear": "macs + b*O", "batchnorm": "(1 + a)*I", "layernorm": "I",
        # A hook on the module, and the function inside it replaced by one that counts: both count.
        "relu": "2*I", "prelu": "2*I", "elu": "2*I", "gelu": "2*I", "maxpool": "2*I", "avgpool": "2*I",
        "adaptive": "2*I", "globalpool": "2*I",
        "relu6": "I", "leakyrelu": "I", "silu": "I", "softmax": "I", "activation": "0", "lppool": "I + 2*O",
        "upsample area": "2*O + I", "upsample": "2*O", "rmsnorm": "0", "norm": "(c + n - 1)*I/c + 3*I", "glu": "0",
        "embedding": "0", "bilinear": "0", **RECURRENT,
        # Queries scaled, four projections, and in every head the scores, their softmax and the values they weigh.
        "attention": "t*c + t*c*c + z*y*y + z*v*v + b*(t + 2*z)*c + t*z*(c + h + v) + t*v*(v + 1)",
    },
    functions={
        "relu": "I", "prelu": "I", "elu": "I", "gelu": "I", "relu6": "I", "silu": "I", "softmax": "I",
        "maxpool": "I", "avgpool": "I", "adaptive": "I", "globalpool": "I", "upsample area": "O + I", "upsample": "O",
    },
    flaws=(
        BILINEAR,
        Flaw(
            "counts modules of ReLU, PReLU, ELU, GELU and of poolings twice, by their hook and by the function in them",
            ("relu", "prelu", "elu", "gelu", "maxpool", "avgpool", "adaptive", "globalpool"),
        ),
    ),
)  # fmt: skip
PTFLOPS_ATEN = Count(
    "ptflops-aten",
    'ptflops 0.7.5 with backend="aten".',
    "conv and linear with biases",
    {
        "conv": "macs + b*O", "tconv": "macs + b*O", "linear": "macs + b*O", "batchnorm": "0", "layernorm": "0",
        "rmsnorm": "0", "norm": "0", "activation": "0", "prelu": "0", "glu": "0", "pool": "0", "adaptive": "0",
        "globalpool": "0", "upsample": "0", "embedding": "0", "bilinear": "0",
        # PyTorch runs an LSTM without projection as one operation, everything else as products.
        "lstm": "j*parameters*t", "recurrent": "parameters*t",
        "attention": f"{PROJECTIONS} + b*t*(h*e + o) + b*z*g*(e + u)",
    },
    flaws=(
        BILINEAR, SCORES,
        Flaw("misses the products of an LSTM, which runs as one operation", ("lstm",), "1 - j"),
    ),
)  # fmt: skip
THOP = Count(
    "thop",
    "thop 0.1.1.",
    "conv and linear; batch norm 4, average pooling 1 per number",
    {
        "conv": "macs", "tconv": "N*K*c/g*f", "linear": "macs", "batchnorm": "2*(1 + a)*I",
        "layernorm": "2*(1 + a)*I", "groupnorm": "0",
        "prelu": "I", "softmax": "I/e*(3*e - 1)", "activation": "0", "avgpool": "O", "pool": "0",
        # (n/o + 1)·o: every input added, every output divided.
        "adaptiveavgpool": "I + O", "globalavgpool": "I + O", "adaptive": "0", "globalpool": "0",
        "upsample nearest": "O", "upsample linear": "5*O", "upsample bilinear": "11*O", "upsample bicubic": "259*O",
        "upsample": "0", "rmsnorm": "0", "norm": "0", "glu": "0", "embedding": "0", "bilinear": "0", "attention": "0",
        **RECURRENT,
        "lstm": "t*q*(4*f*(c + f) + 4*(l - 1)*f*(q + 1)*f + 8*(1 + b)*l*f)",
    },
    functions={},
    flaws=(TRANSPOSED, BILINEAR, ATTENTION),
)  # fmt: skip
TORCHSCAN = Count(
    "torchscan",
    "torch-scan, multiply-accumulates.",
    "conv and linear; batch norm 2 per number, pooling by its window",
    {
        "conv": "macs", "tconv": "N*K*c/g*f + 4*D", "linear": "macs", "batchnorm": "(1 + a)*I", "instancenorm": "0",
        "groupnorm": "0", "layernorm": "0", "activation": "0", "prelu": "0", "maxpool": "O*(k - 1)",
        "avgpool": "O*(k - 1 + D)", "adaptiveavgpool": "O*(W - 1 + D)", "adaptivemaxpool": "O*(W - 1)",
        "globalavgpool": "O*(W - 1 + D)", "globalmaxpool": "O*(W - 1)", "upsample": "0", "lppool": "0",
        "rmsnorm": "0", "norm": "0", "glu": "0", "embedding": "0", "bilinear": "0",
    },
    functions={},
    flaws=(TRANSPOSED, INT_WINDOW, BILINEAR),
)  # fmt: skip
TORCHSCAN_FLOPS = Count(
    "torchscan-flops",
    "torch-scan, floating-point operations.",
    "conv and linear with biases; batch norm 4, ReLU 1, tanh 6 per number, pooling by its window",
    {
        **TORCHSCAN.rules,
        "conv": "2*macs + (b - 1)*O", "sepconv": "2*macs - N*c*m + (b - 1)*O",
        "tconv": "2*N*K*c/g*f + (b - 1)*O + 8*D", "linear": "2*macs + (b - 1)*O", "batchnorm": "2*e + 2*(1 + a)*I",
        "relu": "I", "relu6": "2*I", "leakyrelu": "4*I", "elu": "6*I", "sigmoid": "4*I", "tanh": "6*I", "dropout": "I",
    },
    "FLOP",
    functions={},
    flaws=(
        TRANSPOSED,
        INT_WINDOW,
        BILINEAR,
        Flaw("counts the random numbers of a dropout, which draws none after training", ("dropout",)),
    ),
)  # fmt: skip
CALFLOPS = Count(
    "calflops",
    "calflops; DeepSpeed's profiler until 2026-08 is its origin.",
    "conv with biases, linear; batch norm 2, ReLU and pooling 1 per number",
    {
        "conv": "2*macs + b*O", "linear": "2*macs", "tconv": "2*M*K*c*floor(floor(f/g)/g) + b*floor(f/g)*Q",
        "batchnorm": "(1 + a)*I", "layernorm": "(4 + a)*I", "groupnorm": "(4 + a)*I", "instancenorm": "(4 + a)*I",
        **dict.fromkeys(("relu", "prelu", "elu", "leakyrelu", "silu", "gelu", "softmax"), "I"),
        "activation": "0", "maxpool": "I", "avgpool": "I", "adaptive": "I", "globalpool": "I", "embedding": "0",
        # Given a size, it takes that for the count, in one number or in several as they were written.
        "upsample output": None, "upsample area": "2*I", "upsample": "I",
        "lppool": "I + 2*O", "rmsnorm": "0", "norm": "(c + n - 1)*I/c + 3*I", "glu": "0", "bilinear": "0",
        "lstm": "2*macs - 2*t*q*j*l*f*h + t*q*l*f*(2 + 8*b)", "gru": "2*macs + t*q*l*f*(1 + 6*b)",
        "rnn": "2*macs + t*q*l*f*(2*b - 1)", "attention": f"2*({PROJECTIONS})",
    },
    "FLOP",
    flaws=(
        BILINEAR, SCORES,
        Flaw(
            "divides the filters of a transposed convolution by its groups twice: 0 where it is depthwise",
            ("tconv",),
            "g - 1",
        ),
        Flaw("adds as many biases to a transposed convolution as a convolution would have outputs", ("tconv",), "b"),
        Flaw("counts biases of convolutions, and forgets those of linear layers", ("linear",), "b"),
        Flaw("counts ReLU and misses ReLU6, which calls another function", ("relu6",)),
    ),
)  # fmt: skip
FLOPCOUNTER = Count(
    "flopcounter",
    "PyTorch's own torch.utils.flop_counter.FlopCounterMode.",
    "conv and linear",
    # What runs as one operation on one device, and is not counted, runs as many on another.
    {"bilinear": "0", "recurrent": None, "attention": None},
    "FLOP",
    "2*macs",
    flaws=(BILINEAR,),
)
KERAS = Count(
    "keras",
    "Keras 3, Total params of model.summary(); Keras counts no operations.",
    "parameters, moving averages among them",
    unit="parameter",
    rest="parameters + buffers",
    knows_all=True,
)

COUNTS = {
    count.name: count
    for count in (
        TEXTBOOK, TORCHVISION, TORCHINFO, FVCORE, PTFLOPS, PTFLOPS_ATEN, THOP, TORCHSCAN, TORCHSCAN_FLOPS, CALFLOPS,
        FLOPCOUNTER, KERAS,
    )
}  # fmt: skip

ALIASES = {
    "ptflops-pytorch": "ptflops", "torchscan-macs": "torchscan", "torch-scan": "torchscan",
    "flopcountermode": "flopcounter", "flop-counter": "flopcounter", "pytorch-opcounter": "thop",
}  # fmt: skip


def known_tool(text: str) -> str:
    """The name of a tool in COUNTS, or `all`; a Problem where there is none."""
    plain = text.strip().lower().replace("_", "-")
    name = ALIASES.get(plain, plain)
    if name not in (*COUNTS, "all"):
        hint = did_you_mean(plain, COUNTS) or f"one of {', '.join(COUNTS)}, all"
        raise problem("U001", f'there is no tool "{text[:40]}"', hint)
    return name
