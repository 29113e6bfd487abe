"""Files that are recognised and not read: each is named, and a cure leads to a form that is."""

import io
import zipfile

import pytest

from convcalc.network.load import spec_of
from convcalc.problem import Problem, Source
from convcalc.readers.files import read


def zipped(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return data.getvalue()


# What torch.save writes: a pickle of protocol 2, here as far as it is looked at.
STATE = b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01X\x0b\x00\x00\x00conv.weightq\x02ctorch._utils\n_rebuild_tensor_v2\n"
CHECKPOINT = b"\x80\x02}q\x00(X\x05\x00\x00\x00epochq\x01K\x03X\n\x00\x00\x00state_dictq\x02ccollections\nOrderedDict\n"
MODULE = b"\x80\x02ctorch.nn.modules.container\nSequential\nq\x00)\x81q\x01}q\x02"
MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
ULTRALYTICS = "nc: 80\nbackbone:\n  [[-1, 1, Conv, [64, 6, 2, 2]],\n   [-1, 1, Conv, [128, 3, 2]]]\n"

# name, content, a part of what it is, a part of the cure
NAMED = [
    ("net.pth", zipped(net__data_dot_pkl=STATE, net__version="3"), "pickled weights of PyTorch",
     'torch.load("net.pth", map_location="cpu").items()}, "net.safetensors")'),
    ("net.pth", zipped(net__data_dot_pkl=CHECKPOINT), "pickled weights", 'map_location="cpu")["state_dict"].items()'),
    ("net.bin", MAGIC + STATE, "pickled weights of PyTorch", "convcalc summary net.safetensors"),
    ("net.pt", zipped(net__data_dot_pkl=MODULE), "a pickled module of PyTorch", "> net.txt; then convcalc summary net.txt"),
    ("net.pt", zipped(net__data_dot_pkl=MODULE, net__code____torch___dot_py="def f(): pass"), "TorchScript", "torch.jit.load"),
    ("net.pkl", b"\x80\x04\x95\x10\x00\x00\x00", "pickled objects", "net.py"),
    ("net.h5", b"\x89HDF\r\n\x1a\n\0\0" + b"model_config", "a model of Keras in HDF5", 'load_model("net.h5").to_json()'),
    ("net.h5", b"\x89HDF\r\n\x1a\n\0\0", "weights of Keras", 'model.save("net.keras")'),
    ("net.tflite", b"\x1c\0\0\0TFL3\x14\0", "TensorFlow Lite", "--tflite net.tflite --output net.onnx"),
    ("saved_model.pb", b"\x08\x01\x12\xa3\x95\x02\x0a", "a SavedModel", "--saved-model . --output saved_model.onnx"),
    ("net.pb", b"\x0a\x3a\x0a\x01x\x12\x0bPlaceholder*\x0b", "a frozen graph of TensorFlow", "--graphdef net.pb"),
    ("net.mlmodel", b"\x08\x04\x12\x8a\x01\x0a\x10\x0a\x05", "Core ML", "made from"),
    ("net.caffemodel", b"\x0a\x07AlexNet\xa2\x06\x10\0", "the weights of a network of Caffe", "prototxt"),
    ("net.weights", b"\0\0\0\0\x02\0\0\0\0\0\0\0\x10\x20\0\0\0\0\0\0", "the weights of a network of Darknet", "cfg"),
    ("net.gguf", b"GGUF\x03\0\0\0", "GGUF", "safetensors"),
    ("net.npz", zipped(a_dot_npy=b"\x93NUMPY"), "arrays of NumPy", "net.py"),
    ("net.npy", b"\x93NUMPY\x01\0", "arrays of NumPy", "net.py"),
    ("net.tar.gz", b"\x1f\x8b\x08\0", "gzip", "tar xzf net.tar.gz"),
    ("net.tar", b"net.py".ljust(257, b"\0") + b"ustar\x0000", "a tar archive", "tar xf net.tar"),
    ("net.7z", b"7z\xbc\xaf\x27\x1c\0\x04", "a packed file", "unpack"),
    ("net.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture", "text"),
    ("net.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture", "text"),
    ("net.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "a PDF", "copy"),
    ("net.docx", zipped(word__document_dot_xml="<w/>"), "a Word document", "plain text"),
    ("yolov5n.yaml", ULTRALYTICS.encode(), "a model of Ultralytics", 'YOLO("yolov5n.yaml").export(format="onnx")'),
    ("solver.prototxt", b'net: "train_val.prototxt"\nbase_lr: 0.01\nmax_iter: 10\n', "a solver of Caffe", "`net`"),
    ("config.json", b'{\n "architectures": ["BertModel"],\n "model_type": "bert"\n}', "Hugging Face", "AutoConfig"),
    ("net.onnx", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 1\n", "Git LFS", "git lfs pull"),
    ("net.yaml", b"\n<!DOCTYPE html>\n<html>", "a web page", "Raw"),
    ("net.xml", b'<?xml version="1.0"?>\n<net name="a" version="11">', "OpenVINO", "ONNX"),
    ("net-symbol.json", b'{"nodes": [{"op": "null"}], "arg_nodes": [0]}', "MXNet", "ONNX"),
]  # fmt: skip


def refusal(name):
    with pytest.raises(Problem) as caught:
        spec_of(read(name))
    (found,) = caught.value.diagnostics
    return found


@pytest.mark.parametrize(
    ("name", "content", "what", "cure"), NAMED, ids=[f"{name}, {what}" for name, _, what, _ in NAMED]
)
def test_a_file_that_is_not_read_is_named(name, content, what, cure, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)
    found = refusal(name)
    assert found.code == "F008" and what in found.message and cure in found.hint


@pytest.mark.parametrize(("member", "what"), [("saved_model.pb", "SavedModel"), ("Manifest.json", "Core ML")])
def test_a_folder_may_be_a_network(member, what, tmp_path):
    (tmp_path / member).write_bytes(b"\x08\x01")
    assert what in refusal(str(tmp_path)).message


def test_a_name_that_a_shell_takes_apart_is_quoted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my net.tflite").write_bytes(b"\x1c\0\0\0TFL3\x14\0")
    assert "--tflite 'my net.tflite' --output 'my net'.onnx" in refusal("my net.tflite").hint


def test_standard_input_is_named_too():
    with pytest.raises(Problem) as caught:
        spec_of(Source("standard input", "", data=b"\x89HDF\r\n\x1a\n\0\0"))
    assert "standard input is HDF5" in caught.value.diagnostics[0].message


def test_the_exit_code_says_that_it_is_no_spec(convcalc, tmp_path):
    (tmp_path / "y.yaml").write_text(ULTRALYTICS)
    code, out, errors = convcalc("summary", tmp_path / "y.yaml")
    assert code == 3 and not out and errors.count("error[") == 1


@pytest.mark.parametrize(
    "content", [zipped(net__data_dot_pkl=b""), b"\x80\x02\x8a\nl\xfc\x9cF\xf9", b"PK\x03\x04", b"\x89HDF\r\n\0"]
)
def test_a_file_may_be_cut_anywhere(content, tmp_path):
    (tmp_path / "net").write_bytes(content)
    assert refusal(str(tmp_path / "net")).code in ("F008", "Y052")
