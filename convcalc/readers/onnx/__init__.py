"""ONNX: a graph of operators in the wire format of protocol buffers, read without its weights."""
