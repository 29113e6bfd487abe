"""One layer: its values spread over the axes, its restrictions checked, its formulas evaluated."""
