"""The pages of `convcalc help`: how what a person writes is written, a page a topic.

An indented block whose first line is `# NAME` is a file, and a line behind `$` is a command that works on these files.
"""

from __future__ import annotations

from convcalc.tuples import NamedTuple


class HelpPage(NamedTuple):
    """One page: its name, what it is about, other words for it, and its text."""

    name: str
    about: str
    aliases: tuple[str, ...]
    text: str


ANSWERS = """\
An answer file says who hands it in, and what the answers are, layer by layer.

    # alice.yaml
    student: Alice Archer
    answers:
      C1: {output: 6x28x28, parameters: 156}
      C3:
        output: (16, 10, 10)         # what has a comma in it goes on a line of its own
        parameters: 5*5*6*16 + 16    # arithmetic is an answer
      S4.output: 16@5x5              # or the layer and the quantity in one name
      total: {parameters: "61,706"}  # or in quotes

    $ convcalc check lenet5 alice.yaml

Or in a table, as CSV or in a Markdown text; in the cells of a notebook, as a table, as YAML, or as a
dict (`answers = {"C1": {"output": (6, 28, 28)}}`); or as a program of PyTorch or Keras, whose
network is summarised, and never run: its layers are called as the key's, or stand in their order.

    # bob.csv
    layer,output,parameters
    C1,6x28x28,156
    total,,61706

    $ convcalc check lenet5 bob.csv

Layers are called what the key calls them, quantities as in `convcalc help quantities`; the whole
network is `total`. What is blank, or "?", is no answer, and the others are marked all the same.

Numbers    61706   61,706   61 706   61.7k   6.17e4   5*5*6*16 + 16   5^2*6*16   156 parameters
Shapes     6x28x28   6×28×28   6@28x28   (6, 28, 28)   [6, 28, 28]   28x28x6   28x28, 6 channels
Formulas   (W - K + 2P)/S + 1   floor((n + 2*p - k)/s) + 1        where the key asks for one
Arrays     1 2; 3 4   [[1, 2], [3, 4]]                            where the key asks for one

A rounded number needs three digits, and is right if the right one rounds to it and what a known
mistake gives does not. A shape may have its channels last wherever that can be told. A number that
follows from an earlier mistake is `consistent` and gets its points: a slip is charged once, where
it was made.
"""

KEYS = """\
A key is a network, of which everything that is answered is marked, at a point each:

    $ convcalc check lenet5 alice.yaml

Or it is an assignment, which says what is asked and what it is worth:

    # key.yaml
    assignment: Homework 3
    spec: lenet5                     # a bundled network, a file, or a spec written out here
    questions:
      - {ask: C1.output}
      - {ask: C3.parameters, points: 2, partial: {par.no_bias: 1}}
      - {ask: total.macs, points: 2, tolerance: 1%}
      - {ask: C5.output.height}      # one axis of it
      - {ask: conv.output, form: symbolic, points: 2}    # the student's own formula
      - {ask: units, layer: linear ?, input: 400, output: 84, name: Q6}
      - {ask: S2.output, choices: [6x14x14, 6x13x13]}    # answered by a letter or in full

    # alice.yaml
    student: Alice Archer
    answers: {C1.output: 6x28x28, C3.parameters: 2400, conv.output: (W - K + 2P)/S + 1, Q6: 84}

    $ convcalc check key.yaml alice.yaml

`partial` gives points to an answer that a mistake explains, by its code: `par.no_bias`,
`size.no_plus_one`, … stand in brackets in the feedback. `tolerance` allows for what rounding does
not. `points` and `tolerance` beside `questions` are for all of them; `all_or_nothing: yes`, there or
in a question, or `group: NAME` in several, makes them count together. `convention: keras`,
`input: 3x64x64` and `set: {classes: 10}` change the network as `convcalc summary` does.

What is handed in may be a program. A key can ask of any network, too, with `at_most`, `at_least` or
`answer`; `program: Net` says which class is meant, and `program: no` that answers are wanted.

    # budget.yaml
    assignment: A small classifier
    input: 3x32x32
    questions: [{ask: total.output, answer: 10}, {ask: total.parameters, at_most: 50k}]

    # net.py
    import torch.nn as nn
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10))

    $ convcalc check budget.yaml net.py

`convcalc quiz` makes keys with their exercise; `convcalc help answers` tells what students write.
"""

