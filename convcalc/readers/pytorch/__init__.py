"""PyTorch as the interpreter of programs sees it: modules, tensors and functions, which add layers to a trace."""
