"""Charts: where the numbers of a network are, what is alive when, and networks beside each other."""
