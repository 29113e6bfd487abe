"""The forms in which networks are written elsewhere, recognised by their content; each has a reader of its own.

A reader is a module with `read_spec(source, choices) -> Spec`, which is imported only for a text of its form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.readers.files import HEAD, first_bytes
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.problem import Source
    from convcalc.spec import Spec
    from convcalc.spec.choices import Choices


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
PROGRAM = rf"^[^\S\n]*(?=[\w@>])(?:>>> )?(?:import \w|from [\w.]+ import |class \w+.*:|def \w+\(|@\w|{CALLED})"
PRINTED = (  # (fc): Linear(
    r'^(?=[^\n("]*\((?:[ \t]+\()?[^\s()]+\): (?:\d+ x )?[A-Z]\w* ?\()'
    r"(?!.*\b(?:class|def|for|if|elif|while|with)\b)"
)
# [-1, 1, Conv, [64, 3, 2]]: where from, how often, which module, its arguments
MODULE_ROW = (
    r"^[ \t]*(?=[-\[])(?:-[ \t]*)?"
    r"\[{1,2}\s*(?:-?\d+|\[[-\d, ]+\])\s*,\s*\d+\s*,\s*(?:nn\.)?[A-Z]\w*\s*,"
)
# Of a prototxt and of Keras, in a text that begins as one of convcalc's own may; what begins with a fixed sign is found
# ten times as fast.
NOT_OWN = (r"\n[ \t]*layers?[ \t]*\{", r"\"class_name\"\s*:")
TABLE = SourceForm("printed table", r"^(?=.*Param #).*\bLayer \(type", "printed.table")
# The first whose pattern is found; `^` is the beginning of a line.
TEXTS: tuple[SourceForm, ...] = (
    SourceForm("notebook", r"\A\s*\{[\s\S]*?\"(?:cells|nbformat)\"\s*:", "program", has_backbones=True),
    SourceForm("Keras configuration", r"\A\s*(?:\"\s*)?\{[\s\S]*?\\?\"class_name\\?\"\s*:", "keras.configuration"),
    SourceForm("prototxt of Caffe", BRACES, "caffe.network"),
    SourceForm("cfg of Darknet", r"^[ \t]*\[(net|network)\]", "darknet.network"),
    TABLE,
    SourceForm("printed PyTorch model", PRINTED, "printed.model"),
    SourceForm("Ultralytics model", MODULE_ROW, "named"),
    SourceForm("solver of Caffe", r"^(?:base_lr|solver_mode)\s*:", "named"),
    SourceForm("configuration of transformers", r"\A\s*\{[\s\S]*\"model_type\"\s*:", "named"),
    SourceForm("index of safetensors", r"\A\s*\{[\s\S]*\"weight_map\"\s*:", "named"),
    SourceForm("pointer of Git LFS", r"\Aversion https://git-lfs\.github\.com/", "named"),
    SourceForm("OpenVINO", r"\A\s*<\?xml[^>]*>\s*<net\b", "named"),
    SourceForm("web page", r"\A\s*<(?:!DOCTYPE|html)", "named"),
    SourceForm("MXNet", r"\A\s*\{[\s\S]*\"arg_nodes\"\s*:", "named"),
    SourceForm("PDF", r"\A%PDF-", "named"),
    SourceForm("program", PROGRAM, "program", has_backbones=True),
)
BINARIES: tuple[SourceForm, ...] = (  # by their first bytes, each of them a character
    SourceForm("zip archive", r"PK\x03\x04", "archive"),
    SourceForm("SavedModel", r"\x08\x01\x12", "named"),
    SourceForm("Core ML", r"\x08[\x01-\x0f]\x12(?:[\x80-\xff]{0,2}[\x01-\x7f])\x0a", "named"),
    SourceForm("ONNX", r'\x08[\x03-\x1f][\x12\x1a"(2:B]', "onnx.model"),
    SourceForm("safetensors", r".{5}\0\0\0\{", "safetensors"),
    SourceForm("HDF5", r"\x89HDF\r\n", "named"),
    SourceForm("pickled PyTorch", r"\x80\x02\x8a\x0al\xfc\x9cF\xf9", "named"),
    SourceForm("pickle", r"\x80[\x02-\x05]", "named"),
    SourceForm("TFLite", r".{4}TFL3", "named"),
    SourceForm(
        "graph of TensorFlow", r"\x0a[\x80-\xff]{0,3}[\x01-\x7f]\x0a[\x01-\x7f][\w/.:-]+\x12[\x01-\x7f][A-Z]\w", "named"
    ),
    SourceForm("weights of Caffe", r"\x0a[\x01-\x7f][ -~]+(?:\xa2\x06|\x12)", "named"),
    SourceForm("weights of Darknet", r"\0{4}[\x01-\x05]\0{3}.\0{3}", "named"),
    SourceForm("GGUF", r"GGUF", "named"),
    SourceForm("NumPy", r"\x93NUMPY", "named"),
    SourceForm("gzip", r"\x1f\x8b", "named"),
    SourceForm("tar archive", r".{257}ustar", "named"),
    SourceForm("packed file", r"BZh|\xfd7zXZ|7z\xbc\xaf|\x28\xb5\x2f\xfd|Rar!", "named"),
    SourceForm("picture", r"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0{4}|RIFF.{4}WEBP|II\*\0|MM\0\*", "named"),
    SourceForm("PDF", r"%PDF-", "named"),
)
OWN = (
    r"(?:[^\S\n]*(?:#[^\n]*)?\n)*(?:---[^\S\n]*\n)?[^\S\n]*\{?\s*[\"']?"
    r"(assignment|questions|spec|name|about|base|inputs?|layers|let|variants|symbols|defaults|blocks|kinds|convention|layout|outputs|lint)[\"']?\s*:"
)  # fmt: skip


def text_form(text: str) -> SourceForm | None:
    """The form of a text; None where it is in the language of convcalc, or in none that is known."""
    if re.match(OWN, text) and not any(re.search(pattern, text) for pattern in NOT_OWN):
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
