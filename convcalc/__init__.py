"""A calculator for the shapes of neural networks."""

__version__ = "1.0.0"
