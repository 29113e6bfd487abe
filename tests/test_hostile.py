"""Command lines that once hung, crashed or ate memory: each ends soon and small, with the exit code and word it should have."""

import shlex
from pathlib import Path

import pytest
from command_lines import Case
from fuzz import finding, isolated

DATA = Path(__file__).parent / "data" / "hostile"
FILES = tuple((str(path.relative_to(DATA)), path.read_bytes()) for path in sorted(DATA.rglob("*.yaml")))
SECONDS = 10  # of processor time, a guard: what hangs is not waited for

ROWS = [
    # A class in which one submission is not what it should be.
    ("check lenet5 class", 3, "bob"),
    ("check lenet5 brace.yaml", 3, "never closed"),
    ("check key.yaml class-of-long-names --format markdown -o OUT", 1, ""),
    ("check lenet5 total.yaml", 0, "total.output is 10"),
    ("check convention-key.yaml class", 3, "torch"),
    # Answers that cost a calculation.
    ("check key.yaml tower.yaml", 1, "C3.parameters"),
    ("check key.yaml floors.yaml", 1, "conv.output"),
    ("check key.yaml ratios.yaml", 1, "conv.output"),
    ("check key.yaml power.yaml", 1, "conv.output"),
    ("check key.yaml class/ada.yaml --fail-under nan", 2, "nan"),
    # Specs.
    ("summary tower-spec.yaml", 3, "tower-spec.yaml:2"),
    ("summary block.yaml", 0, "b1.conv1"),
    ("summary let.yaml", 0, ""),
    ("summary letters.yaml --symbolic", 0, "Ünï"),
    ("explain minuses.yaml", 3, "minuses.yaml:2"),
    ("summary fraction.yaml", 3, "fraction.yaml:3"),
    ("summary base.yaml", 3, "base.yaml:1"),
    ('summary -e "8x4x4 -> globalavgpool -> conv 8 k3 d2" --convention textbook', 3, ""),
    ('summary -e "48x26 -> tconv 72 k2 d100000000"', 0, ""),
    ('summary -e "2x41 -> tconv 4 k9 d=999999999999999999999999999999"', 0, ""),
    ('summary -e "3x8x8 -> conv 2**20000 k1"', 3, ""),
    ('summary -e "1x32x32 -> conv 1 k3 d=2**20000"', 3, ""),
    ('summary -e "3xHxW -> reshape 16x2 -> linear 8"', 0, "Fits when        3·H·W = 32"),
    (
        'summary -e "8x65x65 -> pixelshuffle 2 -> avgpool kernel=4 padding=same -> conv 2 k5" --convention keras --symbolic',
        0,
        "",
    ),
    ('summary -e "1x11 -> upsample 2 -> globalavgpool" --symbolic', 0, ""),
    ('summary -e "4x32x32 -> upsample output=5" --symbolic', 0, ""),
    ('summary -e "64 -> [relu]*0"', 3, ""),
    ('summary -e "16x100 -> [relu]*0" --format csv', 3, ""),
    ('summary -e "3x8x8 -> [relu]*2000000"', 3, "at most"),
    ("summary lenet5 --max-parameters 1e9999999", 2, "too large"),
    ('summary -e "1x28x28 -> [conv 8 k3 s2 d2]*255" --symbolic --convention textbook', 0, "Fits when"),
    ('summary -e "8x28x28 -> [conv 8 k3 s2 d2]*255 -> groupnorm 2" --symbolic', 0, ""),
    (
        'summary -e "3x8x8 -> leakyrelu -> silu -> tconv 4 k3 -> globalavgpool -> identity -> conv 4 k3 g2" --convention textbook',
        3,
        "",
    ),
    ('summary -e "16x100 -> relu" --batch 10**30 --memory all', 2, "10**30"),
    ('summary -e "16x6x7 -> reshape 2x16 -> concat" --symbolic', 0, "Fits when"),
    ('summary -e "3x8x8 -> conv 1 k2 d22**10000"', 3, ""),
    # Questions.
    ('solve -e "3xHxW -> conv 16 k3 g2" --smallest', 4, ""),
    ('solve -e "3x32x32 -> conv 16 k1 g2" --output 16x16x16', 4, ""),
    ('solve 3x224x224 "conv ? k? s? p? d?" 64x112x112 --up-to 1000', 0, ""),
    ('solve -e "3x?x? -> conv ? k? s? -> maxpool ?" --output 7x7', 0, ""),
    ('solve 3x32x32 "conv 64 k? s4 p2 d?" --macs 5..1e6', 0, ""),
    ('solve "?x?x?" flatten --up-to 1000', 2, "no effect"),
    ('solve 3x8x8 "conv 4 k? p1" 3xHxW', 4, ""),
    ('solve x "conv 4 k? p1" 32', 3, ""),
    ("solve alexnet --smallest --input 7x7", 2, "leave --set, --input"),
    ('solve -e "64 -> conv 16 k1" --smallest', 2, "no sides"),
    ('solve 3xHxW "rbf units=?" 5x32', 4, ""),
    ('solve CxHxW "conv 64 k? s2 p1" x', 2, "1 side"),
    ('solve -e "CxHxW -> conv 1 k3" --parameters "< 65536"', 0, ""),
    ('solve -e "1x28x28 -> [conv 8 k3 s2 d2]*255" --smallest', 4, "no solution"),
    ("solve dcgan --exact", 0, "1, 2, 3"),
    ("solve unet --exact", 0, ""),
    ("solve vgg16 --exact", 0, ""),
    ("solve densenet161 --exact", 0, "29, 61, 93"),
    ('solve "?x?x?" "conv 1 k? s2 p3"', 0, ""),
    ('solve 3x224x224 "conv 8 k? p? d?" --up-to 1000', 0, ""),
    ('solve 1x224x3 "dwconv k? p1" 3xHxW', 4, ""),
    ('solve x "unfold ?" 255', 3, "a vector of x"),
    ("solve vgg16 --smallest --input 5x5x5x16", 2, ""),
    ('solve 100x5x16 "conv ? k? s1" --receptive-field "= 0"', 4, ""),
    ('solve 3xHxW "rbf units=?"', 0, "units = W"),
    # Exercises.
    ("quiz --topic everything --level 3 --layers 12", 0, ""),
]


@pytest.mark.parametrize(("line", "code", "word"), ROWS, ids=[line for line, _, _ in ROWS])
def test_a_hostile_command_line_ends_soon_small_and_with_a_word(line, code, word):
    case = Case(tuple(shlex.split(line)), FILES)
    (found,) = isolated([case], SECONDS)
    assert finding(case, found) is None, finding(case, found)
    assert found.code == code, (found.out + found.errors)[:1000]
    assert word in found.out + found.errors
