"""The reference that `docs/writers` make: a page for every record, whose links lead somewhere."""

import re
import sys
from importlib import import_module
from pathlib import PurePosixPath

import pytest
from places import ROOT, TESTS

from convcalc.commands import COMMANDS
from convcalc.kinds import KINDS
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.linting.linter import BY_CODE as RULES
from convcalc.marking.mistakes import MISTAKES
from convcalc.network.quantity import OF_NETWORKS, TABLE
from convcalc.readers import library
from convcalc.render.reference.codes import BY_CODE
from convcalc.render.reference.schemas import SCHEMAS
from convcalc.render.reference.topics import TOPICS
from convcalc.tools.counts import COUNTS

DOCS = ROOT / "docs"
RECORDS = {
    "commands": COMMANDS,
    "kinds": [kind.name for kind in KINDS],
    "networks": library.bundled_networks(),
    "quantities": [quantity.name for quantity in (*TABLE, *OF_NETWORKS)],
    "conventions": CONVENTIONS,
    "tools": COUNTS,
    "errors": BY_CODE,
    "rules": RULES,
    "mistakes": MISTAKES,
    "topics": [topic.name for topic in TOPICS],
    "schemas": SCHEMAS,
}
FENCED = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
QUICK = ("conventions", "rules", "topics")


@pytest.fixture
def writers(monkeypatch):
    """The package that writes the reference."""
    monkeypatch.setattr(sys, "path", [str(DOCS), str(TESTS), *sys.path])
    return import_module("writers")


@pytest.mark.parametrize(
    "subject", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in RECORDS]
)
def test_every_record_has_its_page_and_stands_in_the_index(writers, subject):
    assert subject in writers.SUBJECTS
    pages = import_module(f"writers.{subject}").pages()
    assert {name.removesuffix(".md") for name in pages if name.endswith(".md")} == {"index", *RECORDS[subject]}
    assert {f"{name}.md" for name in RECORDS[subject]} <= set(LINK.findall(pages["index.md"]))
    for name, text in pages.items():
        for target in LINK.findall(FENCED.sub("", text)) if name.endswith(".md") else ():
            assert target in pages or leads_to_a_page(subject, target), (name, target)


def leads_to_a_page(subject, target):
    """Whether a link out of a folder of the reference leads to a page of another subject."""
    *above, folder, name = PurePosixPath(target).parts
    return above == [".."] and (name == "index.md" or name.removesuffix(".md") in RECORDS[folder])


def test_what_has_not_changed_is_not_written_anew_and_what_is_no_page_goes(writers, tmp_path, monkeypatch):
    monkeypatch.setattr(writers, "reference", lambda: {"index.md": "one", "kinds/conv.md": "two"})
    writers.prepare(tmp_path)
    kept, changed, gone = (tmp_path / "reference" / name for name in ("index.md", "kinds/conv.md", "kinds/old.md"))
    before = kept.stat().st_mtime_ns
    changed.write_text("three")
    gone.write_text("four")
    writers.prepare(tmp_path)
    assert kept.stat().st_mtime_ns == before and changed.read_text() == "two" and not gone.exists()


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_links_of_the_checkout_lead_to_files(page):
    links = [target for target in LINK.findall(page.read_text("utf-8")) if "://" not in target]
    assert [target for target in links if not (ROOT / target).exists()] == []
