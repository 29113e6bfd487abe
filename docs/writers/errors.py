"""A page for every code of an error, a warning or a note: what it means, and an example with its cure."""

from __future__ import annotations

from convcalc.render.reference.codes import CODES, GROUPS, ErrorCode
from writers.markdown import leaf, link, page, prose, section, table
from writers.running import console, file_block, folder_with

LINES = 40  # of an output, before its middle is left out


def pages() -> dict[str, str]:
    return {"index.md": index(), **{f"{each.code}.md": code_page(each) for each in CODES}}


def index() -> str:
    groups = [
        section(
            title,
            table(
                ("code", "what it means"),
                ((link(each.code), prose(each.meaning)) for each in CODES if each.code[0] == letter),
            ),
        )
        for letter, title in GROUPS.items()
    ]
    said = (
        "Every error has a code that stays the same, its place, both numbers, and a cure. `convcalc help CODE` tells "
        "what a code means; `--json` has it as `code`. Warnings and notes have codes too, and do not change the "
        "exit code."
    )
    return page("Errors, warnings and notes", said, *groups)


def code_page(each: ErrorCode) -> str:
    return leaf("Errors, warnings and notes", each.code, prose(each.meaning), *example(each))


def example(each: ErrorCode) -> tuple[str, ...]:
    if not each.command:
        return ()
    with folder_with(each.files):
        shown = console(each.command, lines=LINES, is_wrong=True)
    return (section("Example", *(file_block(name, text) for name, text in each.files.items()), shown),)
