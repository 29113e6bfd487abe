"""The arrays of the lectures: every figure, every way to write an array, and what is said where one does not fit."""

import json

import jsonschema
import pytest

from convcalc.arrays.short import KERNELS
from convcalc.render.reference.schemas import SCHEMAS


@pytest.fixture
def applied(convcalc):
    """The document of an array that a layer is applied to."""

    def call(*arguments):
        code, out, err = convcalc("apply", *arguments, "--json")
        assert code == 0, out + err
        found = json.loads(out)
        jsonschema.validate(found, SCHEMAS["apply"])
        return found

    return call


def rows(text):
    return [[int(number) for number in row.split()] for row in text.split("/")]


NINE = "1 2 3; 4 5 6; 7 8 9"
SLIDE = "10 20 30; 40 50 60; 30 20 10"
POOLED = "1 1 2 4; 5 6 7 8; 3 2 1 0; 1 2 3 4"
# What the lectures compute cell by cell.
LECTURES = [
    pytest.param(("conv 1 k2", NINE, "--weights", "10 20; 30 40"), "370 470 / 670 770", id="the kernel is not flipped"),
    pytest.param(("conv 1 k2", NINE, "--weights", "40 30; 20 10", "--flip"), "370 470 / 670 770", id="a flipped kernel"),
    pytest.param(("conv 1 k3 p1", NINE, "--weights", SLIDE), "300 600 500 / 800 1370 1000 / 1060 1540 940", id="zeros around"),
    pytest.param(("conv 1 k3 p1 s2", NINE, "--weights", SLIDE), "300 500 / 1060 940", id="every second window"),
    pytest.param(("maxpool 2", POOLED), "6 8 / 3 4", id="max pooling"),
    pytest.param(("upsample 2", "1 2; 3 4"), "1 1 2 2 / 1 1 2 2 / 3 3 4 4 / 3 3 4 4", id="nearest neighbour"),
    pytest.param(("unpool 2", "1 2; 3 4"), "1 1 2 2 / 1 1 2 2 / 3 3 4 4 / 3 3 4 4", id="nearest unpooling"),
    pytest.param(("unpool 2 mode=bed_of_nails", "1 2; 3 4"), "1 0 2 0 / 0 0 0 0 / 3 0 4 0 / 0 0 0 0", id="bed of nails"),
    pytest.param(("tconv 1 k3 s2 p1", "1 2; 3 4", "--weights", "ones:3x3"), "1 3 2 / 4 10 6 / 3 7 4", id="transposed, 3 by 3"),
    pytest.param(
        ("tconv 1 k3 s2 p1 op1", "1 2; 3 4", "--weights", "ones:3x3"), "1 3 2 2 / 4 10 6 6 / 3 7 4 4 / 3 7 4 4",
        id="transposed, 4 by 4 by output padding",
    ),
    pytest.param(("maxpool 2 -> maxunpool 2", POOLED), "0 0 0 0 / 0 6 0 8 / 3 0 0 0 / 0 0 0 4", id="remembered places"),
    pytest.param(("conv 1 k3 -> relu -> maxpool 2", "1..16:4x4", "--weights", "sobel-x"), "8", id="a chain"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "output"), LECTURES)
def test_the_lectures_arrays(applied, arguments, output):
    assert applied(*arguments)["output"] == rows(output)


def test_a_number_is_worked_as_on_the_slide(applied):
    found = applied("conv 1 k2", NINE, "--weights", "10 20; 30 40", "--at", "0,0")
    assert found["cells"] == [{"at": [0, 0], "work": "1·10 + 2·20 + 4·30 + 5·40", "value": 370}]
    assert (found["input"], found["weights"]) == (rows(NINE.replace(";", "/")), [[10, 20], [30, 40]])


