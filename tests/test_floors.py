"""Imports only go down, and nothing heavy is imported on the way to a number."""

import pytest
from structure import HEAVY, PACKAGE, floor, imported_by, imports, imports_yaml, modules


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_go_down(path):
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for other in imports(path):
        assert floor(other) <= floor(here), f"{here} imports {other} from a floor above"


def test_only_its_reader_knows_yaml():
    found = {path.relative_to(PACKAGE).parent.as_posix() for path in modules() if imports_yaml(path)}
    assert found == {"readers/yaml"}


def test_that_test_sees_an_import_upwards(tmp_path):
    bad = tmp_path / "expr.py"
    bad.write_text("from convcalc.render import json\n")
    assert [floor(name) > floor("algebra") for name in imports(bad)] == [True]


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "plain"])
def test_machine_formats_import_nothing_heavy(form):
    assert not HEAVY & imported_by("summary", "vgg16", "--format", form)


# What the shortest way from a bundled network to its numbers imports: a module more is a tenth of a millisecond, and
# some are here only for a reason. Other families of kinds, other forms of networks and other questions are not.
IMPORTED = {
    "": "algebra cli commands kinds layers network problem readers render spec tuples",
    "algebra": "expr limits parser",
    "commands": "console options summary",
    "kinds": "activating conventions convolution dense keys normalising pooling rearranging",
    "layers": "applied binding case field patterns values window",
    "network": "assembly axes build crossing load moves quantity walk",
    "readers": "files library line shorthand yaml",
    "readers.yaml": "document items kept tree",
    "render": "json_text report",
    "render.report": "json",
    "spec": "blocks brackets choices inputs layout names shapes",
}


def test_a_network_imports_what_it_needs_and_no_more():
    packages = {(f"convcalc.{package}").strip("."): names.split() for package, names in IMPORTED.items()}
    expected = {f"{package}.{name}" for package, names in packages.items() for name in names}
    assert {name for name in imported_by("summary", "vgg16", "--json") if name.startswith("convcalc.")} == expected


def test_that_test_would_see_rich():
    assert "rich" in imported_by("summary", "lenet5", "--bars")
    assert "rich" not in imported_by("summary", "lenet5", "--format", "svg")


def test_the_version_is_that_of_the_metadata():
    import convcalc

    setup = (PACKAGE.parent / "setup.cfg").read_text()
    assert "version = attr: convcalc.__version__" in setup
    changes = (PACKAGE.parent / "CHANGELOG.md").read_text()
    assert f"## {convcalc.__version__}" in changes


def test_every_package_is_in_the_wheel():
    setup = (PACKAGE.parent / "setup.cfg").read_text()
    packages = {".".join(path.parent.relative_to(PACKAGE.parent).parts) for path in PACKAGE.rglob("__init__.py")}
    listed = set(setup.partition("packages =")[2].partition("package_dir")[0].split())
    assert listed == packages | {"convcalc.specs"}
