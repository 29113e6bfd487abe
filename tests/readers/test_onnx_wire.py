"""The wire format of ONNX's files: what is read of them, and that damaged ones say where they are damaged."""

import mmap
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx_bytes import attribute, encode, field, floats, integers, model, node, value, varint, weights

from convcalc.problem import Problem
from convcalc.readers.onnx.records import operations_in_order, read_graph
from convcalc.readers.onnx.wire import MAX_FIELDS, Span, Wire, messages

CONV = node("Conv", "x conv.weight conv.bias", "y", "/conv/Conv", kernel_shape=[3, 3], auto_pad="NOTSET", group=1)
SMALL = model(
    [CONV, node("Reshape", "y shape", "z", allowzero=0)],
    [value("x", "batch", 3, 32, 32)], [value("z", "batch", 16 * 30 * 30)],
    [weights("conv.weight", 16, 3, 3, 3), weights("conv.bias", 16), integers("shape", [0, -1])],
    values=[value("y", "batch", 16, 30, 30)],
)  # fmt: skip


def graph_of(data):
    return read_graph(Wire(data, "net.onnx"))


def test_a_graph_is_read_with_all_that_it_says():
    graph = graph_of(SMALL)
    conv, reshape = graph.operations
    assert (graph.name, graph.producer, graph.opset) == ("net", "test", 17)
    assert [each.shape for each in graph.inputs] == [("batch", 3, 32, 32)]
    assert [each.shape for each in graph.outputs] == [("batch", 14400)]
    assert graph.values["y"].shape == ("batch", 16, 30, 30)
    assert (conv.operator, conv.name, conv.inputs, conv.outputs) == (
        "Conv", "/conv/Conv", ("x", "conv.weight", "conv.bias"), ("y",)
    )  # fmt: skip
    assert conv.attributes == {"kernel_shape": [3, 3], "auto_pad": "NOTSET", "group": 1}
    assert reshape.text == "z = Reshape(y, shape) allowzero=0"
    assert (graph.stored["conv.weight"].dims, graph.stored["conv.weight"].numbers) == ((16, 3, 3, 3), None)
    assert graph.stored["shape"].numbers == (0, -1)


NUMBERS = [
    ("whole numbers in raw bytes", integers("t", [1, -1, 2**62]), (1, -1, 2**62)),
    ("whole numbers, packed", {"dims": [2], "data_type": 7, "int64_data": varint(7) + varint(-2)}, (7, -2)),
    ("numbers with a point", floats("t", [0.5, -2.0]), (0.5, -2.0)),
    ("those in a list of their own", {"dims": [1], "data_type": 1, "float_data": b"\0\0\0\x40"}, (2.0,)),
    ("a single one has no sizes", integers("t", [5], []), (5,)),
    ("none at all", integers("t", [], [0]), ()),
    ("truths", {"dims": [2], "data_type": 9, "raw_data": b"\1\0"}, (True, False)),
    ("many are weights", {"dims": [17], "data_type": 1, "raw_data": bytes(68)}, None),
    ("words are no shape", {"dims": [1], "data_type": 8}, None),
]


@pytest.mark.parametrize(("tensor", "numbers"), [case[1:] for case in NUMBERS], ids=[case[0] for case in NUMBERS])
def test_numbers_of_small_tensors_are_read(tensor, numbers):
    data = model([node("Relu", "x", "y")], [value("x", 1, 3)], [value("y", 1, 3)], [{**tensor, "name": "t"}])
    assert graph_of(data).stored["t"].numbers == numbers


ATTRIBUTES = [(3, "i"), (0.5, "f"), ("NOTSET", "s"), ([1, 2], "ints"), ([0.5], "floats"), (["a"], "strings")]


@pytest.mark.parametrize(("given_value", "name"), ATTRIBUTES)
def test_attributes_of_files_without_types_are_read(given_value, name):
    said = attribute("a", given_value)
    assert name in said
    del said["type"]
    data = model([{**node("Relu", "x", "y"), "attribute": [said]}], [value("x", 1)], [value("y", 1)])
    assert graph_of(data).operations[0].attributes == {"a": given_value}


def test_an_attribute_of_nothing_but_its_type_is_nought():
    said = [{"name": "axis", "type": 2}, {"name": "axes", "type": 7}]
    data = model([{**node("Flatten", "x", "y"), "attribute": said}], [value("x", 1)], [value("y", 1)])
    assert graph_of(data).operations[0].attributes == {"axis": 0, "axes": []}


def graph_with(more, message="Graph"):
    """A file whose graph, or whose first node, holds these bytes at the end."""
    inside = field(1, more) if message == "Node" else more
    return field(1, 8) + field(7, inside)


