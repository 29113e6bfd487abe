"""Files of torch.export: graphs as PyTorch writes them, with the totals that PyTorch has; and graphs that are wrong."""

import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcalc.network.load import Choices, graph_of, spec_of, summarise
from convcalc.problem import Problem, Source

SEED = "torch.nn.modules"


def argument(value):
    """A value as the file has it: a name of a tensor, or sizes that are `%name`."""
    if value is None:
        return {"as_none": True}
    if isinstance(value, bool):
        return {"as_bool": value}
    if isinstance(value, int):
        return {"as_int": value}
    if isinstance(value, float):
        return {"as_float": value}
    if isinstance(value, str):
        return {"as_string": value[1:]} if value[0] == "=" else {"as_tensor": {"name": value}}
    if all(isinstance(each, str) and each[0] != "%" for each in value):
        return {"as_tensors": [{"name": each} for each in value]}
    if any(isinstance(each, str) for each in value):
        return {"as_sym_ints": [{"as_name": e[1:]} if isinstance(e, str) else {"as_int": e} for e in value]}
    return {"as_floats" if any(isinstance(each, float) for each in value) else "as_ints": list(value)}


def node(output, target, *args, module="", cls="Net", **kwargs):
    outputs = [{"as_tensors": [{"name": each} for each in output]}] if isinstance(output, tuple) else [
        {"as_sym_int": {"as_name": output[1:]}} if output[0] == "%" else {"as_tensor": {"name": each}}
        for each in output.split()
    ]  # fmt: skip
    inputs = [{"name": "", "arg": argument(each), "kind": 1} for each in args]
    inputs += [{"name": key, "arg": argument(each), "kind": 2} for key, each in kwargs.items()]
    prefix = "" if target.startswith("_operator") else "torch.ops.aten."
    return {"target": prefix + target, "inputs": inputs, "outputs": outputs,
            "metadata": {"nn_module_stack": f"L__self__,,__main__.Net;L__self__{module},{module},{cls}"}}  # fmt: skip


def sizes(shape):
    return [{"as_int": each} if isinstance(each, int) else
            {"as_expr": {"expr_str": each[0], "hint": {"as_int": each[1]}}} for each in shape]  # fmt: skip


def exported(nodes, inputs, outputs, parameters=(), buffers=(), shapes=(), shared=(), old=False):
    """A file with these nodes; parameters and buffers are sizes by path, p_… and b_… in the graph."""
    names, specs, config = {}, [], {}
    for kind, held in (("parameter", dict(parameters)), ("buffer", dict(buffers))):
        for path, shape in held.items():
            name = f"{kind[0]}_{path.replace('.', '_')}"
            names[name] = shape
            specs.append({kind: {"arg": {"name": name}, f"{kind}_name": path}})
            file = dict(shared).get(path, path)
            meta = {"sizes": sizes(shape), "strides": [], "storage_offset": {"as_int": 0}}
            config[path] = {"path_name": file, "tensor_meta": meta}
    names.update(inputs)
    specs += [{"user_input": {"arg": {"as_tensor": {"name": name}}}} for name in inputs]
    told = {name: {"sizes": sizes(shape)} for name, shape in {**names, **dict(shapes)}.items()}
    results = [{"user_output": {"arg": {"as_tensor": {"name": name}}}} for name in outputs]
    graph = {"nodes": nodes, "tensor_values": told, "inputs": [], "outputs": []}
    model = {"graph_module": {"graph": graph, "signature": {"input_specs": specs, "output_specs": results}}}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        if old:
            archive.writestr("serialized_exported_program.json", json.dumps(model))
        else:
            archive.writestr("net/models/model.json", json.dumps(model))
            archive.writestr("net/data/weights/model_weights_config.json", json.dumps({"config": config}))
    return data.getvalue()


def report(data, **choices):
    found = summarise(Source("net.pt2", "", data=data), Choices(**choices))
    assert found.errors == (), found.errors[0]
    return found


