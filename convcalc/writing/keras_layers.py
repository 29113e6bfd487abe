"""Layers that Keras does not have, as they are written into a program that needs them."""

from __future__ import annotations

LAYERS = {
    "Numbers": '''
class Numbers(layers.Layer):
    """Numbers of its own, the same for every example."""

    def __init__(self, shape, learnt=True, **options):
        super().__init__(**options)
        self.sizes, self.learnt = shape, learnt

    def build(self, _):
        self.numbers = self.add_weight(
            shape=self.sizes, trainable=self.learnt, name="numbers"
        )

    def call(self, x):
        return ops.broadcast_to(self.numbers, (ops.shape(x)[0], *self.sizes))
''',
    "LayerScale": '''
class LayerScale(layers.Layer):
    """One learnt factor for each channel, behind which there are so many axes."""

    def __init__(self, behind=0, **options):
        super().__init__(**options)
        self.behind = behind

    def build(self, shape):
        sizes = (shape[-1 - self.behind], *[1] * self.behind)
        self.scale = self.add_weight(shape=sizes, initializer="ones", name="scale")

    def call(self, x):
        return x * self.scale
''',
}
