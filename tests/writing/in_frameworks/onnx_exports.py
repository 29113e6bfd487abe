"""Exports the programs of a folder to ONNX beside them, by the exporter that is named."""

import json
import sys
import warnings
from pathlib import Path

import torch

folder, exporter = Path(sys.argv[1]), sys.argv[2]
torch.manual_seed(0)
warnings.simplefilter("ignore")
for path in sorted(folder.glob("*.py")):
    known = {"__name__": "__main__"}
    exec(compile(path.read_text("utf-8"), path.name, "exec"), known)
    network, given = known["network"].to_empty(device="cpu"), torch.zeros(known["x"].shape)
    for each in network.state_dict().values():
        each.normal_() if each.dim() > 1 else each.fill_(1)  # exporters store equal numbers once
    target = str(path.with_suffix(".onnx"))
    torch.onnx.export(network, (given,), target, dynamo=exporter == "dynamo", verbose=False)
print(json.dumps({"torch": torch.__version__}))
