"""Caffe's networks, as its prototxt files have them."""
