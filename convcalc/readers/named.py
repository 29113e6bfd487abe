"""Files that are recognised and not read: what each is, and how to get from it what is read."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING, NoReturn

from convcalc.problem import Problem, Source, problem
from convcalc.readers.archive import archive
from convcalc.readers.forms import form_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.spec.choices import Choices

MAX_LOOKED_AT = 1_000_000  # bytes of a file


class Advice(NamedTuple):
    """What a file is, and what to do.

    {file} is its name between quotes, {path} in the words of a shell; {stem} and {base} are both without its ending;
    {folder} is where it is, {key} where a checkpoint has its weights.
    """

    what: str
    cure: str
    made: str = ""  # what it ends with, if it makes a file that is read


PROGRAM = "the program that builds the network is read as it is: convcalc summary net.py"
TF2ONNX = "pip install tf2onnx; python -m tf2onnx.convert {how} --output {{base}}.onnx"
# By the names that convcalc.readers.forms gives them, and by those of archives below.
ADVICE = {
    "weights of PyTorch": Advice(
        "pickled weights of PyTorch: names and numbers, without the layers that use them",
        f"{PROGRAM}; its parameters: python -c 'import torch; from safetensors.torch import save_file; save_file("
        '{{k: v.clone() for k, v in torch.load("{file}", map_location="cpu"){key}.items()}}, "{stem}.safetensors")\'',
        "safetensors",
    ),
    "module of PyTorch": Advice(
        "a pickled module of PyTorch, which only its own program can open",
        f"{PROGRAM}; or, of a file that you trust, its layers and parameters: "
        "python -c 'import torch; print(torch.load(\"{file}\", weights_only=False))' > {base}.txt",
        "txt",
    ),
    "TorchScript": Advice(
        "a network compiled to TorchScript",
        f"{PROGRAM}; or, with the input that it takes: python -c 'import torch; torch.onnx.export(torch.jit.load("
        '"{file}"), torch.randn(1, 3, 224, 224), "{stem}.onnx", dynamo=False)\'',
        "onnx",
    ),
    "weights of Keras": Advice(
        "HDF5 with the weights of Keras, without the layers that use them",
        f'{PROGRAM}; or save the model itself: model.save("{{stem}}.keras")',
        "keras",
    ),
    "model of Keras in HDF5": Advice(
        "a model of Keras in HDF5",
        'python -c \'import keras; open("{stem}.json", "w").write(keras.models.load_model("{file}").to_json())\'',
        "json",
    ),
    "SavedModel": Advice("a SavedModel of TensorFlow", TF2ONNX.format(how="--saved-model {folder}"), "onnx"),
    "graph of TensorFlow": Advice(
        "a frozen graph of TensorFlow",
        "with the names of its own input and output: "
        + TF2ONNX.format(how="--graphdef {path} --inputs input:0 --outputs output:0"),
        "onnx",
    ),
    "TFLite": Advice("a model of TensorFlow Lite", TF2ONNX.format(how="--tflite {path}"), "onnx"),
    "Core ML": Advice("a model of Core ML", f"give the network that it was made from; {PROGRAM}"),
    "weights of Caffe": Advice("the weights of a network of Caffe", "give the prototxt that belongs to it"),
    "weights of Darknet": Advice("the weights of a network of Darknet", "give the cfg that belongs to it"),
    "GGUF": Advice("weights in GGUF, quantised", "give the safetensors that they were made from"),
    "NumPy": Advice("arrays of NumPy", PROGRAM),
    "pickle": Advice("pickled objects of Python, which only their own program can open", PROGRAM),
    "picture": Advice("a picture", "give the network as a text: convcalc summary --help tells how"),
    "PDF": Advice("a PDF", "copy the lines of the network out of it, and put them into a text file"),
    "Word document": Advice("a Word document", "save it as plain text"),
    "gzip": Advice("packed with gzip", "unpack it: gunzip -k {path}, or tar xzf {path}"),
    "tar archive": Advice("a tar archive", "unpack it: tar xf {path}"),
    "packed file": Advice("a packed file", "unpack it, and name the file of the network"),
    "Ultralytics model": Advice(
        "a model of Ultralytics, in modules of theirs",
        'python -c \'from ultralytics import YOLO; YOLO("{file}").export(format="onnx")\'',
        "onnx",
    ),
    "configuration of transformers": Advice(
        "a configuration of Hugging Face, whose layers are in the program of its class",
        "python -c 'from transformers import AutoConfig, AutoModel; "
        'print(AutoModel.from_config(AutoConfig.from_pretrained("{file}")))\' > {base}.txt',
        "txt",
    ),
    "index of safetensors": Advice(
        "the index of weights in several files", "name one of these: …-00001-of-….safetensors"
    ),
    "solver of Caffe": Advice("a solver of Caffe: how a network is trained", "give the prototxt that its `net` names"),
    "pointer of Git LFS": Advice("a pointer of Git LFS, in place of the file itself", "git lfs pull"),
    "web page": Advice(
        "a web page, in place of a file that it shows", "download the file itself: a Raw link leads to it"
    ),
    "OpenVINO": Advice("a network in OpenVINO's own form", "give the ONNX that it was made from"),
    "MXNet": Advice("a network in MXNet's own form", "export it to ONNX, and give that"),
}
PICKLED = "pickled PyTorch"
FOLDERS = {"saved_model.pb": "SavedModel", "Manifest.json": "Core ML"}  # by a file in them
# Of zip archives, by the names of their members.
ARCHIVES = (
    (r"(.*/)?code/.*\.py", "TorchScript"),
    (r"(.*/)?data\.pkl", PICKLED),
    (r".*\.npy", "NumPy"),
    (r"word/document\.xml", "Word document"),
)
OPENED = re.compile(rb"c([\w.]+)\n(\w+)\n")  # how a pickle names a class
PLAIN = ("torch._utils", "torch", "torch.serialization", "collections", "numpy", "_codecs", "__builtin__", "builtins")
# Under which a checkpoint often has its weights.
KEYS = ("state_dict", "model_state_dict", "model", "net")


def read_spec(source: Source, choices: Choices) -> NoReturn:
    """A Problem that names what the source is, and how to get from it what is read."""
    form = form_of(source)
    assert form is not None
    name, key = form.name, ""
    if name == "HDF5":
        name = "model of Keras in HDF5" if b"model_config" in beginning(source) else "weights of Keras"
    if name == "zip archive":
        name, key = archive_form(source)
    if name == PICKLED:
        name, key = pickle_form(beginning(source))
    raise refusal(source, name, key)


def refusal(source: Source, name: str, key: str = "") -> Problem:
    """What a file of a form is, with commands that name it."""
    file = source.path or (source.name if os.path.isfile(source.name) else "")
    if not file.isprintable() or set(file) & set("\"'\\"):
        file = ""
    stem, _ = os.path.splitext(file or "net")
    words = {"file": file or "FILE", "stem": stem, "folder": os.path.dirname(file) or ".", "key": key}
    quoted = {new: shlex.quote(words[old]) for new, old in (("path", "file"), ("base", "stem"), ("folder", "folder"))}
    advice = ADVICE[name]
    cure = advice.cure + (f"; then convcalc summary {{base}}.{advice.made}" if advice.made else "")
    return problem("F008", f"{source.name} is {advice.what}", cure.format(**{**words, **quoted}))


def refuse_folder(path: str) -> None:
    """A Problem where a folder is a network that is saved in several files."""
    for member, name in FOLDERS.items():
        if os.path.isfile(inside := os.path.join(path, member)):
            raise refusal(Source(path, "", path=inside), name)


def beginning(source: Source) -> bytes:
    if not source.path:
        return source.data[:MAX_LOOKED_AT]
    with open(source.path, "rb") as file:
        return file.read(MAX_LOOKED_AT)


def archive_form(source: Source) -> tuple[str, str]:
    """What a zip archive holds, by the names of its members."""
    with archive(source) as stored:
        names = stored.namelist()
        for pattern, form in ARCHIVES:
            if member := next((name for name in names if re.fullmatch(pattern, name)), ""):
                if form != PICKLED:
                    return form, ""
                with stored.open(member) as file:
                    return pickle_form(file.read(MAX_LOOKED_AT))
    raise AssertionError(names)


def pickle_form(data: bytes) -> tuple[str, str]:
    """Whether a pickle of PyTorch holds a module or weights, and under which key these are; nothing in it is run."""
    if any(module.decode() not in PLAIN for module, _ in OPENED.findall(data)):
        return "module of PyTorch", ""
    keys = (key for key in KEYS if b"X%c\0\0\0%b" % (len(key), key.encode()) in data)
    return "weights of PyTorch", next((f'["{key}"]' for key in keys), "")
