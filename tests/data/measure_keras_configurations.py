"""Write keras_configurations.jsonl: what Keras makes of its layers and functions, with the configuration it saves.

KERAS_BACKEND=torch python tests/data/measure_keras_configurations.py, with Keras 3.15.1.
"""

import json
from pathlib import Path

import keras
from keras import Input, Model, layers, ops

P1, P2, P3 = (16, 6), (16, 16, 6), (8, 8, 8, 6)
SAME = [(10, 6), (20, 6)]
ACTIVATIONS = (
    "relu elu selu softplus softsign silu gelu mish leaky_relu relu6 hard_sigmoid hard_silu hard_tanh hard_shrink "
    "soft_shrink tanh_shrink threshold celu log_sigmoid sigmoid tanh exponential softmax log_softmax sparse_plus "
    "sparsemax squareplus sparse_sigmoid linear"
)
CHANGES = (
    "Brightness ColorDegeneration Contrast ElasticTransform Erasing GaussianBlur Grayscale Hue Invert Perspective "
    "Rotation Saturation Sharpness Shear Zoom"
)
MIXTURES = "AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix MixUp RandAugment Solarization"
LAYERS = {
    **{f"Conv{n}D(4, 3, strides=2, padding='same', activation='relu')": [s] for n, s in ((1, P1), (2, P2), (3, P3))},
    **{f"Conv{n}DTranspose(4, 3, strides=2)": [s] for n, s in ((1, P1), (2, P2), (3, P3))},
    **{
        f"{kind}Pooling{n}D(3, strides=2, padding='same')": [s]
        for kind in ("Max", "Average")
        for n, s in ((1, P1), (2, P2), (3, P3))
    },
    **{
        f"Global{kind}Pooling{n}D(keepdims={keep})": [s]
        for kind in ("Max", "Average")
        for n, s in ((1, P1), (2, P2), (3, P3))
        for keep in (True, False)
    },
    **{f"Adaptive{kind}Pooling{n}D(4)": [s] for kind in ("Max", "Average") for n, s in ((1, P1), (2, P2), (3, P3))},
    **{f"{kind}{n}D(1)": [s] for kind in ("Cropping", "ZeroPadding") for n, s in ((1, P1), (2, P2), (3, P3))},
    **{f"UpSampling{n}D(2)": [s] for n, s in ((1, P1), (2, P2), (3, P3))},
    **{f"SpatialDropout{n}D(0.2)": [s] for n, s in ((1, P1), (2, P2), (3, P3))},
    **{f"ConvLSTM{n}D(4, 3, return_sequences=True)": [(5, *s)] for n, s in ((1, P1), (2, P2), (3, P3))},
    **{f"SeparableConv{n}D(4, 3, depth_multiplier=2)": [s] for n, s in ((1, P1), (2, P2))},
    **{f"DepthwiseConv{n}D(3, depth_multiplier=2, padding='same')": [s] for n, s in ((1, P1), (2, P2))},
    **{f"{kind}()": [P2, P2] for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")},
    **{f"Activation('{name}')": [P2] for name in ACTIVATIONS.split()},
    **{f"Random{kind}(0.1)": [(16, 16, 3)] for kind in CHANGES.split()},
    "Conv1D(4, 3, padding='causal', dilation_rate=2)": [P1],
    "Conv2D(6, [3, 5], groups=2, use_bias=False)": [P2],
    "Conv2DTranspose(4, 3, strides=2, padding='same', output_padding=1, use_bias=False)": [P2],
    "ZeroPadding2D(((1, 0), (2, 3)))": [P2],
    "UpSampling2D((2, 3), interpolation='bilinear')": [P2],
    "ConvLSTM2D(4, 3, padding='same')": [(5, *P2)],
    "Concatenate()": [P2, P2, P2],
    "Concatenate(axis=1)": [P2, P2],
    "Attention()": SAME,
    "Attention(use_scale=True, score_mode='concat')": [*SAME, (20, 6)],
    "AdditiveAttention()": SAME,
    "MultiHeadAttention(2, 4)": SAME,
    "MultiHeadAttention(2, 4, value_dim=3, output_shape=9, use_bias=False)": SAME,
    "MultiHeadAttention(2, 4, use_gate=True)": SAME,
    "GroupQueryAttention(4, 4, 2)": SAME,
    "ActivityRegularization(l1=0.1)": [P2],
    "AlphaDropout(0.1)": [P2],
    "BatchNormalization()": [P2],
    "BatchNormalization(scale=False, center=False)": [P2],
    "BatchNormalization(axis=1)": [P2],
    "BatchNormalization(trainable=False)": [P2],
    "Bidirectional(layers.LSTM(4, return_sequences=True))": [(5, 6)],
    "Bidirectional(layers.GRU(4), merge_mode='sum')": [(5, 6)],
    "CenterCrop(8, 9)": [P2],
    "Dense(4, activation='relu')": [(7,)],
    "Dense(4, activation=layers.LeakyReLU())": [(5, 7)],
    "Dense(4, use_bias=False, kernel_regularizer='l2', kernel_initializer='zeros', bias_constraint='non_neg')": [P2],
    "Dropout(0.5)": [P2],
    "ELU()": [P2],
    "Embedding(100, 8, mask_zero=True)": [(9,)],
    "Flatten()": [P2],
    "GRU(4)": [(5, 6)],
    "GRU(4, reset_after=False, return_sequences=True)": [(5, 6)],
    "GaussianDropout(0.5)": [P2],
    "GaussianNoise(0.5)": [P2],
    "GroupNormalization(3)": [P2],
    "GroupNormalization(-1)": [P2],
    "Identity()": [P2],
    "LSTM(4)": [(5, 6)],
    "LSTM(4, return_sequences=True, go_backwards=True, use_bias=False)": [(5, 6)],
    "LayerNormalization()": [P2],
    "LayerNormalization(axis=(1, 2, 3))": [P2],
    "LeakyReLU()": [P2],
    "Masking()": [(5, 6)],
    "Normalization()": [(6,)],
    "Normalization(axis=None)": [(6,)],
    "Normalization(mean=1.0, variance=2.0)": [(6,)],
    "PReLU()": [P2],
    "PReLU(shared_axes=[1, 2])": [P2],
    "Permute((3, 1, 2))": [P2],
    "RMSNormalization()": [P2],
    "ReLU()": [P2],
    "ReLU(max_value=6)": [P2],
    **{f"{kind}()": [(16, 16, 3)] for kind in MIXTURES.split()},
    "RandomCrop(8, 9)": [P2],
    "RandomColorJitter()": [(16, 16, 3)],
    "RandomFlip()": [(16, 16, 3)],
    "RandomPosterization(4)": [(16, 16, 3)],
    "RandomTranslation(0.1, 0.1)": [(16, 16, 3)],
    "RepeatVector(5)": [(7,)],
    "Rescaling(1 / 255, offset=-1)": [P2],
    "Reshape((8, -1))": [P2],
    "Resizing(8, 9)": [P2],
    "ReversibleEmbedding(100, 8)": [(9,)],
    "SimpleRNN(4)": [(5, 6)],
    "Softmax()": [P2],
    "Softmax(axis=[1, 2])": [P2],
    "SpectralNormalization(layers.Conv2D(4, 3))": [P2],
    "TimeDistributed(layers.Dense(4, activation='relu'))": [(5, 6)],
    "TimeDistributed(layers.Conv2D(4, 3))": [(5, 8, 8, 3)],
    "TimeDistributed(layers.Flatten())": [(5, 8, 8, 3)],
    "TimeDistributed(layers.GlobalAveragePooling2D())": [(5, 8, 8, 3)],
    "TimeDistributed(layers.BatchNormalization())": [(5, 8, 8, 3)],
    "TimeDistributed(keras.Sequential([Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(7)]))": [
        (5, 8, 8, 3)
    ],
    "UnitNormalization()": [P2],
}
CALLED_WITH_SEVERAL = ("MultiHeadAttention", "GroupQueryAttention")  # not with a list of them


def short(value):
    """A configuration without what changes values only, of which the tests have examples enough."""
    if isinstance(value, dict):
        return {
            key: short(each)
            for key, each in value.items()
            if key != "dtype" and not (key.endswith("initializer") and isinstance(each, dict))
        }
    return [short(each) for each in value] if isinstance(value, list) else value


def row(code, output, inputs):
    model = Model(inputs, output)
    saved = json.loads(model.to_json())["config"]
    learnt = sum(int(weight.numpy().size) for weight in model.trainable_weights)
    steps = [layer for layer in saved["layers"] if layer["class_name"] != "InputLayer"]
    return {
        "code": code, "inputs": [tensor.shape[1:] for tensor in inputs], "output": model.outputs[0].shape[1:],
        "parameters": model.count_params(), "learnt": learnt, "layers": short(steps),
        "ends": [saved["input_layers"], saved["output_layers"]],
    }  # fmt: skip


def main():
    with Path(__file__).with_name("keras_configurations.jsonl").open("w") as file:
        for code, shapes in LAYERS.items():
            keras.backend.clear_session()
            inputs = [Input(shape, name=f"x{index}") for index, shape in enumerate(shapes)]
            layer = eval(f"layers.{code}", {"keras": keras, "layers": layers, "Input": Input})
            several = code.startswith(CALLED_WITH_SEVERAL)
            output = layer(*inputs) if several else layer(inputs if len(inputs) > 1 else inputs[0])
            print(json.dumps(row(code, output, inputs)), file=file)
        for code in FUNCTIONS:
            keras.backend.clear_session()
            x = Input((8, 6, 4), name="x")
            print(json.dumps(row(code, eval(code, {"ops": ops, "x": x}), [x])), file=file)


FUNCTIONS = """
ops.reshape(x, (-1, 48, 4))
ops.reshape(x, (-1, 192))
ops.reshape(x, (-1, ops.shape(x)[1] * ops.shape(x)[2], 4))
ops.squeeze(ops.expand_dims(x, 1), 1)
ops.squeeze(ops.expand_dims(x, -1))
ops.expand_dims(x, (1, 2))
ops.transpose(x, (0, 3, 1, 2))
ops.swapaxes(x, 1, -1)
ops.moveaxis(x, 1, 3)
ops.tile(x, (1, 2, 1, 3))
ops.repeat(x, 3, axis=2)
ops.concatenate([x, x], axis=-1)
ops.concatenate([x, x, x], axis=1)
ops.stack([x, x], axis=1)
ops.stack([x, x], axis=-1)
ops.split(x, 2, axis=-1)[1]
ops.split(x, [1, 4], axis=2)[1]
ops.unstack(x, axis=1)[2]
x[:, 0]
x[..., 0]
x[:, 1:-1, ::2]
x[:, -1]
x[:, None]
x[..., None, :]
ops.slice(x, (0, 1, 1, 0), (1, 3, 4, 4))
ops.take(x, 0, axis=1)
ops.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]])
ops.mean(x, axis=1)
ops.mean(x, axis=(1, 2))
ops.mean(x, axis=-1, keepdims=True)
ops.sum(x, axis=[1, 2], keepdims=True)
ops.max(x, axis=-1)
ops.var(x, axis=-1)
ops.logsumexp(x, axis=-1)
ops.argmax(x, axis=-1)
ops.norm(x, axis=-1)
ops.matmul(x, ops.transpose(x, (0, 1, 3, 2)))
x @ ops.swapaxes(x, -1, -2)
ops.einsum("bhwc,bhvc->bhwv", x, x)
x + x
1 + x
1 - x
x / 255.0
1 / x
x**2
-x
x % 2
x + ops.mean(x, axis=-1, keepdims=True)
x * ops.mean(x, axis=(1, 2), keepdims=True)
x * ops.ones((4,))
ops.maximum(x, 0.0)
ops.minimum(x, x * 2)
ops.clip(x, 0, 1)
ops.where(x > 0, x, 0.0 * x)
ops.cast(x > 0, "float32")
ops.sqrt(ops.abs(x))
ops.cumsum(x, axis=1)
ops.flip(x, axis=1)
ops.relu(x)
ops.softmax(x, axis=1)
ops.log_softmax(x)
ops.hard_silu(x)
ops.glu(x)
ops.normalize(x, axis=-1)
ops.max_pool(x, 3, strides=2, padding="same")
ops.average_pool(x, 2, strides=1)
ops.image.resize(x, (16, 12))
ops.depth_to_space(x, 2)
ops.space_to_depth(x, 2)
""".strip().splitlines()


if __name__ == "__main__":
    main()
