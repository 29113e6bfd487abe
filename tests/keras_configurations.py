"""Keras configurations written as the two versions of Keras write them, from a list of layers."""

import io
import json
import zipfile


def saved(class_name, name, /, module="keras.layers", **config):
    """A layer, or a network, in the form of Keras 3."""
    return {"module": module, "class_name": class_name, "config": {"name": name, **config}, "registered_name": None}


def tensor(name, call=0, output=0):
    return {"class_name": "__keras_tensor__", "config": {"shape": [], "keras_history": [name, int(call), int(output)]}}


def called(layer, *calls, **kwargs):
    """A layer with its calls: each a tensor (`name`, or `name call output`), a list of them, or a tuple of arguments."""

    def argument(tensors):
        return [argument(each) for each in tensors] if isinstance(tensors, list) else tensor(*tensors.split())

    nodes = [
        {"args": [argument(each) for each in (call if isinstance(call, tuple) else (call,))], "kwargs": kwargs}
        for call in calls
    ]
    return {**layer, "name": layer["config"]["name"], "inbound_nodes": nodes}


def given(name, *shape):
    """An input."""
    return saved("InputLayer", name, batch_shape=[None, *shape])


def sequential(*layers, name="sequential", **config):
    return saved("Sequential", name, module="keras", layers=list(layers), **config)


def functional(inputs, outputs, *layers, name="functional", **config):
    """A network of called layers; inputs and outputs are names with spaces between."""
    ends = [[[name, 0, 0] for name in names.split()] for names in (inputs, outputs)]
    network = saved("Functional", name, module="keras.src.models.functional", layers=list(layers), **config)
    network["config"].update(input_layers=ends[0], output_layers=ends[1])
    return network


def archive(text, **more):
    """A `.keras` file as bytes."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as file:
        for name, content in {"metadata.json": '{"keras_version": "3.15.1"}', "config.json": text, **more}.items():
            file.writestr(name, content)
    return stored.getvalue()


def text_of(network):
    return json.dumps(network)
