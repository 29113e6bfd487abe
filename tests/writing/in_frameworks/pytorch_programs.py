"""Runs the programs of a folder on meta tensors: what their networks learn, keep and give, or what they raise."""

import json
import sys
from pathlib import Path

import torch


def measured(path):
    known = {"__name__": "__main__"}
    with torch.device("meta"):
        exec(compile(path.read_text("utf-8"), path.name, "exec"), known)
    network, given = known["network"], known["y"]
    learnt = sum(each.numel() for each in network.parameters() if each.requires_grad)
    kept = sum(each.numel() for each in network.parameters() if not each.requires_grad)
    kept += sum(each.numel() for name, each in network.named_buffers() if not name.endswith("num_batches_tracked"))
    return [learnt, kept, [list(each.shape[1:]) for each in (given if isinstance(given, tuple) else (given,))]]


found = {}
for path in sorted(Path(sys.argv[1]).glob("*.py")):
    try:
        found[path.stem] = measured(path)
    except Exception as error:
        found[path.stem] = f"{type(error).__name__}: {error}"
print(json.dumps({"torch": torch.__version__, "found": found}))
