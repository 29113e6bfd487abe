"""`convcalc sweep`: its formats agree, its files are whole, and bad input is told with a cure that works."""

import csv
import io
import json
import re
import shlex
import signal
import subprocess
import sys
from itertools import pairwise, product

import jsonschema
import pytest

from convcalc import whole_file
from convcalc.network.load import Choices, summarise
from convcalc.render.reference.schemas import SCHEMAS

LENET = ("sweep", "lenet5", "--over", "H=16..64:4")


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_rows_are_as_the_summary_has_them(convcalc):
    code, out, err = convcalc(*LENET, "--format", "csv", "--columns", "parameters,macs")
    assert code == 0
    assert [row["H"] for row in rows_of(out)] == ["32", "36", "40", "44", "48", "52", "56", "60", "64"]
    for row in rows_of(out):
        totals = summarise("lenet5", Choices(inputs={"": f"1x{row['H']}x{row['H']}"})).totals
        assert (row["parameters"], row["macs"]) == (str(totals.parameters), str(totals.macs))
    assert "4 do not fit: H must be at least 32" in err


def test_every_format_has_the_same_rows(convcalc):
    asked = (*LENET, "--where", "macs <= 2M", "--sort", "max macs", "--limit", "3")
    expected = [
        {"H": 44, "parameters": 212906, "macs": 1784520, "memory_peak": 48000, "receptive_field": 44},
        *(...,) * 2,
    ]
    _, text, _ = convcalc(*asked, "--json")
    document = json.loads(text)
    jsonschema.validate(document, SCHEMAS["sweep"])
    rows = document["rows"]
    assert rows[0] == expected[0] and len(rows) == 3
    assert document["tally"]["kept"] == 4 and document["tally"]["unfit"] == {"H must be at least 32": 4}
    _, text, _ = convcalc(*asked, "--format", "jsonl")
    assert [json.loads(line) for line in text.splitlines()] == rows
    _, text, _ = convcalc(*asked, "--format", "csv")
    assert rows_of(text) == [{name: str(value) for name, value in row.items()} for row in rows]
    for form in ("plain", "markdown"):
        _, text, _ = convcalc(*asked, "--format", form)
        numbers = [
            re.findall(r"[\d,]+", line) for line in text.splitlines() if line.strip("| ")[:2] in ("36", "40", "44")
        ]
        assert [[int(each.replace(",", "")) for each in line] for line in numbers] == [[*row.values()] for row in rows]
        assert "the first 3 of 4 rows" in text and "4 do not fit: H must be at least 32" in text


def test_rows_one_after_another_are_those_of_a_table(convcalc):
    _, text, _ = convcalc(*LENET, "--json", "--keep-invalid")
    _, streamed, told = convcalc(*LENET, "--format", "jsonl", "--keep-invalid")
    assert [json.loads(line) for line in streamed.splitlines()] == json.loads(text)["rows"]
    assert "13 points, of which 9 are left" in told


def test_a_command_of_a_row_works_it(convcalc):
    _, text, _ = convcalc(
        "sweep", "resnet", "--over", "depth=18,50", "--over", "H=64,225", "--format", "csv", "--commands"
    )
    rows = rows_of(text)
    assert len(rows) == 4
    for row in rows:
        program, *arguments = shlex.split(row["command"])
        code, out, _ = convcalc(*arguments, "--json")
        totals = json.loads(out)["totals"]
        assert program == "convcalc" and code == 0
        assert [str(totals[name]) for name in ("parameters", "macs")] == [row["parameters"], row["macs"]]
        assert str(max(totals["receptive_field"]["size"])) == row["receptive_field"]


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("memory_peak < 1KiB", "H=32 with memory_peak = 23,520"),
        ("receptive_field > 3000", "H=64 with receptive_field = 64"),
        ("biases < 3", "H=32 with 236 biases"),
    ],
)
def test_what_comes_nearest_is_told_with_its_quantities(convcalc, condition, told):
    assert f"without {condition}: 9 points; the nearest is {told}\n" in convcalc(*LENET, "--where", condition)[1]


@pytest.mark.parametrize("option", ["--sort", "--pareto", "--columns", "--where"])
@pytest.mark.parametrize("text", ["", " ", "macs,"])
def test_what_is_empty_is_told(convcalc, option, text):
    code, _, err = convcalc(*LENET, option, text)
    assert code == 2 and option in err and "--> " in err


