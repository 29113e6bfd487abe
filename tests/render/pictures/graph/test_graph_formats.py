"""Graphs for Graphviz and Mermaid: the same nodes and edges as are drawn, texts escaped, both programs accept them."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from families import FAMILIES
from graph_geometry import outline, pictured

from convcalc.problem import Problem
from convcalc.render.pictures import PictureOptions
from convcalc.render.pictures.graph import written as module
from convcalc.render.pictures.graph.boxes import boxes_of
from convcalc.render.pictures.graph.outline import blocks_of, nodes_of
from convcalc.render.pictures.graph.written import write_graphs
from convcalc.render.pictures.themes import LIGHT

HOSTILE = r"""
name: 'a "b" \N </script> #quot; end'
input: 3x8x8
layers:
  - 'a "b" \ <c> & #d [e] {f} | `g`': conv 4 k3
  - end: [relu, conv 2 k1]
  - '1. first': conv 2 k1
  - '- list': conv 2 k1
  - subgraph: conv 2 k1
  - 'click;n0 --> n1%%': conv 2 k1
  - '層': conv 2 k1
  - graph: conv 3 k40
"""
NODES = {"mermaid": r'^ *n(\d+)(?:\["|\(\[")', "dot": r"^ *n(\d+) \[label"}
EDGES = {
    "mermaid": r'^  n(?P<source>\d+) -->(?:\|"(?P<shape>.+)"\|)? n(?P<target>\d+)$',
    "dot": r'^  n(?P<source>\d+) -> n(?P<target>\d+)(?: \[label="(?P<shape>.+)"\])?;$',
}
BLOCKS = {"mermaid": (r"^ *subgraph b(\d+)\[", r"^ *end$"), "dot": (r"^ *subgraph cluster_(\d+) {", r"^ +}$")}


def written(network, form, **options):
    return "".join(write_graphs((pictured(network),), PictureOptions(**options), form, "light").pieces)


@pytest.mark.parametrize("form", ["dot", "mermaid"])
@pytest.mark.parametrize("depth", [0, 1, 99])
@pytest.mark.parametrize("name", FAMILIES[::4])
def test_nodes_edges_and_blocks_are_those_of_the_drawing(name, depth, form):
    text, found = written(name, form, depth=depth), outline(name, depth)
    nodes = [int(number) for number in re.findall(NODES[form], text, re.MULTILINE)]
    assert nodes == [node.number for node in nodes_of(found.items)]
    edges = list(re.finditer(EDGES[form], text, re.MULTILINE))
    assert [(int(edge["source"]), int(edge["target"])) for edge in edges] == [edge[:2] for edge in found.edges]
    assert all(edge["shape"] for edge in edges)
    opened, closed = (re.findall(pattern, text, re.MULTILINE) for pattern in BLOCKS[form])
    assert len(opened) == len(closed)
    assert sorted(map(int, opened)) == sorted(block.number for block in blocks_of(found.items))


def test_mermaid_as_it_is():
    assert written("3x8x8 -> conv 4 k3 -> batchnorm -> relu -> flatten", "mermaid") == (
        "flowchart TD\n"
        '  n0(["input · 3×8×8"])\n'
        '  n1["conv1 · conv 4 k3<br/>112 parameters · 3,888 MACs<br/>batchnorm · 8 parameters<br/>relu"]\n'
        '  n2["flatten1"]\n'
        '  n3(["output · 144"])\n'
        '  n0 -->|"3×8×8"| n1\n'
        '  n1 -->|"4×6×6"| n2\n'
        '  n2 -->|"144"| n3\n'
        f"  classDef of_input fill:{LIGHT['input']},stroke:{LIGHT['soft']},color:{LIGHT['ink']}\n"
        "  class n0,n3 of_input\n"
        f"  classDef of_convolution fill:{LIGHT['convolution']},stroke:{LIGHT['soft']},color:{LIGHT['ink']}\n"
        "  class n1 of_convolution\n"
        f"  classDef of_rearranging fill:{LIGHT['rearranging']},stroke:{LIGHT['soft']},color:{LIGHT['ink']}\n"
        "  class n2 of_rearranging\n"
    )


def test_dot_as_it_is():
    found = written("input: 3x8x8\nlayers:\n  - 'a': [conv 4 k3, conv 2 k1]\n", "dot", direction="right")
    for name in ("input", "convolution", "paper", "ink", "faint", "wash"):
        found = found.replace(LIGHT[name], name)
    assert [line for line in found.splitlines() if "edge [" not in line and "node [" not in line] == [
        'digraph "network" {',
        '  graph [rankdir=LR, bgcolor="paper", fontname="Helvetica"];',
        '  n0 [label="input · 3×8×8", style="rounded,filled", fillcolor="input"];',
        "  subgraph cluster_3 {",
        '    graph [label="a", labeljust=l, fontcolor="ink", fontsize=11, style="rounded,filled", color="faint", '
        'fillcolor="wash"];',
        r'    n1 [label="conv1 · conv 4 k3\n112 parameters · 3,888 MACs", fillcolor="convolution"];',
        r'    n2 [label="conv2 · conv 2 k1\n10 parameters · 288 MACs", fillcolor="convolution"];',
        "  }",
        '  n4 [label="output · 2×6×6", style="rounded,filled", fillcolor="input"];',
        '  n0 -> n1 [label="3×8×8"];',
        '  n1 -> n2 [label="4×6×6"];',
        '  n2 -> n4 [label="2×6×6"];',
        "}",
    ]


def test_repeats_are_said():
    assert "encoder.0 × 12, to encoder.11" in written("vit_b_16", "mermaid")
    assert "× 5" in written("resnet50", "dot", depth=2)


def test_several_networks_are_several_graphs_but_one_flowchart():
    networks = pictured("lenet5"), pictured("alexnet")
    assert "".join(write_graphs(networks, PictureOptions(), "dot", "dark").pieces).count("digraph") == 2
    with pytest.raises(Problem, match="one flowchart"):
        write_graphs(networks, PictureOptions(), "mermaid", "light")


def test_other_options_are_refused():
    with pytest.raises(Problem, match="--layers has no say"):
        written("lenet5", "dot", layers=("conv1",))


@pytest.mark.parametrize("most, is_long", [((50_000, 500), False), ((2_000, 500), True), ((50_000, 20), True)])
def test_a_long_flowchart_is_said_to_be_one(most, is_long, monkeypatch):
    monkeypatch.setattr(module, "MAX_MERMAID", most)
    notes = write_graphs((pictured("vgg16"),), PictureOptions(), "mermaid", "light").notes
    assert any("maxTextSize" in note for note in notes) == is_long


NETWORKS = [HOSTILE, *FAMILIES[::3]]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: "hostile" if "\n" in network else network)
def test_graphviz_accepts_it(network):
    dot = shutil.which("dot")
    if not dot:
        pytest.skip("Graphviz is not installed: what is written for it was not read")
    text = written(network, "dot")
    done = subprocess.run([dot, "-Tjson0"], input=text, capture_output=True, text=True, encoding="utf-8", check=True)
    found = json.loads(done.stdout)
    assert done.stderr == "" and found["name"].replace("\\\\", "\\") == pictured(network).report.name
    labels = [each["label"].replace("\\n", "\n") for each in found["objects"] if "nodes" not in each]
    wanted = [
        "\n".join(" · ".join(filter(None, line[:2])) for line in box.lines)
        for box in boxes_of(outline(network)).values()
    ]
    assert sorted(labels) == sorted(text.replace("\\", "\\\\") for text in wanted)
    assert len(found["edges"]) == len(outline(network).edges)


CHECKER = """
const { JSDOM } = await import(process.argv[1] + '/jsdom/lib/api.js');
const dom = new JSDOM('<body></body>');
globalThis.window = dom.window; globalThis.document = dom.window.document;
const mermaid = (await import(process.argv[1] + '/mermaid/dist/mermaid.core.mjs')).default;
const found = [];
for (const text of JSON.parse((await import('fs')).readFileSync(0, 'utf8'))) {
  try {
    await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const vertices = [...db.getVertices().values()];
    found.push([vertices.map(each => [each.id, each.text]), db.getEdges().length, db.getSubGraphs().length]);
  } catch (error) { found.push(String(error)); }
}
console.log(JSON.stringify(found));
"""


def places():
    found = [path for path in os.environ.get("NODE_PATH", "").split(os.pathsep) if path]
    return [place for place in map(Path, found) if (place / "mermaid").is_dir() and (place / "jsdom").is_dir()]


def test_mermaid_accepts_them():
    node = shutil.which("node")
    if not node or not places():
        pytest.skip("neither mermaid nor jsdom (npm install mermaid jsdom) is here: no flowchart was parsed")
    flowcharts = [*(written(network, "mermaid") for network in NETWORKS), "flowchart TD\n  end --> n1\n"]
    done = subprocess.run(
        [node, "--input-type=module", "-e", CHECKER, str(places()[0])],
        input=json.dumps(flowcharts), capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    *found, broken = json.loads(done.stdout)
    assert isinstance(broken, str)  # the test would see it
    for network, (vertices, edges, subgraphs) in zip(NETWORKS, found, strict=True):
        wanted = outline(network)
        assert {name for name, _ in vertices} == {f"n{node.number}" for node in nodes_of(wanted.items)}
        assert (edges, subgraphs) == (len(wanted.edges), len(list(blocks_of(wanted.items))))
