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


def in_pytorch(path, x):
    network = run(path)["network"].to_empty(device="cpu").eval()
    return network(x)


def in_keras(path, x):
    network = run(path)["network"]
    last = len(x.shape) > 2 and network.input_shape[1:] != tuple(x.shape[1:])
    given = x.movedim(1, -1) if last else x
    found = torch.as_tensor(network(given.numpy(), training=False))
    return found.movedim(-1, 1) if last else found


def in_onnx(path, x):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return torch.as_tensor(session.run(None, {session.get_inputs()[0].name: x.numpy()})[0])


LANGUAGES = {"pytorch": in_pytorch, "keras": in_keras, "onnx": in_onnx}


def distance(path, language, x, wanted):
    try:
        found = LANGUAGES[language](path, x).detach()
        return float((found - wanted).abs().max()) if found.shape == wanted.shape else f"{list(found.shape)}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


folder = Path(sys.argv[1])
torch.manual_seed(0)
numpy.random.seed(0)
found = {}
for row in json.loads((folder / "rows.json").read_text("utf-8")):
    x = torch.randn(2, *row["input"])
    wanted = eval(row["oracle"], {"torch": torch, "F": F, "x": x})
    keras.backend.clear_session()
    keras.config.set_image_data_format("channels_last")
    for language, name in row["files"].items():
        found[f"{row['layer']} in {language}"] = distance(folder / name, language, x, wanted)
print(json.dumps({"found": found}))
