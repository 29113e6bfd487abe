"""The networks that a class is asked about, each as a list of layers; and what their units see, tap by tap."""

from functools import cache
from typing import NamedTuple

CONV, TCONV, DW, SEP, LOCAL = "conv", "tconv", "dwconv", "sepconv", "localconv"
POOL, SAME, FLAT, FC = "maxpool", "adaptiveavgpool", "flatten", "linear"
NORM, RELU, UP, CAT, ADD = "batchnorm", "relu", "upsample", "concat", "add"
SLIDING = (CONV, DW, SEP, LOCAL, POOL)
KERNELS = (CONV, TCONV, DW, SEP, LOCAL)
KEEPING = "same"  # a padding


class Layer(NamedTuple):
    name: str
    kind: str
    f: int = 0  # filters, units, the side of an adaptive pooling, the scale of an up-sampling
    k: int = 1
    s: int = 1
    p: int | str = 0
    d: int = 1
    g: int = 1
    m: int = 1  # multiplier of a depthwise convolution
    op: int = 0
    b: int = 1  # with a bias
    default_stride: bool = False
    of: tuple[str, ...] = ()  # its inputs, where they are not the layer before it

    @property
    def line(self):
        """As a spec has it."""
        if self.kind in (CAT, ADD):
            return f"{{{self.kind}: {{from: [{', '.join(self.of)}], name: {self.name}}}}}"
        words = [self.kind, str(self.f)] if self.f else [self.kind]
        if self.kind in (*KERNELS, POOL):
            words += [f"k={self.k}", "" if self.default_stride else f"s={self.s}", f"p={self.p}"]
            extras = (
                ("dilation", self.d, 1),
                ("groups", self.g, 1),
                ("multiplier", self.m, 1),
                ("output_padding", self.op, 0),
            )
            words += [f"{key}={value}" for key, value, usual in extras if value != usual]
        if self.kind in (*KERNELS, FC) and not self.b:
            words.append("bias=no")
        if self.of:
            words.append(f"from={self.of[0]}")
        return f"{{{self.name}: {' '.join(filter(None, words))}}}"


class Network(NamedTuple):
    input: tuple[int, ...]
    layers: tuple[Layer, ...]
    spec: str = ""  # its name in the library
    convention: str = "pytorch"
    fields: bool = True  # whether the class is asked for receptive fields

    def sources(self, place):
        """The names of a layer's inputs; "" is the network's own."""
        return self.layers[place].of or ((self.layers[place - 1].name,) if place else ("",))

    @property
    def text(self):
        lines = "\n".join(f"  - {layer.line}" for layer in self.layers)
        shape = (*self.input[1:], self.input[0]) if self.channels_last else self.input
        return f"convention: {self.convention}\ninput: {'x'.join(map(str, shape))}\nlayers:\n{lines}\n"

    @property
    def channels_last(self):
        return self.convention == "keras"


LENET = Network(
    (1, 32, 32),
    (
        Layer("C1", CONV, 6, 5), Layer("S2", POOL, 0, 2, 2, default_stride=True), Layer("C3", CONV, 16, 5),
        Layer("S4", POOL, 0, 2, 2, default_stride=True), Layer("C5", CONV, 120, 5), Layer("flatten1", FLAT),
        Layer("F6", FC, 84), Layer("linear1", FC, 10),
    ),
    "lenet5",
)  # fmt: skip
ALEXNET = Network(
    (3, 224, 224),
    (
        Layer("conv1", CONV, 64, 11, 4, 2), Layer("maxpool1", POOL, 0, 3, 2), Layer("conv2", CONV, 192, 5, 1, 2),
        Layer("maxpool2", POOL, 0, 3, 2), Layer("conv3", CONV, 384, 3, 1, 1), Layer("conv4", CONV, 256, 3, 1, 1),
        Layer("conv5", CONV, 256, 3, 1, 1), Layer("maxpool3", POOL, 0, 3, 2), Layer("adaptiveavgpool1", SAME, 6),
        Layer("flatten1", FLAT), Layer("linear1", FC, 4096), Layer("linear2", FC, 4096), Layer("linear3", FC, 1000),
    ),
    "alexnet",
)  # fmt: skip
VGG11 = Network(
    (3, 224, 224),
    (
        *(layer
        for block, filters in enumerate(((64,), (128,), (256, 256), (512, 512), (512, 512)), 1)
        for layer in (
            *(Layer(f"stage{block}.conv{place}", CONV, f, 3, 1, 1) for place, f in enumerate(filters, 1)),
            Layer(f"stage{block}.maxpool1", POOL, 0, 2, 2, default_stride=True),
        )),
        Layer("avgpool", SAME, 7), Layer("flatten1", FLAT), Layer("fc1", FC, 4096), Layer("fc2", FC, 4096),
        Layer("fc3", FC, 1000),
    ),
    "vgg11",
)  # fmt: skip


