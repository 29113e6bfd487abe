"""Darknet's networks, as its cfg files have them."""
