"""What every code of an error, a warning or a note means, with an example that leads to it: `convcalc help C001`."""

from __future__ import annotations

from collections.abc import Mapping

from convcalc.tuples import NamedTuple


class ErrorCode(NamedTuple):
    """A code, what it says, and a command that shows it on these files; none where that takes more than a few lines."""

    code: str
    meaning: str
    command: str = ""
    files: Mapping[str, str] = {}


def net(layers: str, before: str = "input: 3x32x32\n") -> dict[str, str]:
    """A spec of these layers, a line each."""
    return {"net.yaml": f"{before}layers:\n" + "".join(f"  - {line}\n" for line in layers.split("; "))}


def spec(text: str) -> dict[str, str]:
    return {"net.yaml": text}


def program(text: str) -> dict[str, str]:
    """A program of PyTorch."""
    return {"net.py": f"import torch\nimport torch.nn as nn\n\n{text}"}


def class_of(made: str, used: str) -> dict[str, str]:
    """A class of PyTorch: what its `__init__` and its `forward` do, line by line."""
    lines = [
        "class Net(nn.Module):", "    def __init__(self):", "        super().__init__()",
        *(f"        {line}" for line in made.split("; ")), "", "    def forward(self, x):",
        *(f"        {line}" for line in used.split("; ")),
    ]  # fmt: skip
    return program("\n".join(lines) + "\n")


def key(questions: str, head: str = "spec: lenet5\n") -> dict[str, str]:
    """An assignment, and an answer to it."""
    return {
        "key.yaml": f"assignment: Homework\n{head}questions: [{questions}]\n",
        "alice.yaml": "student: Alice Archer\nanswers: {C1.output: 6x28x28}\n",
    }


def answers(text: str, name: str = "alice.yaml") -> dict[str, str]:
    return {name: text}


CHECK, SUMMARY, OF_PROGRAM = (
    "convcalc check key.yaml alice.yaml",
    "convcalc summary net.yaml",
    "convcalc summary net.py",
)
MARK = "convcalc check lenet5 alice.yaml"
CFG = "convcalc summary net.cfg"

GROUPS = {
    "A": "Arrays", "B": "Files that are handed in", "C": "Shapes", "F": "Forms of other programs",
    "G": "Exercises", "H": "Homework", "K": "Kinds and keys", "L": "The language of specs", "N": "Names", "O": "Budgets",
    "P": "Programs and printed models", "Q": "Questions of solve", "T": "Languages to write",
    "U": "The command line", "V": "Values", "W": "Warnings and notes", "X": "Sizes of networks", "Y": "Files",
}  # fmt: skip