def lenet(batch, **more):
    """LeNet as it is exported with an example of so many pictures, or with a batch that may vary."""
    first = "%batch" if isinstance(batch, tuple) else batch
    nodes = [
        node("%batch", "sym_size.int", "x", 0),
        node("conv2d", "conv2d.default", "x", "p_conv1_weight", "p_conv1_bias", module="conv1", cls=f"{SEED}.conv.Conv2d"),
        node("relu", "relu.default", "conv2d"),
        node("max_pool2d", "max_pool2d.default", "relu", [2, 2], [2, 2]),
        node("conv2d_1", "conv2d.default", "max_pool2d", "p_conv2_weight", "p_conv2_bias", module="conv2", cls=f"{SEED}.conv.Conv2d"),
        node("relu_1", "relu_.default", "conv2d_1", module="act", cls=f"{SEED}.activation.ReLU"),
        node("max_pool2d_1", "max_pool2d.default", "conv2d_1", [2, 2]),
        node("view", "view.default", "max_pool2d_1", [first, -1]),
        node("linear", "linear.default", "view", "p_head_0_weight", "p_head_0_bias", module="head.0", cls=f"{SEED}.linear.Linear"),
    ]  # fmt: skip
    parameters = {
        "conv1.weight": (6, 1, 5, 5), "conv1.bias": (6,), "conv2.weight": (16, 6, 5, 5), "conv2.bias": (16,),
        "head.0.weight": (10, 256), "head.0.bias": (10,),
    }  # fmt: skip
    return exported(nodes, {"x": (batch, 1, 28, 28)}, ["linear"], parameters, **more)


@pytest.mark.parametrize("batch", [1, 4, ("s0", 4)], ids=["one", "four", "any"])
def test_a_batch_of_any_number(batch):
    found = report(lenet(batch))
    assert (found.totals.parameters, found.totals.macs) == (5142, 86_400 + 153_600 + 2560)
    assert found.output == (10,) and found.inputs == {"x": (1, 28, 28)}
    assert [layer.name for layer in found.layers] == [
        "conv1", "relu1", "maxpool1", "conv2", "act", "maxpool2", "flatten1", "head.0",
    ]  # fmt: skip
    assert found.batch == (batch if batch == 4 else 0)


def test_what_pytorch_wrote_before():
    assert report(lenet(1, old=True)).totals.parameters == 5142


def test_the_input_of_a_run():
    assert report(lenet(("s0", 1)), inputs={"": "1x29x29"}).inputs == {"x": (1, 29, 29)}
    assert report(lenet(("s0", 1), shapes={"x": (("s0", 1), 1, ("s1", 28), ("s1", 28))})).output == (10,)
    with pytest.raises(AssertionError, match="in_features is 256, the input has 400 features"):
        report(lenet(1), inputs={"": "32x32"})


X = {"x": (2, 8, 6, 6)}
ATTENTION = [
    node("linear", "linear.default", "x", "p_qkv_weight", "p_qkv_bias"),
    node("reshape", "reshape.default", "linear", [2, 9, 3, 4, 8]),
    node("permute", "permute.default", "reshape", [2, 0, 3, 1, 4]),
    node(("q", "k", "v"), "unbind.int", "permute"),
    node("sdpa", "scaled_dot_product_attention.default", "q", "k", "v"),
    node("transpose", "transpose.int", "sdpa", 1, 2),
    node("y", "reshape.default", "transpose", [2, 9, 32]),
]
WINDOWS = [
    node("view", "view.default", "x", [2, 8, 2, 3, 2, 3]),
    node("permute", "permute.default", "view", [0, 2, 4, 3, 5, 1]),
    node("reshape", "reshape.default", "permute", [-1, 9, 8]),
    node("linear", "linear.default", "reshape", "p_a_weight"),
    node("back", "view.default", "linear", [2, 2, 2, 3, 3, 4]),
    node("y", "mean.dim", "back", [1, 2, 3, 4]),
]


