"""A small, bounded interpreter of a subset of Python: nothing is imported, opened or executed."""
