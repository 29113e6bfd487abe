"""Every refusal of yamlmap is a row: the text, then the code, line and column that it must be refused with."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from places import ROOT

from convcalc.problem import MAX_ERRORS, Diagnostic, Problem, Source
from convcalc.readers import files
from convcalc.readers.files import read
from convcalc.readers.yaml import Mapping, Node, Scalar, Sequence, mark
from convcalc.readers.yaml import plain as plainyaml
from convcalc.readers.yaml import syntax as yamlsyntax
from convcalc.readers.yaml import tree as yamlmap
from convcalc.readers.yaml.tree import load

LOADERS = [pytest.param(plainyaml.PlainLoader, id="PyYAML alone")]
if yaml.__with_libyaml__:
    LOADERS.insert(0, pytest.param(yaml.CSafeLoader, id="libyaml"))


@pytest.fixture(params=LOADERS)
def loader(request, monkeypatch):
    monkeypatch.setattr(yamlmap, "LOADER", request.param)
    return request.param


def tree(text: str) -> Node:
    return load(Source("net.yaml", text))


def refusals(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(Problem) as refused:
        tree(text)
    return refused.value.diagnostics


def places(text: str) -> list[tuple[str, int, int]]:
    return [(found.code, found.mark.line, found.mark.column) for found in refusals(text)]


def plain(node: Node):
    """The tree as Python's own texts, lists and (for mappings, which may not lose a key) tuples of pairs."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return tuple((key.text, plain(value)) for key, value in node.pairs)


# ---------------------------------------------------------------------------------------------------- what is read

