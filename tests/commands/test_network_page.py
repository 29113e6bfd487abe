"""When HTML is the page that explains a network, and when the table alone."""

import pytest

PAGE, TABLE = 'id="panel"', "<caption>"


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("summary", "lenet5"), PAGE),
        (("summary", "-e", "3x8x8 -> conv 4 k3"), PAGE),
        (("summary", "lenet5", "--lint"), PAGE),
        (("summary", "resnet18", "--depth", 1), PAGE),
        (("summary", "lenet5", "--batch", 4, "--dtype", "float16"), PAGE),
        (("draw", "lenet5"), PAGE),
        (("draw", "conv 1 k3 s2 p1", "1x5x5"), PAGE),
        (("summary", "lenet5", "alexnet"), TABLE),
        (("summary", "lenet5", "--columns", "layer,output"), TABLE),
        (("summary", "lenet5", "--style", "vgg"), TABLE),
        (("summary", "lenet5", "--notation", "latex"), TABLE),
        (("summary", "lenet5", "--count", "thop"), TABLE),
    ],
    ids=str,
)
def test_html_is_a_page_of_one_network_and_a_table_where_that_is_asked_for(command, shown, convcalc):
    code, out, err = convcalc(*command, "--format", "html")
    assert (code, err) == (0, "")
    assert shown in out and (TABLE if shown is PAGE else PAGE) not in out


def test_both_commands_write_the_same_page(convcalc):
    summary, drawn = (convcalc(command, "resnet18", "--format", "html")[1] for command in ("summary", "draw"))
    assert summary == drawn


def test_a_page_goes_into_a_file_by_its_ending(convcalc, tmp_path):
    code, out, err = convcalc("draw", "lenet5", "-o", tmp_path / "lenet5.html")
    assert (code, out) == (0, "") and "wrote" in err
    assert (tmp_path / "lenet5.html").read_text("utf-8").endswith("</html>\n")


def test_several_networks_are_not_drawn_as_a_page(convcalc):
    code, out, err = convcalc("draw", "lenet5", "alexnet", "--format", "html")
    assert code == 2 and not out
    assert "compare" in err


def test_what_a_page_cannot_hold_is_a_table(convcalc, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x8x8\nlayers:\n  - 3000 x relu\n")
    code, out, err = convcalc("summary", path, "--format", "html")
    assert code == 0 and TABLE in out and "relu3000" in out
    assert err == "note: a page that explains a network has up to 2,000 rows; this is the table of all layers\n"
    code, out, err = convcalc("draw", path, "--format", "html")
    assert code == 2 and "`convcalc summary --format csv`" in err
    assert convcalc("summary", path, "--format", "csv")[0] == 0


def test_memory_is_that_of_the_type_and_batch_asked_for(convcalc):
    out = convcalc("summary", "lenet5", "--format", "html", "--dtype", "float16", "--batch", 4)[1]
    assert "float16" in out and "batch of 4" in out


def test_a_network_with_errors_has_its_page_and_its_exit_code(convcalc, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("input: 1x28x28\nlayers:\n  - conv 6 k5\n  - conv 6 k99\n  - relu\n")
    for command in ("summary", "draw"):
        code, out, err = convcalc(command, path, "--format", "html")
        assert code == 3 and "C001" in err
        assert PAGE in out and "6×24×24" in out and "kernel 99" in out
