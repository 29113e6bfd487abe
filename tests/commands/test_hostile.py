"""Command lines that once hung, crashed or ate memory: each ends soon and small, with the exit code and words it should have."""

import shlex

import places
import pytest
from command_lines import Case
from fuzz import finding, isolated

DATA = places.DATA / "hostile"
FILES = tuple((str(path.relative_to(DATA)), path.read_bytes()) for path in sorted(DATA.rglob("*.yaml")))
SECONDS = 10  # of processor time, a guard: what hangs is not waited for

TOO_LARGE = "2**20000: this number is too large: more than 1,000 digits"
EMPTY = "error[L005]: nothing is left of the network: it has no layer"
NEVER_DIVIDES = 'no solution: layer "conv1": 3 input channels cannot be divided into 2 groups'
BEHIND_POOLING = "error[C001]: kernel 3 does not fit: the padded input is only 1 wide"

# (the command line, its exit code, what is said)
ROWS = [
    # A class in which one submission is not what it should be.
    ("check lenet5 class", 3, "bob, LeNet-5\n:( not marked: the { opened here is never closed", "2 of 3 submissions marked"),
    ("check lenet5 brace.yaml", 3, ":( not marked: the { opened here is never closed; write } where it ends"),
    ("check key.yaml class-of-long-names --format markdown -o OUT", 1),
    ("check lenet5 total.yaml", 0, ":) total.output is 10", "2 of 2 points"),
    ("check key.yaml total.yaml", 1, '"total.output" is no question of this assignment', "1 of 7 points"),
    ("check convention-key.yaml class", 3, 'error[H018]: unknown convention "torch"', 'did you mean "pytorch"?'),
    # Answers that cost a calculation.
    ("check key.yaml tower.yaml", 1, ":( C3.parameters", "this number is too large to be meant", "0 of 7 points"),
    ("check key.yaml floors.yaml", 1, ":( conv.output", "too involved to be compared: simplify it", "0 of 7 points"),
    ("check key.yaml ratios.yaml", 1, ":( conv.output", "too involved to be compared: simplify it", "0 of 7 points"),
    ("check key.yaml power.yaml", 1, ":( conv.output", "too involved to be compared: simplify it", "0 of 7 points"),
    ("check key.yaml class/ada.yaml --fail-under nan", 2, "nan is no share of the points; give a number from 0 to 100"),
    # Specs.
    ('layer "nn.Conv2d(3,64,7" 3x32x32', 3, "error[L023]: the bracket of nn.Conv2d( is not closed", "write: nn.Conv2d(3, 64, 7)"),
    ("summary tower-spec.yaml", 3, "this number is too large: more than 1,000 digits\n  --> tower-spec.yaml:2:10"),
    ("summary block.yaml", 0, "b1.conv1  conv 8 k3  8×6×6          224  7,776  3×3"),
    ("summary let.yaml", 0, "conv1  conv 4 k1  4×8×8           16   768  1×1"),
    ("summary letters.yaml --symbolic", 0, "Ünï (pytorch convention)", "8×⌊(H + 1)/2⌋×⌊(W + 1)/2⌋"),
    ("explain minuses.yaml", 3, "this expression is nested too deeply\n  --> minuses.yaml:2:9"),
    ("summary fraction.yaml", 3, "error[C004]: the output would be 4×7/2\n  --> fraction.yaml:3:10"),
    ("summary divisor.yaml", 3, "error[C040]: odd needs c % (g - 1) == 0\n  --> divisor.yaml:3:10"),
    ("summary divisor-letter.yaml", 3, "error[C040]: odd needs c % (g - 1) == 0\n  --> divisor-letter.yaml:3:10"),
    ("summary nobase.yaml", 3, "error[L024]: base names no spec\n  --> nobase.yaml:1:6", "base: lenet5"),
    ("summary base.yaml", 3, "error[L024]: ../../../../secret.yaml is not in the folder of base.yaml, nor below it\n  --> base.yaml:1:7"),
    ('summary -e "8x4x4 -> globalavgpool -> conv 8 k3 d2" --convention textbook', 3, BEHIND_POOLING, "kernel = 1, or padding = 2"),
    ('summary -e "48x26 -> tconv 72 k2 d100000000"', 0, "72×100000026       6,984  179,712  100000001"),
    ('summary -e "2x41 -> tconv 4 k9 d=999999999999999999999999999999"', 0, "4×8000000000000000000000000000033", "  7999999999999999999999999999993"),
    ('summary -e "3x8x8 -> conv 2**20000 k1"', 3, f"error[V001]: filters: {TOO_LARGE}", "filters=3"),
    ('summary -e "1x32x32 -> conv 1 k3 d=2**20000"', 3, f"error[V001]: dilation: {TOO_LARGE}", "dilation=1"),
    ('summary -e "3xHxW -> reshape 16x2 -> linear 8"', 3, "error[C015]: 16×2 holds 32 numbers, the input 3·H·W", "-1 for a size that follows"),
    ('summary -e "4xHxW -> reshape 16x2 -> linear 8"', 0, "Fits when        H·W = 8"),
    ('summary -e "8x65x65 -> pixelshuffle 2 -> avgpool kernel=4 padding=same -> conv 2 k5" --convention keras --symbolic', 0,
     "2×(⌊(H + 1)/2⌋ − 4)×(⌊(W + 1)/2⌋ − 4)", "Fits when        H and W are at least 9"),
    ('summary -e "1x11 -> upsample 2 -> globalavgpool" --symbolic', 0, "Receptive field  L              sees the whole input"),
    ('summary -e "4x32x32 -> upsample output=5" --symbolic', 0, "4×5×5            0     0  ?×?", "which unit sees what cannot be told"),
    ('summary -e "4x32x32 -> adaptiveavgpool 3" --symbolic', 0, "which unit sees what cannot be told"),
    ('summary -e "64 -> [relu]*0"', 3, EMPTY, "repeat a layer at least once"),
    ('summary -e "16x100 -> [relu]*0" --format csv', 3, EMPTY),
    ('summary -e "3x8x8 -> [relu]*2000000"', 3, "error[X001]: the network would have 2,000,000 layers", "at most 50,000"),
    ("summary lenet5 --max-parameters 1e9999999", 2, "--max-parameters: this number is too large: more than 1,000 digits"),
    # Sizes are (H + 3)/2ⁿ − 3 exactly, where H is 2ⁿ·m − 3.
    ('summary -e "1x28x28 -> [conv 8 k3 s2 d2]*255" --symbolic --convention textbook', 0, "8×((H − 381)/128)×((W − 381)/128)", f"Fits when        H and W = {2**255 - 3:,} mod {2**255:,}, at least {2**257 - 3:,}"),
    ('summary -e "8x28x28 -> [conv 8 k3 s2 d2]*255 -> groupnorm 2" --symbolic', 0, "8×(⌊(H + 3)/64⌋ − 3)×(⌊(W + 3)/64⌋ − 3)", f"Fits when        H and W are at least {4 * (2**255 - 1) + 1:,}"),
    ('summary -e "3x8x8 -> leakyrelu -> silu -> tconv 4 k3 -> globalavgpool -> identity -> conv 4 k3 g2" --convention textbook', 3, BEHIND_POOLING, "kernel = 1, or padding = 1"),
    ('summary -e "16x100 -> relu" --batch 10**30 --memory all', 2, "--batch': '10**30' is not a valid integer"),
    (f'summary -e "16x100 -> relu" --batch {10**30} --memory all', 0, f"{16 * 100 * 4 * 10**30:,}"),
    ('summary -e "16x6x7 -> reshape 2x16 -> concat" --symbolic', 0, "Fits when        H·W = 2"),
    ('summary -e "3x8x8 -> conv 1 k2 d22**10000"', 3, "error[V001]: dilation: 22**10000: this number is too large", "dilation=1"),
    ("layer 'maxpool floor(H/2)' 4 1", 0, "the network fits when H = 2 or 3"),
    ("layer 'permute [2,k]' 1", 3, "error[C016]: 2, k does not order 1 axes"),
    ("'3x32x32 => conv 8 k3'", 3, "= help: write: 3x32x32 -> conv 8 k3"),
    # Questions.
    ('solve -e "3xHxW -> conv 16 k3 g2" --smallest', 4, NEVER_DIVIDES, "groups = 1"),
    ('solve -e "3x32x32 -> conv 16 k1 g2" --output 16x16x16', 4, NEVER_DIVIDES, "groups = 1"),
    ('solve 3x224x224 "conv ? k? s? p? d?" 64x112x112 --up-to 1000', 0, "\n64       3       2       1        1         conv 64 k3 s2 p1", "tried: kernel up to"),
    ('solve -e "3x?x? -> conv ? k? s? -> maxpool ?" --output 7x7', 0, "f = 1, k = 1, s = 1, k_2 = 1, n = 7: 1×7×7", "tried: "),
    ('solve 3x32x32 "conv 64 k? s4 p2 d?" --macs 5..1e6', 0, "\n5       1         conv 64 k5 s4 p2     64×8×8  307,200", "tried: kernel up to"),
    ('solve "?x?x?" flatten --up-to 1000', 2, "error[Q005]: flatten makes 1 of 3 sides: it cannot keep the size", "such as 64,"),
    ('solve 3x8x8 "conv 4 k? p1" 3xHxW', 4, "no solution: k would be 11 − H, with 4 channels, not 3"),
    ('solve x "conv 4 k? p1" 32', 3, "error[C010]: conv needs channels and at least one axis, its input is a vector of x"),
    ("solve alexnet --smallest --input 7x7", 2, "error[Q006]: the smallest input is one with equal sides", "leave --set, --input and other ? out"),
    ('solve -e "64 -> conv 16 k1" --smallest', 2, "error[Q006]: the input is a vector: it has no sides", "an input such as 3x32x32"),
    ('solve 3xHxW "rbf units=?" 5x32', 4, "no solution: f would be 32, with height H, not 5"),
    ('solve CxHxW "conv 64 k? s2 p1" x', 2, "error[Q003]: x has 1 side, the layer's output has 3", "112x112"),
    ('solve -e "CxHxW -> conv 1 k3" --parameters "< 65536"', 0, "channels = 1 to 7281 (7,281 values)"),
    ('solve -e "1x28x28 -> [conv 8 k3 s2 d2]*255" --smallest', 4, "none found: ", "tried: input up to 1024"),
    ('solve -e "1x28x28 -> [conv 8 k3 s2 d2]*255" --smallest --convention textbook', 4, "none found: ", "tried: input up to 1024"),
    ("solve dcgan --exact", 0, "input = 1, 2, 3, …\n"),
    ("solve unet --exact", 0, "input = 188, 204, 220, …\n"),
    ("solve vgg16 --exact", 0, "input = 32, 64, 96, …\n"),
    ("solve densenet161 --exact", 0, "input = 29, 61, 93, …\n"),
    ('solve "?x?x?" "conv 1 k? s2 p3"', 0, "\n1         4      3       conv 1 k3 s2 p3  1×4×4 ", "tried: kernel up to"),
    ('solve 3x224x224 "conv 8 k? p? d?" --up-to 1000', 0, "\n3       1        1         conv 8 k3 p1   8×224×224", "tried: kernel up to"),
    ('solve 1x224x3 "dwconv k? p1" 3xHxW', 4, "no solution: k would be 227 − H, with 1 channel, not 3"),
    ('solve x "unfold ?" 255', 3, "error[C010]: unfold needs channels and at least one axis, its input is a vector of x"),
    ("solve vgg16 --smallest --input 5x5x5x16", 2, "error[Q006]: the smallest input is one with equal sides"),
    ('solve 100x5x16 "conv ? k? s1" --receptive-field "= 0"', 4, "no solution: "),
    ('solve 3xHxW "rbf units=?"', 0, "units = W"),
    # Exercises.
    ("quiz --topic everything --level 3 --layers 12", 0, "| L12 | `", "parameters of the whole network"),
    ("quiz lenet5 --student \udcff", 0, "# LeNet-5"),
]  # fmt: skip

