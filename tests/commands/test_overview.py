"""`convcalc --help`: every command in one group, in lines that a terminal of 80 columns holds."""

import subprocess
import sys
from collections import Counter

import pytest

from convcalc.commands import COMMANDS, GROUPS


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
