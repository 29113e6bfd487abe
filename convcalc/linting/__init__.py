"""Rules of thumb, and slips that the numbers of a network give away."""
