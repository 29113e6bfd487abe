"""Runs programs and what convcalc wrote of them with the same weights: how far what they give is apart."""

import json
import sys
from pathlib import Path

import torch
from programs import run


def distance(source, written):
    torch.manual_seed(0)
    known = run(source)
    x = known["x"]
    (network,) = (value for value in known.values() if isinstance(value, type) and issubclass(value, torch.nn.Module))
    original = network().eval()
    for each in original.state_dict().values():
        if each.is_floating_point():
            each.copy_(torch.rand_like(each) - (0.5 if each.dim() > 1 else 0))
    other = type(run(written)["network"])().eval()
    names = other.state_dict().keys()
    other.load_state_dict(dict(zip(names, original.state_dict().values(), strict=True)))
    found, wanted = other(x), original(x)
    return float((found - wanted).abs().max()) if found.shape == wanted.shape else str(list(found.shape))


found = {}
for source in sorted(Path(sys.argv[1]).glob("*_source.py")):
    name = source.stem.removesuffix("_source")
    try:
        found[name] = distance(source, source.with_name(f"{name}_written.py"))
    except Exception as error:
        found[name] = f"{type(error).__name__}: {error}"
print(json.dumps({"found": found}))
