"""Keras programs, each with what Keras 3.15.1 makes of it: output, parameters in all, and those that are learnt."""

HEAD = "import keras\nfrom keras import Input, Model, Sequential, layers, ops\n"
PROGRAMS = {
    "a Sequential that grows": (
        """
model = Sequential()
model.add(Input((28, 28, 1)))
for filters in (8, 16):
    model.add(layers.Conv2D(filters, (3, 3), activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dropout(0.5))
model.add(layers.Dense(10, activation="softmax"))
model.compile(optimizer="adam", loss="mse")
model.summary()
""",
        (10,), 5258, 5258,
    ),
    "a Sequential of a list": (
        """
net = Sequential([
    Input(shape=(16, 3)), layers.Conv1D(4, 3, padding="causal"), layers.Bidirectional(layers.LSTM(5)), layers.Dense(2),
], name="steps")
""",
        (2,), 462, 462,
    ),
    "residual blocks by a function": (
        """
def block(x, filters, strides=1):
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(x)
    y = layers.BatchNormalization()(y)
    y = layers.ReLU()(y)
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    if strides > 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, strides)(x)
    return layers.Activation("relu")(layers.add([x, y]))


def build(classes=5, width=8):
    inputs = keras.Input(shape=(32, 32, 3))
    x = layers.Rescaling(1.0 / 255)(inputs)
    x = layers.Conv2D(width, 3, padding="same")(x)
    for index in range(3):
        x = block(x, width * 2**index, 1 if index == 0 else 2)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


model = build()
""",
        (5,), 19957, 19733,
    ),
    "operators and functions": (
        """
inputs = Input((8, 6, 4))
a, b = ops.split(inputs, 2, axis=-1)
x = ops.concatenate([a * 2.0, b - a], axis=-1)
x = x * ops.sigmoid(ops.mean(x, axis=[1, 2], keepdims=True)) + inputs
x = ops.reshape(x, (-1, x.shape[1] * x.shape[2], 4))
scores = ops.matmul(x, ops.transpose(x, (0, 2, 1))) / 2.0
x = ops.matmul(ops.softmax(scores), x)[:, -1]
model = Model(inputs=inputs, outputs=layers.Dense(3)(ops.expand_dims(x, 1)))
""",
        (1, 3), 15, 15,
    ),
    "layers that are shared": (
        """
encoder = Sequential([Input((20,)), layers.Dense(16, activation="relu"), layers.Dense(8)])
left, right = Input((20,), name="left"), Input((20,), name="right")
gap = layers.Dense(4)
distance = layers.Subtract()([gap(encoder(left)), gap(encoder(right))])
siamese = Model([left, right], layers.Dense(1, activation="sigmoid")(distance))
""",
        (1,), 513, 513,
    ),
    "a model within a model, frozen": (
        """
base = Sequential([Input((16, 16, 3)), layers.Conv2D(6, 3), layers.BatchNormalization(), layers.Flatten()], name="base")
base.trainable = False
inputs = Input((16, 16, 3))
model = Model(inputs, layers.Dense(2)(base(inputs, training=False)))
""",
        (2,), 2546, 2354,
    ),
    "a class with layers of its own": (
        """
class Scale(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="factor")

    def call(self, inputs):
        return inputs * self.factor


class Block(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Conv2D(filters, 3, padding="same")
        self.norm = layers.BatchNormalization()
        self.scale = Scale()

    def call(self, x, training=False):
        return keras.activations.relu(self.scale(self.norm(self.conv(x), training=training))) + x


inputs = Input((12, 12, 6))
x = inputs
for _ in range(2):
    x = Block(6)(x)
outputs = layers.GlobalMaxPooling2D()(x)
model = Model(inputs, outputs)
""",
        (6,), 720, 696,
    ),
    "several inputs and outputs": (
        """
text, image = Input((10,), name="text"), Input((8, 8, 1), name="image")
t = layers.GlobalAveragePooling1D()(layers.Embedding(50, 6)(text))
i = layers.Flatten()(layers.Conv2D(2, 3)(image))
both = layers.concatenate([t, i])
kind, score = layers.Dense(4, name="kind")(both), layers.Dense(1, name="score")(both)
model = Model(inputs=[text, image], outputs=[kind, score])
""",
        (4,), 715, 715,
    ),
    "an encoder and a decoder": (
        """
inputs = Input((7, 12))
out, h, c = layers.LSTM(8, return_state=True)(inputs)
steps = Input((9, 5))
y = layers.LSTM(8, return_sequences=True)(steps, initial_state=[h, c])
y = layers.Attention()([y, layers.RepeatVector(7)(out)])
model = Model([inputs, steps], layers.TimeDistributed(layers.Dense(5))(y))
""",
        (9, 5), 1165, 1165,
    ),
    "a transformer": (
        """
class TokenAndPosition(layers.Layer):
    def __init__(self, length, words, width):
        super().__init__()
        self.tokens = layers.Embedding(words, width)
        self.positions = layers.Embedding(length, width)

    def call(self, x):
        positions = ops.arange(0, ops.shape(x)[-1], 1)
        return self.tokens(x) + self.positions(positions)


class Transformer(layers.Layer):
    def __init__(self, width, heads, inner, rate=0.1):
        super().__init__()
        self.attend = layers.MultiHeadAttention(num_heads=heads, key_dim=width)
        self.feed = keras.Sequential([layers.Dense(inner, activation="relu"), layers.Dense(width)])
        self.first, self.second = layers.LayerNormalization(epsilon=1e-6), layers.LayerNormalization(epsilon=1e-6)
        self.drop = layers.Dropout(rate)

    def call(self, inputs):
        x = self.first(inputs + self.drop(self.attend(inputs, inputs)))
        return self.second(x + self.feed(x))


inputs = Input((12,))
x = TokenAndPosition(12, 100, 16)(inputs)
x = Transformer(16, 2, 32)(x)
x = layers.GlobalAveragePooling1D()(x)
model = Model(inputs, layers.Dense(2, activation="softmax")(x))
""",
        (2,), 5122, 5122,
    ),
    "a part of another model": (
        """
inputs = Input((10, 10, 2))
x = layers.Conv2D(4, 3, name="first")(inputs)
x = layers.Conv2D(4, 3, name="second")(x)
whole = Model(inputs, layers.Flatten()(x))
part = Model(whole.input, whole.get_layer("first").output)
model = Model(part.inputs, layers.GlobalAveragePooling2D()(part.output))
""",
        (4,), 76, 76,
    ),
    "a function as a layer": (
        """
inputs = Input((6, 6, 2))
x = layers.Lambda(lambda x: ops.mean(x, axis=-1, keepdims=True))(inputs)
x = layers.Dense(3, activation=lambda x: x * ops.sigmoid(x))(layers.Flatten()(x))
model = Model(inputs, x)
""",
        (3,), 111, 111,
    ),
    "a network for each step": (
        """
cnn = Sequential(
    [Input((16, 16, 3)), layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten()]
)
video = Input((5, 16, 16, 3))
x = layers.TimeDistributed(cnn)(video)
x = layers.LSTM(8)(x)
model = Model(video, layers.Dense(2)(x))
""",
        (2,), 6690, 6690,
    ),
    "a U-Net": (
        """
def double(x, n):
    x = layers.Conv2D(n, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    return layers.Conv2D(n, 3, padding="same", activation="relu")(x)


def down(x, n):
    f = double(x, n)
    p = layers.MaxPool2D(2)(f)
    return f, layers.Dropout(0.3)(p)


def up(x, skip, n):
    x = layers.Conv2DTranspose(n, 3, 2, padding="same")(x)
    return double(layers.Dropout(0.3)(layers.concatenate([x, skip])), n)


inputs = Input((32, 32, 3))
f1, p1 = down(inputs, 4)
f2, p2 = down(p1, 8)
b = double(p2, 16)
x = up(b, f2, 8)
x = up(x, f1, 4)
model = Model(inputs, layers.Conv2D(3, 1, padding="same", activation="softmax")(x), name="U-Net")
""",
        (32, 32, 3), 8279, 8279,
    ),
    "an autoencoder that draws": (
        """
class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        batch = ops.shape(z_mean)[0]
        dim = ops.shape(z_mean)[1]
        epsilon = keras.random.normal(shape=(batch, dim), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon


latent = 2
ei = Input((28, 28, 1))
x = layers.Conv2D(8, 3, activation="relu", strides=2, padding="same")(ei)
x = layers.Flatten()(x)
x = layers.Dense(16, activation="relu")(x)
m = layers.Dense(latent, name="z_mean")(x)
v = layers.Dense(latent, name="z_log_var")(x)
z = Sampling()([m, v])
encoder = Model(ei, [m, v, z], name="encoder")
li = Input((latent,))
x = layers.Dense(7 * 7 * 16, activation="relu")(li)
x = layers.Reshape((7, 7, 16))(x)
x = layers.Conv2DTranspose(8, 3, activation="relu", strides=2, padding="same")(x)
do = layers.Conv2DTranspose(1, 3, activation="sigmoid", strides=2, padding="same")(x)
decoder = Model(li, do, name="decoder")
model = Model(ei, decoder(encoder(ei)[2]))
""",
        (28, 28, 1), 28837, 28837,
    ),
    "patches that are mixed": (
        """
class Mixer(layers.Layer):
    def __init__(self, patches, hidden, rate=0.1, **kw):
        super().__init__(**kw)
        self.mlp1 = Sequential(
            [layers.Dense(patches, activation="gelu"), layers.Dense(patches), layers.Dropout(rate)]
        )
        self.mlp2 = Sequential(
            [layers.Dense(hidden, activation="gelu"), layers.Dense(hidden), layers.Dropout(rate)]
        )
        self.normalize = layers.LayerNormalization(epsilon=1e-6)

    def build(self, input_shape):
        return super().build(input_shape)

    def call(self, inputs):
        x = self.normalize(inputs)
        c = ops.transpose(x, axes=(0, 2, 1))
        m = self.mlp1(c)
        m = ops.transpose(m, axes=(0, 2, 1))
        x = m + inputs
        return x + self.mlp2(self.normalize(x))


class Patches(layers.Layer):
    def __init__(self, size, **kw):
        super().__init__(**kw)
        self.size = size

    def call(self, x):
        patches = ops.image.extract_patches(x, self.size)
        batch_size = ops.shape(patches)[0]
        num = ops.shape(patches)[1] * ops.shape(patches)[2]
        return ops.reshape(patches, (batch_size, num, ops.shape(patches)[3]))


inputs = Input((32, 32, 3))
p = Patches(8)(inputs)
x = layers.Dense(12)(p)
blocks = Sequential([Mixer(16, 12) for _ in range(2)])
x = blocks(x)
x = layers.GlobalAveragePooling1D()(x)
model = Model(inputs, layers.Dense(4)(x))
""",
        (4,), 4128, 4128,
    ),
    "a convolution with weights of its own": (
        """
class Conv(layers.Layer):
    def __init__(self, f, **kw):
        super().__init__(**kw)
        self.f = f

    def build(self, s):
        self.kernel = self.add_weight(
            name="kernel", shape=(3, 3, int(s[-1]), self.f), initializer="he_normal"
        )
        self.gamma = self.add_weight(shape=(self.f,), initializer="ones", trainable=False)

    def call(self, x):
        return ops.conv(x, self.kernel, strides=1, padding="same") * self.gamma


i = Input((8, 8, 3))
model = Model(i, Conv(5)(i))
""",
        (8, 8, 5), 140, 135,
    ),
    "inputs and outputs by name": (
        """
a = Input((4,), name="a")
b = Input((6,), name="b")
h = layers.Dense(5)(layers.Concatenate()([a, b]))
inner = Model({"a": a, "b": b}, {"x": layers.Dense(2)(h), "y": layers.Dense(3)(h)})
p = Input((6,))
q = Input((4,))
o = inner({"b": p, "a": q})
model = Model([p, q], layers.Concatenate()([o["y"], o["x"]]))
""",
        (5,), 85, 85,
    ),
    "channels that are weighed": (
        """
def se(t, ratio=4):
    c = t.shape[-1]
    s = layers.GlobalAveragePooling2D()(t)
    s = layers.Reshape((1, 1, c))(s)
    s = layers.Dense(c // ratio, activation="relu", use_bias=False)(s)
    s = layers.Dense(c, activation="sigmoid", use_bias=False)(s)
    return layers.multiply([t, s])


i = Input((8, 8, 16))
x = layers.SeparableConv2D(16, 3, padding="same")(i)
x = se(x)
x = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x)
x = layers.LeakyReLU(negative_slope=0.1)(x)
x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
x = layers.PReLU(shared_axes=[1, 2])(x)
model = Model(i, layers.UpSampling2D()(x))
""",
        (18, 18, 32), 896, 896,
    ),
}  # fmt: skip