CODES = (
    ErrorCode("A001", "What should be an array has something in it that is no number, or is empty.", 'convcalc apply "maxpool 2" "1 2; 3 x"'),
    ErrorCode("A002", "The weights of a layer are missing, or have another shape than the layer takes.", 'convcalc apply "conv 1 k2" "1 2 3; 4 5 6" --weights "1 2 3"'),
    ErrorCode("A003", "The numbers for a bias, a mean, a variance or places are missing, or are not as many as there are channels.", 'convcalc apply "conv 1 k1" "1 2; 3 4" --weights 1 --bias "1 2"'),
    ErrorCode("A004", "An array in short, such as `zeros:9x9`, is larger than is computed.", 'convcalc apply "maxpool 2" zeros:9999x9999'),
    ErrorCode("A005", "A number of the output cannot be computed: it divides by 0, or is no real number.", 'convcalc apply "batchnorm eps=0" "1 2; 3 4" --mean 1 --variance 0'),
    ErrorCode("A006", "There are more numbers than are worked one by one.", 'convcalc apply "upsample 64" 1..64:8x8'),
    ErrorCode("A007", "The file with an array is no text."),
    ErrorCode("A008", "The layer has letters among its sizes; arrays have numbers.", 'convcalc apply "conv C k1" "1 2; 3 4"'),
    ErrorCode("A009", "There is more to draw than anybody looks at.", 'convcalc apply "maxpool 1" 1..1600:40x40 --format svg --steps'),
    ErrorCode("A010", "There is no formula for the numbers of this layer, only for its sizes.", 'convcalc apply "lstm 2" "1 2; 3 4"'),
    ErrorCode("A011", "An array in front of the channels may be a batch of one or a volume of one channel: which of them has to be said.", 'convcalc apply "conv 1 k1" "[[[[1, 2], [3, 4]]]]" --weights 1'),
    ErrorCode("B001", "A file of a submission is too large to be read."),
    ErrorCode("B002", "A file of a submission is no text."),
    ErrorCode("B003", "The text of a submission is in an encoding that cannot be told."),
    ErrorCode("B004", "Something in a submission is no regular file, such as a link; it is not followed."),
    ErrorCode("B005", "A name in an archive leads out of it, and is not unpacked."),
    ErrorCode("B006", "An archive is damaged, empty, encrypted, or packed in a way that is not read.", "convcalc check lenet5 alice.zip", answers("This is no archive.\n", "alice.zip")),
    ErrorCode("B007", "There are more files, or more archives within archives, than are looked through."),
    ErrorCode("B008", "A file that is to be marked is not there, or may not be read.", "convcalc check lenet5 nobody.yaml"),
    ErrorCode("B020", "A table is empty, or no column of it says who somebody is.", "convcalc quiz --topic sizes --students class.csv", answers("Colour,Size\nred,3\n", "class.csv")),
    ErrorCode("B021", "No column of an exported form is a question of the key.", "convcalc check key.yaml form.csv", key("{ask: C1.output}") | answers("Timestamp,Email Address,Favourite colour\n2026-01-01,a@b.org,red\n", "form.csv")),
    ErrorCode("B022", "A row of a table has more cells than the heading.", "convcalc quiz --topic sizes --students class.csv", answers("Name,ID\nAlice Archer,1,2\n", "class.csv")),
    ErrorCode("B024", "Two people in a roster have the same id, or the same name with nothing to tell them apart.", "convcalc quiz --topic sizes --students class.csv", answers("Name,ID\nAlice Archer,1\nBen Brook,1\n", "class.csv")),
    ErrorCode("B030", "There is nothing to mark: the folder is empty, or no answers were handed in."),
    ErrorCode("B031", "Files were handed in, and none of them has answers.", "convcalc check lenet5 hand-in", {"hand-in/alice/photo.jpg": "no picture\n"}),
    ErrorCode("B040", "A file cannot be written.", "convcalc convert lenet5 --to yaml -o nowhere/lenet5.yaml"),
    ErrorCode("B050", "A folder that should hold keys holds none that can be read.", "convcalc check keys alice.yaml", {"keys/README.txt": "The keys.\n"} | answers("answers: {C1.output: 6x28x28}\n")),
    ErrorCode("B051", "In a folder of keys, somebody who handed in has none of their own."),
    ErrorCode("B060", "The gradebook has no column that the marks belong in, or several.", f"{CHECK} --roster grades.csv --format canvas", key("{ask: C1.output}") | answers("Student,ID,SIS Login ID,Section,Homework (7),Homework (8)\nPoints Possible,,,,10,10\n\"Archer, Alice\",501,alice,A,,\n", "grades.csv")),
    ErrorCode("C001", "A window does not fit into its input, padding included.", "convcalc layer 'conv 8 k9' 3x4x4"),
    ErrorCode("C002", "Channels cannot be divided into groups, or a size not into equal parts.", "convcalc layer 'conv 64 k3 g3' 4x8x8"),
    ErrorCode("C003", "The output padding of a transposed convolution must be smaller than its stride or dilation.", "convcalc layer 'tconv 8 k3 s2 op=2' 4x8x8"),
    ErrorCode("C004", "Nothing is left of the map: more is cut off than there is.", "convcalc layer 'crop 4' 3x8x8"),
    ErrorCode("C005", "A connection table names an input map that there is not, or one twice.", "convcalc layer 'tableconv table=[[0,9]] k3' 3x8x8"),
    ErrorCode("C006", "The padding is too wide for its window.", "convcalc layer 'maxpool 2 p2' 3x8x8"),
    ErrorCode("C007", "A transposed convolution or an unpooling cannot give the output that is asked for.", "convcalc layer 'tconv 8 k3 s2 output=40' 4x8x8"),
    ErrorCode("C008", "The output of a fold has another number of windows than the input has columns.", "convcalc layer 'fold 6x6 k3' 36x9"),
    ErrorCode("C009", "A reflected or circular padding is wider than the map allows.", "convcalc layer 'conv 1 k9 p8 padding_mode=reflect' 1x8x8"),
    ErrorCode("C010", "The input has another number of axes than the layer takes.", "convcalc layer 'conv1d 4 k3' 3x32x32"),
    ErrorCode("C011", "Inputs that meet have different sizes.", SUMMARY, net("stem: conv 8 k3; conv 8 k3; add from=[conv1, stem]")),
    ErrorCode("C012", "The layer says how many channels or features go in, and others do.", "convcalc layer 'nn.Conv2d(64, 8, 3)' 3x32x32"),
    ErrorCode("C013", "A setting of a layer must be smaller, or odd, to mean anything.", "convcalc layer 'lstm 8 projection=8' 10x4"),
    ErrorCode("C014", "There is no such axis.", "convcalc layer 'softmax axis=5' 3x8x8"),
    ErrorCode("C015", "The numbers of the input cannot be laid out in the shape that is asked for.", "convcalc layer 'reshape 5x5' 24"),
    ErrorCode("C016", "What should be an order of axes leaves one out, or names one twice.", "convcalc layer 'permute [1,1]' 10x64"),
    ErrorCode("C017", "There is no such part or place along an axis.", "convcalc layer 'select 99' 10x64"),
    ErrorCode("C018", "A layer has its channels elsewhere than the network.", SUMMARY, net("conv 8 k3 data_format=channels_last")),
    ErrorCode("C020", "PyTorch refuses the padding `same` together with a stride.", "convcalc layer 'conv 8 k3 s2 p=same' 3x32x32"),
    ErrorCode("C021", "In the textbook's convention every window has to fit exactly.", "convcalc layer 'conv 8 k3 s2' 3x32x32 --convention textbook"),
    ErrorCode("C022", "Keras refuses a stride together with a dilation.", "convcalc layer 'conv 8 k3 s2 d2' 3x32x32 --convention keras"),
    ErrorCode("C024", "A single number cannot be normalised: it would be 0.", "convcalc layer instancenorm 8x1x1"),
    ErrorCode("C025", "Keras repeats a pixel a whole number of times.", "convcalc layer 'upsample 1.5' 3x32x32 --convention keras"),
    ErrorCode("C030", "A layer has another number of inputs than it takes.", "convcalc layer add 3x8x8"),
    ErrorCode("C031", "A linear layer meets a map that was not flattened.", SUMMARY, net("conv 8 k3; linear 10")),
    ErrorCode("C032", "A map cannot be cropped or padded to the size of another layer.", SUMMARY, net("stem: conv 8 k3; maxpool 2; crop output=input")),
    ErrorCode("C033", "No 1×1 convolution makes the shortcut fit the main path.", SUMMARY, net("residual: {main: [upsample 2], shortcut: auto}")),
    ErrorCode("C034", "No size of the input meets all that the branches need."),
    ErrorCode("C040", "A kind of the spec's own is asked for what its record says it needs.", SUMMARY, spec('kinds: {mine: {keys: "kernel k", size: "n - k + 1", needs: ["k <= 3"]}}\ninput: 1x8x8\n' "layers: [mine 5]\n")),
    ErrorCode("C041", "How much of the input a layer sees cannot be told; the rest of the table can."),
    ErrorCode("C043", "The line of a paper or an exporter says a size that its layers do not give.", 'convcalc summary -e "32x32x3 -> Conv2D(8, 3, input_shape=(28, 28, 3))"'),
    ErrorCode("C050", "Layers that are to share weights have weights of different shapes, or none.", SUMMARY, net("a: conv 8 k3 p1; conv 8 k5 p2 weights=a")),
    ErrorCode("C060", "A call around layers cannot wrap what it is given.", "convcalc summary -e '3x8x8 -> nn.utils.spectral_norm(nn.ReLU())'"),
    ErrorCode("F001", "A Caffe prototxt or Darknet cfg is not written as its language is.", CFG, answers("[net]\nwidth=32\nheight=32\nchannels=3\n\n[convolutional\n", "net.cfg")),
    ErrorCode("F002", "There is no such type of layer or section.", CFG, answers("[net]\nwidth=32\nheight=32\nchannels=3\n\n[convolutionel]\nfilters=8\n", "net.cfg")),
    ErrorCode("F003", "A layer or section lacks what it needs.", CFG, answers("[net]\nwidth=32\nheight=32\nchannels=3\n\n[route]\n", "net.cfg")),
    ErrorCode("F004", "A layer or section has no such setting, or the setting no such value.", CFG, answers("[net]\nwidth=32\nheight=32\nchannels=3\n\n[convolutional]\nfilters=8\nsize=3\nactivation=lineer\n", "net.cfg")),
    ErrorCode("F005", "What a layer of another framework does is not computed here.", CFG, answers("[net]\nwidth=32\nheight=32\nchannels=3\n\n[maxpool]\nsize=2\nstride=2\nmaxpool_depth=1\nout_channels=1\n", "net.cfg")),
    ErrorCode("F006", "The file does not say how large the input is.", CFG, answers("[net]\nchannels=3\n\n[convolutional]\nfilters=8\nsize=3\n", "net.cfg")),
    ErrorCode("F007", "Another number of channels goes into a detector than its boxes need.", CFG, answers("[net]\nwidth=32\nheight=32\nchannels=3\n\n[convolutional]\nfilters=20\nsize=1\n\n[region]\nclasses=20\n" "num=5\ncoords=4\n", "net.cfg")),
    ErrorCode("F008", "The form of the file is known and not read; the hint leads to one that is."),
    ErrorCode("F009", "A file of safetensors is not whole, or holds no numbers."),
    ErrorCode("F010", "A graph of `torch.export` is not whole, or takes or gives no tensor."),
    ErrorCode("F011", "A size in a graph of `torch.export` is not what its layers give."),
    ErrorCode("G001", "No exercise was found in which every mistake would show."),
    ErrorCode("G002", "The network has nothing that could be asked.", "convcalc quiz net.yaml", net("relu")),
    ErrorCode("G003", "The network has letters for sizes: answers would be no numbers.", "convcalc quiz net.yaml", net("conv 8 k3; maxpool 2", "input: 3xHxW\n")),
    ErrorCode("G005", "Moodle has no such share of the points.", "convcalc quiz key.yaml --format moodle", key("{ask: C3.parameters, points: 7, partial: {par.no_bias: 3}}")),
    ErrorCode("H001", "A file of answers is longer than any homework."),
    ErrorCode("H002", "There are no answers in the file.", MARK, answers("- 6x28x28\n- 156\n")),
    ErrorCode("H003", "There are more answers in a file than are read."),
    ErrorCode("H004", "An answer belongs to no question of the assignment.", MARK, answers("student: Alice Archer\nanswers: {C9.output: 6x28x28}\n")),
    ErrorCode("H005", "Answers that count together count only if all of them are right.", CHECK, key("{ask: C1.output, group: first}, {ask: C1.parameters, group: first}")),
    ErrorCode("H010", "What a key asks is no question.", CHECK, key("{ask: C3.paramters}")),
    ErrorCode("H011", "A key asks of a layer that there is not.", CHECK, key("{ask: C9.parameters}")),
    ErrorCode("H012", "A layer has no such quantity, or not one that can be asked.", CHECK, key("{ask: flatten1.kernel}")),
    ErrorCode("H013", "A shape has no such axis.", CHECK, key("{ask: C1.output.depth}")),
    ErrorCode("H014", "An assignment or a question has no such key.", CHECK, key("{ask: C1.output, point: 2}")),
    ErrorCode("H015", "A question does not say what it asks, or there are no questions.", CHECK, key("{points: 2}")),
    ErrorCode("H016", "A question is asked twice.", CHECK, key("{ask: C1.output}, {ask: C1.output}")),
    ErrorCode("H017", "What a key says is right cannot be read.", CHECK, key("{ask: total.parameters, at_most: many}", "input: 3x8x8\n")),
    ErrorCode("H018", "A setting of a question has a value that it cannot have.", CHECK, key("{ask: C3.parameters, points: 1, partial: {par.no_bias: 3}}")),
    ErrorCode("H019", "A question is about nothing: there is no network, or no input.", CHECK, key("{ask: C1.output}", "")),
    ErrorCode("H020", "There is no mistake with that code.", CHECK, key("{ask: C3.parameters, points: 2, partial: {par.nobias: 1}}")),
    ErrorCode("H021", "A question that is to be solved has no solution.", CHECK, key("{ask: padding, layer: conv 6 k5 p?, input: 3x8x8, output: 6x100x99}", "")),
    ErrorCode("H022", "Choices are no good: none of them is right, or two are the same.", CHECK, key("{ask: C1.parameters, choices: [1, 2, 3]}")),
    ErrorCode("H023", "A file of answers stands where the key belongs.", "convcalc check alice.yaml lenet5", answers("student: Alice Archer\nanswers: {C1.output: 6x28x28}\n")),
    ErrorCode("H025", "What an assignment was to be begun on is an assignment itself, or has nothing to ask.", "convcalc init assignment key.yaml new.yaml", key("{ask: C1.output}")),
    ErrorCode("H040", "There is no table of answers in the text.", "convcalc check lenet5 alice.md", answers("# Homework\n\nAll of it is done.\n", "alice.md")),
    ErrorCode("H041", "A row of a table of answers cannot be told to a layer.", "convcalc check lenet5 alice.csv", answers("layer,parameters\nC1,156\n,12\n", "alice.csv")),
    ErrorCode("H042", "A column of a table of answers is not read, or nothing asks for it.", "convcalc check lenet5 alice.csv", answers("layer,paramters,output\nC1,156,6x28x28\n", "alice.csv")),
    ErrorCode("H043", "A question has two answers in one submission.", "convcalc check lenet5 alice.csv", answers("layer,parameters\nC1,156\nC1,150\n", "alice.csv")),
    ErrorCode("H044", "No cell of a notebook has answers in it.", "convcalc check lenet5 alice.ipynb", answers('{"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["Done."]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n', "alice.ipynb")),
    ErrorCode("H045", "A program was handed in, and the assignment cannot be answered by one.", "convcalc check key.yaml net.py", key("{ask: C1.output}", "spec: lenet5\nprogram: no\n") | program("net = nn.Linear(4, 2)\n")),
    ErrorCode("H046", "A program that was handed in has no layer of that name, or does not fit.", "convcalc check key.yaml net.py", key("{ask: total.parameters, at_most: 100}, {ask: fc9.parameters, at_most: 100}", "input: 4\n") | program("net = nn.Linear(4, 2)\n")),
    ErrorCode("H047", "How a program that was handed in was read: what its layers were held against.", "convcalc check key.yaml net.py", key("{ask: total.parameters, at_most: 100}", "input: 4\n") | program("net = nn.Linear(4, 2)\n")),
    ErrorCode("K001", "There is no such kind of layer.", "convcalc layer 'cnov 8 k3' 3x32x32"),
    ErrorCode("K002", "The kind of layer has no such key.", "convcalc layer 'conv 8 k3 strid=2' 3x32x32"),
    ErrorCode("K003", "It is known what this is, and that it is not computed here.", "convcalc layer 'nn.CTCLoss()' 3x32x32"),
    ErrorCode("L000", "A text is no network in one line.", "convcalc summary -e '3x32x32 conv 8 k3'"),
    ErrorCode("L001", "Something in a spec must be a mapping.", SUMMARY, spec("input: 3x8x8\nlayers: [relu]\nblocks: [a, b]\n")),
    ErrorCode("L002", "Something in a spec must be a text, a number or a list.", SUMMARY, spec("input: 3x8x8\nlayers: [relu]\nname: [a, b]\n")),
    ErrorCode("L003", "A spec has no such key.", SUMMARY, spec("input: 3x8x8\nlayer: [relu]\nlayers: [relu]\n")),
    ErrorCode("L004", "A spec does not say what goes in, or has no layers.", SUMMARY, spec("layers: [relu]\n")),
    ErrorCode("L005", "There is no layer in the network.", SUMMARY, spec("input: 3x8x8\nlayers: []\n")),
    ErrorCode("L006", "There is no such convention or layout.", SUMMARY, net("relu", "input: 3x8x8\nconvention: pytroch\n")),
    ErrorCode("L007", "A word cannot be a name.", SUMMARY, net("relu", "input: 3x8x8\nlet: {2x: 4}\n")),
    ErrorCode("L008", "A block has no layers.", SUMMARY, net("relu", "input: 3x8x8\nblocks: {small: {params: {c: 8}}}\n")),
    ErrorCode("L009", "Layers are a list, and here they are none.", SUMMARY, spec("input: 3x8x8\nlayers:\n  conv: 3 k3\n")),
    ErrorCode("L010", "A value is given twice.", "convcalc layer 'conv 8 k3 kernel=5' 3x32x32"),
    ErrorCode("L011", "A kind of layer takes no value, and is given one.", "convcalc layer 'relu 5' 3x32x32"),
    ErrorCode("L012", "A layer or a block is given more values than it takes.", SUMMARY, net("small 8 3", "input: 3x8x8\nblocks: {small: {params: {c: 4}, layers: [conv c k3]}}\n")),
    ErrorCode("L013", "A layer is empty, or is several at once.", SUMMARY, spec("input: 3x8x8\nlayers:\n  - conv 8 k3\n  -\n")),
    ErrorCode("L014", "A layer has two names."),
    ErrorCode("L015", "A word that takes no values has a list.", SUMMARY, net("identity: [conv 8 k3]")),
    ErrorCode("L016", "A repeat lacks `times` or `layers`.", SUMMARY, net("repeat: {times: 3}")),
    ErrorCode("L017", "A block of branches lacks a path, or has too few.", SUMMARY, net("residual: {shortcut: identity}")),
    ErrorCode("L018", "A network in one line lacks its input or its layers.", "convcalc summary -e '3x32x32 ->'"),
    ErrorCode("L019", "A kind of the spec's own has keys that cannot be read.", SUMMARY, net("mine 3", 'input: 1x8x8\nkinds: {mine: {keys: "kernel k k", size: "n - k + 1"}}\n')),
    ErrorCode("L020", "Brackets are nested too deep."),
    ErrorCode("L021", "There is nothing between two arrows.", "convcalc summary -e '3x32x32 -> -> relu'"),
    ErrorCode("L022", "A bracket in a network in one line is not closed, or followed by something odd.", "convcalc summary -e '3x32x32 -> [conv 8 k3 -> relu'"),
    ErrorCode("L023", "The bracket of a call is not closed, or something follows it.", "convcalc layer 'nn.Conv2d(3, 8, 3' 3x32x32"),
    ErrorCode("L024", "The base of a spec is not there, not beside it, or the spec itself.", SUMMARY, spec("base: net.yaml\n")),
    ErrorCode("L025", "The base of a spec has errors of its own.", SUMMARY, spec("base: small.yaml\n") | {"small.yaml": "input: 3x8x8\nlayer: [relu]\n"}),
    ErrorCode("L026", "A notation leaves something open: every reading is named, and none is guessed.", "convcalc summary -e '3x32x32 -> 3x3 conv, 64'"),
    ErrorCode("L027", "A line is indented so that it continues the layer above.", SUMMARY, spec("input: 3x8x8\nlayers:\n  - conv 8 k3\n    - relu\n")),
    ErrorCode("L028", "Variants are not written as a name with its choices.", SUMMARY, net("conv w k3", "input: 3x8x8\nvariants: {big: {let: {w: 64}}, small: {let: {w: 8}}}\n")),
    ErrorCode("L030", "A pair in a call is no name and its layer.", "convcalc summary -e '3x8x8 -> nn.Sequential(OrderedDict([nn.ReLU()]))'"),
    ErrorCode("L031", "Lines of a program make no layer.", "convcalc summary -e '3x8x8 -> print(x)'"),
    ErrorCode("L033", "A spec is to ignore a rule that there is not.", "convcalc lint net.yaml", net("relu", "input: 3x8x8\nlint: {ignore: [checkerbord]}\n")),
    ErrorCode("N001", "Nothing is called so, neither in `let` nor as a symbol.", SUMMARY, net("conv widht k3", "input: 3x8x8\nlet: {width: 8}\n")),
    ErrorCode("N002", "There is no layer of that name above.", SUMMARY, net("stem: conv 8 k3; add from=[stem, steam]")),
    ErrorCode("N003", "`solve` is to find a name that there is not.", "convcalc solve lenet5 --set width=? --macs 5"),
    ErrorCode("N004", "A name stands twice.", SUMMARY, net("a: conv 8 k3; a: relu")),
    ErrorCode("N005", "A layer uses another one that stands further down.", SUMMARY, net("add from=[input, late]; late: relu")),
    ErrorCode("N006", "Nothing chooses a variant, or there is no such choice.", SUMMARY, net("conv w k3", "input: 3x8x8\nvariants: {size: {s: {w: 8}, b: {w: 64}}}\n")),
    ErrorCode("N007", "A choice of a variant names a block that there is not.", SUMMARY, net("unit", "input: 3x8x8\nlet: {size: s}\nvariants: {size: {s: {unit: smal}, b: {unit: large}}}\nblocks: {small: {layers: [relu]}, large: {layers: [tanh]}}\n")),
    ErrorCode("O001", "A network is over a budget.", SUMMARY, net("conv 64 k3", "input: 3x32x32\nbudget: {parameters: 1k}\n")),
    ErrorCode("O002", "A budget is not decided: the network has letters for sizes.", SUMMARY, net("conv 64 k3", "input: 3xHxW\nbudget: {macs: 1M}\n")),
    ErrorCode("P001", "A line of a program is no Python.", OF_PROGRAM, program("net = nn.Sequential(nn.ReLU()))\n")),
    ErrorCode("P002", "What a program uses is beyond what is followed.", OF_PROGRAM, class_of("self.conv = nn.Conv2d(3, 8, 3)", "return nn.Foo()(self.conv(x))")),
    ErrorCode("P003", "What is not printed of a model is assumed: that its layers follow one another.", "convcalc summary net.txt --in-order --input 3x8x8", answers("Net(\n  (a): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))\n  (b): ReLU()\n)\n", "net.txt")),
    ErrorCode("P004", "What decides the network is known only when the program runs.", OF_PROGRAM, class_of("import os; self.fc = nn.Linear(4, int(os.environ['WIDTH']))", "return self.fc(x)")),
    ErrorCode("P005", "The program takes more steps, or makes longer sequences, than are followed.", OF_PROGRAM, class_of("n = 0; while True:;     n += 1", "return x")),
    ErrorCode("P006", "Python itself would stop here.", OF_PROGRAM, class_of("self.conv = nn.Conv2d(3, 8, 3)", "return self.cnov(x)")),
    ErrorCode("P007", "The program would reach outside itself, and nothing in it is run.", OF_PROGRAM, class_of("self.conv = nn.Conv2d(3, int(input()), 3)", "return self.conv(x)")),
    ErrorCode("P010", "There is no layer in a printed model."),
    ErrorCode("P011", "There are several printed models or tables in one text."),
    ErrorCode("P020", "A printed table is no network; `compare` sets it beside one."),
    ErrorCode("P021", "What is computed depends on the numbers of a tensor, which are not known.", OF_PROGRAM, class_of("self.conv = nn.Conv2d(3, 8, 3)", "x = self.conv(x); if x.sum() > 0:;     x = x * 2; return x")),
    ErrorCode("P022", "What is computed depends on the size of the batch, which is any number.", f"{OF_PROGRAM} --input 4", class_of("self.fc = nn.Linear(4, 2)", "return nn.Linear(x.size(0), 2)(x)")),
    ErrorCode("P030", "There is no network in the file.", OF_PROGRAM, program("print('hello')\n")),
    ErrorCode("P031", "There are several networks in a program: which one is a question.", OF_PROGRAM, program("class A(nn.Sequential):\n    def __init__(self):\n        super().__init__(nn.Linear(4, 2))\n\n\n" "class B(nn.Sequential):\n    def __init__(self):\n        super().__init__(nn.Linear(4, 3))\n")),
    ErrorCode("P032", "Nothing says what goes into the network.", OF_PROGRAM, class_of("self.act = nn.ReLU()", "return x.flatten(1)")),
    ErrorCode("P033", "A layer is never used, and how much it learns depends on what would go in."),
    ErrorCode("P034", "A program of Keras sets the order of axes to both that there are."),
    ErrorCode("Q001", "Nothing is unknown in the question.", "convcalc solve 3x32x32 'conv 8 k3' 8x30x30"),
    ErrorCode("Q002", "A question mark stands where nothing can be solved for.", "convcalc solve 3x32x32 'conv 8 k3 padding_mode=?' 8x30x30"),
    ErrorCode("Q003", "The output that is asked for has another number of sides than the layer's.", "convcalc solve 3x32x32 'conv 8 k?' 8x3x3x3"),
    ErrorCode("Q004", "The question has more unknown values than can be solved together.", "convcalc solve 'conv ? k? s? p?'"),
    ErrorCode("Q005", "What is unknown has no effect on what is asked for.", "convcalc solve 3x32x32 'conv ? k3'"),
    ErrorCode("Q006", "The smallest input is asked of a network that has none.", "convcalc solve net.yaml --smallest", net("linear 4", "input: 16\n")),
    ErrorCode("Q007", "The count that is asked for depends on an input that is not said.", "convcalc solve 'conv 8 k?' --parameters 224"),
    ErrorCode("Q009", "It is not said what is wanted.", "convcalc solve lenet5"),
    ErrorCode("Q010", "`convcalc.solve` of the library is given too few words, or one too many."),
    ErrorCode("T001", "The network is no chain of layers, and one line cannot say it.", "convcalc convert resnet18 --to chain"),
    ErrorCode("T002", "A layer cannot be said in the language that is to be written.", "convcalc convert -e '3x32x32 -> deformconv 8 k3' --to keras"),
    ErrorCode("T003", "What a layer gives is not known, so nothing can be written of it."),
    ErrorCode("U001", "There is no layer, column, quantity or tool of that name.", "convcalc explain lenet5 C9"),
    ErrorCode("U002", "An option has a value that it cannot have.", "convcalc sweep lenet5 --over H=1..x"),
    ErrorCode("U003", "Options exclude each other: one has no say over the other."),
    ErrorCode("U004", "An option names what is given already, or what there is not.", "convcalc sweep lenet5 --over widht=8,16"),
    ErrorCode("U005", "`--without` names nothing that may be left out.", "convcalc summary lenet5 --without aux"),
    ErrorCode("U006", "`--set` gives a name a value that cannot be read.", "convcalc summary resnet --set depth=51"),
    ErrorCode("U007", "`--input` names an input that there is not.", "convcalc summary lenet5 --input image=1x32x32"),
    ErrorCode("U008", "There is more than the command handles at a time.", 'convcalc summary lenet5 --default pool="conv 2"'),
    ErrorCode("U009", "What is asked for, the network does not have.", "convcalc draw -e '4 -> linear 2' --as arithmetic"),
    ErrorCode("U010", "Options or arguments do not go together.", "convcalc summary lenet5 --json --columns layer"),
    ErrorCode("U011", "There is no rule, kernel or other thing of that name.", "convcalc lint lenet5 --explain checkerbord"),
    ErrorCode("U012", "There is no such place in the output.", 'convcalc apply "maxpool 2" "1 2; 3 4" --at 5,5'),
    ErrorCode("U013", "The command line cannot be read, or something is missing in it.", "convcalc layer 'conv 10 k5'"),
    ErrorCode("V001", "A value cannot be read.", "convcalc summary -e '3x32xx32 -> relu'"),
    ErrorCode("V002", "A number is too small or not whole.", "convcalc layer 'conv 8 k0' 3x32x32"),
    ErrorCode("V003", "A key takes one value, and is given a list.", "convcalc layer 'conv [8,16] k3' 3x32x32"),
    ErrorCode("V004", "A key does not take that word.", "convcalc layer 'conv 8 k3 p=smae' 3x32x32"),
    ErrorCode("V005", "A key takes yes or no.", "convcalc layer 'conv 8 k3 bias=maybe' 3x32x32"),
    ErrorCode("V006", "A value that is needed is missing.", "convcalc layer 'conv 8' 3x32x32"),
    ErrorCode("V007", "A list has another number of values than there are axes.", "convcalc layer 'conv 8 k3x3x3' 3x32x32"),
    ErrorCode("V008", "A shape can be read in two ways, or looks like the other order of axes.", "convcalc layer 'conv 8 k3' 224x224x3"),
    ErrorCode("V009", "Two values say the same thing, or one leaves the other nothing to say.", "convcalc layer 'tconv 8 k3 output=16 output_padding=1' 4x8x8"),
    ErrorCode("V010", "One of several values has to be given, and not more.", "convcalc layer upsample 3x8x8"),
    ErrorCode("V011", "A mode is for maps of another number of axes, or leaves another setting without effect.", "convcalc layer 'upsample 2 mode=trilinear' 3x8x8"),
    ErrorCode("V012", "A formula of a kind of the spec's own has a number for each axis where one for the layer is meant.", SUMMARY, net("mine 3", 'input: 1x8x8\nkinds: {mine: {keys: "kernel k", size: "n - k + 1", weights: "n*k"}}\n')),
    ErrorCode("V013", "A value means different things to different frameworks.", "convcalc layer 'batchnorm momentum=0.8' 3x8x8 --convention keras"),
    ErrorCode("W001", "Branches that meet see the input at different strides or centres.", SUMMARY, net("concat: {pooled: [maxpool 2], convolved: [conv 4 k3 s2 p1]}")),
    ErrorCode("W002", "A network with letters for sizes fits under a condition, which is said.", "convcalc summary -e '3xHxW -> maxpool 2'"),
    ErrorCode("W003", "A size in front of the channels was taken as the batch.", "convcalc layer 'nn.Conv2d(3, 8, 3)' 'torch.randn(16, 3, 32, 32)'"),
    ErrorCode("W004", "`--without` names a layer that is not optional, and stays."),
    ErrorCode("W005", "What a paper's notation was read as.", SUMMARY, net("CONV3-64; POOL2")),
    ErrorCode("W006", "All outputs of the network were left out, so the last layer is its output."),
    ErrorCode("W007", "What is taken for granted of a file of weights or an exported graph."),
    ErrorCode("W008", "The size of the input was found as the one that fits the first linear layer.", OF_PROGRAM, class_of("self.conv = nn.Conv2d(1, 6, 5); self.fc = nn.Linear(6 * 24 * 24, 10)", "return self.fc(self.conv(x).flatten(1))")),
    ErrorCode("W009", "Something in a file computes nothing and was left out, or was read in another way than it stands.", CFG, answers("[net]\nwidth=32\nheight=32\nchannels=3\n\n[convolutional]\nfilters=8\nsize=3\n\n[cost]\ntype=sse\n", "net.cfg")),
    ErrorCode("W010", "What an exporter to ONNX has changed: batch normalisation folded into a convolution, for example."),
    ErrorCode("W011", "Nothing says in which order layers are used; as they are written is assumed.", OF_PROGRAM, program("conv = nn.Conv2d(3, 8, 3)\nact = nn.ReLU()\n")),
    ErrorCode("W012", "A layer is in no module: PyTorch neither trains nor counts what it learns.", f"{OF_PROGRAM} --input 4", class_of("self.layers = [nn.Linear(4, 2)]", "return self.layers[0](x)")),
    ErrorCode("W013", "A comment or a spec names what there is not, and has no effect.", "convcalc lint net.yaml", net("relu   # lint: ignore checkerbord")),
    ErrorCode("W014", "A program uses a name that it does not import; Python would stop.", OF_PROGRAM, {"net.py": "import torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n" "        self.fc = nn.Linear(4, 2)\n\n    def forward(self, x):\n        return F.relu(self.fc(x))\n"}),
    ErrorCode("W015", "Parameters are frozen, and counted all the same.", OF_PROGRAM, class_of("self.fc = nn.Linear(4, 2); self.fc.weight.requires_grad = False", "return self.fc(x)")),
    ErrorCode("W016", "A recurrent layer takes examples where steps go in.", OF_PROGRAM, class_of("self.rnn = nn.LSTM(4, 8)", "y, _ = self.rnn(x); return y[:, -1]")),
    ErrorCode("W017", "A class is read as it is made, and its file makes it with other arguments or changes it.", OF_PROGRAM, {"net.py": "import torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self, classes=1000):\n        super().__init__()\n        self.fc = nn.Linear(4, classes)\n\n    def forward(self, x):\n        return self.fc(x)\n\n\ndef test():\n    net = Net(classes=10)\n"}),
    ErrorCode("X001", "The network would have more layers than are computed.", SUMMARY, net("1000000 x relu")),
    ErrorCode("X002", "A block contains itself.", SUMMARY, net("a", "input: 3x8x8\nblocks: {a: [relu, a]}\n")),
    ErrorCode("X003", "Blocks are nested too deep."),
    ErrorCode("X004", "The names of all layers together would be too long."),
    ErrorCode("X005", "There is not enough memory."),
    ErrorCode("X006", "There is a bug in convcalc."),
    ErrorCode("Y001", "The file is not YAML.", SUMMARY, spec("name: @net\ninput: 3x8x8\nlayers: [relu]\n")),
    ErrorCode("Y002", "A tab stands where YAML allows only spaces.", SUMMARY, spec("input: 3x8x8\nlayers:\n\t- relu\n")),
    ErrorCode("Y003", "A colon is missing, or the space behind it.", SUMMARY, spec("input:3x8x8\nlayers: [relu]\n")),
    ErrorCode("Y004", "A text ended, and something is left over.", SUMMARY, spec('name: "Net" two\ninput: 3x8x8\nlayers: [relu]\n')),
    ErrorCode("Y005", "Within brackets YAML splits a text at its commas.", SUMMARY, spec("input: 3x8x8\nlayers: [conv(8, 3)]\n")),
    ErrorCode("Y006", "A quote or a bracket is never closed.", SUMMARY, spec("input: 3x8x8\nlayers: [relu, relu\n")),
    ErrorCode("Y007", "A line is indented in a way that belongs to nothing.", SUMMARY, spec("input: 3x8x8\n  layers: [relu]\n")),
    ErrorCode("Y010", "A key stands twice in one mapping.", SUMMARY, spec("input: 3x8x8\ninput: 3x9x9\nlayers: [relu]\n")),
    ErrorCode("Y011", "YAML's merge key is not read.", SUMMARY, spec("input: 3x8x8\nlet: &a {w: 8}\nblocks: {<<: *a}\nlayers: [relu]\n")),
    ErrorCode("Y012", "YAML's tags are not read.", SUMMARY, spec("input: !!str 3x8x8\nlayers: [relu]\n")),
    ErrorCode("Y013", "A key must be a text.", SUMMARY, spec("input: 3x8x8\nlayers: [relu]\n[a, b]: 1\n")),
    ErrorCode("Y014", "An alias repeats what nothing above is called.", SUMMARY, spec("input: 3x8x8\nlayers: *body\n")),
    ErrorCode("Y015", "An alias stands inside what it repeats.", SUMMARY, spec("input: 3x8x8\nlayers: &body [relu, *body]\n")),
    ErrorCode("Y016", "Aliases would make the file too large."),
    ErrorCode("Y017", "The file is nested too deep."),
    ErrorCode("Y018", "A second document begins in the file.", SUMMARY, spec("input: 3x8x8\nlayers: [relu]\n---\nname: two\n")),
    ErrorCode("Y019", "The file is empty.", SUMMARY, spec("")),
    ErrorCode("Y020", "There is a character in the file that no text has."),
    ErrorCode("Y021", "There are more values in the file than are read."),
    ErrorCode("Y030", "There is no such file, and no bundled network of that name.", "convcalc summary lennet5"),
    ErrorCode("Y031", "A folder stands where a file belongs.", "convcalc explain nets", {"nets/README": "Networks.\n"}),
    ErrorCode("Y032", "The file may not be read."),
    ErrorCode("Y033", "The file is not in UTF-8."),
    ErrorCode("Y034", "The file is larger than is read."),
    ErrorCode("Y035", "It is a device, and no file."),
    ErrorCode("Y036", "No file of a network is in the folder, or more than are read.", "convcalc lint nets", {"nets/README": "Networks.\n"}),
    ErrorCode("Y041", "A binary file is damaged at a byte."),
    ErrorCode("Y042", "A binary file holds more than is read."),
    ErrorCode("Y043", "An ONNX file holds no graph, or one without output."),
    ErrorCode("Y044", "Nodes of an ONNX graph need each other in a circle."),
    ErrorCode("Y045", "Nothing in an ONNX graph gives a tensor that a node takes."),
    ErrorCode("Y046", "A tensor of an ONNX graph has another shape than the file declares."),
    ErrorCode("Y047", "A node of an ONNX graph has other inputs or attributes than ONNX gives it."),
    ErrorCode("Y048", "Functions or conditions of an ONNX graph are nested too deep."),
    ErrorCode("Y051", "A configuration of Keras is not written as Keras writes it.", "convcalc summary net.json", answers('{"class_name": "Sequential", "config": 5}\n', "net.json")),
    ErrorCode("Y052", "An archive holds no network that is read, or is packed in an unusual way."),
)  # fmt: skip

BY_CODE = {each.code: each for each in CODES}


def code_page(each: ErrorCode) -> str:
    """What `convcalc help CODE` prints."""
    parts = [f"{each.code}: {each.meaning}"]
    for name, text in each.files.items():
        body = text if text.startswith(f"# {name}") else f"# {name}\n{text}"
        parts.append("\n".join(f"    {line}".rstrip() for line in body.splitlines()))
    if each.command:
        parts.append(f"    $ {each.command}")
    return "\n\n".join(parts) + "\n"