@pytest.mark.parametrize(
    ("nodes", "inputs", "parameters", "buffers", "shapes", "output", "counted"),
    [
        ([node("y", "batch_norm.default", "x", "p_bn_weight", "p_bn_bias", "b_bn_running_mean", "b_bn_running_var", False,
               0.1, 1e-5, True, module="bn", cls=f"{SEED}.batchnorm.BatchNorm2d")],
         X, {"bn.weight": (8,), "bn.bias": (8,)}, {"bn.running_mean": (8,), "bn.running_var": (8,)}, {}, (8, 6, 6), (16, 16, 0)),
        ([node("y", "conv2d.padding", "x", "p_c_weight", None, [1, 1], "=same")], X, {"c.weight": (4, 8, 3, 3)}, {}, {},
         (4, 6, 6), (288, 0, 10_368)),
        ([node("y", "conv2d.default", "x", "p_c_weight", None, [2, 2], [1, 1], [1, 1], 4)], X, {"c.weight": (8, 2, 3, 3)}, {},
         {"y": (2, 8, 3, 3)}, (8, 3, 3), (144, 0, 1296)),
        ([node("y", "conv_transpose2d.input", "x", "p_c_weight", "p_c_bias", [2, 2])], X, {"c.weight": (8, 3, 2, 2), "c.bias": (3,)},
         {}, {}, (3, 12, 12), (99, 0, 3456)),
        ([node("y", "convolution.default", "x", "p_c_weight", None, [2, 2], [0, 0], [1, 1], True, [0, 0], 1)], X,
         {"c.weight": (8, 3, 2, 2)}, {}, {}, (3, 12, 12), (96, 0, 3456)),
        ([node("y n m", "_native_batch_norm_legit_no_training.default", "x", "p_w", "p_b", "b_m", "b_v", 0.1, 1e-5)], X,
         {"w": (8,), "b": (8,)}, {"m": (8,), "v": (8,)}, {}, (8, 6, 6), (16, 16, 0)),
        ([node("y", "upsample_bilinear2d.vec", "x", None, False, [2.0, 2.0])], X, {}, {}, {}, (8, 12, 12), (0, 0, 0)),
        ([node("y", "upsample_nearest2d.vec", "x", [9, 12], None)], X, {}, {}, {}, (8, 9, 12), (0, 0, 0)),
        ([node("y", "reflection_pad2d.default", "x", [1, 2, 3, 4])], X, {}, {}, {}, (8, 13, 9), (0, 0, 0)),
        ([node("y", "slice.Tensor", "x", 2, 1, 9223372036854775807, 2)], X, {}, {}, {}, (8, 3, 6), (0, 0, 0)),
        ([node(("a", "b"), "chunk.default", "x", 2, 1), node("y", "mul.Tensor", "a", "b")], X, {}, {}, {}, (4, 6, 6), (0, 0, 0)),
        ([node("y i", "max_pool2d_with_indices.default", "x", [3, 3], [2, 2], [1, 1])], X, {}, {}, {}, (8, 3, 3), (0, 0, 0)),
        ([node("a", "add.Tensor", "x", 1), node("b", "pow.Tensor_Scalar", "a", 2), node("y", "mean.dim", "b", [-1, -2], True)],
         X, {}, {}, {}, (8, 1, 1), (0, 0, 0)),
        ([node("y", "prelu.default", "x", "p_a")], X, {"a": (8,)}, {}, {}, (8, 6, 6), (8, 0, 0)),
        ([node("y", "group_norm.default", "x", 4, "p_a", "p_b")], X, {"a": (8,), "b": (8,)}, {}, {}, (8, 6, 6), (16, 0, 0)),
        ([node("y", "embedding.default", "p_e", "x")], {"x": (2, 7)}, {"e": (50, 16)}, {}, {}, (7, 16), (800, 0, 0)),
        ([node("e", "expand.default", "p_cls", [2, -1, -1]), node("y", "cat.default", ["e", "x"], 1)], {"x": (2, 7, 4)},
         {"cls": (1, 1, 4)}, {}, {"y": (2, 8, 4)}, (8, 4), (4, 0, 0)),
        ([node("y", "add.Tensor", "x", "p_pos")], {"x": (2, 7, 4)}, {"pos": (1, 7, 4)}, {}, {}, (7, 4), (28, 0, 0)),
        (ATTENTION, {"x": (2, 9, 32)}, {"qkv.weight": (96, 32), "qkv.bias": (96,)}, {}, {"y": (2, 9, 32)}, (9, 32),
         (3168, 0, 9 * 32 * 96 + 2 * 4 * 9 * 9 * 8)),
        (WINDOWS, {"x": (2, 8, 6, 6)}, {"a.weight": (4, 8)}, {}, {"reshape": (8, 9, 8), "y": (2, 4)}, (4,), (32, 0, 36 * 32)),
        ([node("z", "zeros.default", [2, 2, 32]),
          node("y h c", "lstm.input", "x", ["z", "z"], ["p_w_ih", "p_w_hh", "p_b_ih", "p_b_hh"], True, 1, 0.0, False, False, True)],
         {"x": (2, 7, 16)}, {"w.ih": (128, 16), "w.hh": (128, 32), "b.ih": (128,), "b.hh": (128,)}, {}, {"y": (2, 7, 32)},
         (7, 32), (128 * 50, 0, 7 * 128 * 48)),
        ([node("y", "addmm.default", "p_b", "x", "p_w")], {"x": (2, 7)}, {"b": (5,), "w": (7, 5)}, {}, {}, (5,), (40, 0, 35)),
    ],
    ids=range(22),
)  # fmt: skip
def test_each_operator(nodes, inputs, parameters, buffers, shapes, output, counted):
    found = report(exported(nodes, inputs, ["y"], parameters, buffers, shapes))
    assert found.output == output
    assert (found.totals.parameters, found.totals.buffers, found.totals.macs) == counted


