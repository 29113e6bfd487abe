"""Pages that convcalc's records write: made anew by every build in `docs/reference`, and never committed."""

from __future__ import annotations

from pathlib import Path


def prepare(docs: Path) -> None:
    """Write the reference below `docs/reference`: the unchanged stays as it is, what is no page goes."""
    folder = docs / "reference"
    pages = {"index.md": "# Reference\n"}
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in pages:
            path.unlink()
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
