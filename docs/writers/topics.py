"""The pages of `convcalc help`: their text, with files as blocks and with what their commands print."""

from __future__ import annotations

import re
import shlex

from convcalc.render.reference.topics import TOPICS, HelpPage
from convcalc.render.reference.topics import page as text_of
from writers.markdown import block, codes, leaf, link, page, prose, table
from writers.running import console, file_block, folder_with

INDENTED = re.compile(r"(?:^ {4}.*\n|^\n(?= {4}))+", re.MULTILINE)
PARTS = re.compile(r"\n\n(?=# \S+\.\w+\n|\$ )")
FILE = re.compile(r"# (\S+\.\w+)\n")
LINES = 30  # of an output, before its middle is left out
STAND_IN = {"alice.yaml": "student: Alice Archer\nanswers: {C1.output: 6x28x28}\n"}  # where a page only names it


def pages() -> dict[str, str]:
    rows = ((link(each.name), prose(each.about), codes(each.aliases)) for each in TOPICS)
    index = page(
        "Topics of help",
        "What `convcalc help TOPIC` prints on a terminal stands here with the output of its commands.",
        table(("topic", "what it tells", "also called"), rows),
    )
    return {"index.md": index, **{f"{each.name}.md": topic_page(each) for each in TOPICS}}


def topic_page(topic: HelpPage) -> str:
    text = text_of(topic)
    blocks = [dedented(found[0]) for found in INDENTED.finditer(text)]
    files = dict(STAND_IN)
    for body in blocks:
        files |= {found[1]: contents(found[1], part) for part in PARTS.split(body) if (found := FILE.match(part))}
    with folder_with(files):
        shown = INDENTED.sub(lambda found: f"\n{shown_block(dedented(found[0]))}\n", text)
    return leaf("Topics of help", f"convcalc help {topic.name}", f"*{prose(topic.about)}*", shown)


def dedented(text: str) -> str:
    return re.sub("^ {4}", "", text, flags=re.MULTILINE).strip("\n")


def contents(name: str, part: str) -> str:
    """What is in a file: CSV has no comments, so that the name is left out."""
    return (part.partition("\n")[2] if name.endswith(".csv") else part) + "\n"


def shown_block(body: str) -> str:
    """A block of files, commands or lines, each as what it is."""
    shown = []
    for part in PARTS.split(body):
        if part.startswith("$ "):
            lines = [line.removeprefix("$ ") for line in part.splitlines()]
            shown.append(console(*(line for line in lines if shlex.split(line)[0] == "convcalc"), lines=LINES))
        elif found := FILE.match(part):
            shown.append(file_block(found[1], part))
        else:
            shown.append(block("text", part))
    return "\n".join(shown)
