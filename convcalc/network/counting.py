"""What each tool of the field counts, as data: a formula for every family of layers, its known errors with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import evaluate
from convcalc.layer.case import letters_of, product, tree
from convcalc.network.torchvision import code_of, roles
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layer.applied import Applied
    from convcalc.network.walk import NetworkReport


class Flaw(NamedTuple):
    """A known error of a tool, and the layers it shows in."""

    text: str
    kinds: tuple[str, ...]  # names or families
    when: str = "1"  # a formula that is 0 where a layer escapes it


class Count(NamedTuple):
    """What a tool counts.

    Letters are those of the layer's kind, and besides: I numbers of its (first) input, O of its output; k the side of
    a square window, otherwise the product of its sides; D axes; macs, parameters and buffers as its record has them.
    """

    name: str
    doc: str
    counts: str  # what one unit is counted for
    rules: Mapping[str, str] = {}  # by "kind mode", kind or family: a formula; PRODUCTS may stand in it
    unit: str = "MAC"
    rest: str = "macs"  # of the kinds without a rule
    knows_all: bool = False  # the rest is all there is; otherwise it is our assumption, and said to be one
    functions: Mapping[str, str] | None = None  # the rules where a layer is a function; None: as for modules
    flaws: tuple[Flaw, ...] = ()


class Counted(NamedTuple):
    """A tool's count of a network."""

    by: Count
    value: Value
    layers: tuple[Value | None, ...]  # None where a layer could not be computed
    known_errors: tuple[str, ...]  # those that show in this network
    assumed: tuple[str, ...]  # kinds that the tool's rules are not known for


# Letters that are a product over the axes, by the formula of one axis.
PRODUCTS = {
    # calflops: the output's size as if the transposed convolution were none.
    "Q": "floor((n + 2*p - d*(k - 1) - 1)/s) + 1",
    # torchscan: the window of an adaptive pooling, n/o where that is whole, otherwise the remainder and 1.
    "W": "(1 - min(n % o, 1))*floor(n/o) + min(n % o, 1)*(n % o + 1)",
}
# Kinds that cost nothing in any tool; additions and products too, as torchvision writes them (+ and * of tensors).
FREE = frozenset((
    "add", "multiply", "concat", "flatten", "unflatten", "reshape", "permute", "split", "slice", "shuffle", "zeropad",
    "crop", "pixelshuffle", "pixelunshuffle", "maxunpool", "unpool", "unfold", "fold", "dropout", "droppath",
    "identity", "scale",
))  # fmt: skip

TRANSPOSED = Flaw(
    "takes a transposed convolution to use its weights once for every output, not for every input: s² times too many",
    ("tconv",),
    "S - 1",
)
INT_WINDOW = Flaw("takes a k × k window to hold k cells, not k², where one number gives its sides", ("pool",), "K - k")

