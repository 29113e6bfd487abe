"""What convcalc reads is valid under the schemas for editors, and what they refuse is broken for convcalc too."""

import json
import re
import subprocess
import sys

import pytest
from broken_texts import BROKEN
from editor_texts import as_json, yaml_texts
from hypothesis import given
from jsonschema import Draft7Validator
from kind_rows import ROWS
from random_specs import specs
from ruamel.yaml.error import YAMLError

from convcalc.exercises.random_networks import TOPICS, networks, seeded_random
from convcalc.kinds import KINDS
from convcalc.kinds.keys import IGNORED
from convcalc.layers import key_names
from convcalc.marking.answers import read_answers
from convcalc.marking.assignment import assignment_root, read_key
from convcalc.network.load import sound_report, spec_of
from convcalc.problem import Problem, Source
from convcalc.readers.library import bundled_networks, bundled_path
from convcalc.readers.line import WRAPPER_NAMES
from convcalc.readers.shorthand import layer
from convcalc.render.editor import WRITTEN, schema_text
from convcalc.render.editor.settings import OF_FRAMEWORKS

SCHEMAS = {name: json.loads(schema_text(name)) for name in WRITTEN}
VALIDATORS = {name: Draft7Validator(schema) for name, schema in SCHEMAS.items()}


def read(name, text):
    """The text as convcalc reads it, as a spec, as a key or as answers; a Problem where it is none."""
    source = Source("text", text)
    if name == "spec":
        spec = spec_of(source)
        if spec.diagnostics:
            raise Problem(*spec.diagnostics)
        return spec
    return read_key(source) if name == "assignment" else read_answers(source)


def errors(name, text):
    return list(VALIDATORS[name].iter_errors(as_json(text)))


def what_it_is(text):
    """Which schema is for a text: what its keys are."""
    try:
        keys = {key.text for key in getattr(yaml_root(text), "keys", ())}
    except Problem:
        return ""
    if keys & {"layers", "base"} and not keys & {"answers", "questions"}:
        return "spec"
    try:
        return "assignment" if assignment_root(Source("text", text)) else "answers" if "answers" in keys else ""
    except Problem:
        return "answers"


def yaml_root(text):
    from convcalc.readers.yaml.tree import load

    return load(Source("text", text))


@pytest.mark.parametrize("name", WRITTEN)
def test_the_schema_is_one_of_draft_7_and_the_command_prints_it(name, convcalc):
    Draft7Validator.check_schema(SCHEMAS[name])
    code, out, _ = convcalc("schema", name)
    assert code == 0
    assert json.loads(out) == SCHEMAS[name]


def test_what_convcalc_reads_is_valid():
    valid = dict.fromkeys(WRITTEN, 0)
    refused = []
    for where, text in yaml_texts():
        name = what_it_is(text)
        try:
            if not name:
                continue
            read(name, text)
            found = errors(name, text)
            if found and name == "spec":
                sound_report(Source("text", text))  # a bad value is an error of its layer
        except (Problem, YAMLError):  # broken for convcalc, or read by it alone
            continue
        valid[name] += not found
        refused += [f"{where}: {list(each.absolute_path)} {each.message[:200]}" for each in found]
    assert not refused
    assert valid["spec"] >= 490
    assert valid["assignment"] >= 55
    assert valid["answers"] >= 60


LINES = sorted({row.layer for rows in ROWS.values() for row in rows})


def as_lists(raw):
    """A raw value as a document has it: a tuple as a list, a text of digits as a number."""
    if isinstance(raw, tuple):
        return [as_lists(each) for each in raw]
    return int(raw) if raw.isdecimal() else raw


@pytest.mark.parametrize("line", LINES)
def test_a_layer_is_valid_however_it_is_written(line):
    word, _, values = line.partition(" ")
    written = layer(line)
    keyed = {name: as_lists(raw) for name, raw in written.args}
    ways = [line, f"3 x {line}", {"a": line}, {word: values}, {"a": {word: values}, "from": "b"}, {word: keyed},
            {"residual": [line]}, {"repeat": {"times": 3, "layers": [line]}}, {"concat": {"a": [line], "b": line}}]  # fmt: skip
    for mode in ({}, {"blocks": {"mine": [line]}}, {"base": "lenet5"}):
        found = [each.message for each in VALIDATORS["spec"].iter_errors({"input": "3x8x8", "layers": ways, **mode})]
        assert not found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_name_and_key_of_a_kind_is_in_the_schema(kind):
    for key in key_names(kind):
        value = {"layers": [{kind.name: {key: "x"}}], "input": "3x8x8"}
        found = [each for each in VALIDATORS["spec"].iter_errors(value) if each.validator == "anyOf"]
        assert not found, f"{kind.name} has no {key}"
    line = {"layers": [kind.worked_example[0], {"a": kind.worked_example[0]}], "input": "3x8x8"}
    assert VALIDATORS["spec"].is_valid(line)