LANGUAGE = """\
A network is a few lines of YAML, called a spec:

    # small.yaml
    name: Small
    input: 3x32x32                     # channels x height x width
    layers:
      - C1: conv 16 k3 p1              # name: kind, filters, kernel, padding
      - relu
      - maxpool 2
      - residual:
          main: [conv 16 k3 p1, batchnorm]
          shortcut: identity
      - 2 x conv 32 k3 p1
      - globalavgpool
      - flatten
      - linear 10

    $ convcalc summary small.yaml

Short keys are the letters of the formulas: k kernel, s stride, p padding, d dilation, g groups;
`key=value` sets any: p=same, bias=no, from=C1. A layer may also be pasted from PyTorch or Keras, and a
network may be one line, in which an arrow leads from layer to layer:

    $ convcalc summary -e "3x32x32 -> nn.Conv2d(3, 16, 3, padding=1) -> relu -> maxpool 2"
    $ convcalc summary -e "3xHxW -> [conv 16 k3 p1 -> relu]*2 -> maxpool 2"

Wherever a SPEC may stand, so may a bundled network (`convcalc specs`), a PyTorch or Keras program, a
notebook, ONNX, a printed model and more: `convcalc summary net.py`, `net.py:Net(10)`.
`convcalc kinds` lists the layers, `convcalc kinds conv` the keys of one; README.md has blocks,
branches, variants and conventions.
"""

SHAPES = """\
A shape is the channels, then the sides: 3x224x224 is 3 channels, 224 high, 224 wide.

    $ convcalc layer "conv 64 k7 s2 p3" 3x224x224

1-D        16x100             16 channels, 100 long
2-D        3x224x224          also 3×224×224, 3@224x224, (3, 224, 224), [3, 224, 224]
3-D        1x16x112x112       1 channel, 16 deep
features   784
symbols    3xHxW              every size is a function of H and W
one side   --input 512x512    keeps the channels of the spec

Shapes can be pasted: (1, 3, 224, 224), torch.randn(16, 3, 64, 64), Input(shape=(28, 28, 1)). One axis
more than the layer takes is the batch, which is left out and said. Where the channels come last, as in
Keras, say so:

    $ convcalc layer "conv 32 k3" 28x28x1 --layout channels_last

224x224x3 in front of a convolution is not read as 224 channels: it is an error with the line to write.
"""

QUANTITIES = """\
What can be asked of a layer (C3.parameters) or of the network (total.macs), by name or alias:

{quantities}

The same names stand in the questions of a key, the answers to it, `summary --columns`,
`explain -q` and as bounds of `solve`. output and receptive_field have axes: C1.output.height,
C1.output.channels. The settings of a layer may be asked too: C1.kernel, C1.stride, C1.padding.

One MAC is two FLOPs. Bias, activation, pooling and normalisation are no MACs.

    $ convcalc explain lenet5 C3 -q parameters
    $ convcalc formulas conv.macs
"""

GRADEBOOKS = """\
Marks go back in the platform's own form: export its gradebook, give it as the roster, import what
comes out. Names are matched by ids and e-mail addresses first; who cannot be matched is named.

    # key.yaml
    assignment: Homework 3
    spec: lenet5
    questions: [{ask: C1.output}, {ask: C3.parameters, points: 2}]

    # alice.yaml
    student: Alice Archer
    answers: {C1.output: 6x28x28, C3.parameters: 2416}

    # gradebook.csv
    Student,ID,SIS Login ID,Section,Homework 3 (101)
    "Archer, Alice",501,alice,A,
    "Brook, Ben",502,ben,A,

    $ convcalc check key.yaml alice.yaml --roster gradebook.csv --format canvas

--format canvas       the export of Canvas: its ids and the column of the assignment are kept
--format moodle       the grading worksheet of Moodle, with comments; or names, ids and addresses
--format blackboard   the file that Blackboard downloads to work offline
--format nbgrader     as `nbgrader export` writes it
--format csv          a row a student, a column a question, in the first row the points possible
--format gradescope   results.json of an autograder; examples/gradescope is one

`--column TITLE` says which column it is, where that is not called what the assignment is; `-o DIR`
writes the file into a folder. Points are scaled to those that the gradebook has; whoever handed in
nothing keeps what is there. A roster may also be any CSV with names, ids or addresses.
"""

PICTURES = """\
`convcalc draw` makes pictures of networks; every size and number in them is exact:

    $ convcalc draw lenet5 -o lenet5.svg
    $ convcalc draw resnet18 --as graph --depth 1 -o resnet18.pdf
    $ convcalc draw "conv 1 k3 s2 p1" 1x6x6 -o window.svg
    $ convcalc draw vgg16 --as field --layers stage3,stage5 -o field.svg
    $ convcalc draw lenet5 resnet18 vgg16 -o networks.svg

{pictures}

Without --as it is volumes; of one layer and its input arithmetic, of several networks compare.
`convcalc draw --help` says which options each picture takes.

-o net.svg, net.pdf, net.tex    the format follows from the ending: SVG, PDF, TikZ for LaTeX
--theme light|dark|print        print has greys only, that stay apart on paper
--width 86mm                    a column of a paper; 178mm is both, 254mm a slide
--layers conv1,stage2           which layers or blocks; of a field also a cell: conv1@0,2
--symbolic                      sizes stay formulas of H and W; the numbers drawn for them are said

SVG and PDF need no font and nothing from elsewhere. Letters are as wide as Helvetica's. Blocks fold by
themselves where a page cannot hold the network, which is said. A network with errors is drawn as far
as it could be computed.

    $ convcalc draw -e "3xHxW -> conv 8 k3 -> maxpool 2" --as graph --theme print
"""

