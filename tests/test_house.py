"""The house: small modules, kinds named only in their rooms, no circles, and a size that only a stated reason may raise."""

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from structure import PACKAGE, imports, modules

from convcalc.kinds import KINDS

TESTS = Path(__file__).parent
CONTRIBUTING = (PACKAGE.parent / "CONTRIBUTING.md").read_text("utf-8")
MAX_LINES = 350
TABLES = {
    "kinds/activating.py",
    "kinds/convolution.py",
    "kinds/normalising.py",
    "kinds/resampling.py",
    "writing/pytorch_modules.py",
}  # mostly data, which no reader reads from top to bottom

# A commit that raises it says why.
MAX_LINES_OF_PACKAGE = 116029


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def length(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def too_long(paths) -> set[str]:
    return {relative(path) for path in paths if length(path) > MAX_LINES} - TABLES


def test_no_module_is_longer_than_a_reader_can_hold():
    assert not too_long(modules())


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_longer_one_is_mostly_a_table(name):
    body = ast.parse((PACKAGE / name).read_text("utf-8")).body
    code = [node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert sum(node.end_lineno - node.lineno + 1 for node in code) < length(PACKAGE / name) / 2


def test_the_package_does_not_grow_unsaid():
    assert sum(map(length, modules())) <= MAX_LINES_OF_PACKAGE


# What else a kind's name means where it stands as a string.
WORDS = {
    "identity": "a shortcut that is its input",
    "concat": "a block of the language",
    "minimum": "a word of JSON Schema",
    "maximum": "a word of JSON Schema",
    "linear": "Keras's name for no activation",
    "scale": "a word of a homework's form",
    "slice": "a layer of a volume",
    "parameter": "what a tool counts",
    "shuffle": "numbers in another order",
    "split": "an attribute of ONNX's operators",
}
# PyTorch's own functions and methods, and Python's, are named like kinds.
ROOMS = ("kinds/", "tools/", "marking/mistakes.py", "readers/pytorch/", "readers/python/",
         "render/exercises/languages.py", "render/reference/codes.py")  # fmt: skip


def kinds_named(path: Path) -> set[str]:
    """The kinds that a module names in strings of their own."""
    known = {kind.name for kind in KINDS} - WORDS.keys()
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known
    }


def test_kinds_are_named_in_their_rooms_only():
    named = {relative(path) for path in modules() if kinds_named(path)}
    assert not {name for name in named if not name.startswith(ROOMS)}


def packages_imported() -> dict[str, set[str]]:
    """The packages that each package imports."""
    found = defaultdict(set)
    for path in modules():
        parts = path.relative_to(PACKAGE).parts
        if len(parts) > 1:
            found[parts[0]] |= {other for other in imports(path) if (PACKAGE / other).is_dir()} - {parts[0]}
    return found


def circles(imported: dict[str, set[str]]) -> set[frozenset[str]]:
    """The pairs of packages of which each reaches the other."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        left = [start]
        while left:
            left += (new := imported.get(left.pop(), set()) - seen)
            seen |= new
        return seen

    ways = {package: reached(package) for package in imported}
    return {
        frozenset((one, other)) for one in ways for other in ways[one] if one != other and one in ways.get(other, ())
    }


def test_no_two_packages_import_each_other():
    assert not circles(packages_imported())


def test_a_layer_knows_no_kind_by_name():
    assert "kinds" not in packages_imported()["layers"]


def test_that_test_sees_a_circle():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {
        frozenset(pair) for pair in (("a", "b"), ("b", "c"), ("a", "c"))
    }


def docstrings(path: Path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""


@pytest.mark.parametrize("path", modules(), ids=relative)
def test_what_a_docstring_names_exists(path):
    for text in docstrings(path):
        for dotted in re.findall(r"\bconvcalc((?:\.\w+)+)", text):
            *parts, last = dotted.strip(".").split(".")
            place = PACKAGE.joinpath(*parts)
            exists = (place / last).is_dir() or (place / f"{last}.py").exists()
            module = place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"
            assert exists or (module.exists() and re.search(rf"\b{last}\b", module.read_text("utf-8"))), dotted


def test_no_two_records_have_one_name():
    found = defaultdict(list)
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(relative(path))
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


# Names that say what is done to a value, or where, and not what a function gives.
PREPOSITIONS = "above after along at before behind below beside between beyond by from in inside of on to under with"
PARTICIPLES = "done drawn found given held kept known laid left lost made said seen shown spoken told written"
ADJECTIVES = {"need", "seed", "speed"}


def is_bare(name: str) -> bool:
    return name in f"{PREPOSITIONS} {PARTICIPLES}".split() or (
        "_" not in name and name.endswith("ed") and name not in ADJECTIVES
    )


def test_the_tests_lie_as_the_packages_do():
    packages = {relative(path.parent) for path in modules()} - {"."}
    tested = {path.parent.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")} - {"."}
    assert tested <= packages | {"docs"}
    assert {package for package in packages if "/" not in package} <= tested


def fixtures(path: Path):
    """The fixtures of a module, each without its docstring."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any("fixture" in ast.dump(each) for each in node.decorator_list):
            node.body = node.body[isinstance(ast.get_docstring(node), str) :]
            yield ast.unparse(node)


def test_a_fixture_that_several_tests_share_is_in_one_place():
    found = Counter(fixture for path in TESTS.rglob("*.py") for fixture in fixtures(path))
    assert [fixture for fixture, times in found.items() if times > 1] == []


PLACES = re.findall(r"^\| .+ \| `(convcalc/\S+)` \| (.+) \|$", CONTRIBUTING, re.MULTILINE)


@pytest.mark.parametrize(("place", "names"), PLACES, ids=[place for place, _ in PLACES])
def test_what_the_map_names_is_there(place, names):
    path = PACKAGE.parent / place
    text = "".join(each.read_text("utf-8") for each in (sorted(path.rglob("*.py")) if path.is_dir() else [path]))
    assert [name for name in re.findall(r"`(\w+)`", names) if not re.search(rf"\b{name}\b", text)] == []


def test_the_map_is_read():
    assert len(PLACES) > 10


def test_every_test_module_has_a_name_of_its_own():
    names = [path.name for path in TESTS.rglob("test_*.py")]
    assert len(set(names)) == len(names)


def test_functions_are_named_by_verbs_or_by_what_they_give():
    found = [
        f"{relative(path)}: {node.name}"
        for path in modules()
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and is_bare(node.name.strip("_"))
    ]
    assert found == []


def test_that_test_sees_a_participle():
    assert [is_bare(name) for name in ("written", "joined", "at", "join", "written_order")] == [True] * 3 + [False] * 2
