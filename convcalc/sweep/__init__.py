"""Every combination of some values of a network's names: computed, filtered, sorted, and the Pareto front of them."""
