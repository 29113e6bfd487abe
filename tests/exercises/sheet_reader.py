"""A student who knows only what a sheet in Markdown says: its layers read, and its questions answered by plain loops."""

import ast
import re
from math import prod
from typing import NamedTuple

CELLS = re.compile(r"(?<!\\)\|")


class SeenLayer(NamedTuple):
    name: str
    type: str  # conv, tconv, pool
    filters: int = 0  # 0: as many as channels
    kernel: tuple = (1, 1)
    stride: tuple = (1, 1)
    padding: tuple = ((0, 0), (0, 0))
    dilation: tuple = (1, 1)
    groups: int = 1  # 0: one for each channel
    output_padding: tuple = (0, 0)
    bias: bool = True
    crop: tuple = ((0, 0), (0, 0))


class Answer(NamedTuple):
    output: tuple  # channels, height, width
    parameters: int
    macs: int
    field: tuple


def two(text):
    """3×5 or 3 as two sides."""
    sides = tuple(map(int, re.split("[x×]", str(text))))
    return sides if len(sides) == 2 else sides * 2


def pads(text):
    return tuple((side, side) for side in two(text))


def tables(sheet):
    """The tables of a sheet, each a list of rows with their heads."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", sheet, re.MULTILINE):
        heads, _, *rows = [[cell.strip() for cell in CELLS.split(line)[1:-1]] for line in block.splitlines()]
        found.append((heads, rows))
    return found


# Layers, as each wording has them


def layers_of_shorthand(sheet):
    types = {
        "conv": ("conv", 1),
        "dwconv": ("conv", 0),
        "tconv": ("tconv", 1),
        "maxpool": ("pool", 0),
        "avgpool": ("pool", 0),
    }
    for name, line in tables(sheet)[0][1]:
        kind, *words = line.strip("`").split()
        type, groups = types[kind]
        bare = [word for word in words if word[0].isdigit()]
        given = dict(re.fullmatch("([a-z]+)([0-9x]+)", word).groups() for word in words if not word[0].isdigit())
        kernel = bare[0] if type == "pool" else given["k"]
        assert type != "pool" or "s" in given
        yield SeenLayer(
            name, type, int(bare[0]) if bare and type != "pool" else 0, two(kernel), two(given.get("s", 1)),
            pads(given.get("p", 0)), two(given.get("d", 1)), int(given.get("g", groups)), two(given.get("op", 0)),
        )  # fmt: skip


WORDS = {
    r"a convolution with (?P<f>\d+) filters? of (?P<k>[\d×]+)": ("conv", 1),
    r"a depthwise convolution with filters of (?P<k>[\d×]+)": ("conv", 0),
    r"a transposed convolution with (?P<f>\d+) filters? of (?P<k>[\d×]+)": ("tconv", 1),
    r"an? (?:max|average) pooling over windows of (?P<k>[\d×]+)": ("pool", 0),
}


def layers_in_words(sheet):
    for name, line in tables(sheet)[0][1]:
        first, *more = line.split(", ")
        (found, (type, groups)) = next((match, WORDS[each]) for each in WORDS if (match := re.fullmatch(each, first)))
        said = {}
        for words in more:
            number, word = re.fullmatch(
                r"(?:stride|padding|dilation|output padding) ([\d×]+)|(\d+) groups", words
            ).groups()
            said[words.rpartition(" ")[0] if number else "groups"] = number or word
        assert type != "pool" or "stride" in said
        yield SeenLayer(
            name, type, int(found.groupdict().get("f") or 0), two(found["k"]), two(said.get("stride", 1)),
            pads(said.get("padding", 0)), two(said.get("dilation", 1)), int(said.get("groups", groups)),
            two(said.get("output padding", 0)),
        )  # fmt: skip


def layers_of_table(sheet):
    heads, rows = tables(sheet)[0]
    types = {
        "convolution": ("conv", 1), "depthwise convolution": ("conv", 0), "transposed convolution": ("tconv", 1),
        "max pooling": ("pool", 0), "average pooling": ("pool", 0),
    }  # fmt: skip
    for row in rows:
        said = {head: cell for head, cell in zip(heads, row, strict=True) if cell}
        if said["layer"] == "whole network":
            continue
        type, groups = types[said["type"]]
        yield SeenLayer(
            said["layer"], type, int(said.get("filters", 0)), two(said["kernel"]), two(said["stride"]),
            pads(said["padding"]), two(said.get("dilation", 1)), int(said.get("groups", groups)),
            two(said.get("output padding", 0)),
        )  # fmt: skip


def values(call):
    """The positional and the named arguments of a call."""
    return [ast.literal_eval(each) for each in call.args], {
        each.arg: ast.literal_eval(each.value) for each in call.keywords
    }


def both(value):
    return value if isinstance(value, tuple) else (value, value)


def code(sheet):
    return ast.parse(re.search("```python\n(.*?)```", sheet, re.DOTALL)[1])


def layers_of_pytorch(sheet):
    for node in ast.walk(code(sheet)):
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute)):
            continue
        given, named = values(node.value)
        name, made = node.targets[0].attr, node.value.func.attr
        if made in ("MaxPool2d", "AvgPool2d"):
            type, filters, kernel, groups = "pool", 0, given[0], 0
        else:
            type = {"Conv2d": "conv", "ConvTranspose2d": "tconv"}[made]
            filters, kernel, groups = given[1], named["kernel_size"], named.get("groups", 1)
        yield SeenLayer(
            name, type, filters, both(kernel), both(named["stride"] if type == "pool" else named.get("stride", 1)),
            tuple((side, side) for side in both(named.get("padding", 0))), both(named.get("dilation", 1)), groups,
            both(named.get("output_padding", 0)),
        )  # fmt: skip


def keras_pads(value):
    return tuple(both(side) for side in both(value))


def keras_calls(tree):
    """What is called on the way, in its order; pads that a function adds as a padding."""
    for node in ast.walk(tree):
        if isinstance(node, ast.List):  # a Sequential
            yield from node.elts[1:]
            return
    for statement in tree.body[0].body:
        call = statement.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Call):
            yield call.func
        elif isinstance(call, ast.Call) and call.func.attr == "pad":
            yield call


def layers_of_keras(sheet):
    found = []
    waiting = ((0, 0), (0, 0))
    for call in keras_calls(code(sheet)):
        made = call.func.attr
        if made == "pad":
            waiting = ast.literal_eval(call.args[1])[1:3]
            continue
        given, named = values(call)
        if made == "ZeroPadding2D":
            waiting = keras_pads(given[0])
        elif made == "Cropping2D":
            found[-1] = found[-1]._replace(crop=keras_pads(given[0]))
        else:
            found.append(keras_layer(made, given, named, waiting))
            waiting = ((0, 0), (0, 0))
    return found


def keras_layer(made, given, named, waiting):
    type = {"Conv2D": "conv", "DepthwiseConv2D": "conv", "Conv2DTranspose": "tconv"}.get(made, "pool")
    kernel = both(given[0] if type == "pool" else named["kernel_size"])
    stride = both(named["strides"] if type == "pool" else named.get("strides", 1))
    filters = 0 if type == "pool" or made.startswith("Depthwise") else given[0]
    groups = 1 if filters else 0
    return SeenLayer(
        named["name"], type, filters, kernel, stride, "same" if named.get("padding") == "same" else waiting,
        both(named.get("dilation_rate", 1)), named.get("groups", groups), both(named.get("output_padding", 0)),
    )  # fmt: skip


READERS = {
    "shorthand": layers_of_shorthand, "words": layers_in_words, "table": layers_of_table, "pytorch": layers_of_pytorch,
    "keras": layers_of_keras,
}  # fmt: skip


# Numbers


def windows(size, kernel, stride, dilation, before, behind):
    """How many windows there are in a padded row, by sliding one."""
    return sum(
        1
        for start in range(0, size + before + behind, stride)
        if start + dilation * (kernel - 1) < size + before + behind
    )


def stamped(size, layer, axis):
    """How long a row becomes that stamps a kernel for each of its cells."""
    last = (size - 1) * layer.stride[axis] + layer.dilation[axis] * (layer.kernel[axis] - 1)
    if layer.padding == "same":
        return size * layer.stride[axis]
    return last + 1 - sum(layer.padding[axis]) + layer.output_padding[axis] - sum(layer.crop[axis])


def same(size, layer, axis):
    """The cells that Keras's `same` adds, so that every stride-th cell has a window."""
    wanted = len(range(0, size, layer.stride[axis]))
    reach = layer.dilation[axis] * (layer.kernel[axis] - 1) + 1
    more = max((wanted - 1) * layer.stride[axis] + reach - size, 0)
    return more // 2, more - more // 2


