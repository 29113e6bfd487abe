"""Layers with settings that no size follows from, and what PyTorch itself computes for each."""

from typing import NamedTuple


class SettingRow(NamedTuple):
    layer: str
    oracle: str  # of a tensor x, in PyTorch
    input: str = "4x6x6"
    unsaid: tuple[str, ...] = ()  # languages that have no form of it
    changed: tuple[str, ...] = ()  # those in which other layers say it
    average: str = ""  # what a running mean is after one batch in training


ROWS = [
    SettingRow("leakyrelu 0.2", "F.leaky_relu(x, 0.2)"),
    SettingRow("relu max=0.5", "x.clamp(0, 0.5)", changed=("pytorch", "onnx")),
    SettingRow("relu slope=0.1", "F.leaky_relu(x, 0.1)", changed=("pytorch", "onnx")),
    SettingRow(
        "relu slope=0.1 threshold=0.25 max=1.5",
        "torch.where(x < 0.25, 0.1 * (x - 0.25), x.clamp(max=1.5))",
        changed=("pytorch", "onnx"),
    ),
    SettingRow("relu threshold=0.5", "F.threshold(x, 0.5, 0)", changed=("pytorch", "onnx")),
    SettingRow("elu 0.5", "F.elu(x, 0.5)"),
    SettingRow("celu 2", "F.celu(x, 2)"),
    SettingRow("gelu approximate=yes", "F.gelu(x, approximate='tanh')"),
    SettingRow("gelu", "F.gelu(x)"),
    SettingRow("hardsigmoid slope=0.2", "(0.2 * x + 0.5).clamp(0, 1)", changed=("pytorch", "keras")),
    SettingRow("hardsigmoid", "F.hardsigmoid(x)"),
    SettingRow("hardtanh min=-0.5 max=0.25", "x.clamp(-0.5, 0.25)"),
    SettingRow("hardtanh min=0 max=inf", "x.clamp(min=0)"),
    SettingRow("softplus beta=2", "F.softplus(x, 2)", changed=("keras", "onnx")),
    SettingRow("hardshrink 0.1", "F.hardshrink(x, 0.1)"),
    SettingRow("softshrink 0.1", "F.softshrink(x, 0.1)"),
    SettingRow("threshold threshold=0.1 value=-3", "F.threshold(x, 0.1, -3)", changed=("onnx",)),
    SettingRow("threshold threshold=0.25", "F.threshold(x, 0.25, 0)"),
    SettingRow("rrelu lower=0.1 upper=0.3", "F.leaky_relu(x, 0.2)", unsaid=("keras",), changed=("onnx",)),
    SettingRow("squareplus b=2", "(x + (x * x + 2).sqrt()) / 2", changed=("pytorch", "onnx")),
    SettingRow("batchnorm eps=0.5", "F.batch_norm(x, torch.zeros(4), torch.ones(4), eps=0.5)"),
    SettingRow(
        "batchnorm momentum=0.3",
        "F.batch_norm(x, torch.zeros(4), torch.ones(4))",
        average="0.3 * x.mean((0, 2, 3))",
    ),
    SettingRow(
        "batchnorm decay=0.9",
        "F.batch_norm(x, torch.zeros(4), torch.ones(4))",
        average="0.1 * x.mean((0, 2, 3))",
    ),
    SettingRow(
        "frozenbatchnorm eps=0.5",
        "F.batch_norm(x, torch.zeros(4), torch.ones(4), eps=0.5)",
        changed=("pytorch", "keras", "onnx"),
    ),
    SettingRow("instancenorm eps=0.5", "F.instance_norm(x, eps=0.5)", changed=("keras",)),
    SettingRow("groupnorm 2 eps=0.5", "F.group_norm(x, 2, eps=0.5)", changed=("onnx",)),
    SettingRow(
        "layernorm eps=0.5", "F.layer_norm(x.movedim(1, -1), [4], eps=0.5).movedim(-1, 1)", changed=("pytorch", "onnx")
    ),
    SettingRow("layernorm eps=0.5", "F.layer_norm(x, [8], eps=0.5)", input="5x8"),
    SettingRow("rmsnorm eps=0.25", "F.rms_norm(x, [8], eps=0.25)", input="5x8", changed=("onnx",)),
    SettingRow("rmsnorm", "F.rms_norm(x, [8])", input="5x8", changed=("keras", "onnx")),
    SettingRow("l2norm axis=1", "F.normalize(x)"),
    SettingRow("l2norm axis=1 power=1", "F.normalize(x, p=1)"),
    SettingRow("l2norm axis=1 power=3 eps=3", "F.normalize(x, p=3, eps=3)", unsaid=("onnx",)),
    SettingRow("lrn 3 alpha=0.5 beta=0.6 k=2", "F.local_response_norm(x, 3, 0.5, 0.6, 2)", unsaid=("keras",)),
    SettingRow("grn eps=0.5", "x", unsaid=("keras",), changed=("pytorch", "onnx")),
    SettingRow("avgpool 3 s1 p1", "F.avg_pool2d(x, 3, 1, 1)", changed=("keras",)),
    SettingRow(
        "avgpool 3 s1 p1 count_padding=no", "F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)", changed=("keras",)
    ),
    SettingRow(
        "avgpool 2 s2 p=[[0,1],[0,1]] count_padding=no",
        "F.avg_pool2d(F.pad(x, (0, 1, 0, 1)), 2) / F.avg_pool2d(F.pad(torch.ones_like(x), (0, 1, 0, 1)), 2)",
        input="4x5x5",
        unsaid=(),
        changed=("pytorch", "keras", "chain"),
    ),
    SettingRow("avgpool 2 divisor=3", "F.avg_pool2d(x, 2, divisor_override=3)", unsaid=("keras",), changed=("onnx",)),
    SettingRow("lppool 2 power=4", "F.lp_pool2d(x, 4, 2)", unsaid=("keras",)),
    SettingRow("elementwise scale number=0.5", "x * 0.5"),
    SettingRow("elementwise shift number=-0.25", "x - 0.25"),
    SettingRow("elementwise shift number=1 first=yes", "1 - x"),
    SettingRow("elementwise divide number=3", "x / 3"),
    SettingRow("elementwise divide number=1 first=yes", "1 / x"),
    SettingRow("elementwise power number=2", "x ** 2"),
    SettingRow("elementwise power number=2 first=yes", "2 ** x"),
    SettingRow("elementwise remainder number=0.7", "x % 0.7", changed=("onnx", "keras")),
    SettingRow("elementwise clamp min=0 max=1", "x.clamp(0, 1)", changed=("onnx", "keras")),
    SettingRow("elementwise clamp min=-0.5", "x.clamp(min=-0.5)", changed=("onnx",)),
    SettingRow("elementwise clamp max=0.5", "x.clamp(max=0.5)", changed=("onnx",)),
    SettingRow("rescaling 1/255 offset=-1", "x / 255 - 1", changed=("pytorch", "onnx")),
]
