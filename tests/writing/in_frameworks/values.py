"""Runs layers in each language that they were written in: how far what they give is from what PyTorch gives."""

import json
import sys
from pathlib import Path

import keras
import numpy
import onnxruntime
import torch
import torch.nn.functional as F
from programs import run

onnxruntime.set_default_logger_severity(3)


def in_pytorch(path, x, average):
    network = type(run(path)["network"])()
    given = network.eval()(x)
    if not average:
        return given, None
    network.train()(x)
    return given, next(network.buffers())


def in_keras(path, x, average):
    network = run(path)["network"]
    last = len(x.shape) > 2 and network.input_shape[1:] != tuple(x.shape[1:])
    taken = (x.movedim(1, -1) if last else x).numpy()
    given = torch.as_tensor(network(taken, training=False))
    if average:
        network(taken, training=True)
    kept = torch.as_tensor(network.non_trainable_weights[0].numpy()) if average else None
    return given.movedim(-1, 1) if last else given, kept


def in_onnx(path, x, average):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return torch.as_tensor(session.run(None, {session.get_inputs()[0].name: x.numpy()})[0]), None


LANGUAGES = {"pytorch": in_pytorch, "keras": in_keras, "onnx": in_onnx}


def far(found, wanted):
    return float((found.detach() - wanted).abs().max()) if found.shape == wanted.shape else f"{list(found.shape)}"


def distances(path, language, x, wanted, average):
    try:
        given, kept = LANGUAGES[language](path, x, average is not None)
        return [far(given, wanted), *([] if kept is None else [far(kept, average)])]
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]


folder = Path(sys.argv[1])
torch.manual_seed(0)
numpy.random.seed(0)
found = {}
for row in json.loads((folder / "rows.json").read_text("utf-8")):
    x = torch.randn(2, *row["input"])
    names = {"torch": torch, "F": F, "x": x}
    wanted, average = eval(row["oracle"], names), eval(row["average"], names) if row["average"] else None
    keras.backend.clear_session()
    keras.config.set_image_data_format("channels_last")
    for language, name in row["files"].items():
        found[f"{row['layer']} on {row['input']} in {language}"] = distances(
            folder / name, language, x, wanted, average
        )
print(json.dumps({"found": found}))
