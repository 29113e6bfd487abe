"""A page that explains a network: its picture and its table, worked arithmetic, and sizes that can slide."""