WORKED = [
    ("avgpool 2", "1 2; 3 4", "(1 + 2 + 3 + 4)/4", "5/2"),
    ("globalavgpool", "1 2; 3 4", "(1 + 2 + 3 + 4)/4", "5/2"),
    ("avgpool 2 s1 p1 count_padding=no", "1 2; 3 4", "1", 1),
    ("avgpool 2 s1 p1", "1 2; 3 4", "(0 + 0 + 0 + 1)/4", "1/4"),
    ("nn.AvgPool2d(2, 1, 1, divisor_override=3)", "1 2; 3 4", "(0 + 0 + 0 + 1)/3", "1/3"),
    ("maxpool 2 s1 p1", "-1 -2; -3 -4", "max(−1)", -1),
    ("upsample 2 mode=bilinear", "1 2; 3 4", "1", 1),
    ("relu", "-1 2", "max(0, −1)", 0),
    ("leakyrelu", "-1 2", "max(0, −1) + 0.01·min(0, −1)", "-1/100"),
    ("linear 1", "1 2", "1·3 + 2·4 + 5", 16),
    ("softmax", "0 0; 7 8", "e^0/(e^0 + e^0)", "1/2"),
    ("batchnorm", "7 9", "(7 − 3)/√(4 + 0.00001)·2 + 1", pytest.approx(5, abs=1e-4)),
    ("flatten", "7 9; 1 2", "7", 7),
    ("dwconv k1", "7 9", "7·3 + 5", 26),
]  # fmt: skip
OWN = {
    "linear": ("--weights", "3 4", "--bias", "5"), "dwconv": ("--weights", "3", "--bias", "5"),
    "batchnorm": ("--mean", "3", "--variance", "4", "--weights", "2", "--bias", "1"),
}  # fmt: skip


@pytest.mark.parametrize(("layer", "array", "work", "value"), WORKED)
def test_the_first_number_of_each_kind(applied, layer, array, work, value):
    own = OWN.get(layer.split()[0], ())
    array = f"{array};" if layer.startswith("batch") else array
    assert applied(layer, array, *own)["cells"][0] | {"at": 0} == {"at": 0, "work": work, "value": value}


def test_the_kernels_that_the_lectures_name():
    named = {name: kernel.array.nested() for name, kernel in KERNELS.items()}
    assert named["sharpen"] == rows("0 -1 0 / -1 5 -1 / 0 -1 0")
    assert named["sharpen-as-printed"] == rows("0 1 0 / 1 -4 1 / 0 1 0")
    assert named["laplacian"] == rows("0 -1 0 / -1 4 -1 / 0 -1 0")
    assert named["edge"] == rows("1 0 -1 / 0 0 0 / -1 0 1")
    assert (named["sobel-x"], named["sobel-y"]) == (rows("-1 0 1 / -2 0 2 / -1 0 1"), rows("-1 -2 -1 / 0 0 0 / 1 2 1"))
    assert sum(map(sum, named["box-blur"])) == sum(map(sum, named["gaussian"])) == 1
    assert named["gaussian"][1][1] * 16 == 4


def test_a_kernel_that_a_slide_misnames_is_told(convcalc):
    out = convcalc("apply", "conv 1 k3", "zeros:3x3", "--weights", "sharpen-as-printed")[1]
    assert "it is the Laplacian; sharpening is 0 -1 0 / -1 5 -1 / 0 -1 0" in out


@pytest.mark.parametrize("flip", [True, False])
def test_which_of_the_two_it_is_is_told(convcalc, flip):
    out = convcalc("apply", "conv 1 k2", NINE, "--weights", "1..4:2x2", *["--flip"] * flip)[1]
    assert ("convolution: the kernel is flipped" in out, "cross-correlation" in out) == (flip, not flip)


