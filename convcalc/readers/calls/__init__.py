"""Calls that are made of other layers, as the items they stand for; read only where one is called."""