READ = {
    "numbers and words stay as they are written": (
        "[010, 1:30, no, 1e5, ~, 0x1F, .5, 2001-01-01]",
        ["010", "1:30", "no", "1e5", "~", "0x1F", ".5", "2001-01-01"],
    ),
    "a comma outside brackets is text": ("parameters: 61,706", (("parameters", "61,706"),)),
    "a tuple in block form is text": ("output: (16, 5, 5)", (("output", "(16, 5, 5)"),)),
    "a tuple in quotes is text": ("{output: '(16, 5, 5)'}", (("output", "(16, 5, 5)"),)),
    "a call inside brackets, without a comma, is text": ("[relu(x), (conv)]", ["relu(x)", "(conv)"]),
    "a parenthesis in one value and in a later key": ("{a: (, ): [1]}", (("a", "("), (")", ["1"]))),
    "a shape in brackets is a list": ("[61,706]", ["61", "706"]),
    "a key without a value in braces": ("{a, b: 706}", (("a", ""), ("b", "706"))),
    "a quoted chain": ('- "[conv 64 -> relu]*2"', ["[conv 64 -> relu]*2"]),
    "a question mark": ("a: conv k?", (("a", "conv k?"),)),
    "an empty list and an empty mapping": ("a: []\nb: {}", (("a", []), ("b", ()))),
    "JSON": ('{"a": [1, 2.50, null], "b": "x\\ty"}', (("a", ["1", "2.50", "null"]), ("b", "x\ty"))),
    "JSON indented by tabs": (
        '{\n\t"a": {\n\t\t"b": 1\n\t},\n\t"c":\t[1,\t2]\n}\n',
        (("a", (("b", "1"),)), ("c", ["1", "2"])),
    ),
    "a tab inside a text": ("- conv\t64\tk3\t\t# five by five\n- relu\t\n", ["conv 64 k3", "relu"]),
    "a tab behind a colon": ("a:\tb\nc:\t\td", (("a", "b"), ("c", "d"))),
    "a list whose lines begin with tabs": ("x: [\n\ta,\n\tb\n]", (("x", ["a", "b"]),)),
    "a question mark in braces": ("{layer: conv 64 p?}", (("layer", "conv 64 p?"),)),
    "question marks in brackets": (
        "[conv 8 k?, conv ? k3, {a?: [b?c, 'd?']}]", ["conv 8 k?", "conv ? k3", (("a?", ["b?c", "d?"]),)]),
    "a question mark before a key": ("[? a, {? b : c}]", [(("a", ""),), (("b", "c"),)]),
    "a tab in a JSON text": ('{\n\t"a": "x\ty"}', (("a", "x\ty"),)),
    "lines that end with CR LF": ("a: 1\r\nb: 2\r\n", (("a", "1"), ("b", "2"))),
    "a byte order mark": ("\ufeffa: 1", (("a", "1"),)),
    "a YAML directive": ("%YAML 1.1\n---\na: 1", (("a", "1"),)),
    "one document with both of its marks": ("---\na: 1\n...\n", (("a", "1"),)),
    "a block of lines": ("about: |\n  one\n  two\n", (("about", "one\ntwo\n"),)),
    "an alias repeats its anchor": ("a: &x [1]\nb: *x", (("a", ["1"]), ("b", ["1"]))),
    "an alias of a text, also as a key": ("a: &x k\n*x : 1", (("a", "k"), ("k", "1"))),
    "an anchor may be given again": ("[&x 1, &x 2, *x]", ["1", "2", "2"]),
    "an anchor given again inside itself": ("[&x [&x 1, *x], *x]", [["1", "1"], "1"]),
    "an anchor nobody uses": ("a: &x 1", (("a", "1"),)),
    "a merge key in quotes is a text": ("'<<': 1", (("<<", "1"),)),
    "an empty text in quotes is a document": ("''", ""),
    "the same key in two mappings": ("a: {k: 1}\nb: {k: 1}", (("a", (("k", "1"),)), ("b", (("k", "1"),)))),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_is_read(loader, text, expected):
    assert plain(tree(text)) == expected


def test_every_node_knows_its_place(loader):
    root = tree("name: é b\nlayers:\n  - C1: 'conv'\n  - [relu]\n")
    layers = root.get("layers")
    (key, value), = layers.items[0].pairs  # fmt: skip
    nodes = [root, root.get("name"), layers, layers.items[0], key, value, layers.items[1], layers.items[1].items[0]]
    assert [(node.line, node.column) for node in nodes] == [
        (1, 1), (1, 7), (3, 3), (3, 5), (3, 5), (3, 9), (4, 5), (4, 6),
    ]  # fmt: skip


def test_only_a_scalar_with_quotes_or_a_block_is_quoted(loader):
    assert [item.quoted for item in tree("- a\n- 'a'\n- \"a\"\n- |\n  a\n- >\n  a\n-\n").items] == [
        False, True, True, True, True, False,
    ]  # fmt: skip


def test_get_finds_a_key_or_none():
    root = tree("a: 1\nb: [2]")
    assert (root.get("a").text, type(root.get("b")), root.get("c")) == ("1", Sequence, None)


def test_an_alias_is_the_anchored_node_itself():
    root = tree("a: &x [1]\nb: *x")
    assert root.get("a") is root.get("b")


def test_a_repeated_key_is_kept_once():
    first, second = tree("- {kernel_size: 3}\n- {kernel_size: 5}").items
    assert first.keys[0].text is second.keys[0].text


MARKS = {
    "a plain text": ("conv 64", 7),
    "a text with its quotes": ("'conv 64'", 9),
    "no text": ("[a, ]", 1),
    "a list": ("[a, b]", 1),
    "a mapping": ("{a: b}", 1),
    "the first line of a block": ('"one\\ntwo"', 5),
}


@pytest.mark.parametrize(("text", "length"), MARKS.values(), ids=MARKS)
def test_mark_covers(text, length):
    source = Source("net.yaml", f"key: {text}")
    assert mark(source, load(source).get("key")) == (source, 1, 6, length)


def test_mark_of_an_absent_value_has_a_length():
    source = Source("net.yaml", "key:")
    assert mark(source, load(source).get("key")).length == 1


# ------------------------------------------------------------------------------------------------- what is refused

DEEP = yamlmap.MAX_DEPTH
LONG = "x" * 10_000

REFUSED = {
    "a tab as indentation": ("a:\n\tb: 1\n", "Y002", 2, 1),
    "a tab after some lines": ("a:\n  b: 1\n\tc: 2\n", "Y002", 3, 1),
    "a tab after spaces": ("a: b\n \tc: d", "Y002", 2, 2),
    "a tab after a dash": ("-\ta", "Y002", 1, 2),
    "a tab in a block of lines": ("key: |\n\tabc", "Y002", 2, 1),
    "two colons": ("key: a: b", "Y003", 1, 7),
    "two colons in a layer": ("- 3 x conv: a: b", "Y003", 1, 14),
    "two colons in braces": ("{a: b: c}", "Y003", 1, 6),
    "two colons in brackets, later on": ("[x, a: b: c]", "Y003", 1, 9),
    "no space after the first colon": ("input:3x3\nlayers:\n  - a\n", "Y003", 1, 1),
    "no space after a later colon": ("name: x\ninput:3x3\nlayers:\n  - a\n", "Y003", 2, 1),
    "no space after the last colon": ("name: x\nlayers:[a]\n", "Y003", 2, 1),
    "no space after a colon in braces": ("- conv: {filters: 3, kernel:3}", "Y003", 1, 22),
    "no space after a dash": ("a:\n- conv\n-relu\n- d\n", "Y003", 3, 1),
    "a key without a colon": ("input: 3x3\n\nlayers\n  - a: b", "Y003", 3, 1),
    "the first key without a colon": ("input 3x3\nlayers:\n - a", "Y003", 1, 1),
    "a key that is too long": (f"a: 1\n{LONG}: 2\n", "Y003", 2, 1),
    "a key that is too long, in a list": (f"layers:\n  - {LONG}: 2\n", "Y003", 2, 5),
    "a line of a list too far left": ("a:\n  - b\n - c\n", "Y007", 3, 2),
    "a line of a list too far right": ("a:\n  - b: c\n   - d\n", "Y007", 3, 4),
    "a space of typesetters in the indentation": ("a:\n\u00a0\u00a0- b\n  - c: d", "Y002", 2, 1),
    "an asterisk for a dash": ("a:\n  * b\n  * c\n", "Y001", 2, 4),
    "a first line further right than the next": (" a: b\nc: d\n", "Y007", 1, 1),
    "a chain that begins with a bracket": ("layers:\n  - [conv 64 -> relu]*2\n", "Y004", 2, 22),
    "a chain behind a key": ("a: [x]*2 -> y", "Y004", 1, 7),
    "a chain in brackets": ("- [[conv 64]*2, relu]", "Y004", 1, 13),
    "a chain and nothing else": ("[conv]*2", "Y004", 1, 7),
    "text after a quote": ("a: 'x' y", "Y004", 1, 8),
    "an apostrophe in single quotes": ("a: 'it's'", "Y004", 1, 8),
    "two texts without a comma": ('["a" "b"]', "Y004", 1, 6),
    "two things in one document": ("{a: 1}\nb: 2", "Y004", 2, 1),
    "a tuple in braces": ("- {output: (16, 5, 5)}", "Y005", 1, 12),
    "a tuple with equal sizes in braces": ("{output: (5, 5, 5, 5)}", "Y005", 1, 10),
    "a call in brackets": ("[relu, nn.Conv2d(3, 64, (3, 3)), relu]", "Y005", 1, 8),
    "a tuple over two lines": ("{a: (1,\n 2)}", "Y005", 1, 5),
    "thousands in braces": ("{parameters: 61,706}", "Y005", 1, 14),
    "millions in braces": ("{parameters: 25,557,032, macs: 1}", "Y005", 1, 14),
    "a bracket that is not closed": ("a: [1, 2", "Y006", 1, 4),
    "a bracket that is not even filled": ("a: [\n", "Y006", 1, 4),
    "a bracket left open after a comma": ("a: [1,", "Y006", 1, 4),
    "a brace that is not closed": ("\n{a: 1\n\n", "Y006", 2, 1),
    "a bracket closed by a brace": ("a: {x: [1,2}\n", "Y006", 1, 12),
    "a bracket not closed before the next key": ("a: [1, 2\nb: c\n", "Y006", 2, 2),
    "a comma missing in JSON": ('{\n\t"a": 1\n\t"b": 2\n}', "Y006", 3, 5),
    "a bracket closed before it was opened": ("a: ]", "Y006", 1, 4),
    "a single quote that is not closed": ("a: 1\nb: 'x\n", "Y006", 2, 4),
    "a double quote that is not closed": ('a: "x\nb: y\n', "Y006", 1, 4),
    "a quote that another document interrupts": ("a: '\n---\nb'", "Y006", 1, 4),
    "a list entry between two levels": ("a:\n  - b\n c: d", "Y007", 3, 2),
    "a key deeper than its dash, and not as deep as the keys": (
        "layers:\n  - conv: 3\n    k: 3\n   s: 1\n", "Y007", 4, 4),
    "a key below a key that has a value": ("a: b\n  c: d", "Y007", 2, 3),
    "a key after a list at the same level": ("- a\nb: c", "Y007", 2, 1),
    "a list on the line of its key": ("a: - b", "Y007", 1, 4),
    "a reserved character": ("a: @x", "Y001", 1, 4),
    "an unknown escape": ('a: "x\\q"', "Y001", 1, 6),
    "an escape with too few digits": ('a: "\\xZ"', "Y001", 1, 5),
    "an alias without a name": ("a: * b", "Y001", 1, 5),
    "an anchor without a name": ("a: & b", "Y001", 1, 5),
    "a text that begins with >": ("a: >x\n", "Y001", 1, 5),
    "two anchors for one value": ("a: &b &c d", "Y001", 1, 7),
    "a YAML version of the future": ("%YAML 2.0\n---\na: 1", "Y001", 1, 1),
    "a key twice": ("a: 1\nb: 2\na: 3\n", "Y010", 3, 1),
    "a key twice on one line": ("{a: 1, b: 2, a: 3}", "Y010", 1, 14),
    "a key twice, once in quotes": ("a: 1\n'a': 2\n", "Y010", 2, 1),
    "the merge key": ("a: &x {b: 1}\nc:\n  <<: *x\n", "Y011", 3, 3),
    "a tag of Python's": ("a: !!python/object/apply:os.system [ls]", "Y012", 1, 4),
    "a tag on a mapping": ("!!map {a: 1}", "Y012", 1, 1),
    "a harmless tag": ("a: 1\nb: !!str 1", "Y012", 2, 4),
    "a tag of one's own": ("a: !foo 1", "Y012", 1, 4),
    "a tag with an unknown prefix": ("a: !foo!bar 1", "Y012", 1, 4),
    "a broken tag": ("a: !<x", "Y012", 1, 7),
    "a tag directive": ("# tags\n%TAG ! tag:x\n---\na", "Y012", 2, 1),
    "a list as a key": ("? [a]\n: b", "Y013", 1, 3),
    "a mapping as a key": ("a: {{name}: 1}", "Y013", 1, 5),
    "an alias of nothing": ("a: *x", "Y014", 1, 4),
    "an alias above its anchor": ("a: *x\nb: &x 1", "Y014", 1, 4),
    "an alias in its own anchor": ("a: &x [*x]", "Y015", 1, 8),
    "an alias deep in its own anchor": ("a: &x\n  b: [{c: *x}]", "Y015", 2, 11),
    "brackets in brackets": ("[" * (DEEP + 1), "Y017", 1, DEEP + 1),
    "dashes behind dashes": ("- " * (DEEP + 1), "Y017", 1, 2 * DEEP + 1),
    "keys below keys": ("".join(f"{' ' * n}a:\n" for n in range(DEEP + 1)), "Y017", DEEP + 1, DEEP + 1),
    "depth by way of aliases": (
        f"- &x {'[' * (DEEP - 1)}{']' * (DEEP - 1)}\n- &y [*x]\n", "Y017", 2, 7),
    "a second document": ("a: 1\n---\nb: 2", "Y018", 2, 1),
    "a second document that is empty": ("a: 1\n\n---\n", "Y018", 3, 1),
    "nothing at all": ("", "Y019", 1, 1),
    "only a comment": ("# x\n", "Y019", 1, 1),
    "only the mark of a document": ("---\n", "Y019", 1, 1),
    "a NUL": ("a: 1\nbé: x\0", "Y020", 2, 6),
    "an escape character": ("a: \x1b[1m", "Y020", 1, 4),
    "half a surrogate pair": ("a: \ud800", "Y020", 1, 4),
    "an error far to the right": (f"a: {LONG}: b", "Y003", 1, 10_004),
}  # fmt: skip

# PyYAML's own scanner sees these a character or two away from where libyaml sees them.
ELSEWHERE = {"a text that begins with >", "a broken tag", "a comma missing in JSON"}


@pytest.mark.parametrize(("name", "text", "code", "line", "column"), [(k, *v) for k, v in REFUSED.items()], ids=REFUSED)
def test_is_refused(loader, name, text, code, line, column):
    (found,) = refusals(text)
    assert (found.code, found.mark.line) == (code, line)
    if loader is not plainyaml.PlainLoader or name not in ELSEWHERE:
        assert found.mark.column == column
    assert found.message and found.hint
    assert found.mark.source.text == text


SAYS = {
    "both lines of a key that stands twice": ("a: 1\nb: 2\na: 3\n", "on lines 1 and 3"),
    "all lines of a key that stands often": ("a: 1\n" * 3, "3 times in one mapping: on lines 1, 2 and 3"),
    "the columns where the line is one": ("{a: 1, a: 2}", "on line 1, columns 2 and 8"),
    "the whole of a tuple that was split": ("{a: (16, 5, 5)}", '"(16, 5, 5)"'),
    "the cure of a tuple that was split": ("{a: (16, 5, 5)}", 'put quotes around it: "(16, 5, 5)"'),
    "the cure of a number that was split": ("{a: 25,557,032}", "write 25557032"),
    "the cure of a chain": ("- [conv 64 -> relu]*2", '"[conv 64 -> relu]*2"'),
    "the cure of a chain among others": ("- [relu, [conv 64]*2, relu]", 'whole text: "[conv 64]*2"'),
    "that a list goes on without a dash": ("- a\nb: c", "began on line 1 goes on here without a dash"),
    "the cure of a forgotten space": ("input:3x3\nlayers: []", "write input: 3x3"),
    "the cure of a second colon": ("key: a: b", '"a: b"'),
    "the columns of a wrong indentation": (
        "a:\n  - b\n c: d", "begins in column 2; the mapping that began on line 1 has its entries in column 1"),
    "where the open bracket is": ("a: [1\nb: c\n", "the [ of line 1, column 4 is still open"),
    "which character is not text": ("a: \0", "U+0000"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), SAYS.values(), ids=SAYS)
def test_says(loader, text, words):
    (found,) = refusals(text)
    assert words in f"{found.message}\n{found.hint}"


def test_all_findings_come_at_once_and_in_reading_order(loader):
    text = "a: {x: 1, x: 2}\nb: !t 1\nc: {[k]: <<}\nd: *no\ne: [\n"
    assert places(text) == [
        ("Y010", 1, 11), ("Y012", 2, 4), ("Y013", 3, 5), ("Y014", 4, 4), ("Y006", 5, 4),
    ]  # fmt: skip


def test_a_finding_of_an_outer_mapping_is_sorted_among_those_of_inner_ones(loader):
    assert [line for _, line, _ in places("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n")] == [2, 5]


def test_a_file_full_of_errors_is_given_up():
    codes = [code for code, _, _ in places("- !t x\n" * (MAX_ERRORS + 50))]
    assert codes == ["Y012"] * MAX_ERRORS + ["Y021"]


def test_aliases_that_multiply_are_refused():
    laughs = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    ((code, line, _),) = places(f"a0: &a0 [lol]\n{laughs}")
    assert (code, line) == ("Y016", 8)  # 9 aliases of 9⁶ lists are more than two million nodes


def test_many_aliases_of_one_small_block_are_fine():
    assert len(tree("- &x {k: 3}\n" + "- *x\n" * 5000).items) == 5001


def test_the_deepest_tree_that_is_allowed_is_read(loader):
    node, depth = tree("[" * DEEP + "]" * DEEP), 1
    while node.items:
        (node,) = node.items
        depth += 1
    assert depth == DEEP


def test_every_code_of_the_table_has_a_test_that_expects_it():
    table = {line.split("|")[1].strip() for line in yamlmap.__doc__.splitlines() if line.startswith("| Y")}
    here = Path(__file__).read_text(encoding="utf-8")
    assert table == {code for code in table if f'"{code}"' in here}
    raised = "".join(Path(each.__file__).read_text(encoding="utf-8") for each in (yamlmap, yamlsyntax, files))
    assert table == {code for code in (f"Y{n:03}" for n in range(1000)) if f'"{code}"' in raised}


# ----------------------------------------------------------------------------------------------------- round trips

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
TEXTS |= st.sampled_from(["010", "no", "1:30", "~", "(1", "2)", "a:b", "1,000", "*x", "&x", "!t", "- a", "706"])
NESTED = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def texts(data):
    return [texts(item) for item in data] if isinstance(data, list) else (
        tuple((key, texts(value)) for key, value in data.items()) if isinstance(data, dict) else data
    )  # fmt: skip


@given(NESTED, st.booleans(), st.booleans())
def test_what_yaml_dumps_comes_back(data, flow, unicode):
    # In brackets ["(1", "2)"] is dumped as [(1, 2)], which is refused: people mean one thing by it.
    quotes = '"' if flow else None
    dumped = yaml.safe_dump(data, default_flow_style=flow, default_style=quotes, allow_unicode=unicode, sort_keys=False)
    assert plain(tree(dumped)) == texts(data)


@given(st.dictionaries(st.text("ab0:", min_size=1, max_size=5), st.text("ab0(:.-", min_size=1, max_size=9)))
def test_plain_texts_in_braces_come_back(data):
    dumped = yaml.safe_dump(data, default_flow_style=True, sort_keys=False)
    assert plain(tree(dumped)) == texts(data)


@given(NESTED, st.sampled_from([None, 2, "\t"]))
def test_what_json_dumps_comes_back(data, indent):
    assert plain(tree(json.dumps(data, indent=indent, ensure_ascii=False))) == texts(data)


def test_half_a_character_is_refused(loader):
    (found,) = refusals(json.dumps({"a": "\U0001f600"}))
    assert (found.code, found.mark.line, found.mark.column) == ("Y001", 1, 8)
    assert "\\ud83d" in found.message


@given(st.text(st.sampled_from("ab1:,-[]{}()'\"*&!|>%@#?\\ \t\n\r\0\ufeff\x85\u2028é"), max_size=40))
def test_any_text_is_read_or_refused_at_a_place_inside_it(text):
    lines = re.split(yamlsyntax.BREAK, text)
    try:
        load(Source("net.yaml", text))
    except Problem as refused:
        assert refused.diagnostics
        for found in refused.diagnostics:
            assert found.message and found.hint
            assert 1 <= found.mark.line <= len(lines)
            assert 1 <= found.mark.column <= len(lines[found.mark.line - 1]) + 1


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=12))
def test_a_key_is_refused_exactly_when_it_is_repeated(keys):
    text = "".join(f"{key}: 1\n" for key in keys)
    repeated = {key for key in keys if keys.count(key) > 1}
    if repeated:
        assert {found.message[1] for found in refusals(text)} == repeated
    else:
        assert [key.text for key in tree(text).keys] == keys


