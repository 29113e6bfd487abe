"""Pages that convcalc's records write: made anew by every build in `docs/reference`, and never committed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# In the order of the reference: each has `pages()`, texts and pictures by their names; its `index.md` lists the rest.
SUBJECTS = (
    "commands", "kinds", "networks", "quantities", "columns", "conventions", "tools", "errors", "rules", "mistakes",
    "topics", "schemas", "library", "gallery",
)  # fmt: skip


def reference() -> dict[str, str]:
    """Every page and picture, by its path below `docs/reference`."""
    found = {
        f"{subject}/{name}": text
        for subject in SUBJECTS
        for name, text in import_module(f"writers.{subject}").pages().items()
    }
    toctree = "\n".join(f"{subject}/index" for subject in SUBJECTS if subject != "gallery")
    return {"index.md": f"# Reference\n\n{ABOUT}\n\n```{{toctree}}\n:maxdepth: 1\n\n{toctree}\n```\n", **found}


ABOUT = """\
These pages are written at every build by the records that the commands work by: what a page says of a layer kind is
what `convcalc` computes with, and every output is what the command printed when the page was made."""


def prepare(docs: Path) -> None:
    """Write the reference below `docs/reference`: the unchanged stays as it is, what is no page goes."""
    folder = docs / "reference"
    pages = reference()
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in pages:
            path.unlink()
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
