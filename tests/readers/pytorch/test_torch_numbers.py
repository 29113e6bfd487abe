"""Programs read without running them: parameters, MACs and output are what PyTorch itself says of each."""

from __future__ import annotations

from textwrap import dedent

import pytest

from convcalc.network.load import summarise_spec
from convcalc.problem import Problem, Source
from convcalc.readers.program import read_spec
from convcalc.spec.choices import Choices

HEAD = """import math
import torch
import torch.nn as nn
import torch.nn.functional as F
from einops import einsum, pack, rearrange, reduce, repeat, unpack
from einops.layers.torch import Rearrange, Reduce
from torch.autograd import Variable
"""

# (what, program, the network, its inputs, parameters, MACs, outputs)
PROGRAMS = (
    (
        "a layer uses a part of what the network learns",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.w = nn.Parameter(torch.randn(12, 8, 5, 5))

            def forward(self, x):
                first = F.conv2d(x, self.w[0:4], stride=2)
                return torch.cat((first, F.conv2d(x, self.w[4:12], stride=2)), dim=1)
        """,
        "Net()", ("8x12x12",), 2400, 38400, ((12, 4, 4),),
    ),
    (
        "weights are standardised before they are used",
        """
        class Conv(nn.Conv2d):
            def forward(self, x):
                w = self.weight
                w = (w - w.mean(dim=(1, 2, 3), keepdim=True)) / (w.std(dim=(1, 2, 3), keepdim=True) + 1e-5)
                return F.conv2d(x, w, self.bias, self.stride, self.padding, self.dilation, self.groups)
        """,
        "Conv(4, 8, 3, padding=1)", ("4x10x10",), 296, 28800, ((8, 10, 10),),
    ),
    (
        "the biases of a normalisation are set while the network is made",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.bn = nn.BatchNorm2d(3)
                self.fc = nn.Linear(3, 4, bias=False)
                for m in self.modules():
                    if isinstance(m, nn.BatchNorm2d):
                        m.weight.data.fill_(1)
                        m.bias.data.zero_()
                    elif isinstance(m, nn.Linear) and m.bias is not None:
                        m.bias.data.zero_()

            def forward(self, x):
                return self.fc(self.bn(x).mean((2, 3)))
        """,
        "Net()", ("3x8x8",), 18, 12, ((4,),),
    ),
    (
        "a module that is scripted",
        """
        class Block(torch.jit.ScriptModule):
            def __init__(self, c):
                super().__init__()
                self.conv = nn.Conv2d(c, c, 3, padding=1)

            @torch.jit.script_method
            def forward(self, x):
                return x + self.conv(x)
        """,
        "nn.Sequential(Block(4), torch.jit.script(nn.Conv2d(4, 2, 1)))", ("4x6x6",), 158, 5472, ((2, 6, 6),),
    ),
    (
        "numbers are drawn with the mean and the spread that layers give",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.mean, self.spread, self.head = nn.Linear(6, 3), nn.Linear(6, 3), nn.Linear(3, 2)

            def forward(self, x):
                drawn = torch.distributions.Normal(self.mean(x), F.softplus(self.spread(x))).rsample()
                return self.head(drawn)
        """,
        "Net()", ("6",), 50, 42, ((2,),),
    ),
    (
        "an embedding's weights by assignment",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.words, self.head = nn.Embedding(10, 4), nn.Linear(4, 10, bias=False)
                self.head.weight = self.words.weight

            def forward(self, x):
                return self.head(self.words(x))
        """,
        "Net()", ("5",), 40, 200, ((5, 10),),
    ),
    (
        "an embedding's weights as a matrix",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.words = nn.Embedding(10, 4)

            def forward(self, x):
                return self.words(x) @ self.words.weight.t()
        """,
        "Net()", ("5",), 40, 200, ((5, 10),),
    ),
    (
        "two layers share weights and not biases",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b, self.c = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)
                self.b.weight = self.c.weight = self.a.weight

            def forward(self, x):
                return self.b(self.a(self.b(x)))
        """,
        "Net()", ("4",), 28, 48, ((4,),),
    ),
    (
        "weights without the biases of their layer, and what is learnt as a tensor too",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 6)
                self.w, self.b = nn.Parameter(torch.randn(6, 4)), nn.Parameter(torch.zeros(6))

            def forward(self, x):
                return F.linear(x, self.fc.weight) + F.linear(x, self.w, self.b) * self.w.sum(1) + self.b
        """,
        "Net()", ("4",), 60, 48, ((6,),),
    ),
    (
        "weights put in the place of others, and changed while the network is made",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.blur = nn.Conv2d(3, 3, 5, groups=3, bias=False, padding=2)
                self.blur.weight = nn.Parameter(torch.ones(1, 1, 5, 5).repeat(3, 1, 1, 1), requires_grad=False)
                self.blur.weight.data *= 2
                self.gain = nn.Parameter(torch.ones(1))
                self.start = self.gain.data * 0.5
                fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(self.blur.weight)
                self.last = nn.Conv2d(3, fan_out // fan_in * 2, 1)

            def forward(self, x):
                return self.last(self.blur(x) * self.gain + self.start)
        """,
        "Net()", ("3x8x8",), 100, 5952, ((6, 8, 8),),
    ),
    (
        "einops: axes of one, all axes without a name in brackets, a pattern of two tensors",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.gate = nn.Sequential(Reduce("b c h w -> b c", "mean"), nn.Linear(8, 8), Rearrange("b c -> b c 1 1"))
                self.q, self.k = nn.Conv2d(8, 8, 1), nn.Conv2d(8, 8, 2, stride=2)

            def forward(self, x):
                x = x * self.gate(x)
                q, k = (rearrange(t, "b (h d) ... -> b h (...) d", h=2) for t in (self.q(x), self.k(x)))
                found = einsum(q, k, "b h i d, b h j d -> b h i j").softmax(dim=-1)
                return einsum(found, k, "b h i j, b h j d -> b h i d")
        """,
        "Net()", ("8x4x4",), 408, 3136, ((2, 16, 4),),
    ),
    (
        "einops: a layer whose reduction is named, used twice",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.pool, self.fc = Reduce("b c h w -> b c", reduction="mean"), nn.Linear(8, 4)

            def forward(self, x):
                return self.fc(self.pool(x)) + self.fc(self.pool(2 * x))
        """,
        "Net()", ("8x4x4",), 36, 64, ((4,),),
    ),
    (
        "einops: packed, with registers for every window, and unpacked",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.token, self.registers = nn.Parameter(torch.randn(8)), nn.Parameter(torch.randn(3, 8))
                self.mix = nn.Linear(8, 8)

            def forward(self, x):
                x = rearrange(x, "b c (x w1) (y w2) -> (b x y) (w1 w2) c", w1=2, w2=2)
                token = repeat(self.token, "c -> b 1 c", b=x.shape[0])
                registers = repeat(self.registers, "n d -> b n d", b=x.shape[0])
                x, parts = pack((token, registers, x), "b * d")
                token, _, x = unpack(self.mix(x), parts, "b * d")
                return rearrange(x + token, "(b x y) (w1 w2) c -> b c (x w1) (y w2)", x=2, y=2, w1=2, w2=2)
        """,
        "Net()", ("8x4x4",), 104, 2048, ((8, 4, 4),),
    ),
    (
        "inputs of a sum over letters that have other axes",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Conv2d(2, 4, 3, padding=1)

            def forward(self, x):
                x = self.a(x)
                weights = x.flatten(2).mean(2)
                return torch.einsum("bc,bcij->bij", weights, x)
        """,
        "Net()", ("2x6x6",), 76, 2736, ((6, 6),),
    ),
    (
        "one number an example",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(6, 3)

            def forward(self, x):
                size = torch.norm(x, p=2, dim=1)
                length = x.norm(dim=1, keepdim=True).clamp(min=1e-6)
                return self.fc(x / length), torch.sqrt(size * 2 + 1)
        """,
        "Net()", ("6",), 21, 18, ((3,), (1,)),
    ),
    (
        "a normalisation that learns factors and keeps its summands",
        """
        class Net(nn.Module):
            def __init__(self, dim):
                super().__init__()
                self.gamma = nn.Parameter(torch.ones(dim))
                self.register_buffer("beta", torch.zeros(dim))

            def forward(self, x):
                return F.layer_norm(Variable(x), x.shape[-1:], self.gamma, self.beta)
        """,
        "Net(8)", ("4x8",), 8, 0, ((4, 8),),
    ),
    (
        "numbers put into a tensor that was made on the spot, and changed in place",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv, self.fc = nn.Conv2d(8, 4, 3, padding=1), nn.Linear(4, 2)

            def forward(self, x):
                out = torch.zeros_like(x)
                out[:, :2, :-1] = x[:, :2, 1:]
                out[:, 2:] = x[:, 2:]
                out.add_(x)
                rows = torch.zeros(x.shape[0], 3, 2)
                for i in range(3):
                    rows[:, i] = self.fc(self.conv(out)[:, :, i, 0])
                return rows
        """,
        "Net()", ("8x6x6",), 302, 31128, ((3, 2),),
    ),
    (
        "layers on noise, and layers that a network measures while it is made",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv, self.noise = nn.Conv2d(8, 4, 3), nn.Conv2d(8, 4, 3)
                with torch.no_grad():
                    self.fc = nn.Linear(self.conv(torch.zeros(1, 8, 6, 6)).flatten(1).shape[1], 5)

            def forward(self, x):
                return self.fc((self.conv(x) + self.noise(torch.randn(x.size(0), 8, 6, 6))).flatten(1))
        """,
        "Net()", ("8x6x6",), 909, 9536, ((5,),),
    ),
    (
        "a stack of encoders, and of decoders that look at a memory",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                layer = nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16, batch_first=True)
                self.encoder = nn.TransformerEncoder(layer, num_layers=3, norm=nn.LayerNorm(8))
                self.decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16, batch_first=True), 2)

            def forward(self, x):
                return self.decoder(x[:, 1:], self.encoder(x))
        """,
        "Net()", ("5x8",), 3624, 16432, ((4, 8),),
    ),
    (
        "layers that nothing uses are counted whatever they are",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 2)
                self.unused = nn.ModuleList([
                    nn.Bilinear(4, 5, 6), nn.TransformerDecoderLayer(8, 2, 16), nn.LayerNorm((7, 3)), nn.RMSNorm(7),
                    nn.PReLU(5), nn.MultiheadAttention(8, 2, kdim=4, vdim=6), nn.LSTM(4, 6, 2, bidirectional=True),
                ])

            def forward(self, x):
                return self.fc(x)
        """,
        "Net()", ("3",), 2868, 6, ((2,),),
    ),
    (
        "functions that cut windows, pick diagonals and measure distances",
        """
        class Net(nn.Module):
            def forward(self, x):
                windows = x.unfold(2, 3, 2).unfold(3, 2, 2)
                beside, behind = torch.hstack((x, x)), torch.dstack((x, x))
                distances = torch.cdist(x[:, 0], x[:, 0, :2]), F.cosine_similarity(x, x * 2, dim=1)
                diagonal = torch.diagonal(x, dim1=-2, dim2=-1)
                middle = torch.quantile(x, 0.5, dim=2)
                return windows, beside, behind, diagonal, torch.diag_embed(diagonal), *distances, middle
        """,
        "Net()", ("8x6x6",), 0, 0,
        ((8, 2, 3, 3, 2), (16, 6, 6), (8, 12, 6), (8, 6), (8, 6, 6), (6, 2), (6, 6), (8, 6)),
    ),
    (
        "parts of no length are nothing",
        """
        class Net(nn.Module):
            def __init__(self, tokens=0):
                super().__init__()
                self.tokens, self.fc = nn.Parameter(torch.randn(tokens, 8)), nn.Linear(8, 4)

            def forward(self, x):
                turned, rest = x[..., :8], x[..., 8:]
                x = torch.cat((turned * 2, rest), dim=-1)
                return self.fc(torch.cat((repeat(self.tokens, "n d -> b n d", b=x.shape[0]), x), dim=1))
        """,
        "Net()", ("5x8",), 36, 160, ((5, 4),),
    ),
    (
        "what is chosen has the shape of all that it is chosen from",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.mask = nn.Parameter(torch.randn(1, 6, 6))

            def forward(self, x):
                chosen = torch.where(self.mask > 0, x, torch.zeros(()))
                return chosen, torch.remainder(x[:, :1], x), torch.divide(x[:, :1], x)
        """,
        "Net()", ("8x6x6",), 36, 0, ((8, 6, 6),) * 3,
    ),
    (
        "tensors are cut at places, or into parts of which the first are longer",
        """
        class Net(nn.Module):
            def forward(self, x):
                first, rest = torch.tensor_split(x, indices=(1,), dim=1)
                return first, rest, *x.tensor_split(3, dim=2), *torch.tensor_split(x, (2, 3), 3), torch.diff(x, dim=1)
        """,
        "Net()", ("8x7x6",), 0, 0,
        ((1, 7, 6), (7, 7, 6), (8, 3, 6), (8, 2, 6), (8, 2, 6), (8, 7, 2), (8, 7, 1), (8, 7, 3), (7, 7, 6)),
    ),
    (
        "widths are computed with tensors, and a list of layers grows",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                widths = torch.arange(6) * 36.44 + 48
                steps = torch.round(torch.log(widths / 48) / math.log(2.49))
                widths = (torch.round(torch.divide(48 * torch.pow(2.49, steps), 8)) * 8).int().tolist()
                ends = [i for i, (a, b) in enumerate(zip(widths + [0], [0] + widths)) if a != b]
                self.layers = nn.ModuleList([nn.Conv2d(8, widths[0], 1)])
                self.layers += [nn.Conv2d(a, b, torch.tensor(2.7).int().item()) for a, b in zip(widths, widths[1:])]
                self.fc = nn.Linear(len(self.layers[:2] + [nn.ReLU()]), max(torch.diff(torch.tensor(ends)).tolist()))

            def forward(self, x):
                for layer in self.layers:
                    x = layer(x)
                return x
        """,
        "Net()", ("8x9x9",), 632_180, 15561088, ((296, 4, 4),),
    ),
    (
        "torchvision's residual networks are classes to build with and to inherit from",
        """
        from torchvision import models
        from torchvision.models._utils import IntermediateLayerGetter

        class Block(models.resnet.Bottleneck):
            expansion = 2

        class Small(models.ResNet):
            def __init__(self):
                super().__init__(models.resnet.BasicBlock, [1, 1, 1, 1])
                self.conv1 = nn.Conv2d(1, 64, 3, padding=1, bias=False)
                del self.layer4
                self.fc = nn.Linear(256, 7)

            def forward(self, x):
                x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
                return self.fc(self.avgpool(self.layer3(self.layer2(self.layer1(x)))).flatten(1))

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                own = models.ResNet(Block, [1, 2, 1, 1], norm_layer=nn.InstanceNorm2d)
                wide = models.ResNet(models.resnet.Bottleneck, [3, 4, 6, 3], groups=32, width_per_group=4,
                                     replace_stride_with_dilation=[False, True, True])
                self.small, self.own = Small(), own
                self.wide = IntermediateLayerGetter(wide, return_layers={"layer4": "out"})

            def forward(self, x):
                return self.small(x[:, :1, :32, :32]), self.own(x), self.wide(x)["out"]
        """,
        "Net()", ("3x64x64",), 1_225_671 + 6_121_640 + 22_979_904, 48_826_112 + 92_446_720 + 1_526_792_192,
        ((7,), (1000,), (2048, 8, 8)),
    ),
    (
        "numbers that are negative or infinite, axes by their keyword, repeated along all that there is",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.w, self.fc = nn.Parameter(torch.randn(2, 3)), nn.Linear(12, 4)

            def forward(self, x):
                y = -0.5 * x + x * float("-inf")
                long = torch.arange(0, 9001, 2) * x[:, :1]
                return self.fc(y + self.w.repeat_interleave(2)), x.unflatten(1, (3, 4)).permute(dims=(0, 2, 1)), long
        """,
        "Net()", ("12",), 58, 48, ((4,), (4, 3), (4501,)),
    ),
    (
        "what depends on all examples of a batch is no layer, and changes no shape of those",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b, self.gain = nn.Linear(8, 4), nn.Linear(4, 8), nn.Parameter(torch.ones(8))
                self.criterion = nn.MSELoss()

            def forward(self, x):
                x = (x - x.mean()) / (x.std() + 1e-5)
                mean, var = x.mean(0, keepdim=True), x.var(0, keepdim=True, unbiased=False)
                z = self.a((x - mean) / torch.sqrt(var + 1e-5) * self.gain)
                out = self.b(z)
                loss = F.mse_loss(out, x) + 0.1 * self.criterion(out, x)
                kl = torch.mean(-0.5 * torch.sum(1 + z - z ** 2, dim=1), dim=0)
                return {"out": out, "loss": kl * 2 + torch.stack([kl, z.mean()]).mean(), "more": F.relu(kl)}
        """,
        "Net()", ("8",), 36 + 40 + 8, 64, ((8,),),
    ),
    (
        "Fourier transforms along any axes, quarter turns, windows of both names",
        """
        class Net(nn.Module):
            def forward(self, x):
                half = torch.fft.rfft2(x, dim=(2, 3), norm="ortho")
                whole = torch.fft.irfft2(half, s=x.shape[2:], dim=(2, 3))
                few = torch.fft.rfft(x, dim=1)
                kept = torch.fft.fft(torch.fft.fft(x, dim=-1), dim=-2).real
                more = torch.view_as_real(half), whole, few.real, torch.fft.irfft(few, n=4, dim=1), kept
                turned = torch.rot90(x, 1, [2, 3]), torch.rot90(x, 2, (2, 3))
                return *more, torch.fft.rfft(x, n=12).real, *turned, F.unfold(x, 3, padding=1), x.unfold(2, 3, 2)
        """,
        "Net()", ("4x7x8",), 0, 0,
        ((4, 7, 5, 2), (4, 7, 8), (3, 7, 8), (4, 7, 8), (4, 7, 8), (4, 7, 7), (4, 8, 7), (4, 7, 8), (36, 56),
         (4, 3, 8, 3)),
    ),
    (
        "frames have a batch of their own before them",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3 + 8, 4 * 8, 3, padding=1)

            def forward(self, x):
                b, t, c, h, w = x.shape
                state = torch.zeros(b, 8, h, w)
                for step in range(t):
                    gates = torch.split(self.conv(torch.cat([x[:, step], state], 1)), 8, dim=1)
                    state = torch.sigmoid(gates[0]) * torch.tanh(gates[1])
                return state
        """,
        "Net()", ("1x3x3x8x8",), 3200, 3 * 32 * 11 * 9 * 64, ((8, 8, 8),),
    ),
    (
        "losses beside the output, what tensors are to Python's own functions, and which version it is",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(int(torch.tensor(8.0)), 4 if torch.__version__ >= "1.5.0" else 5)
                self.criterion = nn.CrossEntropyLoss(label_smoothing=0.1)

            def forward(self, x):
                out = self.fc(abs(x)) if not torch.is_complex(x) else x
                loss = self.criterion(out, out.argmax(1)) + F.mse_loss(out, out)
                return {"out": out, "loss": loss / math.sqrt(2), "imaginary": torch.complex(out, out).imag}
        """,
        "Net()", ("8",), 36, 32, ((4,), (4,)),
    ),
    (
        "copies of a module have layers of their own, and share among themselves what the module shares",
        """
        import copy

        class Block(nn.Module):
            def __init__(self, d):
                super().__init__()
                self.fc, self.scale = nn.Linear(d, d), nn.Parameter(torch.ones(d))
                self.listed, self.again = [self.fc], nn.Linear(d, d)
                self.again.weight = self.fc.weight

            def forward(self, x):
                return self.again(self.listed[0](x)) * self.scale

        def clones(module, count):
            return nn.ModuleList([copy.deepcopy(module) for _ in range(count)])

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                one = nn.Linear(8, 8)
                self.layers = clones(Block(8), 3)
                self.twice, self.same = copy.deepcopy(nn.Sequential(one, nn.ReLU(), one)), copy.copy(one)
                self.first = one

            def forward(self, x):
                for layer in self.layers:
                    x = layer(x)
                return self.first(self.same(self.twice(x)))
        """,
        "Net()", ("8",), 3 * (64 + 8 + 8 + 8) + 2 * 72, (3 * 2 + 4) * 64, ((8,),),
    ),
    (
        "what is learnt is used on numbers made on the spot",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.token, self.place = nn.Embedding(50, 16), nn.Parameter(torch.zeros(12, 16))
                self.w = nn.Parameter(torch.zeros(16, 3))

            def forward(self, x):
                steps = torch.arange(x.shape[1])
                return self.token(x) + F.embedding(steps, self.place) + F.linear(torch.ones(x.shape[1], 3), self.w)
        """,
        "Net()", ("12",), 800 + 192 + 48, 576, ((12, 16),),
    ),
    (
        "batches one behind the other, and apart again",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv, self.bn, self.fc = nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.Linear(8, 5)

            def encode(self, x):
                return self.fc(F.adaptive_avg_pool2d(self.bn(self.conv(x)), 1).flatten(1))

            def forward(self, a, b):
                count = a.size(0)
                z = self.encode(torch.cat([a, b, a], 0))
                first, others = z[:count], z[count:]
                p, q, r = z.split(count)
                both = torch.cat([self.encode(a), self.encode(b)])
                s, t = both.chunk(2, dim=0)
                return first + p, others.view(-1, 2, 5), q * r, s - t
        """,
        "Net()", ("3x16x16", "3x16x16"), 224 + 16 + 45, 5 * (216 * 49 + 40), ((5,), (2, 5), (5,), (5,)),
    ),
    (
        "the last states of both directions, by layers and directions",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn, self.fc = nn.GRU(16, 8, bidirectional=True), nn.Linear(16, 3)

            def forward(self, x):
                out, h = self.rnn(x.permute(1, 0, 2))
                last = h.view(1, 2, -1, 8)[-1]
                return self.fc(torch.cat([last[0], last[1]], 1)), out.permute(1, 0, 2)
        """,
        "Net()", ("10x16",), 1299, 2 * 10 * 24 * 24 + 48, ((3,), (10, 16)),
    ),
    (
        "what layers give beside their output, and a vector that is padded",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = nn.LSTM(16, 8, batch_first=True)
                self.attend = nn.MultiheadAttention(8, 2, batch_first=True)

            def forward(self, x):
                out, (h, c) = self.rnn(x)
                seen, weights = self.attend(out, out, out)
                return F.pad(seen[:, 0], (1, 2)), h, c, weights
        """,
        "Net()", ("10x16",), 32 * 24 + 64 + 4 * 72, 10 * 32 * 24 + 4 * 10 * 64 + 2 * 100 * 8,
        ((11,), (1, 8), (1, 8), (10, 10)),
    ),
    (
        "what other people's networks take from timm",
        """
        from timm.models.layers import DropPath, to_2tuple, trunc_normal_

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                patch = to_2tuple(4)
                self.proj = nn.Conv2d(3, 8, kernel_size=patch, stride=to_2tuple(patch))
                self.position, self.drop = nn.Parameter(torch.zeros(1, 8, 1, 1)), DropPath(0.1)
                trunc_normal_(self.position, std=0.02)

            def forward(self, x):
                return self.drop(self.proj(x) + self.position)
        """,
        "Net()", ("3x16x16",), 8 * 49 + 8, 8 * 48 * 16, ((8, 4, 4),),
    ),
)  # fmt: skip


@pytest.mark.parametrize("code, entry, inputs, parameters, macs, outputs", [case[1:] for case in PROGRAMS],
                         ids=[case[0] for case in PROGRAMS])  # fmt: skip
def test_a_program_has_the_numbers_of_torch(code, entry, inputs, parameters, macs, outputs):
    source = Source("net.py", HEAD + dedent(code), entry)
    choices = Choices(inputs={f"input{index + 1}" if index else "": text for index, text in enumerate(inputs)})
    report = summarise_spec(read_spec(source, choices), choices)
    assert not report.errors
    assert (report.totals.parameters, report.totals.macs) == (parameters, macs)
    assert (tuple(line.applied.output for _, line in report.outputs) or (report.output,)) == outputs


@pytest.mark.parametrize(
    "forward, message",
    [
        ("self.fc(x).mean()", "what forward gives depends on all examples of a batch, as a loss does"),
        ("self.fc(x.mean(0))", "a tensor of 8 depends on all examples of the batch"),
        ("x.mean(dim=5)", "mean: there is no axis 5, the tensor has 2"),
        ("self.fc()", "nn.Linear needs input"),
        ("self.fc(x, x)", "nn.Linear takes at most 1 value, here it has 2"),
        ("self.fc('x')", "nn.Linear needs a tensor, not x"),
        (
            "F.conv2d(x, self.fc.weight, groups=len(x))",
            "groups of conv2d depends on the size of the batch, which is any number",
        ),
        (
            "nn.CrossEntropyLoss()(self.fc(x), x)",
            "what forward gives depends on all examples of a batch, as a loss does",
        ),
        (
            "self.fc(x) if torch.is_complex(torch.fft.fft(x)) else x",
            "forward gives no tensor, but <not known: which numbers are complex is not read>",
        ),
        ("x if x.mean() > 0 else -x", "a tensor of one number decides what is computed: its numbers are not known"),
        ("torch.split(x, [3, 4], 1)", "8 cannot be split into 3 + 4"),
        (
            "torch.where(x > 0)",
            "forward gives no tensor, but <not known: how many numbers are chosen is not known>",
        ),
        ("x.diag_embed(0, 1, -2)", "the diagonal lies along two axes, here both are 1"),
        ("F.log_softmax(self.fc(torch.flatten(x)), dim=1)", "logsoftmax: there is no axis 1, the tensor has 1"),
        ("nn.ReLU(self.fc(x))", "nn.ReLU(…) makes a layer, here it is given a tensor"),
        ("torch.cat([x, x]).chunk(3)[0]", "the examples of a batch cannot be split by 3"),
        ("nn.Softmax(dim=2)(x)", "softmax: there is no axis 2, the tensor has 2"),
        ("nn.BatchNorm1d(8)(x.view(-1))", "nn.BatchNorm1d takes batch × channels, here it gets a tensor of 8·batch"),
    ],
)
def test_what_does_not_fit_is_said(forward, message):
    code = "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(8, 4)\n"
    source = Source("net.py", f"{HEAD}{code}    def forward(self, x):\n        return {forward}\n", "Net()")
    with pytest.raises(Problem) as found:
        read_spec(source, Choices(inputs={"": "8"}))
    assert found.value.diagnostics[0].message == message
    assert found.value.diagnostics[0].mark


@pytest.mark.parametrize(
    "forward, output",
    [
        ("x.diag_embed(0, 1, 2)", (6, 6, 4)),
        ("x.diag_embed()", (4, 6, 6)),
        ("x.kthvalue(1, 1)[0]", (6,)),
        ("x.kthvalue(1, 1, True)[0]", (1, 6)),
        ("x.std(1, True)", (6,)),
        ("x.std(1, True, True)", (1, 6)),
        ("x.sum(1, True)", (1, 6)),
    ],
)
def test_an_operation_has_the_shape_of_torch(forward, output):
    code = f"class Net(nn.Module):\n    def forward(self, x):\n        return {forward}\n"
    choices = Choices(inputs={"": "4x6"})
    assert summarise_spec(read_spec(Source("net.py", HEAD + code, "Net()"), choices), choices).output == output


@pytest.mark.parametrize(
    "made, forward",
    [
        ("nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2), 10 ** 6)", "x"),
        ("nn.ModuleList([copy.deepcopy(nn.ReLU()) for _ in range(10 ** 6)])", "x"),
        ("nn.ReLU()", "x.diff(10 ** 6, 0)"),
        ("nn.ReLU()", "[x := x + 1 for _ in range(10 ** 6)][-1]"),
    ],
)
def test_as_many_layers_as_nobody_has_are_bounded(made, forward):
    code = "import copy\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    code += f"        self.made = {made}\n    def forward(self, x):\n        return {forward}\n"
    with pytest.raises(Problem) as found:
        read_spec(Source("net.py", HEAD + code, "Net()"), Choices(inputs={"": "8x8"}))
    assert found.value.diagnostics[0].code == "P005" and found.value.diagnostics[0].mark


VIT = "VisionTransformer(img_size=32, patch_size=8, embed_dim=48, depth=2, num_heads=4"
# What timm itself has: parameters, MACs (without fused attention) and output.
TIMM = (
    (f"{VIT})", "3x32x32", 115_768, 1_190_976, (1000,)),
    (f"{VIT}, num_classes=0)", "3x32x32", 66_768, 1_142_976, (48,)),
    (f"{VIT}, global_pool='avg', class_token=False, init_values=1e-5)", "3x32x32", 115_864, 1_129_344, (1000,)),
    (f"{VIT}, qk_norm=True, reg_tokens=4, no_embed_class=True)", "3x32x32", 116_008, 1_441_344, (1000,)),
    (f"{VIT}, pre_norm=True, qkv_bias=False)", "3x32x32", 115_528, 1_190_976, (1000,)),
    ("Block(48, 4, qkv_bias=True, init_values=0.1, drop_path=0.1)", "16x48", 28_368, 466_944, (16, 48)),
    ("Attention(48, num_heads=6, qk_norm=True, norm_layer=nn.LayerNorm)", "16x48", 9_296, 172_032, (16, 48)),
    ("Mlp(48, 100, 20, drop=0.1)", "16x48", 6_920, 108_800, (16, 20)),
    ("PatchEmbed(32, 4, 3, 24)", "3x32x32", 1_176, 73_728, (64, 24)),
    ("PatchEmbed(img_size=32, patch_size=4, embed_dim=24, flatten=False)", "3x32x32", 1_176, 73_728, (24, 8, 8)),
)


@pytest.mark.parametrize("made, shape, parameters, macs, output", TIMM)
def test_a_part_of_timm_has_the_numbers_of_timm(made, shape, parameters, macs, output):
    imported = "from timm.models.vision_transformer import Attention, Block, Mlp, PatchEmbed, VisionTransformer, _cfg"
    text = f"{HEAD}{imported}\nnet = {made}\nnet.default_cfg = _cfg()\n"
    choices = Choices(inputs={"": shape})
    report = summarise_spec(read_spec(Source("net.py", text, "net"), choices), choices)
    assert (report.totals.parameters, report.totals.macs, report.output) == (parameters, macs, output)


@pytest.mark.parametrize(
    "made, message",
    [
        ("PatchEmbed(64, 4)", "the input must be 64x64"),
        (f"{VIT}, global_pool='map')", "global_pool=map of VisionTransformer is not read"),
        ("VisionTransformer(img_size=32, patch_size=8, embed_dim=50)", "50 features cannot be divided among 12 heads"),
    ],
)
def test_what_does_not_fit_a_part_of_timm_is_said(made, message):
    text = f"{HEAD}from timm.models.vision_transformer import PatchEmbed, VisionTransformer\nnet = {made}\n"
    with pytest.raises(Problem) as found:
        read_spec(Source("net.py", text, "net"), Choices(inputs={"": "3x32x32"}))
    assert message in found.value.diagnostics[0].message