# --------------------------------------------------------------------------------------------------------- hostile

HOSTILE = {
    "100,000 open brackets": ("'[' * 100_000", "Y017"),
    "100,000 open braces": ("'{a: ' * 100_000", "Y017"),
    "100,000 dashes": ("'- ' * 100_000", "Y017"),
    "100,000 question marks": ("'? ' * 100_000", "Y017"),
    "5,000 levels of keys": ("''.join(' ' * n + 'a:\\n' for n in range(5_000))", "Y017"),
    "one text of 10 MB": ("'a: ' + 'x' * 10_000_000", "read"),
    "one quoted text of 10 MB": ("'a: \"' + 'x ' * 5_000_000 + '\"'", "read"),
    "one text of 10 MB in many lines": ("'a: ' + 'x\\n  ' * 2_500_000", "read"),
    "a quote open for 10 MB": ("'a: \"' + 'x ' * 5_000_000", "Y006"),
    "10 MB of comment": ("'#' * 10_000_000", "Y019"),
    "10 MB of spaces": ("' ' * 10_000_000", "Y019"),
    "100,000 keys": ("''.join(f'k{n}: 1\\n' for n in range(100_000))", "read"),
    "100,000 keys in braces": ("'{' + ', '.join(f'k{n}: 1' for n in range(100_000)) + '}'", "read"),
    "100,000 times the same key": ("'k: 1\\n' * 100_000", "Y010"),
    "50,000 keys, each twice": ("''.join(f'k{n}: 1\\n' for n in range(50_000)) * 2", "Y010"),
    "100,000 groups of three digits": ("'{a: 1' + ',000' * 100_000 + '}'", "Y005"),
    "100,000 open parentheses": ("'[' + '(a, ' * 100_000 + ']'", "read"),
    "100,000 anchors and aliases": ("''.join(f'- &a{n} [x]\\n- *a{n}\\n' for n in range(100_000))", "read"),
    "a billion laughs": (
        "'- &a0 [lol]\\n' + ''.join(f'- &a{n} [' + f'*a{n - 1}, ' * 9 + ']\\n' for n in range(1, 100))", "Y016"),
    "100,000 tag directives": ("''.join(f'%TAG !a{n}! x\\n' for n in range(100_000)) + '---\\na'", "Y012"),
    "100,000 bad aliases": ("'- *x\\n' * 100_000", "Y014"),
}  # fmt: skip