# What is wrong with it, the bytes, the byte that is named, and what is said.
DAMAGED = [
    ("a file that ends within its graph", SMALL[:40], "byte 8 ", "bytes are announced, 29 are left"),
    ("a length beyond the end", b"\x08\x08\x3a\xff\x7f", "byte 2 ", "16,383 bytes are announced, 0 are left"),
    ("a length of 2^63", b"\x08\x08\x3a" + varint(2**63), "byte 2 ", "bytes are announced, 0 are left"),
    ("a number of a hundred bytes", b"\x08" + b"\xff" * 100, "byte 1 ", "a number of more than ten bytes"),
    ("a number without an end", b"\x08\xff", "byte 1 ", "the file ends within a number"),
    ("a key without an end", b"\x08\x08\xff", "byte 2 ", "the file ends within a number"),
    ("a group, which nobody writes", b"\x08\x08\x3b", "byte 2 ", "wire type 3"),
    ("a text that is a number", graph_with(field(3, 5), "Node"), "byte 6 ", "name has wire type 0"),
    ("several numbers for one", b"\x0a\x02\1\1", "byte 0 ", "ir_version is written as several numbers"),
    ("a number of four bytes that are not there", b"\x08\x08\x15\1\2", "byte 2 ", "4 bytes are announced, 2 are left"),
    ("sizes below nought", graph_with(field(5, encode("Tensor", {"dims": [-3], "name": "w"}))), "byte 6 ", "sizes -3"),
    ("fewer numbers than sizes say", graph_with(field(5, encode("Tensor", integers("t", [1, 2], [3])))), "byte 6 ",
     "the tensor t has room for 3 numbers, and holds 2"),
]  # fmt: skip


@pytest.mark.parametrize("case", DAMAGED, ids=[case[0] for case in DAMAGED])
def test_damage_is_told_with_its_byte(case):
    _, data, place, message = case
    with pytest.raises(Problem) as raised:
        graph_of(data)
    (finding,) = raised.value.diagnostics
    assert place in finding.message
    assert message in finding.message
    assert finding.hint


def test_a_file_without_a_graph_says_so():
    with pytest.raises(Problem, match="holds no graph"):
        graph_of(b"\x08\x08")


def test_fields_are_counted():
    with pytest.raises(Problem, match="more than 1,000,000 fields"):
        graph_of(b"\x08\x08" * (MAX_FIELDS + 1))


def test_nodes_are_counted():
    with pytest.raises(Problem, match="more than 30,000 nodes"):
        graph_of(field(1, 8) + field(7, encode("Graph", {"node": [node("Relu", "x", "y")] * 30_001})))


def test_graphs_within_nodes_are_not_read():
    """However deep: a condition's graph is refused with the node."""
    inner = b""
    for _ in range(2000):
        inner = field(1, encode("Attribute", {"name": "then"}) + field(6, inner))
    data = graph_with(field(5, field(1, "body") + field(20, 5) + field(6, inner)), "Node")
    assert isinstance(graph_of(data).operations[0].attributes["body"], Span)


def test_nodes_are_put_in_order():
    nodes = [node("Relu", "b", "c"), node("Relu", "a", "b"), node("Relu", "x", "a"), node("Relu", "x", "d")]
    graph = graph_of(model(nodes, [value("x", 1)], [value("c", 1)]))
    assert [each.line for each in operations_in_order(graph.operations, "net.onnx")] == [3, 2, 1, 4]


def test_a_circle_is_told_with_its_nodes():
    nodes = [node("Relu", "x", "a"), node("Add", "a c", "b", "/loop"), node("Relu", "b", "c")]
    graph = graph_of(model(nodes, [value("x", 1)], [value("c", 1)]))
    with pytest.raises(Problem, match="in a circle: node 2, /loop, waits for node 3"):
        operations_in_order(graph.operations, "net.onnx")


def test_weights_are_skipped(tmp_path):
    """Of a file of 300 MB nearly nothing is held in memory."""
    path = tmp_path / "large.onnx"
    tensor = encode("Tensor", {"dims": [75_000_000], "data_type": 1, "name": "w"})
    size = 300_000_000
    held = tensor + varint(9 << 3 | 2) + varint(size)
    graph = field(1, encode("Node", node("Relu", "x", "y"))) + varint(5 << 3 | 2) + varint(len(held) + size) + held
    with path.open("wb") as file:
        file.write(field(1, 8) + varint(7 << 3 | 2) + varint(len(graph) + size) + graph)
        file.truncate(file.tell() + size)  # a hole of zeros
    tracemalloc.start()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        graph = read_graph(Wire(data, "large.onnx"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert graph.stored["w"].dims == (75_000_000,)
    assert most < 1_000_000


@given(st.data())
def test_changed_bytes_are_read_or_refused(data):
    changed = bytearray(SMALL)
    for _ in range(data.draw(st.integers(0, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    begin, end = sorted((data.draw(st.integers(0, len(changed))), data.draw(st.integers(0, len(changed)))))
    cut = bytes(changed[:begin] + changed[end:] if data.draw(st.booleans()) else changed)
    try:
        graph = graph_of(cut)
        operations_in_order(graph.operations, "net.onnx")
    except Problem as error:
        assert all(finding.hint for finding in error.diagnostics)


def test_numbers_of_fields_are_told_apart():
    for message, fields in messages().items():
        names = [each.name for each in fields.values()]
        assert len(set(names)) == len(names), message
        assert all(one < other for one, other in pairwise(sorted(fields)))
