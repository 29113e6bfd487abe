"""A page for every layer kind: its keys, its names elsewhere, its formulas, a picture, an example worked."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from convcalc.kinds import FAMILIES, KINDS, family_of
from convcalc.layers import NORM
from convcalc.render.reference.formulas import axes_note, entries, key_line, letters_of, versions
from writers.markdown import code, codes, formula, leaf, letter, link, page, picture, plain, prose, section, table
from writers.running import console, drawn

if TYPE_CHECKING:
    from convcalc.layers import Key, Kind

SMALL = 8  # a side of a map on which windows are seen


def pages() -> dict[str, str]:
    found: dict[str, str] = {"index.md": index()}
    for kind in KINDS:
        pictures = picture_of(kind)
        found |= pictures
        found[f"{kind.name}.md"] = kind_page(kind, bool(pictures))
    return found


def index() -> str:
    families = [
        section(
            family.replace("_", " ").capitalize(),
            table(
                ("kind", "what it does"),
                ((link(kind.name), prose(kind.doc)) for kind in KINDS if family_of(kind) == family),
            ),
        )
        for family in FAMILIES
    ]
    said = f"{len(KINDS)} kinds of layers, each by every name that it has in papers, PyTorch, Keras and ONNX."
    return page("Layer kinds", said, *families)


def kind_page(kind: Kind, is_drawn: bool) -> str:
    layer, *shapes = kind.worked_example
    command = shlex.join(["convcalc", "layer", layer, *shapes])
    own = [(name, formula(text)) for name, text in versions(kind)]
    found = entries(kind)
    return leaf(
        "Layer kinds",
        kind.name,
        prose(kind.doc),
        names_of(kind),
        section("Keys", table(("key", "letter", "by itself", "what it is"), map(key_row, shown_keys(kind)))),
        section(
            "Formulas",
            table(("quantity", "formula"), ((label(entry.label), formula(entry.text)) for entry in found))
            or "Nothing to work out: it has no parameters and no MACs, and keeps the size.",
            table(
                ("letter", "what it is"),
                ((letter(name), plain(said)) for name, said in letters_of(kind, [entry.text for entry in found])),
            ),
        ),
        section("The output size as sources write it", table(("source", "formula"), own)),
        section("Picture", picture(kind.name, f"{kind.name} on a small input")) if is_drawn else "",
        section("Worked", console(command)),
        section("Sources", "".join(f"* {plain(source)}\n" for source in kind.sources)),
    )


def label(text: str) -> str:
    """What a formula is of; a part of the quantity above it begins with dots."""
    return plain(f"… {text.strip()}" if text.startswith(" ") else text)


def names_of(kind: Kind) -> str:
    """Its other names, and its classes in the frameworks."""
    stems = [f"{stem}{dims}d" for stem in kind.dims.split() for dims in (1, 2, 3)]
    frameworks = {"PyTorch": ("nn.", kind.torch), "Keras": ("keras.layers.", kind.keras), "ONNX": ("", kind.onnx)}
    rows = [("also written", codes((*kind.aliases, *stems)))]
    for framework, (prefix, classes) in frameworks.items():
        names = dict.fromkeys(name.partition(":")[0].replace("{n}", "N") for name, _ in classes)
        rows.append((f"in {framework}", codes(prefix + name for name in names)))
    return table(("", "names"), (row for row in rows if row[1]))


def shown_keys(kind: Kind) -> list[Key]:
    return [key for key in (*kind.keys, *[NORM] * bool(kind.normed)) if key.type not in ("ignored", "check")]


def key_row(key: Key) -> tuple[str, ...]:
    """`stride`, `s`, 1, what it is."""
    default = key_line(key).partition(" = ")[2]
    said = "optional" if "(optional)" in key_line(key) else code(default) if default else "must be said"
    return code(key.name), code(key.symbol), said, prose(f"{key.doc}{axes_note(key)}")


def picture_of(kind: Kind) -> dict[str, str]:
    """Its window over a map that is small enough to be seen, or what becomes of the volume."""
    layer, *shapes = kind.worked_example
    if len(shapes) > 1:
        return {}
    channels, *sides = shapes[0].split("x")
    small = "x".join([channels, *(str(min(int(side), SMALL)) for side in sides)])
    for shape in (small, shapes[0]):
        found = drawn(kind.name, shlex.join(["convcalc", "draw", layer, shape]))
        if found:
            return found
    if kind.takes == "map":
        return drawn(kind.name, shlex.join(["convcalc", "draw", "-e", f"{shapes[0]} -> {layer}"]))
    return {}