CHILD = """
import resource, sys
from convcalc.problem import MAX_ERRORS, Problem, Source
from convcalc.readers.yaml.tree import load
text = {text}
try:
    load(Source("hostile.yaml", text))
    print("read")
except Problem as refused:
    print(refused.diagnostics[0].code)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1024 ** 2))
"""


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML's own scanner needs its time for megabytes")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
@pytest.mark.parametrize(("text", "expected"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_document_costs_little(text, expected):
    # A process inherits the peak of the one that starts it: a small one stands between this one and the child.
    between = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    child = [sys.executable, "-c", between, sys.executable, "-c", CHILD.format(text=text)]
    root = ROOT
    ran = subprocess.run(child, capture_output=True, text=True, timeout=30, cwd=root, check=True)
    outcome, megabytes = ran.stdout.split()
    assert outcome == expected
    assert int(megabytes) < 200


def test_a_hundred_thousand_keys_in_one_mapping_are_compared_in_linear_time():
    assert len(tree("".join(f"k{n}: 1\n" for n in range(100_000))).keys) == 100_000


# ---------------------------------------------------------------------------------------------------- reading files


def unreadable(path) -> Diagnostic:
    with pytest.raises(Problem) as refused:
        read(str(path))
    (found,) = refused.value.diagnostics
    assert found.hint
    return found


def test_a_file_is_read_as_utf_8(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_bytes("name: é\r\n".encode())
    assert read(str(path)) == Source(str(path), "name: é\r\n")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1")
    assert read(str(path)).text == "a: 1"


def test_a_dash_is_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: 1")))
    assert read("-") == Source("standard input", "a: 1")


def test_no_standard_input_is_said(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert unreadable("-").code == "Y032"


def test_standard_input_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x" * 11)))
    assert unreadable("-").code == "Y034"


def test_a_missing_file_suggests_its_neighbour(tmp_path):
    (tmp_path / "lenet.yaml").touch()
    found = unreadable(tmp_path / "lenett.yaml")
    assert (found.code, found.hint) == ("Y030", 'did you mean "lenet.yaml"?')


@pytest.mark.parametrize("name", ["none.yaml", "no/folder/net.yaml"])
def test_a_missing_file_without_neighbours_names_the_bundled_specs(tmp_path, name):
    found = unreadable(tmp_path / name)
    assert (found.code, "convcalc specs" in found.hint) == ("Y030", True)


def test_a_directory_is_refused(tmp_path):
    assert unreadable(tmp_path).code == "Y031"


def test_a_path_below_a_file_is_refused(tmp_path):
    (tmp_path / "a").touch()
    assert unreadable(tmp_path / "a" / "b").code == "Y032"


def test_a_path_with_a_nul_is_refused():
    assert unreadable("a\0b").code == "Y032"


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    def deny(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "net.yaml"
    path.write_text("a: 1")
    monkeypatch.setattr("builtins.open", deny)  # root, as whom tests often run, may read everything
    assert unreadable(path).code == "Y032"


NOT_UTF_8 = {
    "Latin-1": (b"a: 1\nb: caf\xe9\nc: 2", "byte 11 (counted from 0; line 2, column 7) is 0xE9", 2, 7),
    "behind a byte order mark": (b"\xef\xbb\xbfa\xff", "byte 4 (counted from 0; line 1, column 2) is 0xFF", 1, 2),
    "a character cut in two": ("aé".encode()[:2], "byte 1 (counted from 0; line 1, column 2) is 0xC3", 1, 2),
}


@pytest.mark.parametrize(("data", "words", "line", "column"), NOT_UTF_8.values(), ids=NOT_UTF_8)
def test_bytes_that_are_not_utf_8_are_located(tmp_path, data, words, line, column):
    path = tmp_path / "net.yaml"
    path.write_bytes(data)
    found = unreadable(path)
    assert (found.code, found.mark.line, found.mark.column) == ("Y033", line, column)
    assert words in found.message
    assert found.mark.source.text.splitlines()[line - 1][column - 1] == "\ufffd"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_if_it_is_whole(tmp_path, encoding):
    path = tmp_path / "net.yaml"
    data = ("" if encoding == "utf-16" else "\ufeff").encode(encoding) + "a: ×".encode(encoding)
    path.write_bytes(data)
    assert read(str(path)).text == "a: ×"
    path.write_bytes(data[:-1])
    found = unreadable(path)
    assert (found.code, "damaged UTF-16" in found.message) == ("Y033", True)


def test_what_nobody_sees_is_left_out(tmp_path):
    """A terminal's colours, links and line ends, marks of no width, and spaces where a line does not break."""
    path = tmp_path / "net.yaml"
    text = (
        "\ufeff\x1b[1;32minput:\x1b[0m\u00a03x4x4\x1b[K\n\x1b]8;;http://x.org\x1b\\layers\x1b]8;;\x07: [relu\u200b]\n"
    )
    path.write_bytes(text.encode())
    assert read(str(path)).text == "input: 3x4x4\nlayers: [relu]\n"


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "net.yaml"
    with open(path, "wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    found = unreadable(path)
    assert (found.code, f"{files.MAX_BYTES + 1:,} bytes" in found.message) == ("Y034", True)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no devices here")
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_refused(device):
    assert unreadable(device).code == "Y035"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_read(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with subprocess.Popen([sys.executable, "-c", f"open({str(path)!r}, 'w').write('a: 1')"]) as writer:
        assert read(str(path)).text == "a: 1"
        assert writer.wait(timeout=30) == 0


def test_mappings_have_pairs_in_the_order_they_were_written():
    assert [(key.text, value.text) for key, value in tree("b: 1\na: 2").pairs] == [("b", "1"), ("a", "2")]
    assert isinstance(tree("a: 1"), Mapping)