# Ways to write one array.
SAME = [
    "1 2; 3 4", "1 2\n3 4\n", "1,2\n3,4", "[[1, 2], [3, 4]]", "[1 2; 3 4]", "((1, 2), (3, 4))", "np.array([[1, 2], [3, 4]])",
    "array([[1, 2],\n       [3, 4]])", "[[1 2]\n [3 4]]", "torch.tensor([[1., 2.], [3., 4.]], dtype=torch.float32)",
    "x = np.array([[1, 2], [3, 4]], np.float64)", "tensor([[1, 2], [3, 4]], device='cuda:0')", "1..4:2x2", "0.5 * 2 4; 6 8",
    "[[2, 4], [6, 8]]/2", "1e0 2.0; 3/1 +4", r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "np.arange(1, 5).reshape(2, 2)",
]  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_an_array_is_read_as_it_is_written(applied, text):
    assert applied("identity", text)["output"] == [[1, 2], [3, 4]]


def test_the_words_of_a_layer_need_no_quotes(applied):
    assert applied("conv", "1", "k2", "1..4:2x2", "--weights", "ones:2x2")["output"] == [[10]]


def test_a_softmax_of_large_numbers_is_that_of_their_differences(applied):
    large, small = (applied("softmax", text)["output"] for text in ("1000 1001 1002", "0 1 2"))
    assert large == pytest.approx(small)
    assert applied("softmax", "-1000 1000")["output"] == pytest.approx([0, 1])


def test_a_number_divided_by_itself_is_told(convcalc):
    out = convcalc("apply", "softmax", "1; 2")[1]
    assert "a single number, divided by itself" in out and "e^1/e^1 = 1\n" in out


def test_weights_go_to_the_layer_that_needs_them(applied):
    found = applied("conv 1 k2 -> bn", NINE, "--weights", "1 0; 0 1", "--mean", "9", "--variance", "9.99999")
    assert found["output"][0] == [pytest.approx(-0.948683), pytest.approx(-0.316228)]


