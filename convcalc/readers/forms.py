"""The forms in which networks are written elsewhere, recognised by their content; each has a reader of its own.

A reader is a module with `read_spec(source, choices) -> Spec`, which is imported only for a text of its form.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.readers.files import HEAD, first_bytes
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.problem import Source
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec


class SourceForm(NamedTuple):
    """A form: what it is called, what a text of it has, and the module that reads it."""

    name: str
    pattern: str  # of a text; of a binary file, of its first bytes
    module: str
    has_backbones: bool = False  # it may name bundled networks, whose graphs its reader asks for

    def read(self, source: Source, choices: Choices, graph_of: Callable[[str, dict[str, str]], Any]) -> Spec:
        """The Spec of a text in this form; `graph_of` gives the graph of a bundled network with names set."""
        read_spec = import_module(f"convcalc.readers.{self.module}").read_spec
        found: Spec = read_spec(source, choices, graph_of) if self.has_backbones else read_spec(source, choices)
        return found


BRACES = r"^[ \t]*layers?[ \t]*\{"  # of a prototxt, whose first line may be YAML too
CALLED = r"(?:self\.\w+\s*=\s*|\w+\s*=\s*)?(?:(?:nn|torch|F|tf|keras|layers|models?)\.[\w.]+|Sequential|Model|Input)\("
PROGRAM = rf"^\s*(?:>>> )?(?:import \w|from [\w.]+ import |class \w+.*:|def \w+\(|@\w|{CALLED})"
PRINTED = (
    r'^(?!.*\b(?:class|def|for|if|elif|while|with)\b)[^\n("]*\([^\s()]+\): (?:\d+ x )?[A-Z]\w* ?\('  # (fc): Linear(
)
# The first whose pattern is found; `^` is the beginning of a line.
TEXTS: tuple[SourceForm, ...] = (
    SourceForm("notebook", r"\A\s*\{[\s\S]*?\"(?:cells|nbformat)\"\s*:", "program", has_backbones=True),
    SourceForm("Keras configuration", r"\A\s*\"?\s*\{[\s\S]*?\\?\"class_name\\?\"\s*:", "keras.configuration"),
    SourceForm("prototxt of Caffe", BRACES, "caffe.network"),
    SourceForm("cfg of Darknet", r"^[ \t]*\[(net|network)\]", "darknet.network"),
    SourceForm("printed PyTorch model", PRINTED, "printed.model"),
    SourceForm("program", PROGRAM, "program", has_backbones=True),
)
BINARIES: tuple[SourceForm, ...] = (  # by their first bytes, each of them a character
    SourceForm("zip archive", r"PK\x03\x04", "archive"),
    SourceForm("ONNX", r'\x08[\x03-\x1f][\x12\x1a"(2:B]', "onnx.model"),
)
OWN = re.compile(
    r"(\s*(#[^\n]*)?\n)*(---\s*\n)?"
    r"(name|about|base|inputs?|layers|let|variants|symbols|defaults|blocks|kinds|convention|layout|outputs)\s*:",
)  # fmt: skip


def text_form(text: str) -> SourceForm | None:
    """The form of a text; None where it is in the language of convcalc, or in none that is known."""
    if OWN.match(text) and not re.search(BRACES, text, re.MULTILINE):
        return None
    return next((form for form in TEXTS if re.search(form.pattern, text, re.MULTILINE)), None)


def binary_form(head: bytes) -> SourceForm | None:
    """The form of a file that is no text, by its first bytes."""
    text = head.decode("latin-1")
    return next((form for form in BINARIES if re.match(form.pattern, text, re.DOTALL)), None)


def form_of(source: Source) -> SourceForm | None:
    """The form of what was read, a text or a binary file."""
    if source.path:
        return binary_form(first_bytes(source.path))
    if source.name.endswith((".py", ".ipynb")):
        return TEXTS[-1]
    return binary_form(source.data[:HEAD]) if source.data else text_form(source.text)