TEXTBOOK = Count(
    "textbook",
    "The lectures (CS231n, EECS 498).",
    "conv and linear",
    knows_all=True,
)
TORCHVISION = Count(
    "torchvision",
    "The GFLOPS that torchvision publishes beside its weights.",
    "conv and linear; printed as FLOPS",
    knows_all=True,
)
TORCHINFO = Count(
    "torchinfo",
    "torchinfo, Total mult-adds.",
    "conv and linear with biases; parameters of other layers once",
    {
        "conv": "parameters*N", "tconv": "parameters*N", "linear": "parameters", "batchnorm": "parameters",
        "layernorm": "parameters", "rmsnorm": "parameters", "prelu": "parameters", "bilinear": "parameters",
        "embedding": "parameters", "recurrent": "parameters*t", "norm": "0", "activation": "0",
        "glu": "0", "pool": "0", "adaptive": "0", "globalpool": "0", "upsample": "0",
    },
    flaws=(
        TRANSPOSED,
        Flaw("counts a linear layer once, at however many positions it acts", ("linear",), "N - 1"),
    ),
)  # fmt: skip
FVCORE = Count(
    "fvcore",
    "fvcore, FlopCountAnalysis.",
    "conv and linear; batch norm 2, adaptive mean 1 a number; printed as FLOPs",
    {
        "conv": "macs", "tconv": "macs", "linear": "macs", "batchnorm": "(1 + a)*I", "layernorm": "(4 + a)*I",
        "groupnorm": "(4 + a)*I", "instancenorm": "(4 + a)*I", "activation": "0", "prelu": "0", "pool": "0",
        # aten::adaptive_avg_pool2d: maps of two axes alone.
        "adaptiveavgpool": "I*max(1 - (D - 2)**2, 0)", "globalavgpool": "I*max(1 - (D - 2)**2, 0)",
        "adaptive": "0", "globalpool": "0", "upsample nearest": "O*max(1 - (D - 2)**2, 0)", "upsample bilinear": "4*O",
    },
)  # fmt: skip
PTFLOPS = Count(
    "ptflops",
    "ptflops 0.7.5, its default engine (pytorch).",
    "conv and linear with biases; batch norm 2, ReLU and pooling 1 a number",
    {
        "conv": "macs + b*O", "tconv": "macs + b*O", "linear": "macs + b*O", "batchnorm": "(1 + a)*I", "layernorm": "I",
        # A hook on the module, and the function inside it replaced by one that counts: both count.
        "relu": "2*I", "prelu": "2*I", "elu": "2*I", "gelu": "2*I", "maxpool": "2*I", "avgpool": "2*I",
        "adaptive": "2*I", "globalpool": "2*I",
        "relu6": "I", "leakyrelu": "I", "silu": "I", "softmax": "I", "activation": "0", "pool": "0",
    },
    functions={
        "relu": "I", "prelu": "I", "elu": "I", "gelu": "I", "relu6": "I", "silu": "I", "softmax": "I",
        "maxpool": "I", "avgpool": "I", "adaptive": "I", "globalpool": "I",
    },
    flaws=(
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
        "globalpool": "0", "upsample": "0", "embedding": "0",
    },
)  # fmt: skip
THOP = Count(
    "thop",
    "thop 0.1.1.",
    "conv and linear; batch norm 4, average pooling 1 a number",
    {
        "conv": "macs", "tconv": "N*K*c/g*f", "linear": "macs", "batchnorm": "2*(1 + a)*I",
        "layernorm": "2*(1 + a)*I", "groupnorm": "0",
        "prelu": "I", "softmax": "N*(3*c - 1)", "activation": "0", "avgpool": "O", "pool": "0",
        # (n/o + 1)·o: every input added, every output divided.
        "adaptiveavgpool": "I + O", "globalavgpool": "I + O", "adaptive": "0", "globalpool": "0",
    },
    functions={},
    flaws=(TRANSPOSED,),
)  # fmt: skip
TORCHSCAN = Count(
    "torchscan",
    "torch-scan, multiply-accumulates.",
    "conv and linear; batch norm 2 a number, pooling by its window",
    {
        "conv": "macs", "tconv": "N*K*c/g*f + 4*D", "linear": "macs", "batchnorm": "(1 + a)*I", "instancenorm": "0",
        "groupnorm": "0", "layernorm": "0", "activation": "0", "prelu": "0", "maxpool": "O*(k - 1)",
        "avgpool": "O*(k - 1 + D)", "adaptiveavgpool": "O*(W - 1 + D)", "adaptivemaxpool": "O*(W - 1)",
        "globalavgpool": "O*(W - 1 + D)", "globalmaxpool": "O*(W - 1)", "upsample": "0",
    },
    functions={},
    flaws=(TRANSPOSED, INT_WINDOW),
)  # fmt: skip
TORCHSCAN_FLOPS = Count(
    "torchscan-flops",
    "torch-scan, floating-point operations.",
    "conv and linear with biases; batch norm 4, ReLU 1, tanh 6 a number, pooling by its window",
    {
        **TORCHSCAN.rules,
        "conv": "2*macs + (b - 1)*O", "sepconv": "2*macs - N*c*m + (b - 1)*O",
        "tconv": "2*N*K*c/g*f + (b - 1)*O + 8*D", "linear": "2*macs + (b - 1)*O", "batchnorm": "2*e + 2*(1 + a)*I",
        "relu": "I", "relu6": "2*I", "leakyrelu": "4*I", "elu": "6*I", "sigmoid": "4*I", "tanh": "6*I", "dropout": "I",
    },
    "FLOP",
    "2*macs",
    functions={},
    flaws=(
        TRANSPOSED,
        INT_WINDOW,
        Flaw("counts the random numbers of a dropout, which draws none after training", ("dropout",)),
    ),
)  # fmt: skip
CALFLOPS = Count(
    "calflops",
    "calflops; DeepSpeed's profiler until 2026-08 is its origin.",
    "conv with biases, linear; batch norm 2, ReLU and pooling 1 a number",
    {
        "conv": "2*macs + b*O", "linear": "2*macs", "tconv": "2*M*K*c*floor(floor(f/g)/g) + b*floor(f/g)*Q",
        "batchnorm": "(1 + a)*I", "layernorm": "(4 + a)*I", "groupnorm": "(4 + a)*I", "instancenorm": "(4 + a)*I",
        **dict.fromkeys(("relu", "prelu", "elu", "leakyrelu", "silu", "gelu", "softmax"), "I"),
        "activation": "0", "maxpool": "I", "avgpool": "I", "adaptive": "I", "globalpool": "I", "embedding": "0",
    },
    "FLOP",
    "2*macs",
    flaws=(
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
    unit="FLOP",
    rest="2*macs",
    knows_all=True,
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


def counted(report: NetworkReport, count: Count) -> Counted:
    """What a tool counts in a network, layer by layer and in all."""
    role_of = roles(report, code_of(report))
    known: dict[tuple[int, str], Value] = {}  # equal layers share their Applied
    total: Value = 0
    layers: list[Value | None] = []
    assumed: dict[str, None] = {}
    errors: dict[str, None] = {}
    unseen: dict[str, int] = {}
    for index, layer in enumerate(report.layers):
        applied, role = layer.applied, role_of.get(index, "")
        if applied is None:
            layers.append(None)
            continue
        key = id(applied), role
        if key not in known:
            if rule_for(count, applied, role) is None:
                assumed[layer.kind] = None
            known[key] = value_of(count, applied, role)
            errors.update(dict.fromkeys(flaw.text for flaw in count.flaws if shows(flaw, applied, role)))
        if role == "function" and count.functions is not None and known[key] == 0 != value_of(count, applied):
            unseen[layer.kind] = unseen.get(layer.kind, 0) + 1
        layers.append(known[key])
        total = total + known[key]
    if unseen:
        missed = ", ".join(f"{number} {kind}" for kind, number in unseen.items())
        errors[f"sees modules alone, not what torchvision calls as functions: {missed}"] = None
    return Counted(count, total, tuple(layers), tuple(errors), tuple(assumed))


def rule_for(count: Count, applied: Applied, role: str) -> str | None:
    """The formula for a layer; None where the tool has none that is known."""
    kind = applied.setting.kind
    if count.knows_all:
        return count.rest
    if role == "mean":
        return "0"
    rules = count.rules
    if role == "function" and count.functions is not None:
        rules = {"activation": "0", "pool": "0", "adaptive": "0", "globalpool": "0", **count.functions}
    names = ("linear",) if role == "linear" else (f"{kind.name} {applied.values.get('mode')}", kind.name, kind.family)
    for name in names:
        if name in rules:
            return rules[name]
    return "0" if kind.name in FREE else None


def shows(flaw: Flaw, applied: Applied, role: str) -> bool:
    """Whether a tool's error shows in this layer; those listed are all of modules."""
    kind = applied.setting.kind
    names = {"linear"} if role == "linear" else {kind.name, kind.family}
    if role in ("function", "mean") or names.isdisjoint(flaw.kinds):
        return False
    return value(flaw.when, applied) != 0


def value_of(count: Count, applied: Applied, role: str = "") -> Value:
    """A tool's count of one layer."""
    rule = rule_for(count, applied, role)
    return value(count.rest if rule is None else rule, applied)


def value(rule: str, applied: Applied) -> Value:
    """A formula on one layer."""
    return 0 if rule == "0" else evaluate(tree(rule), letters(rule, applied))


def letters(rule: str, applied: Applied) -> dict[str, Value]:
    """The letters that a rule may use: the kind's own, and those of Count."""
    kind, output = applied.setting.kind, applied.output
    known: dict[str, Value] = {
        "b": 0, "a": 0, "g": 1, "S": 1, "t": 1, "D": len(applied.input[0]) - 1, **applied.letters,
        "I": product(applied.input[0]), "O": applied.activations, "macs": applied.macs,
        "parameters": evaluate(tree(kind.parameters), applied.letters), "buffers": applied.buffers,
    }  # fmt: skip
    if applied.parameters == 0 and known["parameters"] != 0:  # frozen ones stand among the buffers
        known["buffers"] = applied.buffers - known["parameters"]
    sides = {axis.get("k") for axis in applied.axes}
    if "K" in known:
        known["k"] = next(iter(sides)) if len(sides) == 1 else known["K"]  # type: ignore[assignment]
    for letter, text in PRODUCTS.items():
        if letter in letters_of(rule):
            outputs = output[1:] or (1,) * len(applied.axes)
            axes = zip(applied.axes, outputs, strict=True)
            known[letter] = product(evaluate(tree(text), {**known, **axis, "o": size}) for axis, size in axes)
    return known


def recounted(report: NetworkReport, found: Counted) -> NetworkReport:
    """The report with a tool's count in the place of every layer's MACs."""
    made: dict[tuple[int, Value | None], Applied] = {}
    layers = []
    for layer, number in zip(report.layers, found.layers, strict=True):
        applied = layer.applied
        if applied is not None and number is not None:
            key = id(applied), number
            if key not in made:
                made[key] = applied._replace(macs=number)
            layer = layer._replace(applied=made[key])
        layers.append(layer)
    return report._replace(layers=layers, totals=report.totals._replace(macs=found.value))
