"""Exports the programs of a folder to ONNX beside them, by the exporter that is named."""

import json
import sys
import warnings

import torch
from programs import programs, run

torch.manual_seed(0)
warnings.simplefilter("ignore")
for path in programs():
    known = run(path)
    network, given = known["network"].to_empty(device="cpu"), torch.zeros(known["x"].shape)
    for each in network.state_dict().values():
        each.normal_() if each.dim() > 1 else each.fill_(1)  # exporters store equal numbers once
    target = str(path.with_suffix(".onnx"))
    torch.onnx.export(network, (given,), target, dynamo=sys.argv[2] == "dynamo", verbose=False)
print(json.dumps({"torch": torch.__version__}))