# Files too long to be kept.
MADE = [
    ("names.yaml", "input: 3x8x8\nlayers: [conv a0 k1]\nlet:\n" + "".join(f"  a{n}: a{n + 1}\n" for n in range(60_000)) + "  a60000: 4\n"),
    ("form.csv", "name,C1.output," + "x," * 100_000 + "\nAda,6x28x28\n"),
    ("twice.yaml", "input: 3x8x8\nlayers: [relu]\nlet:\n" + "".join(f"  k{n}: 1\n  k{n}: 2\n" for n in range(100_000))),
    ("equal.yaml", "input: 3x8x8\nlayers: [relu]\nlet:\n" + "  k: 1\n" * 160_000),
    ("word.yaml", f"name: {'a' * 10**6}\ninput: 3x8x8\nlayers:\n  - relu: {{name: {'n' * 10**6}}}\n  - 2000 x relu\n"),
]  # fmt: skip
LONG = [
    ("summary names.yaml", 0, "conv1  conv 4 k1  4×8×8           16   768  1×1"),
    ("check lenet5 form.csv", 0, "Ada, LeNet-5", ":) C1.output is 6×28×28"),
    ("summary twice.yaml", 3, 'error[Y010]: "k0" is a key twice in one mapping: on lines 4 and 5'),
    ("summary equal.yaml", 3, 'error[Y010]: "k" is a key 160,000 times in one mapping: on lines 4, 5'),
    ("summary word.yaml", 0, f"{'n' * 9}"),
]

