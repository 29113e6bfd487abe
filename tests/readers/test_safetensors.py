"""Weights in safetensors: their names and sizes by module, what is learnt of them, and headers that are wrong."""

import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.network.load import graph_of, spec_of, summarise
from convcalc.problem import Problem, Source
from convcalc.readers.safetensors import BYTES, natural


def stored(tensors, metadata=None):
    """A file of tensors, each a name with a type and sizes."""
    header, end = ({"__metadata__": metadata} if metadata else {}), 0
    for name, (dtype, *shape) in tensors.items():
        begin, end = end, end + math.prod(shape) * BYTES[dtype]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
    return raw(json.dumps(header)) + b"\0" * end


def raw(header, length=None):
    data = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(data) if length is None else length) + data


NET = {
    "features.0.weight": ("F32", 8, 3, 3, 3), "features.0.bias": ("F32", 8),
    "features.1.weight": ("F32", 8), "features.1.bias": ("F32", 8), "features.1.running_mean": ("F32", 8),
    "features.1.running_var": ("F32", 8), "features.1.num_batches_tracked": ("I64",),
    "features.10.weight": ("F32", 4, 8, 1, 1), "features.2.weight": ("F32", 8, 8, 3, 3),
    "head.weight": ("F32", 10, 64), "scale": ("F32",), "index": ("I64", 5, 5), "nothing": ("F32", 0, 4),
}  # fmt: skip


def report(data):
    found = summarise(Source("net.safetensors", "", data=data))
    assert found.errors == ()
    return found


def test_names_sizes_and_totals():
    found = report(stored(NET, {"format": "pt"}))
    assert found.totals.parameters == 216 + 8 + 8 + 8 + 32 + 576 + 640 + 1
    assert found.totals.buffers == 8 + 8 + 25
    assert found.totals.macs is None and found.output is None and found.inputs == {}
    assert [layer.name for layer in found.layers] == [
        "features.0.bias", "features.0.weight", "features.1.bias", "features.1.running_mean", "features.1.running_var",
        "features.1.weight", "features.2.weight", "features.10.weight", "head.weight", "index", "scale",
    ]  # fmt: skip
    assert [group.name for group in found.groups if "." not in group.name] == ["features", "head"]
    assert {layer.name: layer.applied.output for layer in found.layers}["head.weight"] == (10, 64)


def test_what_is_left_out_is_said():
    said = [note.message for note in report(stored(NET)).diagnostics]
    assert said[1:] == [
        "left out, for nobody counts them: 1 counter of batches (num_batches_tracked)",
        "left out, for they hold no numbers: nothing",
    ]


def test_the_type_is_said_where_all_have_one():
    (_, note) = report(stored({"a": ("BF16", 3)})).diagnostics
    assert note.message == "the numbers are stored as bfloat16: --dtype bfloat16 tells what they take"


def test_a_module_may_have_the_name_of_a_tensor():
    found = report(
        stored({"a": ("F32", 3), "a.b": ("F32", 4), "c..d": ("F32", 5), "": ("F32", 6), ".".join("x" * 60): ("F32", 7)})
    )
    assert found.totals.parameters == 25


def test_numbers_in_names_are_counted_as_numbers():
    assert sorted(["l.10.a", "l.9.b", "l.a"], key=natural) == ["l.a", "l.9.b", "l.10.a"]


def test_a_file_is_read_as_far_as_its_header(tmp_path, convcalc):
    (tmp_path / "net.safetensors").write_bytes(stored(NET))
    code, out, _ = convcalc("summary", tmp_path / "net.safetensors")
    assert code == 0 and "features.0.weight" in out and "not what is computed of them" in out
    code, _, errors = convcalc("convert", tmp_path / "net.safetensors", "--to", "yaml")
    assert code == 3 and "not what is computed" in errors


def entry(**changes):
    return json.dumps({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **changes}})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (raw("{", 1 << 38), "its header has 274,877,906,944 bytes"),
        (raw("{}", 100), "there are 2"),
        (raw("{'a': 1}"), "no JSON"),
        (raw("{" + '"a":[' * 100_000), "no JSON"),
        (raw('{"a": ' + "9" * 5000 + "}"), "no JSON"),
        (raw(b'{"a\xff": 1}'), "no JSON"),
        (raw('{"a": 1}'), "what it says of a"),
        (raw(entry(dtype=3)), "what it says of a"),
        (raw(entry(shape=[-1])), "what it says of a"),
        (raw(entry(shape=[1.5])), "what it says of a"),
        (raw(entry(shape=[True])), "what it says of a"),
        (raw(entry(shape=[1 << 40, 1 << 40])), "what it says of a"),
        (raw(entry(shape="2")), "what it says of a"),
        (raw(entry(data_offsets=[0])), "what it says of a"),
        (raw(entry(shape=[3])) + b"\0" * 8, "3 numbers of type F32 in 8 bytes"),
        (raw(entry()) + b"\0" * 7, "there are"),
        (raw("{}"), "holds no numbers"),
    ],
)
def test_a_wrong_header_is_refused(data, message):
    with pytest.raises(Problem) as caught:
        spec_of(Source("net.safetensors", "", data=data))
    (found,) = caught.value.diagnostics
    assert found.code == "F009" and message in found.message


WHOLE = stored(NET)


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_may_be_cut_anywhere(length):
    with pytest.raises(Problem):
        spec_of(Source("net.safetensors", "", data=WHOLE[:length] or b"\0"))


@given(st.integers(0, 900), st.integers(0, 255))
def test_any_byte_may_be_another(place, byte):
    data = WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :]
    try:
        graph_of(spec_of(Source("net.safetensors", "", data=data)))
    except Problem as error:
        assert error.diagnostics


def test_ten_thousand_tensors():
    found = report(stored({f"layers.{index}.{name}": ("F16", 4) for index in range(5000) for name in "ab"}))
    assert found.totals.parameters == 40_000 and len(found.layers) == 10_000
