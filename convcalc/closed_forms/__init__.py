"""The closed forms of a network: what its sizes and counts are for other sides of its input and other names."""
