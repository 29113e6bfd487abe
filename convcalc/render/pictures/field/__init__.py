"""The receptive fields of layers on the input: which part of it one cell of their output can depend on."""
