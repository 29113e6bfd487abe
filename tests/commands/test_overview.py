"""`convcalc --help`: every command in one group, in lines that a terminal of 80 columns holds."""

import subprocess
import sys
from collections import Counter

import pytest

from convcalc.commands import COMMANDS, GROUPS, OF_NETWORKS
from convcalc.spec.choices import Choices


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_is_in_one_group_with_what_it_is_for(convcalc, option):
    code, out, _ = convcalc(option)
    assert code == 0
    lines = out.splitlines()
    assert [line.rstrip(":") for line in lines if line.endswith(":")] == [*GROUPS]
    rows = [line.split(maxsplit=1) for line in lines if line.startswith("  ")]
    assert rows == [[name, about] for name, about in COMMANDS.items()]
    assert max(map(len, lines)) <= 80 and len(lines) <= 48


def test_no_command_is_in_two_groups():
    assert max(Counter(name for group in GROUPS.values() for name in group).values()) == 1
    assert list(GROUPS) == ["Look", "Work out", "Ask", "Teach", "Reference"]


def test_it_reads_no_command():
    program = "import sys; from convcalc.cli import run; run(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1].split()
    ours = {name for name in loaded if name.startswith("convcalc.")}
    assert ours == {
        "convcalc.cli",
        "convcalc.commands",
        "convcalc.commands.console",
        "convcalc.problem",
        "convcalc.tuples",
    }


def test_a_budget_that_is_exceeded_names_the_file_of_a_network_without_a_name(convcalc, tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("input: 3x8x8\nlayers: [conv 8 k3]\n")
    code, _, errors = convcalc("summary", tmp_path / "a.yaml", tmp_path / "b.yaml", "--max-parameters", "200")
    assert code == 1
    assert [f"{tmp_path / name}: 224 parameters are 24 over" in errors for name in ("a.yaml", "b.yaml")] == [True, True]


def test_the_options_of_a_command_are_in_groups(convcalc):
    _, out, _ = convcalc("summary", "--help")
    own, network, budgets = out.index("\nOptions:\n"), out.index("\nThe network:\n"), out.index("\nBudgets:\n")
    assert own < out.index("--style") < out.index("--help") < network < out.index("--set NAME") < budgets
    assert budgets < out.index("--max-parameters")
    assert max(map(len, out.splitlines())) <= 80
    assert {*Choices._fields} == OF_NETWORKS
    assert "The network:" not in convcalc("kinds", "--help")[1]
    assert "Budgets:" not in convcalc("specs", "--help")[1]  # whose --max-macs is a filter, beside --min-macs