def test_a_side_below_0_is_no_side_and_none_that_is_open(convcalc):
    code, out, _ = convcalc(*LENET[:2], "--over", "H=-1,0,32,1e30", "--keep-invalid", "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and [row["parameters"] is None for row in rows] == [True, True, False, False]
    code, out, _ = convcalc(*LENET[:2], "--over", "H=-1")
    assert code == 4 and "a size must be a whole number, at least 1, not -1" in out
    assert "H is enumerated: 1 structure\n" in out


def test_a_part_without_points_says_no_more(convcalc):
    code, out, _ = convcalc(*LENET[:2], "--over", "H=32,33", "--shard", "2/5")
    assert code == 4 and "\n0 points, part 2 of 5\n" in out


def test_there_may_be_more_names_than_loops_stand_in_one_another(convcalc, tmp_path):
    names = [f"c{number}" for number in range(30)]
    spec = tmp_path / "many.yaml"
    layers = "".join(f"- conv {name} k1\n" for name in names)
    spec.write_text(f"input: 2x3x3\nlet: {{{', '.join(f'{name}: 4' for name in names)}}}\nlayers:\n{layers}")
    over = [part for place, name in enumerate(names) for part in ("--over", f"{name}={'1,2' if place % 2 else '3'}")]
    code, out, _ = convcalc("sweep", str(spec), *over, "--where", "macs <= 945", "--columns", "macs", "--format", "csv")
    widths = product(*((1, 2) if place % 2 else (3,) for place in range(30)))
    macs = ((each, 9 * sum(one * other for one, other in pairwise((2, *each)))) for each in widths)
    expected = [[*map(str, each), str(number)] for each, number in macs if number <= 945]
    assert code == 0 and [[*row.values()] for row in rows_of(out)] == expected


def test_where_no_point_is_left_the_condition_that_binds_is_told(convcalc):
    code, out, _ = convcalc(*LENET, "--where", "macs <= 300k and parameters <= 100k")
    assert code == 4
    assert "13 points, of which 0 are left" in out
    assert "without macs <= 300k: 2 points; the nearest is H=32 with 416,520 MACs" in out
    code, out, _ = convcalc(*LENET, "--where", "macs <= 300k", "--json")
    document = json.loads(out)
    jsonschema.validate(document, SCHEMAS["sweep"])
    assert code == 4 and document["rows"] == []
    assert document["nearest"] == [
        {"without": "macs <= 300k", "points": 9, "is_sample": False, "nearest": {"H": 32, "macs": 416520}}
    ]


def test_where_several_conditions_bind_that_is_told(convcalc):
    code, out, _ = convcalc(*LENET, "--where", "macs <= 300k and parameters <= 60k")
    assert code == 4 and "no condition is to blame by itself" in out


def test_invalid_points_stay_with_their_reason(convcalc):
    _, out, _ = convcalc("sweep", "lenet5", "--over", "H=28,32", "--keep-invalid", "--format", "csv")
    first, second = rows_of(out)
    assert (first["macs"], first["reason"]) == ("", "H must be at least 32")
    assert (second["macs"], second["reason"]) == ("416520", "")


def test_a_front_is_what_no_other_beats(convcalc):
    line = (
        "sweep",
        "-e",
        "3xHxH -> conv C k3 -> relu -> conv 2*C k3",
        "--over",
        "C=1..6",
        "--over",
        "H=8..20:4",
        "--json",
    )
    every = json.loads(convcalc(*line)[1])["rows"]
    front = json.loads(convcalc(*line, "--pareto", "min macs, max H, max C")[1])["rows"]
    measures = [(row["macs"], -row["H"], -row["C"]) for row in every]
    beaten = [
        any(other != one and all(a <= b for a, b in zip(other, one, strict=True)) for other in measures)
        for one in measures
    ]
    assert front == [row for row, is_beaten in zip(every, beaten, strict=True) if not is_beaten]


def test_values_that_go_together(convcalc):
    line = ("sweep", "-e", "3x9x9 -> conv C k3 -> conv F k3", "--over", "C=1,2,3", "--over", "F=4,5,6", "--zip", "C,F")
    _, out, _ = convcalc(*line, "--format", "csv")
    assert [(row["C"], row["F"]) for row in rows_of(out)] == [("1", "4"), ("2", "5"), ("3", "6")]


# Files


@pytest.mark.parametrize(
    ("ending", "start"), [("csv", "H,"), ("jsonl", '{"H"'), ("json", '{"schema"'), ("md", "###"), ("txt", "LeNet-5")]
)
def test_a_file_is_written_as_its_ending_says(convcalc, tmp_path, ending, start):
    path = tmp_path / f"front.{ending}"
    code, out, err = convcalc(*LENET, "-o", str(path))
    assert code == 0 and not out and f"wrote {path}" in err
    assert path.read_text().startswith(start)


def test_an_ending_that_says_nothing_is_told(convcalc):
    code, _, err = convcalc(*LENET, "-o", "front.xyz")
    assert code == 2 and "--format table, plain, csv" in err


class FullDisk(io.StringIO):
    def writelines(self, pieces):
        for _ in pieces:
            raise OSError(28, "No space left on device")

    write = writelines


def test_a_full_disk_leaves_no_file(convcalc, tmp_path, monkeypatch):
    path = tmp_path / "front.csv"
    path.write_text("what was there")
    (tmp_path / "full").write_text("")

    def full(name, mode="r", **more):
        if ".convcalc-" in str(name) and "x" in mode:
            open_file(name, mode, **more).close()
            return FullDisk()
        return open_file(name, mode, **more)

    open_file = open
    monkeypatch.setattr(whole_file, "open", full, raising=False)
    code, _, err = convcalc(*LENET, "-o", str(path))
    assert code == 3 and "No space left on device" in err
    assert (
        sorted(each.name for each in tmp_path.iterdir()) == ["front.csv", "full"]
        and path.read_text() == "what was there"
    )


def test_what_is_broken_off_leaves_no_file_and_no_process(tmp_path):
    program = (
        "import signal, sys, time\nfrom convcalc.render.sweep import FORMATS\nfrom convcalc.cli import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # which a job in the background ignores
        "def slow(sweep, look):\n"
        "    yield 'H\\n'\n    print('begun', file=sys.__stdout__, flush=True)\n    time.sleep(60)\n"
        "FORMATS['csv'] = slow\nsys.argv[1:] = ['sweep', 'lenet5', '--over', 'H=32..64:4', '-o', 'front.csv']\nmain()\n"
    )
    running = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert running.stdout.readline() == "begun\n"
    assert [each.suffix for each in tmp_path.iterdir()] == [""]  # the file beside, half written
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 130
    assert not list(tmp_path.iterdir())


# Bad input


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("sweep", 2, "name a SPEC, for example `convcalc sweep lenet5 --over H=16..64:4`"),
        ("sweep lenet5", 2, "--over H=160..320:32"),
        ("sweep lenet5 vgg16 --over H=32", 2, "a sweep is of one network; variants of one are swept too"),
        ("sweep nonet --over H=32", 3, "nonet"),
        ("sweep lenet5 --over Q=32", 2, "Q"),
        ("sweep resnet --over depth=18,51 --over H=224", 2, "--over depth=51: there is no depth"),
        ("sweep resnet --over dept=18", 2, 'did you mean "depth"'),
        ("sweep lenet5 --over H=9..8", 2, "--over H=8..9:1"),
        ("sweep lenet5 --over H=8..9:0", 2, "--over H=8..9"),
        ("sweep lenet5 --over H=32 --over H=33", 2, "--over H=A,B"),
        ("sweep lenet5 --over H=32,33 --over W=32 --zip H,W", 2, "H has 2 and W has 1 values"),
        ("sweep lenet5 --over H=32 --where macs=", 2, "missing"),
        ("sweep lenet5 --over H=32 --where nacs<=3", 2, 'did you mean "macs"'),
        ("sweep lenet5 --over H=32 --columns macs,spam", 2, "no quantity or swept name spam"),
        ("sweep lenet5 --over H=32 --shard 4/3", 2, "3/16 is the third of sixteen"),
        ("sweep lenet5 --over H=32 --pareto macs", 2, "max macs, or min macs"),
        ("sweep lenet5 --over H=1..20:4", 4, "H must be at least 32"),
        ("sweep -e '3x8x8 -> conv C k9' --over C=1,2", 3, "kernel"),
        ("sweep -e '3x8x8 -> conv 4 kernel=K' --over K=-1,0,3", 0, "1 is left"),
        ("sweep -e '16x22x16xW -> identity' --over H=4", 2, "W has no value"),
        ("sweep lenet5 --over H=32 --format parquet", 2, "-o FILE.parquet"),
        ("sweep lenet5 --over H=32 --sql duckdb --commands", 2, "--sql prints a query, over which --commands has no say"),
        ("sweep lenet5 --over H=32 --sql duckdb --json", 2, "over which --format has no say"),
        ("sweep lenet5 --over H=32 --master local[2]", 2, "add --engine spark"),
        ("sweep -e '3xHxH -> conv C k3' --over C=1,2", 2, "H has no value"),
    ],
)  # fmt: skip
def test_bad_input_is_told_with_a_cure(convcalc, line, code, told):
    program, *arguments = shlex.split(line)
    found, out, err = convcalc(program, *arguments)
    assert (found, told in out + err) == (code, True), out + err
    assert "bug in convcalc" not in err


