"""Formulas at random, as hypothesis draws them."""

from hypothesis import strategies as st

from convcalc.algebra.expr import Extremum, Mul, Neg, Power, Ratio, Sum

NUMBERS = {"n": 7, "k": 3, "op": 2, "p_l": -4}


leaves = st.integers(0, 12) | st.sampled_from(sorted(NUMBERS))


def branches(child):
    several = st.lists(child, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        several.map(Sum),
        st.tuples(child, child.map(Neg)).map(Sum),
        several.map(Mul),
        child.map(Neg),
        st.builds(Ratio, child, child, st.sampled_from(["", "floor", "ceil"])),
        st.builds(Power, child, st.integers(0, 3)),
        st.builds(Extremum, st.sampled_from(["min", "max"]), several),
    )


trees = st.recursive(leaves, branches, max_leaves=10)


signed_trees = st.recursive(leaves | st.integers(-9, -1), branches, max_leaves=10)