SWEEPS = """\
A sweep works a network at every combination of some values of its names, by closed forms:

    $ convcalc sweep resnet --over depth=18,34,50 --over H=160..320:32
    $ convcalc sweep lenet5 --over H=16..64:4 --where "macs <= 1M" -o small.csv

What is swept is a name of `let`, a symbol, a variant, a side of the input (H, W, D, L), or for the
memory batch, act_bits and weight_bits. A square input stays square where only H is swept. Words,
fractions, and what changes the layers themselves (repeats, kernels) have closed forms for each of their
values, in which all other names are letters.

Values        18,34,50    8..128:8 (a step)    8..1024*2 (a factor)    0.25..1:1/4    basic,bottleneck
Together      --zip width,depth    the first value of both, then the second: equally many of each
Parts         --sample 1000 --seed 7 (at random)    --shard 3/16 (for several machines)

    $ convcalc sweep -e "3x32x32 -> conv C k3 -> conv F k3" --over C=8,16 --over F=16,32 --zip C,F

Conditions    parameters <= 5M and 1M <= macs <= 2M    macs/parameters >= 10    H % 32 == 0
              memory_peak <= 320KiB    (macs <= 1M or H <= 64)    not C > F; --where more than once
Objectives    --pareto "max receptive_field, min macs": only what no other beats in all of these
              --sort "macs, max parameters": small first, where nothing else is said

They are over the swept names and the quantities, by name or alias, of `convcalc help quantities`:

    $ convcalc sweep lenet5 --over H=32..64:4 --where "macs/parameters >= 7" --sort "max macs" --limit 3

Numbers are exact: quotients are multiplied out, and none is rounded. In memory they have 32 bits, with
--dtype int8 they have 8, and with act_bits as an axis each of its values. Where the network does not
fit, the combination is left out and counted by the reason, or shown with --keep-invalid. --commands
prints for each row the `convcalc summary` that works it; its --memory all has the peak of memory.
Where no point is left, the exit code is 4, with the condition that binds and what comes nearest to it.

For a database or a cluster the same sweep is one query, a table for each layer, exact by proof:

    $ convcalc sweep lenet5 --over H=32..64:4 --sql duckdb

--sql duckdb|spark|trino|clickhouse|postgres|sqlite prints it, and --engine duckdb|spark runs it.
`pip install "convcalc[sweep]"` has DuckDB, also for -o rows.parquet; "convcalc[spark]" has Spark.
"""

TOPICS = (
    HelpPage("answers", "How an answer file is written.", ("answer", "submission", "submissions", "homework"), ANSWERS),
    HelpPage("keys", "How a key is written: what is asked, and what it is worth.", ("key", "assignment"), KEYS),
    HelpPage(
        "gradebooks", "How marks get into Moodle, Canvas and others.", ("gradebook", "grades", "marks"), GRADEBOOKS
    ),
    HelpPage("language", "How a network is written.", ("spec", "networks", "network"), LANGUAGE),
    HelpPage("shapes", "How shapes are written.", ("shape", "input", "size", "sizes"), SHAPES),
    HelpPage("quantities", "What can be counted and asked, by name.", ("quantity", "columns"), QUANTITIES),
    HelpPage(
        "pictures", "How networks are drawn, and what each picture shows.", ("picture", "figures", "drawing"), PICTURES
    ),
    HelpPage("sweeps", "How values, conditions and objectives of a sweep are written.", ("sweeping", "grid"), SWEEPS),
)
NAMES = {name: topic for topic in TOPICS for name in (topic.name, *topic.aliases)}


def page(topic: HelpPage) -> str:
    """The text of a topic, with the tables that follow from the records."""
    tables = {"{quantities}": quantity_lines, "{pictures}": picture_lines}
    text = topic.text
    for name, lines in tables.items():
        if name in text:
            text = text.replace(name, "\n".join(lines()))
    return text


def picture_lines() -> list[str]:
    """Each picture with what it shows."""
    from convcalc.render.pictures import SUBJECTS

    return [f"--as {name:12} {subject.doc}" for name, subject in SUBJECTS.items()]


def quantity_lines() -> list[str]:
    """Each quantity with what it is and its aliases."""
    from convcalc.network.quantity import QUANTITIES as KNOWN

    wide = max(map(len, KNOWN))
    also = {name: f" ({', '.join(known.aliases)})" if known.aliases else "" for name, known in KNOWN.items()}
    return [f"{name.ljust(wide)}  {known.doc}{also[name]}" for name, known in KNOWN.items()]
