"""What SVG 1.1 (Second Edition) lets stand where, of what convcalc writes: elements, their attributes and values."""

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

SVG, XLINK, XML = (
    "{http://www.w3.org/2000/svg}",
    "{http://www.w3.org/1999/xlink}",
    "{http://www.w3.org/XML/1998/namespace}",
)
DTD = Path("/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-SVG11-20110816/svg11.dtd")
NUMBER = r"-?\d+(\.\d+)?"
COLOUR = "#[0-9a-f]{6}"
PAINT = rf"none|{COLOUR}|url\(#[a-z0-9.-]+\)"
PAINTED = {
    "fill": PAINT, "fill-opacity": NUMBER, "stroke": PAINT, "stroke-width": NUMBER, "stroke-dasharray": r"[\d. ]+",
}  # fmt: skip
PLACED = dict.fromkeys(("x", "y", "width", "height"), NUMBER)
SHAPES = {"rect", "path", "text", "image", "g"}
# By element: the attributes with what they may say, those that it must have, and the elements within.
GRAMMAR = {
    "svg": (
        {"version": "1.1", "width": rf"{NUMBER}(mm)?", "height": rf"{NUMBER}(mm)?", "viewBox": rf"({NUMBER} ?){{4}}",
         "font-family": "[^<>]+", "class": ".*"},
        {"version", "viewBox"}, {"title", "desc", "defs", "rect"} | SHAPES,
    ),
    "title": ({}, set(), set()),
    "desc": ({}, set(), set()),
    "defs": ({}, set(), {"pattern"}),
    "pattern": (
        {"id": "[A-Za-z][a-z0-9.-]*", "width": NUMBER, "height": NUMBER, "patternUnits": "userSpaceOnUse",
         "patternTransform": rf"rotate\({NUMBER}\)"},
        {"id"}, {"path"},
    ),
    "rect": ({**PLACED, **PAINTED, "rx": NUMBER}, {"width", "height"}, set()),
    "path": ({**PAINTED, "d": rf"([MLCZHV]|{NUMBER}| )+"}, {"d"}, set()),
    "text": (
        {**PLACED, **PAINTED, "font-size": NUMBER, "font-weight": "bold", "text-anchor": "start|middle|end",
         "transform": rf"rotate\({NUMBER} {NUMBER} {NUMBER}\)", "textLength": NUMBER,
         "lengthAdjust": "spacingAndGlyphs", XML + "space": "preserve"},
        set(), set(),
    ),
    "image": (
        {**PLACED, "preserveAspectRatio": "none", XLINK + "href": "data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+"},
        {"width", "height", XLINK + "href"}, set(),
    ),
    "g": ({"class": ".*", "visibility": "hidden|visible"}, set(), {"title", "animate"} | SHAPES),
    "animate": (
        {"attributeName": "visibility", "calcMode": "discrete", "values": "(hidden|visible|;)+", "dur": rf"{NUMBER}s",
         "repeatCount": "indefinite"},
        {"attributeName"}, set(),
    ),
}  # fmt: skip


def faults(text):
    """What is not SVG 1.1 in a picture, or is of another's; a picture that is no XML raises."""
    root = ElementTree.fromstring(text.encode("utf-8"))
    if root.tag != SVG + "svg":
        yield f"the root is {root.tag}"
    names = [each.get("id") for each in root.iter() if each.get("id")]
    if len(set(names)) != len(names):
        yield "two elements have one id"
    links = set(re.findall(r"url\(#([^)]*)\)", text)) - set(names)
    if links:
        yield f"nothing is called {links}"
    for element in root.iter():
        name = element.tag.removeprefix(SVG)
        if name not in GRAMMAR:
            yield f"<{name}>"
            continue
        attributes, needed, inner = GRAMMAR[name]
        for key, value in element.attrib.items():
            if not re.fullmatch(attributes.get(key, "(?!)"), value):
                yield f"<{name} {key}={value[:40]!r}>"
        yield from (f"<{name}> without {key}" for key in needed - set(element.keys()))
        children = [child.tag.removeprefix(SVG) for child in element]
        yield from (f"<{child}> in <{name}>" for child in children if child not in inner)
        if "title" in children[1:]:
            yield f"<title> is not the first in <{name}>"


def dtd_faults(files):
    """What the DTD of the recommendation says of files; None where it, or xmllint, is not installed."""
    if not DTD.exists() or not shutil.which("xmllint"):
        return None
    done = subprocess.run(
        ["xmllint", "--noout", "--nonet", "--dtdvalid", str(DTD), *map(str, files)], capture_output=True, text=True
    )
    return done.stderr