def test_a_table_with_decimal_commas_and_headings(convcalc, tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_text("left;right\n1,5;2,5\n3,5;4,5\n")
    assert json.loads(convcalc("apply", "relu", path, "--json")[1])["output"] == [["3/2", "5/2"], ["7/2", "9/2"]]


@pytest.mark.parametrize(
    ("layer", "text", "shape"),
    [
        ("relu", "1 2 3", (3,)), ("conv 1 k1", "1 2 3", (3,)), ("conv 1 k1", "1 2; 3 4", (2, 2)),
        ("conv1d 1 k1", "1 2; 3 4", (1, 2)), ("conv 1 k1", "1 2 | 3 4", (1, 2)), ("conv 1 k1", "1; 2 | 3; 4", (1, 2, 1)),
        ("conv2d 1 k1", "[[[[1, 2], [3, 4]]]]", (1, 2, 2)), ("linear 1", "1 2; 3 4", (2, 1)), ("flatten", "1 2; 3 4", (4,)),
        ("conv3d 1 k1", "1..8:2x2x2", (2, 2, 2)),
    ],
)  # fmt: skip
def test_what_the_axes_of_an_array_are(applied, layer, text, shape):
    channels = 2 if (layer.startswith("conv1d") or "|" in text) else 1
    own = ("--weights", f"ones:1x{channels}{'x1' * (2 + ('3d' in layer) - ('1d' in layer))}") if "conv" in layer else ()
    if "linear" in layer:
        own = ("--weights", "1 1")
    if layer == "conv 1 k1" and shape in ((3,), (1, 2)):
        own = ("--weights", f"ones:1x{channels}x1")
    found = applied(layer, text, *own)["output"]
    sizes = []
    while isinstance(found, list):
        sizes.append(len(found))
        found = found[0]
    assert tuple(sizes) == shape


def test_files_and_standard_input(convcalc, tmp_path, monkeypatch, capsys):
    path = tmp_path / "numbers.csv"
    path.write_text("1;2\n3;4\n")
    assert json.loads(convcalc("apply", "relu", path, "--json")[1])["output"] == [[1, 2], [3, 4]]


# What does not fit: a part of the message, and of the cure.
REFUSED = [
    (("conv 1 k2", "1 2; 3"), "row 2 has 1 number, row 1 has 2", "2 numbers in each"),
    (("conv 1 k2", "1 2; 3 x"), '"x" is not a number', "such as 0"),
    (("conv 1 k2", "1 2; 3 4O"), '"4O" is not a number', "40"),
    (("conv 1 k2", "1..8:3x3"), "1..8 are 8 numbers, 3×3 takes 9", "1..9:3x3"),
    (("conv 1 k2", "zeros:100000x100000"), "10,000,000,000 numbers", "262,144"),
    (("conv 1 k2", "eye:99999"), "9,999,800,001 numbers", "262,144"),
    (("conv 1 k2", "[" * 100000), "6 deep", "at most 5"),
    (("conv 1 k2", "[[1, 2], [3, 4]"), '"[" is never closed', '"[[1, 2], [3, 4]]"'),
    (("conv 1 k2", "1..9:3x3"), "conv1 needs weights of 1×1×2×2", '--weights "1..4:2x2"'),
    (("conv 1 k2", "1..9:3x3", "--weights", "1..9:3x3"), "are 1×1×2×2, this array is 3×3", '--weights "1..4:2x2"'),
    (("conv 1 k2", "1..18:2x3x3", "--weights", "1..4:2x2"), "are 1×2×2×2, this array is 2×2", '--weights "1..8:2x2x2"'),
    (("conv 2 k2", "1..9:3x3", "--weights", "1..4:2x2", "--bias", "1"), "are 2×1×2×2", "--weights \"1..4:2x2\" --weights \"1..4:2x2\""),
    (("conv 1 k4", "1..9:3x3", "--weights", "1..4:2x2"), "kernel 4 does not fit", "kernel ≤ 3"),
    (("conv2d 1 k1 in_channels=3", "1..9:3x3"), "in_channels is 3, the input has 1 channel", "in_channels=1"),
    (("relu", "1 2", "--weights", "1"), "no layer here has weights", "leave it out"),
    (("conv 1 k1 -> conv 1 k1", "1 2;", "--weights", "1"), "which of conv1, conv2", '--weights conv1="…"'),
    (("batchnorm", "1 3;"), "needs the mean and the variance", '--mean "2" --variance "1"'),
    (("conv 1 k1 p60000 s60000", "1..9:3x3", "--weights", "1"), "the padded input of conv1 has", "at most 262,144"),
    (("conv 1 k3 d100000000 p100000000", "1..9:3x3", "--weights", "sobel-x"), "the padded input", "at most 262,144"),
    (("avgpool 1000000000 p500000000", "1..9:3x3"), "the padded input", "at most 262,144"),
    (("prelu", "1 3"), "needs its learnt factor", '--weights "0.25"'),
    (("layernorm affine=no", "1 3", "--weights", "1 2"), "no layer here has weights", "leave it out"),
    (("relu", "np.arange(0)"), "no numbers", "np.arange(1, 10)"),
    (("maxunpool 2", "1 3; 5 7"), "needs 1×2×2 places", "a maxpool of these sizes before it"),
    (("rbf 4", "1 2 3"), "apply cannot compute rbf", "linear layers and sums are computed"),
    (("conv 1 k2", "soble-x"), "is not a number", 'did you mean "sobel-x"?'),
    (("upsample 300", "1 2; 3 4"), "360,000 numbers", "at most 65,536"),
    (("conv F k2", "1..9:3x3"), "has letters", "a number for each letter"),
    (("conv 1 k2", "[[[[1, 2], [3, 4]]]]"), "a batch of one, or the one channel of a volume", "conv2d takes it as a batch"),
    (("relu threshold=1", "1 2"), "apply cannot compute relu with threshold=1", "threshold=0"),
    (("exponential", "1000"), "too large to be computed", "smaller numbers"),
    (("relu", "1,5 2,5; 3,5 4,5"), "is 1,5 one number or two?", '"1.5 2.5; 3.5 4.5", or "1 5 2 5; 3 5 4 5"'),
    (("relu", "1,5;2,5"), "is 1,5 one number or two?", '"1.5;2.5", or "1 5;2 5"'),
    (("relu", "1 2; 3 4\n5 6"), "do lines end the rows, or semicolons?", "one of the two"),
    (("relu", "[[1, 2], [3, [4]]]"), "part 2 is a list, part 1 a number", "as deep as"),
    (("conv 2 k3", "1..25:5x5", "--weights", "sobel-x"), "sobel-x is 3×3", '--weights "sobel-x" --weights "sobel-x"'),
    (("bn", "1 2;", "--mean", "1", "--variance", "-1"), "a variance is never below 0", "0 or more"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message", "hint"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_does_not_fit_is_told_with_its_cure(convcalc, arguments, message, hint):
    code, out, err = convcalc("apply", *arguments)
    assert code in (2, 3) and not out
    told, _, cure = err.partition("= help: ")
    assert message in told and hint in cure, err


def test_a_place_beyond_the_output(convcalc):
    code, _, err = convcalc("apply", "relu", "1 2; 3 4", "--at", "2,0")
    assert code == 2 and "--at 1,1 is the last" in err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("conv 1 k2",),
        ("relu", "1 2", "--wieghts", "1"),
        ("1 2", "relu"),
        ("relu", "1", "--work", "blank", "--json"),
    ],
)
def test_wrong_usage(convcalc, words):
    code, out, err = convcalc("apply", *words)
    assert code == 2 and (err or json.loads(out)["error"])


def test_a_window_that_is_larger_than_the_map_sees_all_of_it(applied):
    assert applied("maxpool 1000000000 p500000000", NINE)["output"] == [[9]]


def test_json_of_results_has_no_cells(applied):
    assert "cells" not in applied("relu", "1 2", "--work", "result")


def test_a_table_of_one_line_is_rows(convcalc, tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_text("1 2; 3 4\n")
    assert json.loads(convcalc("apply", "relu", path, "--json")[1])["output"] == [[1, 2], [3, 4]]


# How a page is laid out.


def test_a_worksheet_of_a_chain_does_not_tell_what_is_asked(convcalc):
    found = convcalc("apply", "conv 1 k2 -> relu", NINE, "--weights", "10 20; 30 40", "--work", "blank")[1]
    assert not any(number in found for number in ("370", "470", "670", "770"))


def lines_of(convcalc, *arguments):
    return convcalc("apply", *arguments)[1].splitlines()


def test_a_long_sum_is_broken_after_each_channel(convcalc):
    found = lines_of(convcalc, "conv 2 k3 p1", "random:3x4x4", "--weights", "random:2x3x3x3", "--at", "0,0,0")
    assert all(len(line) <= 80 for line in found)
    assert found[-3].startswith("  [0, 0, 0]  (") and found[-2].lstrip().startswith("+ (") and " = " in found[-1]


def test_latex_names_the_numbers_and_breaks_their_sums(convcalc):
    found = lines_of(convcalc, "conv 1 k3", "1..9:3x3", "--weights", "box-blur", "--format", "latex")
    assert any(line.startswith(r"y_{0, 0} &= 1 \cdot \frac{1}{9}") for line in found)
    assert max(map(len, (line for line in found if "underset" not in line))) < 120
    assert "≈" not in "".join(found)


def test_layers_of_a_chain_that_only_copy_are_not_worked(convcalc):
    found = lines_of(convcalc, "flatten -> linear 1", "1 2; 3 4", "--weights", "ones:4")
    assert sum(line.startswith("  [") for line in found) == 1


def test_a_remark_is_above_the_kernel_that_it_is_of(convcalc):
    found = lines_of(
        convcalc, "conv 1 k3 -> conv 1 k1", "1..16:4x4", "--weights", "conv1=sobel-x", "--weights", "conv2=2"
    )
    assert sum("signs the other way round" in line for line in found) == 1
    assert found[2].startswith("  sobel-x: ")
    assert any(line.startswith("  [0, 0]  ") for line in found)