def plain(name, *kernel, **settings):
    """A convolution without a bias, and its normalisation."""
    return Layer(name, CONV, *kernel, b=0, **settings), Layer(f"{name}_bn", NORM)


RESNET = Network(
    (3, 225, 225),
    (
        *plain("stem", 64, 7, 2, 3), Layer("stem_relu", RELU), Layer("pool", POOL, 0, 3, 2, 1),
        *plain("a1", 64, 3, 1, 1), Layer("a1_relu", RELU), *plain("a2", 64, 3, 1, 1),
        Layer("a_sum", ADD, of=("a2_bn", "pool")), Layer("a_relu", RELU),
        *plain("b1", 128, 3, 2, 1), Layer("b1_relu", RELU), *plain("b2", 128, 3, 1, 1),
        *plain("b_short", 128, 1, 2, of=("a_relu",)), Layer("b_sum", ADD, of=("b2_bn", "b_short_bn")),
        Layer("b_relu", RELU), Layer("c1", CONV, 64, 1), Layer("c2", CONV, 96, 3, 2, 1, g=4),
        Layer("gap", SAME, 1), Layer("flat", FLAT), Layer("fc", FC, 10),
    ),
)  # fmt: skip
UNET = Network(
    (1, 92, 92),
    (
        Layer("d1a", CONV, 16, 3, 1, 1), Layer("d1b", CONV, 16, 3, 1, 1), Layer("pool1", POOL, 0, 2, 2, default_stride=True),
        Layer("d2a", CONV, 32, 3, 1, 1), Layer("d2b", CONV, 32, 3, 1, 1), Layer("pool2", POOL, 0, 2, 2, default_stride=True),
        Layer("low1", CONV, 64, 3, 1, 1), Layer("low2", CONV, 48, 3, 1, 1), Layer("up2", TCONV, 32, 2, 2),
        Layer("join2", CAT, of=("d2b", "up2")), Layer("u2a", CONV, 32, 3, 1, 1), Layer("u2b", CONV, 32, 3, 1, 1),
        Layer("up1", UP, 2), Layer("thin", CONV, 24, 1), Layer("join1", CAT, of=("d1b", "thin")),
        Layer("u1a", CONV, 16, 3, 1, 1), Layer("u1b", CONV, 16, 3, 1, 1), Layer("head", CONV, 2, 1),
    ),
)  # fmt: skip
DILATED = Network(
    (2, 401),
    (
        Layer("front", CONV, 24, 5), Layer("a1", CONV, 24, 3, 1, 2, 2), Layer("a1_relu", RELU),
        Layer("a2", CONV, 24, 3, 1, 2, 2), Layer("a_sum", ADD, of=("a2", "front")), Layer("b1", CONV, 48, 3, 1, 4, 4),
        Layer("b2", CONV, 48, 5, 1, 6, 3, 4), Layer("b_sum", ADD, of=("b2", "b1")), Layer("thin", CONV, 32, 1),
        Layer("c1", CONV, 40, 4, 2, 1, 5), Layer("c2", CONV, 40, 2, 1, 0, 8), Layer("pool", POOL, 0, 4, 3, 1),
        Layer("local", LOCAL, 8, 3), Layer("flat", FLAT), Layer("fc", FC, 5),
    ),
)  # fmt: skip
DCGAN = Network(
    (100, 1, 1),
    (
        Layer("project", TCONV, 256, 4, b=0), Layer("bn1", NORM), Layer("relu1", RELU),
        Layer("up1", TCONV, 128, 4, 2, 1, b=0), Layer("bn2", NORM), Layer("relu2", RELU),
        Layer("up2", TCONV, 64, 3, 2, 1, op=1), Layer("up3", TCONV, 48, 5, 2, 2, op=1, g=4),
        Layer("up4", TCONV, 32, 3, 1, 1, d=2), Layer("picture", TCONV, 3, 4, 2, 1),
        Layer("look1", CONV, 64, 4, 2, 1), Layer("look2", CONV, 128, 4, 2, 1), Layer("look3", CONV, 32, 5, 3),
        Layer("flat", FLAT), Layer("score", FC, 1),
    ),
    fields=False,
)  # fmt: skip
DEPTHWISE = Network(
    (3, 97, 97),
    (
        *plain("stem", 32, 3, 2, KEEPING), Layer("stem_relu", RELU), Layer("dw1", DW, 0, 3, 1, KEEPING, b=0),
        Layer("dw1_bn", NORM), Layer("pw1", CONV, 48, 1), Layer("dw2", DW, 0, 5, 2, KEEPING, m=2),
        Layer("pw2", CONV, 80, 1), Layer("sep1", SEP, 96, 3, 1), Layer("sep2", SEP, 128, 5, 2, KEEPING),
        Layer("grouped", CONV, 192, 3, g=4), Layer("single", CONV, 384, 3, g=192), Layer("dw3", DW, 0, 3),
        Layer("gap", SAME, 1), Layer("flat", FLAT), Layer("fc", FC, 10),
    ),
    convention="keras",
)  # fmt: skip
NETWORKS = {
    "lenet5": LENET, "alexnet": ALEXNET, "vgg11": VGG11, "resnet": RESNET, "unet": UNET, "dilated": DILATED,
    "dcgan": DCGAN, "depthwise": DEPTHWISE,
}  # fmt: skip


