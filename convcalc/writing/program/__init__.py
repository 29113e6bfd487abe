"""Networks as programs: what is said once for several parts of a graph, with what differs as arguments."""
