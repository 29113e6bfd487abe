"""The budget of a spec: over it is exit code 1 with its line, what is not decided is said, and what is wrong has a cure."""

import json

import pytest

from convcalc.network.budget import NAMES, read_budget
from convcalc.network.load import spec_of, summarise_text
from convcalc.network.quantity import BUDGETED
from convcalc.problem import Source

NET = "input: 3x8x8\nbudget: {%s}\nlayers: [conv 4 k3 bias=no]\n"  # 108 parameters, 3,888 MACs, 576 bytes


@pytest.fixture
def spec(tmp_path):
    def write(budget, name="net.yaml", text=NET):
        path = tmp_path / name
        path.write_text(text % budget if "%s" in text else text)
        return path

    return write


@pytest.mark.parametrize(
    "budget",
    ["parameters: 107", "params: 0.1k", "macs: 3_887", "MACs: 3.8k", "flops: 7775", "memory: 575", "memory: 0.5 KiB",
     "activations: 143", "memory_peak: 1 KiB", "peak-memory: 1000", "parameters: 1, macs: 5M"],
)  # fmt: skip
@pytest.mark.parametrize("command", ["summary", "lint"])
def test_over_the_budget_is_exit_code_1_at_its_line(convcalc, spec, command, budget):
    path = spec(budget)
    code, _, err = convcalc(command, path)
    assert code == 1
    assert "error[O001]" in err and "over the budget of" in err
    assert f"{path}:2:" in err


@pytest.mark.parametrize(
    "budget",
    ["parameters: 108", "macs: 3888", "flops: 7776", "memory: 576", "activations: 144", "memory_peak: 1344", ""],
)
@pytest.mark.parametrize("command", ["summary", "lint"])
def test_within_the_budget_nothing_is_said(convcalc, spec, command, budget):
    code, _, err = convcalc(command, spec(budget))
    assert (code, err) == (0, "")


def test_every_quantity_with_a_budget_may_have_one_in_a_spec():
    assert set(BUDGETED) <= set(NAMES)
    text = NET % ", ".join(f"{name}: 1G" for name in BUDGETED)
    assert [line.quantity.name for line in read_budget(spec_of(Source("text", text))).lines] == [*BUDGETED]
    assert not summarise_text(text).errors


def test_json_has_the_budget_as_the_options_do(convcalc, spec):
    code, out, _ = convcalc("summary", spec("parameters: 100, macs: 1M"), "--json")
    assert code == 1
    budget = {
        "macs": {"allowed": 10**6, "found": 3888, "over": 0},
        "parameters": {"allowed": 100, "found": 108, "over": 8},
    }
    assert json.loads(out)["budget"] == budget


@pytest.mark.parametrize(("option", "expected"), [("200", 0), ("50", 1)])
def test_an_option_replaces_the_line_of_a_spec(convcalc, spec, option, expected):
    code, out, err = convcalc(
        "summary", spec("params: 107" if option == "200" else "params: 1M"), "--max-parameters", option, "--json"
    )
    assert code == expected
    assert "O001" not in err
    assert json.loads(out)["budget"]["parameters"]["allowed"] == int(option)


def test_watch_keeps_the_budget_too(convcalc, spec):
    path = spec("parameters: 107")
    code, _, err = convcalc("watch", path, "--times", "1")
    assert (code, f"{path}:2:" in err) == (1, True)
    assert convcalc("watch", path, "--times", "1", "--max-parameters", "108")[0] == 0


def test_memory_is_that_of_the_batch_and_the_type_of_the_run(convcalc, spec):
    path = spec("memory: 576")
    assert convcalc("summary", path, "--batch", "2")[0] == 1
    assert convcalc("summary", path, "--batch", "2", "--dtype", "float16")[0] == 0


@pytest.mark.parametrize("command", ["summary", "lint"])
def test_what_is_not_decided_is_said(convcalc, spec, command):
    path = spec("parameters: 108, macs: 5k", text=NET.replace("8x8", "HxW"))
    code, _, err = convcalc(command, path)
    assert code == 0
    assert "note[O002]: the budget of 5,000 MACs is not decided: the total is symbolic" in err
    assert f"{path}:2:" in err
    assert convcalc(command, path, "--input", "3x8x8")[0] == 0
    assert convcalc(command, path, "--input", "3x16x16")[0] == 1


def test_what_is_not_decided_is_a_warning_in_json(convcalc, spec):
    code, out, _ = convcalc("summary", spec("macs: 5k", text=NET.replace("8x8", "HxW")), "--json")
    found = json.loads(out)
    assert code == 0
    assert [each["code"] for each in found["warnings"] if each["code"][0] == "O"] == ["O002"]
    assert "budget" not in found


def test_an_heir_has_the_budget_of_its_base_but_for_what_it_says_itself(convcalc, spec):
    base = spec("parameters: 107, macs: 5k", "base.yaml")
    heir = spec("", "heir.yaml", "base: base.yaml\nname: heir")
    code, _, err = convcalc("summary", heir)
    assert code == 1
    assert f"{base}:2:" in err
    assert convcalc("summary", spec("", "heir.yaml", "base: base.yaml\nbudget: {params: 108}"))[0] == 0
    assert convcalc("summary", spec("", "heir.yaml", "base: base.yaml\nbudget: {params: 1k, macs: 1k}"))[0] == 1


BAD = [
    ("paramters: 5M", "L003", 'did you mean "parameters"?'),
    ("kernel: 3", "L003", "there are parameters, macs"),
    ("weights: 3", "L003", "there are parameters, macs"),
    ("macs: few", "V001", "macs: 5M"),
    ("macs: ''", "V001", "macs: 5M"),
    ("memory: 2 Mib/s", "V001", "memory: 2 MiB"),
    ("macs: -3", "V001", "macs: 5M"),
    ("params: 3, parameters: 4", "L010", "leave one of them out"),
    ("macs: [3]", "L002", "budget: {parameters: 5M}"),
]


@pytest.mark.parametrize(("budget", "code", "hint"), BAD)
@pytest.mark.parametrize("command", ["summary", "lint", "explain", "compare"])
def test_a_bad_budget_is_an_error_with_a_cure(convcalc, spec, command, budget, code, hint):
    path = spec(budget)
    found, _, err = convcalc(command, path, *(["lenet5"] if command == "compare" else []))
    assert found == 3
    assert f"error[{code}]" in err and hint in err
    assert f"{path}:2:" in err


def test_a_budget_is_a_mapping(convcalc, spec):
    code, _, err = convcalc("summary", spec("", text="input: 3x8x8\nbudget: 5M\nlayers: [relu]"))
    assert (code, "error[L001]: budget must be a mapping" in err) == (3, True)


def test_a_budget_is_kept_in_yaml(convcalc, spec):
    spec("params: 107, macs: 5k", "base.yaml")
    code, out, _ = convcalc(
        "convert", spec("", "heir.yaml", "base: base.yaml\nbudget: {parameters: 2k}"), "--to", "yaml"
    )
    assert code == 0
    assert "budget: {parameters: 2k, macs: 5k}" in out
