"""Formulas as trees: evaluated, kept symbolic, written, worked and inverted."""