# Receptive fields, by following the taps back to the input


class Seen(NamedTuple):
    """Of one layer's output along an axis."""

    field: int
    stride: int  # whole, in these networks
    strides: tuple[int, ...]  # of the sliding layers up to here, along first inputs
    conv_stride: int  # without poolings


def taps(layer, unit, padding):
    """First and last input unit that an output unit sees."""
    reach = layer.d * (layer.k - 1)
    if layer.kind == TCONV:
        return -((reach - unit - layer.p) // layer.s), (unit + layer.p) // layer.s
    if layer.kind == UP:
        return unit // layer.f, unit // layer.f
    if layer.kind in SLIDING:
        return unit * layer.s - padding, unit * layer.s - padding + reach
    return unit, unit


@cache
def fields(name):
    """What each layer of a network sees, by name."""
    network = NETWORKS[name]
    places = {layer.name: place for place, layer in enumerate(network.layers)}
    sides = sides_of(network)

    @cache
    def ends(place, unit):
        if place is None:
            return unit, unit
        layer = network.layers[place]
        sources = [places.get(source) for source in network.sources(place)]
        padding = layer.p
        if padding == KEEPING:
            n = sides[network.sources(place)[0]]
            padding = max((-(-n // layer.s) - 1) * layer.s + layer.d * (layer.k - 1) + 1 - n, 0) // 2
        first, last = taps(layer, unit, padding)
        return min(ends(each, first)[0] for each in sources), max(ends(each, last)[1] for each in sources)

    found = {"": Seen(1, 1, (), 1)}
    for place, layer in enumerate(network.layers):
        if layer.kind in (FLAT, FC, SAME):
            break
        before = found[network.sources(place)[0]]
        extents = [high - low + 1 for low, high in (ends(place, unit) for unit in range(64, 96))]
        stride = layer.s if layer.kind in SLIDING else 1
        found[layer.name] = Seen(
            max(extents), before.stride * stride // {TCONV: layer.s, UP: layer.f}.get(layer.kind, 1),
            (*before.strides, stride) if layer.kind in SLIDING else before.strides,
            before.conv_stride * (stride if layer.kind != POOL else 1),
        )  # fmt: skip
    return found


def sides_of(network):
    """The side of each map, by name."""
    from simulated_class.formulas import right_size

    sides = {"": network.input[1]}
    for place, layer in enumerate(network.layers):
        if layer.kind in (FLAT, FC):
            break
        sides[layer.name] = right_size(layer, sides[network.sources(place)[0]])
    return sides
