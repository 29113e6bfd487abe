"""What PyTorch, Keras and their tools print of a network, as it was pasted or logged."""
