"""Two linear maps as one: the merged layer has the kernel and stride that the product of both really has."""

from hypothesis import given
from hypothesis import strategies as st

from convcalc.linting.composition import merged_layer
from convcalc.linting.effect import lies_in
from convcalc.linting.network import LintedNetwork
from convcalc.network.load import Choices, graph_and_report
from convcalc.problem import LINE, Source

KERNELS = st.lists(st.integers(1, 9), min_size=1, max_size=4)


def convolve(signal, kernel, stride):
    last = len(signal) - len(kernel)
    return [sum(a * b for a, b in zip(signal[at:], kernel, strict=False)) for at in range(0, last + 1, stride)]


@given(KERNELS, KERNELS, st.integers(1, 3), st.integers(1, 3), st.lists(st.integers(-9, 9), min_size=20, max_size=26))
def test_the_merged_convolution_gives_the_same_numbers(first, second, stride, after, signal):
    text = f"1x{len(signal)} -> conv 1 k{len(first)} s{stride} -> conv 1 k{len(second)} s{after}"
    graph, report = graph_and_report(Source(LINE, text))
    merged = merged_layer(LintedNetwork(graph, Choices(), report), 1, 2)
    (kernel,), (jump,) = merged.values["kernel"], merged.values["stride"]
    together = [0] * kernel
    for place, weight in enumerate(second):
        for tap, other in enumerate(first):
            together[place * stride + tap] += weight * other
    assert together[0] and together[-1]
    assert convolve(convolve(signal, first, stride), second, after) == convolve(signal, together, jump)


SPANS = st.tuples(st.none() | st.integers(-3, 3), st.none() | st.integers(-3, 3))


@given(SPANS, SPANS)
def test_a_span_lies_in_another_where_all_its_numbers_do(span, other):
    def numbers(pair):
        low, high = pair
        return {each for each in range(-9, 10) if (low is None or each >= low) and (high is None or each <= high)}

    if numbers(span):
        assert lies_in(span, other) == (numbers(span) <= numbers(other))
