"""A page for every mistake that `check` knows: what was done, what is right, and an answer that shows it."""

from __future__ import annotations

import json

from mistake_examples import EXAMPLES, MADE, WRITTEN

from convcalc.marking.mistakes import ARRAYS, FIELDS, MACS, MISTAKES, PARAMETERS, PROGRAMS, SIZES, SLIPS, Mistake
from writers.markdown import code, formula, leaf, link, page, prose, section, table
from writers.running import console, file_block, folder_with

GROUPS = {
    "Sizes": SIZES, "Parameters": PARAMETERS, "MACs and memory": MACS, "Receptive fields": FIELDS,
    "Arrays worked by hand": ARRAYS, "Programs handed in": PROGRAMS, "Slips of the pen": SLIPS,
}  # fmt: skip


def pages() -> dict[str, str]:
    return {"index.md": index(), **{f"{code}.md": mistake_page(each) for code, each in MISTAKES.items()}}


def index() -> str:
    groups = [
        section(
            title,
            table(
                ("mistake", "what was done", "what is right"),
                ((link(each.code), prose(each.slip), prose(each.cure)) for each in found),
            ),
        )
        for title, found in GROUPS.items()
    ]
    said = (
        "A wrong answer is explained by the mistake that gives exactly it. Its code stands in the feedback of "
        "`convcalc check`, and gives points in a key: `partial: {par.no_bias: 1}`."
    )
    return page("Mistakes", said, *groups)


def mistake_page(mistake: Mistake) -> str:
    formulas = (
        (code(wrong.kinds), formula(wrong.formula) if wrong.formula else replacements(wrong.put), prose(wrong.when))
        for wrong in mistake.wrongs
    )
    return leaf(
        "Mistakes",
        mistake.code,
        f"{prose(mistake.slip.capitalize())}: {prose(mistake.cure)}.",
        section("Formulas of it", table(("in", "wrong formula", "where the layer is"), formulas)),
        section("Example", *example(mistake)),
    )


def replacements(put: object) -> str:
    """`p for 2·p`: what is put for what in the right formula."""
    assert hasattr(put, "items")
    shown = [f"{formula(wrong)} for {formula(right)}" for right, wrong in put.items()]
    return f"the right one with {', '.join(shown)}" if shown else "the right one, of another axis"


def example(mistake: Mistake) -> tuple[str, ...]:
    """A key and an answer that the mistake explains; nothing for one that only a whole submission shows."""
    for found in (*EXAMPLES, *WRITTEN):
        if found[0] == mistake.code:
            _, spec, ask, answer, *convention = found
            head = f"convention: {convention[0]}\n" if convention else ""
            network = f'"{spec}"' if "->" in spec else spec
            return marked(f"{head}spec: {network}\nquestions:\n  - {{ask: {ask}}}\n", ask, answer)
    for name, task, answer in MADE:
        if name == mistake.code:
            return marked(f"questions:\n  - {json.dumps({'name': 'A', **task})}\n", "A", answer)
    return ()


def marked(key: str, ask: str, answer: object) -> tuple[str, ...]:
    files = {
        "key.yaml": f"assignment: Homework\n{key}",
        "answer.yaml": f"student: Alice Archer\nanswers:\n  {ask}: {answer}\n",
    }
    with folder_with(files):
        command = console("convcalc check key.yaml answer.yaml --hints why")
    return (*(file_block(name, text) for name, text in files.items()), command)
