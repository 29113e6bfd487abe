"""Sweeps as queries of databases and engines for more than one machine: one self-contained query in their dialect."""
