"""Modules of Python's own library, as far as programs that build networks use them, each read when imported."""
