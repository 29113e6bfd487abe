"""Checks the ONNX files of a folder: what ONNX's own checker and shape inference say, and ONNX Runtime where it is."""

import json
import sys
from pathlib import Path

import onnx

try:
    import numpy
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
except ImportError:
    onnxruntime = None


def sizes(value):
    return [each.dim_value or each.dim_param for each in value.type.tensor_type.shape.dim]


def inferred(path):
    """The shapes of the outputs as they are inferred: those that are declared are taken away before."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")
    known = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    return [sizes(value)[1:] for value in known.graph.output]


def computed(path):
    """The shapes of what comes out for two examples; None where a number is not finite."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    given = {
        each.name: numpy.ones([size if isinstance(size, int) else 2 for size in each.shape],
                              numpy.int64 if "int" in each.type else numpy.float32)
        for each in session.get_inputs()
    }  # fmt: skip
    found = session.run(None, given)
    return [list(each.shape[1:]) if numpy.isfinite(each).all() and len(each) == 2 else None for each in found]


def checked(path, runs):
    try:
        return {"inferred": inferred(path), "computed": computed(path) if runs and onnxruntime else None}
    except Exception as error:
        return f"{type(error).__name__}: {error}"


folder, running = Path(sys.argv[1]), set(sys.argv[2:])
print(
    json.dumps({
        "onnx": onnx.__version__,
        "onnxruntime": onnxruntime and onnxruntime.__version__,
        "found": {path.stem: checked(path, path.stem in running) for path in sorted(folder.glob("*.onnx"))},
    })
)  # fmt: skip