def test_an_embedding_of_numbers_made_on_the_spot():
    nodes = [
        node("e", "embedding.default", "p_e_weight", "x", module="e", cls=f"{SEED}.sparse.Embedding"),
        node("a", "arange.default", 6),
        node("p", "embedding.default", "p_p_weight", "a", module="p", cls=f"{SEED}.sparse.Embedding"),
        node("y", "add.Tensor", "e", "p"),
    ]
    found = report(exported(nodes, {"x": (2, 6)}, ["y"], {"e.weight": (50, 8), "p.weight": (6, 8)}))
    assert (found.totals.parameters, found.output) == (400 + 48, (6, 8))
    assert not [note for note in found.diagnostics if "never used" in note.message]
    assert [layer.name for layer in found.layers if layer.kind == "embedding"] == ["e", "p"]


def test_a_layer_that_is_used_twice_has_its_biases_both_times():
    first, second = (
        node(out, "linear.default", into, "p_l_weight", "p_l_bias", module="l", cls=f"{SEED}.linear.Linear")
        for out, into in (("a", "x"), ("y", "a"))
    )
    found = report(exported([first, second], {"x": (2, 6)}, ["y"], {"l.weight": (6, 6), "l.bias": (6,)}))
    assert found.totals.parameters == 42
    assert [layer.applied.connections for layer in found.layers] == [42, 42]


def test_weights_in_one_file_are_counted_once():
    nodes = [node("e", "embedding.default", "p_e_weight", "x"), node("y", "linear.default", "e", "p_head_weight")]
    held = {"e.weight": (50, 8), "head.weight": (50, 8)}
    assert report(exported(nodes, {"x": (2, 6)}, ["y"], held)).totals.parameters == 800
    assert (
        report(exported(nodes, {"x": (2, 6)}, ["y"], held, shared={"head.weight": "e.weight"})).totals.parameters == 400
    )


def test_what_is_never_used_is_counted_and_said():
    nodes = [node("y", "relu.default", "x")]
    found = report(exported(nodes, X, ["y"], {"spare.weight": (3, 3)}, {"n.num_batches_tracked": ()}))
    assert (found.totals.parameters, found.totals.buffers) == (9, 0)
    assert "never used, but counted: spare.weight" in [note.message for note in found.diagnostics]


def test_nodes_without_a_use_are_no_layers():
    nodes = [node("a", "exp.default", "x"), node("b", "add_.Tensor", "b_n", 1), node("y", "relu.default", "x")]
    found = report(exported(nodes, X, ["y"], {}, {"n": ()}))
    assert [layer.kind for layer in found.layers] == ["relu"]


def test_several_outputs():
    nodes = [node("a", "relu.default", "x"), node("b", "mean.dim", "a", [2, 3])]
    assert [name for name, _ in report(exported(nodes, X, ["b", "a"])).outputs] == ["b", "a"]


def problems(data):
    try:
        return graph_of(spec_of(Source("net.pt2", "", data=data))).diagnostics
    except Problem as error:
        return error.diagnostics


@pytest.mark.parametrize(
    ("data", "code", "message", "line"),
    [
        (
            exported([node("y", "relu.default", "x"), node("z", "polygamma.default", 2, "y")], X, ["z"]),
            "F005",
            "polygamma",
            2,
        ),
        (
            exported([node("y", "relu.default", "x")], X, ["y"], shapes={"y": (2, 8, 6, 5)}),
            "F011",
            "the file says 2×8×6×5",
            1,
        ),
        (exported([node("y", "view.default", "x", [2, 7])], X, ["y"]), "C015", "do not hold as many numbers", 1),
        (exported([node("y", "linear.default", "x", "p_a")], X, ["y"], {"a": (3, 7)}), "C012", "in_features is 7", 1),
        (exported([node("y", "relu.default", "w")], X, ["y"]), "F010", "other arguments", 1),
        (exported([], X, ["y"]), "F010", "y is not computed", None),
        (exported([], {}, []), "F010", "takes no tensor", None),
    ],
)
def test_wrong_graphs(data, code, message, line):
    (found, *_) = problems(data)
    assert found.code == code and message in found.message
    assert (found.mark.line if line else found.mark) == line


WHOLE = lenet(2)
TEXT = zipfile.ZipFile(io.BytesIO(WHOLE)).read("net/models/model.json")


@given(st.integers(0, len(WHOLE) - 1))
@settings(max_examples=30)
def test_a_file_may_be_cut_anywhere(length):
    assert problems(WHOLE[:length] or b"\0")


@given(st.integers(0, len(TEXT) - 1), st.sampled_from('0123456789{}[]":,xyz'))
@settings(max_examples=100)
def test_any_letter_of_the_graph_may_be_another(place, letter):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("net/models/model.json", TEXT[:place] + letter.encode() + TEXT[place + 1 :])
    problems(data.getvalue())


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"graph_module": ' * 10_000, "1", "{}", "9" * 5000, '{"graph_module": {}}']
)
def test_another_json(text):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("net/models/model.json", text)
    assert [found.code for found in problems(data.getvalue())] == ["F010"]
