"""The transformers of torchvision and the convolutions after them, as a program that is read like a file's own.

Dosovitskiy et al. 2021 (ViT), Liu et al. 2021 and 2022 (Swin), Liu et al. 2022 (ConvNeXt), with the names that
torchvision's modules have: `model.heads.head = nn.Linear(768, 10)`, `model.features[:4]`.
"""

from __future__ import annotations

NAME = "torchvision.models.attending"
PROGRAM = """
from collections import OrderedDict, namedtuple
import torch
from torch import nn
import torch.nn.functional as F
from torchvision.ops import StochasticDepth
from torchvision.ops.misc import MLP, Conv2dNormActivation, LayerNorm2d, Permute

class CNBlock(nn.Module):
    def __init__(self, dim, layer_scale, stochastic_depth_prob, norm_layer=None):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(dim, dim, 7, padding=3, groups=dim), Permute([0, 2, 3, 1]), (norm_layer or nn.LayerNorm)(dim),
            nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim), Permute([0, 3, 1, 2]))
        self.layer_scale = nn.Parameter(torch.ones(dim, 1, 1) * layer_scale)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")

    def forward(self, input):
        return self.stochastic_depth(self.layer_scale * self.block(input)) + input

CNBlockConfig = namedtuple("CNBlockConfig", ["input_channels", "out_channels", "num_layers"])

def stages(width, depth):
    widths = [width, width * 2, width * 4, width * 8, None]
    return [CNBlockConfig(*sizes) for sizes in zip(widths[:-1], widths[1:], (3, 3, depth, 3))]

class ConvNeXt(nn.Module):
    def __init__(self, block_setting, stochastic_depth_prob=0.0, layer_scale=1e-6, num_classes=1000, block=None,
                 norm_layer=None):
        super().__init__()
        block, norm_layer, done = block or CNBlock, norm_layer or LayerNorm2d, 0
        before, total = block_setting[0].input_channels, sum(stage.num_layers for stage in block_setting)
        layers = [Conv2dNormActivation(3, before, 4, 4, 0, norm_layer=norm_layer, activation_layer=None, bias=True)]
        for before, filters, count in block_setting:
            rates = [stochastic_depth_prob * (done + index) / (total - 1.0) for index in range(count)]
            layers.append(nn.Sequential(*[block(before, layer_scale, rate) for rate in rates]))
            if filters is not None:
                layers.append(nn.Sequential(norm_layer(before), nn.Conv2d(before, filters, 2, 2)))
            before, done = filters or before, done + count
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(norm_layer(before), nn.Flatten(1), nn.Linear(before, num_classes))

    def forward(self, x):
        return self.classifier(self.avgpool(self.features(x)))

class MLPBlock(MLP):
    def __init__(self, in_dim, mlp_dim, dropout):
        super().__init__(in_dim, [mlp_dim, in_dim], activation_layer=nn.GELU, dropout=dropout)

class EncoderBlock(nn.Module):
    def __init__(self, num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer=nn.LayerNorm):
        super().__init__()
        self.num_heads, self.ln_1 = num_heads, norm_layer(hidden_dim)
        self.self_attention = nn.MultiheadAttention(hidden_dim, num_heads, attention_dropout, batch_first=True)
        self.dropout, self.ln_2 = nn.Dropout(dropout), norm_layer(hidden_dim)
        self.mlp = MLPBlock(hidden_dim, mlp_dim, dropout)

    def forward(self, input):
        x = self.ln_1(input)
        x, _ = self.self_attention(x, x, x, need_weights=False)
        x = self.dropout(x) + input
        return x + self.mlp(self.ln_2(x))

class Encoder(nn.Module):
    def __init__(self, seq_length, num_layers, num_heads, hidden_dim, mlp_dim, dropout, attention_dropout,
                 norm_layer=nn.LayerNorm):
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.empty(1, seq_length, hidden_dim))
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.Sequential(OrderedDict(
            (f"encoder_layer_{index}",
             EncoderBlock(num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer))
            for index in range(num_layers)))
        self.ln = norm_layer(hidden_dim)

    def forward(self, input):
        return self.ln(self.layers(self.dropout(input + self.pos_embedding)))

class VisionTransformer(nn.Module):
    def __init__(self, image_size, patch_size, num_layers, num_heads, hidden_dim, mlp_dim, dropout=0.0,
                 attention_dropout=0.0, num_classes=1000, representation_size=None, norm_layer=nn.LayerNorm):
        super().__init__()
        assert image_size % patch_size == 0, f"image_size {image_size} is no multiple of patch_size {patch_size}"
        self.image_size, self.patch_size, self.hidden_dim, self.num_classes = (
            image_size, patch_size, hidden_dim, num_classes)
        self.conv_proj = nn.Conv2d(3, hidden_dim, patch_size, patch_size)
        self.seq_length = (image_size // patch_size) ** 2 + 1
        self.class_token = nn.Parameter(torch.zeros(1, 1, hidden_dim))
        self.encoder = Encoder(self.seq_length, num_layers, num_heads, hidden_dim, mlp_dim, dropout,
                               attention_dropout, norm_layer)
        heads, features = OrderedDict(), hidden_dim
        if representation_size is not None:
            heads["pre_logits"], heads["act"] = nn.Linear(hidden_dim, representation_size), nn.Tanh()
            features = representation_size
        heads["head"] = nn.Linear(features, num_classes)
        self.heads = nn.Sequential(heads)

    def _process_input(self, x):
        size = self.image_size
        assert x.shape[2] == size and x.shape[3] == size, f"the input must be {size}x{size}, as image_size says"
        return self.conv_proj(x).flatten(2).permute(0, 2, 1)

    def forward(self, x):
        x = self._process_input(x)
        x = self.encoder(torch.cat([self.class_token.expand(x.shape[0], -1, -1), x], dim=1))
        return self.heads(x[:, 0])

class PatchMerging(nn.Module):
    def __init__(self, dim, norm_layer=nn.LayerNorm):
        super().__init__()
        self.dim, self.reduction, self.norm = dim, nn.Linear(4 * dim, 2 * dim, bias=False), norm_layer(4 * dim)

    def merge(self, x):
        x = F.pad(x, (0, 0, 0, x.shape[2] % 2, 0, x.shape[1] % 2))
        return torch.cat([x[:, row::2, column::2, :] for column in (0, 1) for row in (0, 1)], -1)

    def forward(self, x):
        return self.reduction(self.norm(self.merge(x)))

class PatchMergingV2(PatchMerging):
    def __init__(self, dim, norm_layer=nn.LayerNorm):
        super().__init__(dim, norm_layer)
        self.norm = norm_layer(2 * dim)

    def forward(self, x):
        return self.norm(self.reduction(self.merge(x)))

class ShiftedWindowAttention(nn.Module):
    def __init__(self, dim, window_size, shift_size, num_heads, attention_dropout=0.0, dropout=0.0):
        super().__init__()
        self.window_size, self.shift_size, self.num_heads = window_size, shift_size, num_heads
        self.attention_dropout, self.dropout = attention_dropout, dropout
        self.qkv, self.proj = nn.Linear(dim, dim * 3), nn.Linear(dim, dim)
        self.learn_bias()
        height, width = window_size
        self.register_buffer("relative_position_index", torch.zeros((height * width) ** 2, dtype=torch.int64))

    def learn_bias(self):
        height, width = self.window_size
        offsets = (2 * height - 1) * (2 * width - 1)
        self.relative_position_bias_table = nn.Parameter(torch.zeros(offsets, self.num_heads))

    def bias(self):
        return self.relative_position_bias_table

    def similarity(self, queries, keys):
        return (queries * queries.shape[-1] ** -0.5) @ keys.transpose(-2, -1)

    def forward(self, x):
        batch, height, width, channels = x.shape
        high, wide = self.window_size
        x = F.pad(x, (0, 0, 0, -width % wide, 0, -height % high))
        rows, columns = x.shape[1] // high, x.shape[2] // wide
        shift = self.shift_size
        if any(shift):
            x = torch.roll(x, (-shift[0], -shift[1]), (1, 2))
        x = x.view(batch, rows, high, columns, wide, channels).permute(0, 1, 3, 2, 4, 5)
        x = x.reshape(batch * rows * columns, high * wide, channels)
        heads = self.qkv(x).reshape(x.shape[0], high * wide, 3, self.num_heads, channels // self.num_heads)
        queries, keys, values = heads.permute(2, 0, 3, 1, 4)
        bias = self.bias()[self.relative_position_index].view(high * wide, high * wide, -1)
        weights = self.similarity(queries, keys) + bias.permute(2, 0, 1).contiguous().unsqueeze(0)
        weights = F.dropout(F.softmax(weights, dim=-1), self.attention_dropout, self.training)
        x = self.proj((weights @ values).transpose(1, 2).reshape(x.shape[0], high * wide, channels))
        x = F.dropout(x, self.dropout, self.training)
        x = x.view(batch, rows, columns, high, wide, channels).permute(0, 1, 3, 2, 4, 5)
        x = x.reshape(batch, rows * high, columns * wide, channels)
        if any(shift):
            x = torch.roll(x, shift, (1, 2))
        return x[:, :height, :width, :].contiguous()

class ShiftedWindowAttentionV2(ShiftedWindowAttention):
    def learn_bias(self):
        height, width = self.window_size
        self.logit_scale = nn.Parameter(torch.ones(self.num_heads, 1, 1))
        self.cpb_mlp = nn.Sequential(nn.Linear(2, 512), nn.ReLU(), nn.Linear(512, self.num_heads, bias=False))
        self.register_buffer("relative_coords_table", torch.zeros(1, 2 * height - 1, 2 * width - 1, 2))

    def bias(self):
        return 16 * torch.sigmoid(self.cpb_mlp(self.relative_coords_table).view(-1, self.num_heads))

    def similarity(self, queries, keys):
        cosine = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(-2, -1)
        return cosine * torch.clamp(self.logit_scale, max=4.6052).exp()

class SwinTransformerBlock(nn.Module):
    attention = ShiftedWindowAttention

    def __init__(self, dim, num_heads, window_size, shift_size, mlp_ratio=4.0, dropout=0.0, attention_dropout=0.0,
                 stochastic_depth_prob=0.0, norm_layer=nn.LayerNorm):
        super().__init__()
        self.norm1 = norm_layer(dim)
        self.attn = self.attention(dim, window_size, shift_size, num_heads, attention_dropout, dropout)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.norm2 = norm_layer(dim)
        self.mlp = MLP(dim, [int(dim * mlp_ratio), dim], activation_layer=nn.GELU, dropout=dropout)

    def forward(self, x):
        x = x + self.stochastic_depth(self.attn(self.norm1(x)))
        return x + self.stochastic_depth(self.mlp(self.norm2(x)))

class SwinTransformerBlockV2(SwinTransformerBlock):
    attention = ShiftedWindowAttentionV2

    def forward(self, x):
        x = x + self.stochastic_depth(self.norm1(self.attn(x)))
        return x + self.stochastic_depth(self.norm2(self.mlp(x)))

class SwinTransformer(nn.Module):
    def __init__(self, patch_size, embed_dim, depths, num_heads, window_size, mlp_ratio=4.0, dropout=0.0,
                 attention_dropout=0.0, stochastic_depth_prob=0.1, num_classes=1000, norm_layer=None, block=None,
                 downsample_layer=PatchMerging):
        super().__init__()
        self.num_classes, block, norm_layer = num_classes, block or SwinTransformerBlock, norm_layer or nn.LayerNorm
        layers = [nn.Sequential(nn.Conv2d(3, embed_dim, patch_size, patch_size), Permute([0, 2, 3, 1]),
                                norm_layer(embed_dim))]
        done = 0
        for stage, (depth, heads) in enumerate(zip(depths, num_heads)):
            dim = embed_dim * 2 ** stage
            if stage:
                layers.append(downsample_layer(dim // 2, norm_layer))
            layers.append(nn.Sequential(*[
                block(dim, heads, window_size, [0 if index % 2 == 0 else side // 2 for side in window_size], mlp_ratio,
                      dropout, attention_dropout, stochastic_depth_prob * (done + index) / (sum(depths) - 1),
                      norm_layer)
                for index in range(depth)]))
            done += depth
        self.features = nn.Sequential(*layers)
        self.norm, self.permute = norm_layer(dim), Permute([0, 3, 1, 2])
        self.avgpool, self.flatten = nn.AdaptiveAvgPool2d(1), nn.Flatten(1)
        self.head = nn.Linear(dim, num_classes)

    def forward(self, x):
        return self.head(self.flatten(self.avgpool(self.permute(self.norm(self.features(x))))))
"""
DROPPED = "stochastic_depth_prob="
# By size: channels of the first stage, the depth of the third, and the largest rate of stochastic depth.
CONVOLVED = {"tiny": (96, 9, 0.1), "small": (96, 27, 0.4), "base": (128, 27, 0.5), "large": (192, 27, 0.5)}
PATCHED = {  # by size and side of patches: the side, layers, heads, features, and those within
    "b_16": (16, 12, 12, 768, 3072), "b_32": (32, 12, 12, 768, 3072), "l_16": (16, 24, 16, 1024, 4096),
    "l_32": (32, 24, 16, 1024, 4096), "h_14": (14, 32, 16, 1280, 5120),
}  # fmt: skip
SWIN = {"t": (96, 6, 0.2), "s": (96, 18, 0.3), "b": (128, 18, 0.5)}
ATTENTION = {"": (7, ""), "v2_": (8, ", block=SwinTransformerBlockV2, downsample_layer=PatchMergingV2")}
# The functions that make the networks: by name, the class and its first arguments.
MAKERS = {
    **{f"convnext_{size}": f"ConvNeXt, stages({width}, {depth}), {DROPPED}{rate}"
       for size, (width, depth, rate) in CONVOLVED.items()},
    **{f"vit_{name}": "VisionTransformer, image_size=224, patch_size={}, num_layers={}, num_heads={}, hidden_dim={}, "
                      "mlp_dim={}".format(*sizes) for name, sizes in PATCHED.items()},
    **{f"swin_{version}{size}": f"SwinTransformer, [4, 4], {width}, [2, 2, {depth}, 2], "
       f"{[width // 32 << stage for stage in range(4)]}, [{side}, {side}], {DROPPED}{rate}{blocks}"
       for version, (side, blocks) in ATTENTION.items() for size, (width, depth, rate) in SWIN.items()},
}  # fmt: skip
CLASSES = frozenset(("CNBlock", "CNBlockConfig", "ConvNeXt", "VisionTransformer", "SwinTransformer"))
