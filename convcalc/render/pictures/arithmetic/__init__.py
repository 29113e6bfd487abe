"""Windows in their places, as the guides to convolution arithmetic draw them: padded input, window, output."""
