"""From a text, however it is written, to a Spec."""
