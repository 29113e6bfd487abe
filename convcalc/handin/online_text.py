"""What is typed into Moodle's editor, as lines and tables: HTML without its tags."""

from __future__ import annotations

import re
from html.parser import HTMLParser

LINES = frozenset(("p", "div", "br", "li", "ul", "ol", "tr", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"))
CELLS = frozenset(("td", "th"))
UNSEEN = frozenset(("script", "style", "title"))


class TypedText(HTMLParser):
    """The lines of a page: a row of a table is one, its cells apart by tabs; lists are indented."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self.cell: list[str] | None = None  # the texts of the cell that is being read
        self.lists = self.unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in UNSEEN:
            self.unseen += 1
        elif tag in CELLS:
            self.cell = []
        elif tag in LINES:
            self.lists += tag in ("ul", "ol")
            self.end_line()
            if tag == "li" and self.cell is None:
                self.lines[-1] = "  " * min(self.lists, 20)

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag in CELLS and self.cell is not None:
            text = " ".join("".join(self.cell).split()).replace('"', "")
            self.lines[-1] += f"{text}\t"
            self.cell = None
        elif tag in LINES:
            self.lists = max(0, self.lists - (tag in ("ul", "ol")))
            self.end_line()

    def end_line(self) -> None:
        if self.cell is not None:
            self.cell.append(" ")
        elif self.lines[-1].strip():
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        if self.cell is not None:
            self.cell.append(data)
            return
        text = re.sub(r"[ \t\r\n]+", " ", data)
        line = self.lines[-1]
        self.lines[-1] += text if line.strip(" ") else text.lstrip(" ")


def typed_text(page: str) -> str:
    """The text of a page, with ordinary blanks."""
    reader = TypedText()
    reader.feed(page)
    reader.close()
    return "\n".join(line.replace("\xa0", " ").rstrip() for line in reader.lines) + "\n"