# Of the rows with an error, what its cure makes of them.
CURED = [
    'summary -e "8x4x4 -> globalavgpool -> conv 8 k1 d2" --convention textbook',
    'summary -e "8x4x4 -> globalavgpool -> conv 8 k3 d2 p2" --convention textbook',
    'summary -e "3x8x8 -> conv filters=3 k1"',
    'summary -e "1x32x32 -> conv 1 k3 dilation=1"',
    'summary -e "3xHxW -> reshape 16x-1 -> linear 8"',
    'summary -e "{input: 4x7, kinds: {half: {keys: kernel k, size: floor(n/2)}}, layers: [half 2]}"',
    'summary -e "{input: 4x2, kinds: {half: {keys: kernel k, size: n/2}}, layers: [half 2]}"',
    'summary -e "64 -> [relu]*1"',
    'summary -e "64 -> identity"',
    'summary -e "3x8x8 -> tconv 4 k3 -> globalavgpool -> conv 4 k1 g2" --convention textbook',
    'summary -e "3x8x8 -> tconv 4 k3 -> globalavgpool -> conv 4 k3 g2 p1" --convention textbook',
    'solve -e "3xHxW -> conv 16 k3 g1" --smallest',
    'solve "?x?x?" flatten 64 --up-to 1000',
    "solve alexnet --smallest",
    'solve -e "3x32x32 -> conv 16 k1" --smallest',
    'solve CxHxW "conv 64 k? s1 p1" HxW',
]


def ended(line, files):
    case = Case(tuple(shlex.split(line)), files)
    (found,) = isolated([case], SECONDS)
    assert finding(case, found) is None, finding(case, found)
    return found


def check(row, files):
    line, code, *words = row
    found = ended(line, files)
    said = found.out + found.errors
    assert found.code == code, said[:1000]
    assert [word for word in words if word not in said] == [], said[:1000]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_hostile_command_line_ends_soon_small_and_with_a_word(row):
    check(row, FILES)


@pytest.mark.parametrize("row", LONG, ids=lambda row: row[0])
def test_a_long_file_does_too(row):
    check(row, tuple(file for file in MADE if file[0] in row[0]))


@pytest.mark.parametrize("line", CURED)
def test_the_cure_of_a_hostile_command_line_cures_it(line):
    found = ended(line, ())
    assert found.code == 0, found.out + found.errors