def worked(layers, shape):
    """The answers to every layer, one after another."""
    channels, *sides = shape
    field, jump = [1, 1], [1, 1]
    found = {}
    for layer in layers:
        filters = layer.filters or channels
        groups = layer.groups or channels
        after = []
        for axis, size in enumerate(sides):
            if layer.type == "tconv":
                after.append(stamped(size, layer, axis))
                continue
            padding = same(size, layer, axis) if layer.padding == "same" else layer.padding[axis]
            after.append(windows(size, layer.kernel[axis], layer.stride[axis], layer.dilation[axis], *padding))
            field[axis] += layer.dilation[axis] * (layer.kernel[axis] - 1) * jump[axis]
            jump[axis] *= layer.stride[axis]
        weights = 0 if layer.type == "pool" else prod(layer.kernel) * (channels // groups) * filters
        biases = filters if weights and layer.bias else 0
        found[layer.name] = Answer((filters, *after), weights + biases, weights * prod(after), tuple(field))
        channels, sides = filters, after
    return found


QUANTITIES = {
    "output size": "output", "parameters": "parameters", "multiply–accumulates": "macs", "MACs": "macs", "receptive field": "receptive_field",
}  # fmt: skip


def questions(sheet, wording):
    """(layer, quantity) of everything that is asked, in its order."""
    if wording != "table":
        for row in tables(sheet)[-1][1]:
            what, layer = re.fullmatch("(.*) of (.*)", row[1]).groups()
            yield "total" if layer == "the whole network" else layer, QUANTITIES[what]
        return
    heads, rows = tables(sheet)[0]
    for row in rows:
        for head, cell in zip(heads, row, strict=True):
            if cell.startswith("____"):
                yield "total" if row[0] == "whole network" else row[0], QUANTITIES[head]


def answers(sheet, wording):
    """What the student writes down, by layer and quantity."""
    first = tuple(map(int, re.search(r"The input is ([\d×]+)\.", sheet)[1].split("×")))
    is_last = "Sizes are height × width × channels." in sheet
    assert is_last or "Sizes are channels × height × width." in sheet
    known = worked(READERS[wording](sheet), (first[-1], *first[:-1]) if is_last else first)
    found = {}
    for layer, quantity in questions(sheet, wording):
        if layer == "total":
            found[layer, quantity] = str(sum(each.parameters for each in known.values()))
            continue
        answer = known[layer]
        values = (*answer.output[1:], answer.output[0]) if is_last else answer.output
        found[layer, quantity] = {
            "output": "x".join(map(str, values)),
            "parameters": str(answer.parameters),
            "macs": str(answer.macs),
            "receptive_field": str(answer.field[0]) if len({*answer.field}) == 1 else "x".join(map(str, answer.field)),
        }[quantity]
    return found
