"""Measure calls that people paste, in the frameworks they come from: the rows of pasted_layers.jsonl.

    python tests/data/measure_pasted_layers.py > tests/data/pasted_layers.jsonl

Needs torch (2.13 made the file here) and keras (3.15, on the torch backend); no test runs it.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
from typing import Any

# A call, and the shapes of its inputs without a batch; {a|b} stands for a call with each.
CALLS = """
nn.LazyConv2d(6, 3, stride={1|2}, padding={0|1}, bias={True|False}) -> 3x9x8
nn.LazyConv1d(6, 3, padding='{same|valid}') -> 3x9
nn.LazyConv2d(6, kernel_size=(3, 5), dilation=2) -> 3x19x18
nn.LazyConv3d(2, 2) -> 3x5x6x7
nn.LazyConvTranspose2d(6, {2|3}, {1|2}, {0|1}, bias={True|False}) -> 3x9x8
nn.LazyConvTranspose1d(6, 3, 2, output_padding=1) -> 3x9
nn.LazyConvTranspose3d(2, 2, 2) -> 3x3x4x5
nn.LazyLinear(5, {True|False}) -> {7|4x7}
nn.LazyBatchNorm2d(affine={True|False}, track_running_stats={True|False}) -> 6x5x4
nn.LazyBatchNorm1d() -> 6x5
nn.LazyBatchNorm3d() -> {6x2x3x4|6x5}
nn.LazyInstanceNorm2d(affine={True|False}) -> 6x5x4
nn.GRUCell(5, 3, {True|False}) -> 5
nn.LSTMCell(5, 3, bias={True|False}) -> 5
nn.RNNCell(5, 3, bias={True|False}, nonlinearity='relu') -> 5
nn.GRUCell(5, 3) -> 5 3
nn.GRUCell(5, 3) -> {6|5 4}
nn.TransformerEncoderLayer(128, 8, 256, batch_first=True) -> 512x128
nn.TransformerEncoderLayer(16, {1|4}, {32|64}, 0.1, bias={True|False}, norm_first={True|False}, activation='gelu', batch_first=True) -> 5x16
nn.TransformerEncoderLayer(d_model=16, nhead={2|3}, batch_first=True) -> 5x16
nn.TransformerDecoderLayer(16, 4, dim_feedforward={32|64}, bias={True|False}, batch_first=True) -> 5x16 {9|5}x16
nn.TransformerDecoderLayer(16, 4, batch_first=True) -> 5x16 9x8
nn.Transformer(16, 4, {1|2}, {1|3}, 32, bias={True|False}, batch_first=True) -> 9x16 5x16
nn.MultiheadAttention(16, {2|4|3}, 0.1, {True|False}, add_bias_kv={True|False}, add_zero_attn={True|False}, batch_first=True) -> 5x16 5x16 5x16
nn.MultiheadAttention(16, 4, kdim=8, vdim={6|8}, batch_first=True) -> 5x16 9x8 9x{6|8}
nn.EmbeddingBag(100, 6, mode={'sum'|'max'}) -> 7
nn.CrossMapLRN2d(5) -> 6x5x4
nn.{Hardshrink|Softshrink|Tanhshrink|RReLU|Softplus|Hardtanh}() -> 6x5
nn.Threshold(0.1, 20) -> 6x5
nn.Softmin(dim=1) -> 6x5
nn.{Dropout1d|FeatureAlphaDropout}(0.5) -> 6x5
layers.GRU({4|7}, return_sequences={True|False}, reset_after={True|False}, use_bias={True|False}) -> 6x5
layers.{LSTM|SimpleRNN}(4, 'relu', return_sequences={True|False}) -> 6x5
layers.{LSTMCell|GRUCell|SimpleRNNCell}(4, use_bias={True|False}) -> 5
layers.GRUCell(4, reset_after=False) -> 5
layers.ConvLSTM2D(40, (3, 3), padding='same', return_sequences=True) -> 10x40x40x1
layers.ConvLSTM2D(4, {3|(2, 3)}, {1|2}, padding={'same'|'valid'}, use_bias={True|False}, return_sequences={True|False}) -> 3x9x8x2
layers.ConvLSTM2D(4, 3, dilation_rate=2, return_sequences={True|False}) -> 3x9x8x2
layers.ConvLSTM2D(4, 3, 2, dilation_rate=2) -> 3x9x8x2
layers.ConvLSTM1D(4, {2|3}, padding={'same'|'valid'}, return_sequences={True|False}) -> 3x9x2
layers.ConvLSTM3D(4, 2, return_sequences={True|False}) -> 3x5x4x3x2
layers.MultiHeadAttention({2|3}, {2|5}, value_dim={None|3}, use_bias={True|False}, output_shape={None|7}) -> 20x16 {20x16|9x6}
layers.MultiHeadAttention(2, 3, use_gate=True, use_bias={True|False}) -> 20x16 9x6
layers.MultiHeadAttention(2, 3, output_shape=(3, 4)) -> 20x16 20x16
layers.MultiHeadAttention(2, 3, attention_axes={(1, 2)|(2,)|1}) -> 4x5x16 4x5x16
layers.GroupQueryAttention(4, 6, {1|2|3|6}, use_bias={True|False}, use_gate={True|False}) -> 20x16 {20|9}x16
layers.GroupQueryAttention(4, 6, 4) -> 20x16 20x16
layers.Attention(use_scale={True|False}, score_mode={'dot'|'concat'}) -> 20x16 9x16
layers.Attention() -> 20x16 9x8
layers.AdditiveAttention(use_scale={True|False}) -> 20x16 9x16
layers.Normalization(axis={-1|None|1|(1, 3)}) -> 10x12x3
layers.Normalization(mean=0.5, variance=2.0) -> 10x12x3
layers.Rescaling(1/255, offset=-1) -> 10x12x3
layers.Resizing({4|20}, 5, interpolation={'bilinear'|'nearest'}) -> 10x12x3
layers.{CenterCrop|RandomCrop}(4, width=5) -> 10x12x3
layers.Random{Flip|Grayscale|GaussianBlur|Erasing|Invert}() -> 10x12x3
layers.Random{Zoom|Rotation|Contrast|Brightness|Hue|Saturation}(0.2) -> 10x12x3
layers.RandomTranslation(0.1, 0.2, fill_mode='nearest') -> 10x12x3
layers.{Solarization|AutoContrast|Equalization}() -> 10x12x3
layers.{GaussianNoise|GaussianDropout}(0.1) -> 6x5
layers.SpatialDropout2D(0.5) -> 6x5x4
layers.{Masking|ActivityRegularization|UnitNormalization|Identity}() -> 6x5
layers.Activation({'relu'|'softmax'|'gelu'|'linear'|'hard_silu'|'squareplus'|'glu'}) -> 6x4
layers.ReLU(max_value={6|6.0|1}, negative_slope=0.1) -> 6x5
layers.LeakyReLU(negative_slope=0.2) -> 6x5
layers.Adaptive{Average|Max}Pooling2D({3|(3, 4)}) -> 9x8x3
layers.AdaptiveAveragePooling1D(3) -> 9x3
layers.RepeatVector(4) -> 7
layers.ReversibleEmbedding(100, 6, tie_weights={True|False}) -> 7
layers.{Average|Maximum|Minimum}() -> 6x5 6x5
layers.Subtract() -> 6x5 6x5
layers.SeparableConvolution2D(4, 3) -> 9x8x3
layers.Conv3DTranspose(4, 2, 2, 'same') -> 3x4x5x2
"""


def written_out(template: str) -> list[str]:
    """Every text that a template stands for."""
    parts = re.split(r"\{([^{}]*)\}", template)
    options = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    return ["".join(choice) for choice in itertools.product(*options)]


def rows(most: int = 16) -> list[dict[str, Any]]:
    dice, found = random.Random(1), []
    for template in CALLS.strip().splitlines():
        texts = written_out(template)
        for text in sorted(dice.sample(texts, most)) if len(texts) > most else texts:
            call, _, shapes = text.partition(" -> ")
            found.append({"call": call, "inputs": [[*map(int, shape.split("x"))] for shape in shapes.split()]})
    return found


def measured(row: dict[str, Any]) -> dict[str, Any]:
    """The row with what its framework gives for it, or its error."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import torch
    from keras import layers
    from torch import nn
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    torch.manual_seed(0)
    is_keras = row["call"].startswith("layers")

    def run(shapes: list[list[int]]) -> tuple[Any, Any, int]:
        layer = eval(row["call"], {"nn": nn, "layers": layers})
        kind = torch.long if "Embedding" in row["call"] else torch.float
        given: list[Any] = [torch.rand(2, *shape).to(kind) for shape in shapes]
        if "Cell" in row["call"] and is_keras:
            given.append(layer.get_initial_state(batch_size=2))
        if re.match(r"layers\.(Additive)?(Attention|Average\(|Maximum|Minimum|Subtract)", row["call"]):
            given = [given]
        with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
            out = layer(*given)
        while isinstance(out, tuple):
            out = out[0]
        return layer, list(out.shape[1:]), counter.get_total_flops() // 4  # two a product, of two examples

    try:
        layer, output, macs = run(row["inputs"])
        if re.match(
            r"layers\.(ConvLSTM|GRU\(|LSTM\(|SimpleRNN\()", row["call"]
        ):  # Keras takes one step more, to see its shape
            ((steps, *rest),) = row["inputs"]
            macs = run([[2 * steps, *rest]])[2] - macs
    except Exception as error:
        return {**row, "error": f"{type(error).__name__}: {error}".split("\n")[0][:100]}
    if is_keras:
        trained = sum(int(weight.value.numel()) for weight in layer.trainable_weights)
        held = layer.count_params() - trained
    else:
        trained = sum(weight.numel() for weight in layer.parameters())
        held = sum(buffer.numel() for name, buffer in layer.named_buffers() if name != "num_batches_tracked")
    if "Random" in row["call"]:  # what it computes it only does in training
        macs = 0
    return {**row, "output": output, "parameters": trained, "buffers": held, "macs": macs}


if __name__ == "__main__":
    for each in rows():
        print(json.dumps(measured(each)))