def test_more_rows_than_anybody_keeps_are_refused_before_any_work(convcalc):
    names = [part for name in "ABCDEF" for part in ("--over", f"{name}=1..100000")]
    line = ("sweep", "-e", f"3x8x8 -> {' -> '.join(f'conv {name} k1' for name in 'ABCDEF')}", *names)
    code, out, err = convcalc(*line, "--format", "csv")
    assert (code, out) == (2, "") and f"{10**30:,} combinations" in err
    code, out, _ = convcalc(*line, "--sample", "3", "--format", "csv")
    assert code == 0 and len(rows_of(out)) == 3


def test_parquet_without_its_extra_names_it(convcalc, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    code, _, err = convcalc(*LENET, "-o", str(tmp_path / "front.parquet"))
    assert code == 2 and '`pip install "convcalc[sweep]"`' in err and not list(tmp_path.iterdir())


def test_a_program_without_sizes_is_told_the_option_that_gives_them(convcalc, tmp_path):
    program = tmp_path / "net.py"
    program.write_text(
        "from torch import nn\nclass Net(nn.Module):\n"
        "    def __init__(self, width=8):\n        super().__init__()\n        self.conv = nn.Conv2d(3, width, 3)\n"
        "    def forward(self, x):\n        return self.conv(x)\n"
    )
    asked = ("sweep", str(program), "--over", "width=8,16")
    code, _, err = convcalc(*asked)
    cure = re.search(r"or (--input \S+) for one value", err)[1]
    assert code == 2 and convcalc(*asked, *cure.split())[0] == 0


def test_memory_says_of_which_numbers_it_is(convcalc):
    _, usual, _ = convcalc(*LENET)
    _, small, _ = convcalc(*LENET, "--dtype", "int8")
    _, swept, _ = convcalc(*LENET, "--over", "act_bits=8")
    _, other, _ = convcalc(*LENET, "--columns", "macs")
    assert "a number in memory has 32 bits" in usual and "a number in memory has 8 bits" in small
    assert "a number in memory" not in swept + other


def test_one_objective_is_told_to_be_no_front(convcalc):
    _, text, _ = convcalc(*LENET, "--pareto", "min macs")
    assert "it is one objective" in text and "compete" not in text


def test_a_picture_says_which_objectives_it_leaves_out(convcalc, tmp_path):
    aims = "min macs, max parameters, max receptive_field"
    _, _, err = convcalc(*LENET, "--pareto", aims, "--draw", str(tmp_path / "front.svg"))
    assert "without max receptive_field" in err


def test_cures_work(convcalc):
    for line in ("lenet5 --over H=64..32:4", "lenet5 --over H=32..64:0", "lenet5 --over H=32..64:-4"):
        code, _, err = convcalc("sweep", *line.split())
        cure = re.search(r"help: (--over \S+)$", err, re.MULTILINE)[1]
        assert code == 2 and convcalc("sweep", "lenet5", *cure.split())[0] == 0


def test_a_sweep_in_json_tells_its_errors_in_json(convcalc):
    code, out, _ = convcalc("sweep", "lenet5", "--over", "H=9..8", "--json")
    assert code == 2 and "do not lead from 9 to 8" in json.loads(out)["error"]["message"]


@pytest.mark.parametrize(("ending", "start"), [("svg", b"<svg"), ("pdf", b"%PDF"), ("tex", b"%")])
def test_a_picture_is_drawn_beside_the_table(convcalc, tmp_path, ending, start):
    path = tmp_path / f"front.{ending}"
    code, out, err = convcalc(*LENET, "--draw", str(path))
    assert code == 0 and "Receptive field" in out and f"wrote {path}" in err
    assert path.read_bytes().startswith(start)


def test_a_picture_that_is_none_is_told_before_any_work(convcalc, tmp_path):
    for name in ("front.html", "front.xyz"):
        code, out, err = convcalc(*LENET, "--draw", str(tmp_path / name))
        assert (code, out, list(tmp_path.iterdir())) == (2, "", []) and "help:" in err


def test_a_size_that_has_to_be_whole_is_told_so(convcalc):
    _, text, _ = convcalc("sweep", "regnet", "--over", "w1=32,40", "--over", "group=16,24", "--format", "plain")
    assert "w1/min(group, w1) must be whole" in text


def test_rows_that_are_written_were_looked_at(convcalc, monkeypatch):
    monkeypatch.setattr("convcalc.render.sweep.MANY", 1)
    asked = ("sweep", "-e", "3xHxH -> conv C k3", "--over", "C=1..40", "--over", "H=8..40", "--format", "csv")
    code, out, err = convcalc(*asked)
    assert code == 0 and len(rows_of(out)) == 40 * 33
    assert "without a look" not in err
    _, _, err = convcalc(*asked, "--where", "macs <= 1000")
    assert "of these were decided without a look at each" in err
