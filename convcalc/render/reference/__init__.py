"""The reference: formulas, the page of a kind, and the JSON schemas."""
