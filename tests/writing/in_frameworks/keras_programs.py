"""Runs the programs of a folder without their weights: what their networks learn, keep and give, or what they raise."""

import math

import keras
from programs import print_figures, run


def figures_of(path):
    keras.backend.clear_session()
    keras.config.set_image_data_format("channels_last")
    with keras.StatelessScope():  # no memory for the weights
        known = run(path)
    network = known["network"]
    shapes = network.output_shape if isinstance(network.output_shape, list) else [network.output_shape]
    weights = network.trainable_weights, network.non_trainable_weights
    learnt, kept = (sum(math.prod(each.shape) for each in some) for some in weights)
    return [learnt, kept, [sorted(shape[1:]) for shape in shapes]]


print_figures(figures_of)
