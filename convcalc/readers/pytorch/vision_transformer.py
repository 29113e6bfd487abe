"""The parts of timm's vision transformer that programs build on, as a program that is read like their own files."""

from __future__ import annotations

NAME = "timm.models.vision_transformer"
PROGRAM = """
import torch
from torch import nn
from torch.nn.modules.utils import _pair
from torch.nn.functional import scaled_dot_product_attention
from timm.layers import DropPath

def _cfg(url="", **settings):
    return {"url": url, **settings}

def register_model(function):
    return function

class Mlp(nn.Module):
    def __init__(self, in_features, hidden_features=None, out_features=None, act_layer=nn.GELU, norm_layer=None,
                 bias=True, drop=0.0, use_conv=False):
        super().__init__()
        hidden, (first, second) = hidden_features or in_features, _pair(bias)
        layer = (lambda *sizes, bias: nn.Conv2d(*sizes, 1, bias=bias)) if use_conv else nn.Linear
        self.fc1, self.act = layer(in_features, hidden, bias=first), act_layer()
        self.drop1, self.drop2 = (nn.Dropout(rate) for rate in _pair(drop))
        self.norm = nn.Identity() if norm_layer is None else norm_layer(hidden)
        self.fc2 = layer(hidden, out_features or in_features, bias=second)

    def forward(self, x):
        return self.drop2(self.fc2(self.norm(self.drop1(self.act(self.fc1(x))))))

class PatchEmbed(nn.Module):
    def __init__(self, img_size=224, patch_size=16, in_chans=3, embed_dim=768, norm_layer=None, flatten=True,
                 output_fmt=None, bias=True, strict_img_size=True, **settings):
        super().__init__()
        self.patch_size, self.flatten = _pair(patch_size), flatten
        self.img_size = None if img_size is None or not strict_img_size else _pair(img_size)
        if output_fmt not in (None, "NCHW") or settings.get("dynamic_img_pad"):
            raise NotImplementedError("output_fmt and dynamic_img_pad of PatchEmbed are not read")
        if img_size is not None:
            self.grid_size = tuple(side // patch for side, patch in zip(_pair(img_size), self.patch_size))
            self.num_patches = self.grid_size[0] * self.grid_size[1]
        self.proj = nn.Conv2d(in_chans, embed_dim, self.patch_size, self.patch_size, bias=bias)
        self.norm = nn.Identity() if norm_layer is None else norm_layer(embed_dim)

    def forward(self, x):
        if self.img_size is not None:
            assert tuple(x.shape[2:]) == self.img_size, f"the input must be {self.img_size[0]}x{self.img_size[1]}"
        x = self.proj(x)
        return self.norm(x.flatten(2).transpose(1, 2) if self.flatten else x)

class Attention(nn.Module):
    def __init__(self, dim, num_heads=8, qkv_bias=False, qk_norm=False, proj_bias=True, attn_drop=0.0, proj_drop=0.0,
                 norm_layer=nn.LayerNorm, scale_norm=False, **settings):
        super().__init__()
        if settings.get("gated") or settings.get("attn_head_dim") or settings.get("dim_out"):
            raise NotImplementedError("gates and other sizes of heads of Attention are not read")
        assert dim % num_heads == 0, f"{dim} features cannot be divided among {num_heads} heads"
        norm_layer, head = norm_layer or nn.LayerNorm, dim // num_heads
        self.num_heads, self.head_dim, self.scale = num_heads, head, head ** -0.5
        self.qkv = nn.Linear(dim, dim * 3, bias=qkv_bias)
        self.q_norm, self.k_norm = (norm_layer(head) if qk_norm else nn.Identity() for _ in range(2))
        self.attn_drop, self.proj_drop = nn.Dropout(attn_drop), nn.Dropout(proj_drop)
        self.norm = norm_layer(dim) if scale_norm else nn.Identity()
        self.proj = nn.Linear(dim, dim, bias=proj_bias)

    def forward(self, x, attn_mask=None):
        batch, steps, features = x.shape
        heads = self.qkv(x).reshape(batch, steps, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4)
        queries, keys, values = heads.unbind(0)
        x = scaled_dot_product_attention(self.q_norm(queries), self.k_norm(keys), values)
        return self.proj_drop(self.proj(self.norm(x.transpose(1, 2).reshape(batch, steps, features))))

class LayerScale(nn.Module):
    def __init__(self, dim, init_values=1e-5, inplace=False):
        super().__init__()
        self.gamma = nn.Parameter(init_values * torch.ones(dim))

    def forward(self, x):
        return x * self.gamma

class Block(nn.Module):
    def __init__(self, dim, num_heads, mlp_ratio=4.0, qkv_bias=False, qk_norm=False, scale_attn_norm=False,
                 scale_mlp_norm=False, proj_bias=True, proj_drop=0.0, attn_drop=0.0, init_values=None, drop_path=0.0,
                 act_layer=nn.GELU, norm_layer=nn.LayerNorm, mlp_layer=Mlp, attn_layer=Attention, drop=0.0, **settings):
        super().__init__()
        drop = drop or proj_drop
        self.norm1, self.norm2 = norm_layer(dim), norm_layer(dim)
        self.attn = attn_layer(dim, num_heads=num_heads, qkv_bias=qkv_bias, qk_norm=qk_norm, proj_bias=proj_bias,
                               scale_norm=scale_attn_norm, attn_drop=attn_drop, proj_drop=drop, norm_layer=norm_layer)
        self.mlp = mlp_layer(dim, int(dim * mlp_ratio), act_layer=act_layer, bias=proj_bias, drop=drop,
                             norm_layer=norm_layer if scale_mlp_norm else None)
        self.ls1, self.ls2 = (LayerScale(dim, init_values) if init_values else nn.Identity() for _ in range(2))
        self.drop_path1, self.drop_path2 = (DropPath(drop_path) if drop_path > 0 else nn.Identity() for _ in range(2))

    def forward(self, x):
        x = x + self.drop_path1(self.ls1(self.attn(self.norm1(x))))
        return x + self.drop_path2(self.ls2(self.mlp(self.norm2(x))))

class VisionTransformer(nn.Module):
    def __init__(self, img_size=224, patch_size=16, in_chans=3, num_classes=1000, global_pool="token", embed_dim=768,
                 depth=12, num_heads=12, mlp_ratio=4.0, qkv_bias=True, qk_norm=False, init_values=None,
                 class_token=True, pos_embed="learn", no_embed_class=False, reg_tokens=0, pre_norm=False,
                 final_norm=True, fc_norm=None, drop_rate=0.0, pos_drop_rate=0.0, proj_drop_rate=0.0,
                 attn_drop_rate=0.0, drop_path_rate=0.0, embed_layer=PatchEmbed, norm_layer=None, act_layer=None,
                 block_fn=Block, mlp_layer=Mlp, proj_bias=True, **settings):
        super().__init__()
        if global_pool not in ("", "avg", "token", "max"):
            raise NotImplementedError(f"global_pool={global_pool} of VisionTransformer is not read")
        norm_layer, act_layer = norm_layer or nn.LayerNorm, act_layer or nn.GELU
        late = global_pool in ("avg", "max") if fc_norm is None else fc_norm
        self.num_classes, self.global_pool = num_classes, global_pool
        self.num_features = self.embed_dim = embed_dim
        self.num_prefix_tokens = (1 if class_token else 0) + reg_tokens
        self.no_embed_class, self.has_class_token = no_embed_class, class_token
        self.patch_embed = embed_layer(img_size=img_size, patch_size=patch_size, in_chans=in_chans,
                                       embed_dim=embed_dim, bias=not pre_norm)
        tokens = self.patch_embed.num_patches + (0 if no_embed_class else self.num_prefix_tokens)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, embed_dim)) if class_token else None
        self.reg_token = nn.Parameter(torch.zeros(1, reg_tokens, embed_dim)) if reg_tokens else None
        self.pos_embed = nn.Parameter(torch.zeros(1, tokens, embed_dim)) if pos_embed == "learn" else None
        self.pos_drop = nn.Dropout(pos_drop_rate)
        self.norm_pre = norm_layer(embed_dim) if pre_norm else nn.Identity()
        rates = [rate.item() for rate in torch.linspace(0, drop_path_rate, depth)]
        self.blocks = nn.Sequential(*[
            block_fn(dim=embed_dim, num_heads=num_heads, mlp_ratio=mlp_ratio, qkv_bias=qkv_bias, qk_norm=qk_norm,
                     proj_bias=proj_bias, init_values=init_values, proj_drop=proj_drop_rate, attn_drop=attn_drop_rate,
                     drop_path=rate, norm_layer=norm_layer, act_layer=act_layer, mlp_layer=mlp_layer)
            for rate in rates
        ])
        self.norm = norm_layer(embed_dim) if final_norm and not late else nn.Identity()
        self.fc_norm = norm_layer(embed_dim) if final_norm and late else nn.Identity()
        self.head_drop = nn.Dropout(drop_rate)
        self.head = nn.Linear(embed_dim, num_classes) if num_classes > 0 else nn.Identity()

    def _init_weights(self, module):
        pass

    def _pos_embed(self, x):
        prefix = [token.expand(x.shape[0], -1, -1) for token in (self.cls_token, self.reg_token) if token is not None]
        if self.no_embed_class and self.pos_embed is not None:
            x = x + self.pos_embed
        x = torch.cat([*prefix, x], dim=1) if prefix else x
        if not self.no_embed_class and self.pos_embed is not None:
            x = x + self.pos_embed
        return self.pos_drop(x)

    def forward_features(self, x):
        return self.norm(self.blocks(self.norm_pre(self._pos_embed(self.patch_embed(x)))))

    def forward_head(self, x, pre_logits=False):
        if self.global_pool == "token":
            x = x[:, 0]
        elif self.global_pool:
            x = x[:, self.num_prefix_tokens:]
            x = x.mean(dim=1) if self.global_pool == "avg" else x.amax(dim=1)
        x = self.head_drop(self.fc_norm(x))
        return x if pre_logits else self.head(x)

    def forward(self, x):
        return self.forward_head(self.forward_features(x))
"""
CLASSES = frozenset(
    ("Mlp", "PatchEmbed", "Attention", "LayerScale", "Block", "VisionTransformer", "_cfg", "register_model")
)
