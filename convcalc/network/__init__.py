"""Layers joined to a network: its graph, its receptive fields, its totals."""
