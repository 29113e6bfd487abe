"""What other tools of the field count and print for a network, reproduced by rule."""
