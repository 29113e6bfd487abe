"""Runs the programs of a folder without their weights: what their networks learn, keep and give, or what they raise."""

import json
import math
import sys
from pathlib import Path

import keras


def measured(path):
    keras.backend.clear_session()
    keras.config.set_image_data_format("channels_last")
    known = {"__name__": "__main__"}
    with keras.StatelessScope():  # no memory for the weights
        exec(compile(path.read_text("utf-8"), path.name, "exec"), known)
    network = known["network"]
    shapes = network.output_shape if isinstance(network.output_shape, list) else [network.output_shape]
    weights = network.trainable_weights, network.non_trainable_weights
    learnt, kept = (sum(math.prod(each.shape) for each in some) for some in weights)
    return [learnt, kept, [sorted(shape[1:]) for shape in shapes]]


found = {}
for path in sorted(Path(sys.argv[1]).glob("*.py")):
    try:
        found[path.stem] = measured(path)
    except Exception as error:
        found[path.stem] = f"{type(error).__name__}: {error}"
print(json.dumps({"keras": keras.__version__, "found": found}))
