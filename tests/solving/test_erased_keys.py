"""A layer with known values, some of them erased: what is asked of it must find it again, or say how far it looked."""

import json
from random import Random

import pytest

from convcalc.cli import run
from convcalc.network.load import summarise_text

KEYS = {
    "conv": "f k s p d g", "tconv": "f k s p", "dwconv": "k s p", "localconv": "f k s p", "maxpool": "k s p",
    "avgpool": "k s p",
}  # fmt: skip
NAMES = {"f": "filters", "k": "kernel", "s": "stride", "p": "padding", "d": "dilation", "g": "groups"}
COUNTS = ("parameters", "macs", "activations")


class Erased:
    """A random layer on a random input, and the letters of what is erased."""

    def __init__(self, random):
        self.kind = random.choice([*KEYS])
        self.channels, self.side = random.choice([1, 3, 4, 6, 64]), random.randint(3, 40)
        self.values = {
            "f": random.choice([1, 4, 12, 64, 500, 3072]), "k": random.randint(1, 7), "s": random.choice([1, 1, 2, 3]),
            "p": random.randint(0, 3), "d": random.choice([1, 1, 2]), "g": random.choice([1, 1, 2, 3]),
        }  # fmt: skip
        self.keys = KEYS[self.kind].split()
        self.erased = random.sample(self.keys, random.randint(1, min(3, len(self.keys) - 1)))
        self.report = summarise_text(f"{self.input} -> {self.text(())}")
        counts = {name: getattr(self.report.totals, name) for name in COUNTS} if not self.report.errors else {}
        self.bounds = {name: counts[name] for name in counts if counts[name] and random.random() < 0.4}
        self.has_target = not self.bounds or random.random() < 0.5

    @property
    def input(self):
        return f"{self.channels}x{self.side}x{self.side}"

    def text(self, erased):
        values = [("" if key == "f" else key) + ("?" if key in erased else str(self.values[key])) for key in self.keys]
        return " ".join([self.kind, *values])

    @property
    def words(self):
        target = ["x".join(map(str, self.report.output))] if self.has_target else []
        bounds = [word for name, count in self.bounds.items() for word in (f"--{name}", str(count))]
        return ["solve", self.input, self.text(self.erased), *target, *bounds, "--json", "--limit", "0"]

    def is_found(self, found):
        """Whether the values are among the solutions; what has no effect may be another."""
        own = {NAMES[key]: self.values[key] for key in self.erased if NAMES[key] not in found["free"]}
        if found["runs"]:
            (value,) = own.values()
            return any(
                run["first"] <= value <= (value if run["last"] is None else run["last"])
                and (value - run["first"]) % run["step"] == 0
                for run in found["runs"]
            )
        return any(own.items() <= solution["values"].items() for solution in found["solutions"])

    def is_beyond(self, found):
        """Whether the search says that it ended before these values."""
        own = {NAMES[key]: self.values[key] for key in self.erased}
        return not found["complete"] or any(own[name] > most for name, most in found["tried"].items())

    @property
    def is_left_out(self):
        """A window larger than the input or all in the padding, and a dilation of one cell, are not listed."""
        values, several = self.values, len(self.erased) > 1
        reach = values["k"] if "d" not in self.keys else values["d"] * (values["k"] - 1) + 1
        is_odd = "p" in self.erased and (reach > self.side or reach <= values["p"])
        return several and (is_odd or ({"k", "d"} <= {*self.erased} and values["k"] == 1 and values["d"] > 1))


@pytest.mark.parametrize("seed", range(3))
def test_what_was_erased_is_found_again(seed, capsys):
    random, tried = Random(seed), 0
    while tried < 12:
        case = Erased(random)
        if case.report.errors:
            continue
        tried += 1
        code = run(case.words)
        said = capsys.readouterr()
        assert code in (0, 2, 4), (case.words, said.err)
        if code == 2:
            assert "has no effect" in said.out + said.err, (case.words, said)
            continue
        found = json.loads(said.out)
        assert found["solved"] or not found["complete"] or found["tried"], case.words
        assert case.is_found(found) or case.is_beyond(found) or case.is_left_out, (
            case.words,
            case.values,
            said.out[:500],
        )
