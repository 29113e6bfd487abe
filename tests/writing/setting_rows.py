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
    SettingRow(
        "dotattention", "F.scaled_dot_product_attention(x, x, x)", input="5x8", changed=("pytorch", "keras", "onnx")
    ),
    SettingRow(
        "dotattention factor=0.5",
        "F.scaled_dot_product_attention(x, x, x, scale=0.5)",
        input="5x8",
        changed=("pytorch", "keras", "onnx"),
    ),
    SettingRow(
        "dotattention causal=yes",
        "F.scaled_dot_product_attention(x, x, x, is_causal=True)",
        input="5x8",
        changed=("keras", "onnx", "pytorch"),
    ),
    SettingRow("zeropad [[1,0],[0,2]] value=0.5", "F.pad(x, (0, 2, 1, 0), value=0.5)"),
    SettingRow("upsample 2 mode=bilinear", "F.interpolate(x, scale_factor=2, mode='bilinear')"),
    SettingRow(
        "upsample 2 mode=bilinear corners=yes",
        "F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=True)",
        unsaid=("keras",),
    ),
    SettingRow("upsample 2 mode=nearest", "F.interpolate(x, scale_factor=2, mode='nearest')"),
    SettingRow("upsample 2 mode=bicubic", "F.interpolate(x, scale_factor=2, mode='bicubic')"),
]


# Networks of PyTorch as their authors have them, whose numbers must come out as they are with the same weights.
PROGRAMS = {
    "generator": """
        import torch
        from torch import nn

        class Generator(nn.Module):
            def __init__(self, slope=0.2):
                super().__init__()
                self.up = nn.Sequential(
                    nn.ConvTranspose2d(8, 6, 4, 2, 1, bias=False), nn.BatchNorm2d(6, 0.8),
                    nn.LeakyReLU(slope, inplace=True),
                    nn.ConvTranspose2d(6, 4, 4, 2, 1), nn.InstanceNorm2d(4, eps=0.1, affine=True), nn.PReLU(4),
                )
                self.last = nn.Conv2d(4, 3, 3, padding=1)

            def forward(self, z):
                return torch.tanh(self.last(self.up(z)) * 0.5) + 0.25

        x = torch.randn(2, 8, 4, 4)
        """,
    "discriminator": """
        import torch
        import torch.nn.functional as F
        from torch import nn

        class Discriminator(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv1 = nn.Conv2d(3, 8, 4, 2, 1)
                self.conv2 = nn.Conv2d(8, 12, 4, 2, 1)
                self.norm = nn.GroupNorm(3, 12, eps=0.01)
                self.pool = nn.AvgPool2d(3, 1, 1, count_include_pad=False)
                self.out = nn.Linear(12 * 16, 2)

            def forward(self, x):
                x = F.leaky_relu(self.conv1(x), 0.1)
                x = F.elu(self.norm(self.conv2(x)), alpha=0.7)
                x = self.pool(F.hardtanh(x, -0.4, 0.8))
                x = torch.clamp(x, min=-0.3) / 3
                return self.out(torch.flatten(F.softplus(1 - x, beta=2), 1))

        x = torch.randn(2, 3, 16, 16)
        """,
    "encoder": """
        import torch
        import torch.nn.functional as F
        from torch import nn

        class Encoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.TransformerEncoderLayer(
                    16, 4, 24, activation=F.gelu, norm_first=True, layer_norm_eps=1e-2, batch_first=True
                )
                self.second = nn.TransformerEncoderLayer(16, 2, 24, batch_first=True)
                self.norm = nn.LayerNorm(16, eps=1e-3)
                self.out = nn.Linear(16, 4)

            def forward(self, x):
                return self.out(F.gelu(self.norm(self.second(self.first(x))), approximate="tanh"))

        x = torch.randn(2, 5, 16)
        """,
    "heads": """
        import torch
        import torch.nn.functional as F
        from torch import nn

        class Heads(nn.Module):
            def __init__(self, width=16, heads=4):
                super().__init__()
                self.heads, self.size = heads, width // heads
                self.qkv = nn.Linear(width, 3 * width)
                self.proj = nn.Linear(width, width)

            def forward(self, x):
                b, n, c = x.shape
                q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)
                y = F.scaled_dot_product_attention(q, k, v)
                y = y + (q * self.size ** -0.5 @ k.transpose(-2, -1)).softmax(dim=-1) @ v
                return self.proj(y.transpose(1, 2).reshape(b, n, c))

        x = torch.randn(2, 5, 16)
        """,
    "upsampler": """
        import torch
        import torch.nn.functional as F
        from torch import nn

        class Upsampler(nn.Module):
            def __init__(self):
                super().__init__()
                self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
                self.pad = nn.ConstantPad2d((1, 0, 0, 1), 0.5)
                self.conv = nn.Conv2d(3, 4, 3)

            def forward(self, x):
                x = F.local_response_norm(self.conv(self.pad(self.up(x))), 3, alpha=0.1, beta=0.5, k=2)
                x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
                x = F.pad(x, (1, 1, 1, 1), value=-1.0)
                return F.normalize(x, p=1, dim=1) ** 2

        x = torch.randn(2, 3, 5, 5)
        """,
}