@given(specs())
def test_a_random_network_of_branches_and_blocks_is_valid(text):
    if not spec_of(Source("random", text)).diagnostics:
        assert not errors("spec", text)
    plain = re.sub(r'"(\d x )?(?:deep (?:c=4|4 k=5)|shallow)"', r'"\1relu"', text)  # without words of its own
    closed = json.dumps({key: value for key, value in json.loads(plain).items() if key != "blocks"})
    if not spec_of(Source("random", closed)).diagnostics:
        assert not errors("spec", closed)


@pytest.mark.seeds(2, 12)
def test_a_network_drawn_at_random_is_valid(seed):
    for name, topic in TOPICS.items():
        assert not errors("spec", next(networks(topic, 1 + seed % 3, seeded_random(name, seed), 5)))


BUNDLED = sorted(bundled_networks())


@pytest.mark.seeds(4, len(BUNDLED))
def test_what_convert_writes_is_valid(convcalc, seed):
    code, out, _ = convcalc("convert", BUNDLED[seed * 37 % len(BUNDLED)], "--to", "yaml")
    assert code == 0
    assert not errors("spec", out)


LINES_OF_OTHERS = [
    "CONV3x5-8", "FC-4096", "POOL2", "average pool 2x2", "conv 64 3x3", "conv 64 3 x 3", "conv 64 3x3 s2 p1 bias=no",
    "conv 2d 6 k5", "conv transpose 6 k2 s2", "fully connected 10", "max pooling 2x2", "conv with 6 filters of size 5x5",
    "7x7, 64, /2", "Conv dw / s2 3x3x32 dw", "x = self.conv1(x)", "out += identity", "return x", "nn.Conv2d(3, 6, 5)",
    "[conv 64 k3 -> relu]*2 -> maxpool 2", "2 x [conv 64 k3 -> relu]", "relu?", "3 x relu?",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES_OF_OTHERS)
def test_a_line_in_another_notation_is_valid(line):
    assert VALIDATORS["spec"].is_valid({"input": "3x8x8", "layers": [line, {"a": line}, {"residual": [line]}]})


def test_a_join_by_keys_beside_it_is_valid():
    assert not errors("spec", "input: 3x8x8\nlayers:\n- a: relu\n- b: relu\n- concat:\n  from: [a, b]")


@pytest.mark.parametrize("name", ["MACs", "peak-memory", "peak memory", "Params"])
def test_a_budget_may_be_spelled_in_other_ways(name):
    assert not errors("spec", f"input: 3x8x8\nbudget: {{{name}: 5M}}\nlayers: [relu]")
    assert errors("spec", f"input: 3x8x8\nbudget: {{{name}: few}}\nlayers: [relu]")


def test_what_any_framework_says_of_its_layers_is_valid():
    assert [name for name in IGNORED if not re.search(OF_FRAMEWORKS, name)] == []


@pytest.mark.parametrize("name", sorted(WRAPPER_NAMES))
def test_a_call_around_layers_is_valid(name):
    assert VALIDATORS["spec"].is_valid({"input": "3x8x8", "layers": [{f"nn.{name}": ["relu"]}, {name: "relu"}]})


BROKEN_TEXTS = [
    pytest.param(name, text, id=f"{name}: {slip}") for name in BROKEN for slip, (text, _) in BROKEN[name].items()
]


@pytest.mark.parametrize(("name", "text"), BROKEN_TEXTS)
def test_what_is_broken_is_refused(name, text):
    assert errors(name, text)


@pytest.mark.parametrize(("name", "text"), [each for each in BROKEN_TEXTS if each.values[0] != "answers"])
def test_what_is_refused_is_broken_for_convcalc_too(name, text):
    with pytest.raises(Problem):
        if name == "spec":
            sound_report(Source("text", text))
            from convcalc.network.load import summarise

            summarise(Source("text", text))
        else:
            read_key(Source("text", text))


@pytest.mark.seeds(1, 12)
def test_check_jsonschema_agrees(tmp_path, seed):
    """The command that pipelines use: bundled specs pass."""
    assert checked(tmp_path, [bundled_path(name) for name in BUNDLED[seed::12]]).returncode == 0


def test_check_jsonschema_names_each_that_is_broken(tmp_path):
    bad = [written(tmp_path / f"bad{index}.yaml", text) for index, (text, _) in enumerate(BROKEN["spec"].values())]
    found = checked(tmp_path, bad, "--output-format", "json")
    assert found.returncode == 1
    assert {each["filename"] for each in json.loads(found.stdout)["errors"]} == {str(path) for path in bad}


def written(path, text):
    path.write_text(text)
    return path


def checked(folder, paths, *more):
    schema = written(folder / "spec.json", schema_text("spec"))
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", schema, *more, *paths]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)
