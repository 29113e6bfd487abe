"""How much a search may do: steps are counted, so that no test depends on the machine."""

import pytest

from convcalc.layers import cure
from convcalc.network.load import Choices, summarise_text


@pytest.fixture
def counted(monkeypatch):
    """Count the calls of a function of a module; how often it was called so far."""

    def count(module, name):
        calls = [0]
        original = getattr(module, name)

        def counting(*arguments, **named):
            calls[0] += 1
            return original(*arguments, **named)

        monkeypatch.setattr(module, name, counting)
        return calls

    return count


CURED = [
    ("8x4x4 -> globalavgpool -> conv 8 k3 d2", "kernel = 1, or padding = 2"),
    ("8x32x32 -> conv 8 k3 s2", "input = 31 or 33, or stride = 1 or 29"),
    ("8x32x32 -> conv 8 k3 s5000", "input = 3"),
    ("1x28x28 -> [conv 8 k3 s2 d2]*255", "input = 27 or 29, or stride = 1 or 23"),
]


@pytest.mark.parametrize(("chain", "hint"), CURED, ids=[chain for chain, _ in CURED])
def test_a_cure_is_found_among_few_values(chain, hint, counted):
    tried = counted(cure, "may_be_met")
    (error,) = summarise_text(chain, Choices(convention="textbook")).errors
    assert error.hint.startswith(hint)
    assert tried[0] < 5_000
