"""A document in YAML, from its text to a Spec."""
