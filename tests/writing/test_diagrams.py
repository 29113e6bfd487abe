"""Pictures of graphs: every layer is a box or in one, every arrow joins two boxes and has a shape, texts are escaped."""

import re

import pytest
from families import FAMILIES
from written import written

from convcalc.problem import Source

NODES = {"mermaid": r'^ *n(\d+)(?:\["|\(\[")', "dot": r"^ *n(\d+) \[label"}
ARROWS = {"mermaid": r'^  n(\d+) -->\|"(.+)"\| n(\d+)$', "dot": r'^  n(\d+) -> n(\d+) \[label="(.+)"\];$'}
BLOCKS = {"mermaid": (r"^ *subgraph ", r"^ *end$"), "dot": (r"^ *subgraph ", r"^ +}$")}


@pytest.mark.parametrize("target", ["mermaid", "dot"])
@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("name", FAMILIES[::4])
def test_arrows_join_boxes(name, depth, target):
    text, report = written(name, target, depth=depth)
    nodes = re.findall(NODES[target], text, re.MULTILINE)
    arrows = re.findall(ARROWS[target], text, re.MULTILINE)
    ends = {end for arrow in arrows for end in arrow if end in nodes}
    assert len(set(nodes)) == len(nodes) and len(arrows) >= len(nodes) - 1 - len(report.inputs)
    assert ends == set(nodes)
    opened, closed = (len(re.findall(pattern, text, re.MULTILINE)) for pattern in BLOCKS[target])
    assert opened == closed and len(text.splitlines()) > len(nodes) + len(arrows) + opened + closed
    if depth == 0:
        assert len(nodes) == len(report.layers) + len(report.inputs)


SPEC = """
input: 3x8x8
layers:
  - 'a "b" \\ <c> & #d [e] {f}': conv 4 k3
  - end: [relu, conv 2 k1]
"""


def test_mermaid_as_it_is():
    assert written(Source("spec", SPEC), "mermaid")[0] == (
        "flowchart TD\n"
        '  n0(["input"])\n'
        '  n1["a #34;b#34; #92; #60;c#62; #38; #35;d #91;e#93; #123;f#125;<br/>conv 4 k3"]\n'
        '  subgraph g2_3["end"]\n'
        '    n2["relu"]\n'
        '    n3["conv 2 k1"]\n'
        "  end\n"
        '  n0 -->|"3×8×8"| n1\n'
        '  n1 -->|"4×6×6"| n2\n'
        '  n2 -->|"4×6×6"| n3\n'
    )
    assert '  n3["end<br/>10 parameters"]\n' in written(Source("spec", SPEC), "mermaid", depth=1)[0]


def test_dot_as_it_is():
    assert written(Source("spec", SPEC), "dot")[0] == (
        'digraph "network" {\n'
        '  node [shape=box, style=rounded, fontname="sans-serif"];\n'
        '  edge [fontname="sans-serif", fontsize=10];\n'
        '  n0 [label="input", shape=ellipse];\n'
        '  n1 [label="a \\"b\\" \\\\ <c> & #d [e] {f}\\nconv 4 k3"];\n'
        "  subgraph cluster_2_3 {\n"
        '    label="end";\n'
        '    n2 [label="relu"];\n'
        '    n3 [label="conv 2 k1"];\n'
        "  }\n"
        '  n0 -> n1 [label="3×8×8"];\n'
        '  n1 -> n2 [label="4×6×6"];\n'
        '  n2 -> n3 [label="4×6×6"];\n'
        "}\n"
    )


def test_letters_stay():
    assert '"64×⌊(H + 1)/2⌋×⌊(W + 1)/2⌋"' in written(Source("-e", "3xHxW -> conv 64 k3 s2 p1 -> relu"), "mermaid")[0]


def test_only_pictures_are_folded(convcalc):
    code, _, err = convcalc("convert", "lenet5", "--to", "yaml", "--depth", "1")
    assert code == 2 and "--depth is for mermaid and dot" in err
