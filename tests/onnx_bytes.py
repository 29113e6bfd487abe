"""ONNX files written for tests, a message at a time, by the numbers of the format's own definition."""

import struct

# From onnx.proto of ONNX 1.16; lists are messages or texts one after another.
NUMBERS = {
    "Model": {"ir_version": 1, "producer_name": 2, "graph": (7, "Graph"), "opset_import": (8, "Opset"),
              "functions": (25, "Function")},
    "Function": {"name": 1, "input": 4, "output": 5, "node": (7, "Node"), "domain": 10},
    "Opset": {"domain": 1, "version": 2},
    "Graph": {"node": (1, "Node"), "name": 2, "initializer": (5, "Tensor"), "input": (11, "Value"),
              "output": (12, "Value"), "value_info": (13, "Value"), "metadata_props": (16, "Entry")},
    "Node": {"input": 1, "output": 2, "name": 3, "op_type": 4, "attribute": (5, "Attribute"), "domain": 7,
             "metadata_props": (9, "Entry")},
    "Entry": {"key": 1, "value": 2},
    "Attribute": {"name": 1, "f": 2, "i": 3, "s": 4, "t": (5, "Tensor"), "g": (6, "Graph"), "floats": 7, "ints": 8,
                  "strings": 9, "type": 20, "ref_attr_name": 21},
    "Tensor": {"dims": 1, "data_type": 2, "float_data": 4, "int64_data": 7, "name": 8, "raw_data": 9,
               "data_location": 14},
    "Value": {"name": 1, "type": (2, "Type")},
    "Type": {"tensor_type": (1, "TensorType")},
    "TensorType": {"elem_type": 1, "shape": (2, "Shape")},
    "Shape": {"dim": (1, "Dimension")},
    "Dimension": {"dim_value": 1, "dim_param": 2},
}  # fmt: skip


def varint(number):
    number &= (1 << 64) - 1
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def field(number, value, message=""):
    if isinstance(value, list):
        return b"".join(field(number, each, message) for each in value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = encode(message, value) if message else value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def encode(message, values):
    """The bytes of a message, of which each value is a number, a text, bytes, a message or a list of these."""
    found = b""
    for name, value in values.items():
        number = NUMBERS[message][name]
        found += field(*((number[0], value, number[1]) if isinstance(number, tuple) else (number, value)))
    return found


def value(name, *sizes):
    """An input or output with these sizes; a text is a letter."""
    dims = [{"dim_param": size} if isinstance(size, str) else {"dim_value": size} for size in sizes]
    return {"name": name, "type": {"tensor_type": {"elem_type": 1, "shape": {"dim": dims}}}}


def weights(name, *dims):
    """A tensor whose numbers are in another file."""
    return {"dims": list(dims), "data_type": 1, "name": name, "data_location": 1}


def integers(name, numbers, dims=None):
    """A tensor of whole numbers, in the file."""
    sizes = [len(numbers)] if dims is None else dims
    return {"dims": sizes, "data_type": 7, "name": name, "raw_data": struct.pack(f"<{len(numbers)}q", *numbers)}


def floats(name, numbers, dims=None):
    sizes = [len(numbers)] if dims is None else dims
    return {"dims": sizes, "data_type": 1, "name": name, "raw_data": struct.pack(f"<{len(numbers)}f", *numbers)}


def attribute(name, given):
    if isinstance(given, dict) and "node" in given:
        return {"name": name, "type": 5, "g": given}
    if isinstance(given, dict):
        return {"name": name, "type": 4, "t": given}
    if isinstance(given, list):
        kind = "strings" if isinstance(given[0], str) else "floats" if isinstance(given[0], float) else "ints"
        return {"name": name, "type": {"strings": 8, "floats": 6, "ints": 7}[kind], kind: given}
    kind = "s" if isinstance(given, str) else "f" if isinstance(given, float) else "i"
    return {"name": name, "type": {"s": 3, "f": 1, "i": 2}[kind], kind: given}


def node(operator, inputs, outputs, name="", domain="", scopes=(), **attributes):
    found = {"input": inputs.split(), "output": outputs.split(), "name": name, "op_type": operator}
    found["input"] = ["" if each == "-" else each for each in found["input"]]
    found["attribute"] = [attribute(*pair) for pair in attributes.items()]
    if scopes:
        found["metadata_props"] = [{"key": "pkg.torch.onnx.name_scopes", "value": repr(list(scopes))}]
    return {**found, "domain": domain} if domain else found


def function(name, inputs, outputs, nodes):
    return {"name": name, "input": inputs.split(), "output": outputs.split(), "node": nodes, "domain": "own"}


def model(nodes, inputs, outputs, initializers=(), opset=17, values=(), functions=(), signature=""):
    """The bytes of a whole file."""
    graph = {
        "node": list(nodes), "name": "net", "initializer": list(initializers), "input": list(inputs),
        "output": list(outputs), "value_info": list(values),
        "metadata_props": [{"key": "convcalc.graph_signature", "value": signature}] * bool(signature),
    }  # fmt: skip
    opsets = [{"domain": "", "version": opset}]
    return encode("Model", {
        "ir_version": 8, "producer_name": "test", "graph": graph, "opset_import": opsets, "functions": list(functions),
    })  # fmt: skip
