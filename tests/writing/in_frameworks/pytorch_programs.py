"""Runs the programs of a folder on meta tensors: what their networks learn, keep and give, or what they raise."""

import torch
from programs import print_figures, run


def figures_of(path):
    with torch.device("meta"):
        known = run(path)
    network, given = known["network"], known["y"]
    learnt = sum(each.numel() for each in network.parameters() if each.requires_grad)
    kept = sum(each.numel() for each in network.parameters() if not each.requires_grad)
    kept += sum(each.numel() for name, each in network.named_buffers() if not name.endswith("num_batches_tracked"))
    return [learnt, kept, [list(each.shape[1:]) for each in (given if isinstance(given, tuple) else (given,))]]


print_figures(figures_of)
