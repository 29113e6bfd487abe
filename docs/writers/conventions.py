"""The conventions: what each framework settles where the textbook leaves a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.conventions import CONVENTIONS
from writers.markdown import code, formula, leaf, link, page, prose, section, table
from writers.running import console

if TYPE_CHECKING:
    from convcalc.layers import Convention

RULES = {
    "conv": "convolutions",
    "pool": "poolings",
    "tconv": "transposed convolutions",
    "recurrent": "recurrent layers",
}
LAYERS = ('"maxpool 3 s2 p1" 16x8x8', '"conv 4 k3 s2 p=same" 3x8x8')  # read differently by all
SWITCHES = {
    "clips_padded_only": "Rounding up, a last window in the padding is dropped only where any axis is padded.",
    "ends_after_beginnings": "Padding may be listed with every beginning first, then every end.",
    "output_sets_padding": "The `output` of a transposed convolution settles its padding, not its output padding.",
    "dense_on_maps": "A linear layer may act on the channels of a map.",
    "prelu_per_number": "A PReLU has a slope for every number, not for every channel.",
    "pads_in_words": "The padding of a convolution is a word, never a number.",
    "groups_of_one": "−1 groups are as many as channels.",
}


def pages() -> dict[str, str]:
    rows = ((link(name), prose(each.doc)) for name, each in CONVENTIONS.items())
    index = page(
        "Conventions",
        "What a framework means where the textbook leaves a choice. `convention: keras` in a spec, or "
        "`--convention keras` for one run; code of a framework brings its own.",
        table(("convention", "what it settles"), rows),
        section(
            "Two layers, five readings",
            *(
                console(*(f"convcalc layer {layer} -q output --convention {name}" for layer in LAYERS), is_wrong=True)
                for name in CONVENTIONS
            ),
        ),
    )
    return {"index.md": index, **{f"{name}.md": convention_page(each) for name, each in CONVENTIONS.items()}}


def convention_page(convention: Convention) -> str:
    same = [
        (rules_of(rules), formula(each.total), formula(each.size) if each.size else "")
        for rules, each in convention.same.items()
    ]
    sizes = [(rules_of(rules), situation, formula(text)) for (rules, situation), text in convention.sizes.items()]
    defaults = [
        (rules_of(rules), code(key), code(spelled(value))) for (rules, key), value in convention.defaults.items()
    ]
    needs = [
        (prose(rules), f"[{need.code}](../errors/{need.code}.md)", formula(need.condition), prose(need.message))
        for rules, found in convention.needs.items()
        for need in found
    ]
    switches = [said for name, said in SWITCHES.items() if getattr(convention, name)]
    switches.append(f"A recurrent layer has {convention.recurrent_biases} biases for each gate.")
    return leaf(
        "Conventions",
        convention.name,
        prose(convention.doc),
        section("Padding `same`", table(("of", "cells in all", "output size"), same)),
        section("Output sizes", table(("of", "where", "formula"), sizes)),
        section("Where nothing is said", table(("of", "key", "is"), defaults)),
        section("What is refused", table(("where", "code", "unless", "what is said"), needs)),
        section("Besides", "".join(f"* {said}\n" for said in switches)),
    )


def rules_of(name: str) -> str:
    return RULES.get(name, code(name))


def spelled(value: object) -> str:
    return (
        {True: "yes", False: "no", None: "none"}.get(value, str(value))
        if not isinstance(value, int | str) or isinstance(value, bool)
        else str(value)
    )
