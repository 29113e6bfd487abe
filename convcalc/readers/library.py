"""Where specs are found: a path, a bundled name, standard input, or the command line itself."""

from __future__ import annotations

import os
import re

from convcalc.problem import BUNDLED, LINE, Source, did_you_mean, problem
from convcalc.readers.files import read

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# In a wheel the specs are inside the package, in a checkout beside it.
FOLDERS = (os.path.join(PACKAGE, "specs"), os.path.join(os.path.dirname(PACKAGE), "specs"))
FILES = (
    ".yaml", ".yml", ".json", ".py", ".ipynb", ".txt", ".onnx", ".keras", ".pt2", ".safetensors", ".prototxt", ".cfg",
)  # fmt: skip
ENTRY = r"(?s)(.*\.(?:py|ipynb)|-):(\w.*)"  # a program, and which network in it
MODULES = frozenset((
    "torchvision.models", "models", "keras.applications", "tf.keras.applications", "tensorflow.keras.applications",
    "applications",
))  # fmt: skip


def folder() -> str:
    return next((path for path in FOLDERS if os.path.isdir(path)), FOLDERS[0])


def bare(name: str) -> str:
    """A name without case and signs, as `keras.applications.ResNet50V2` and `resnet50-v2` have it in common."""
    return "".join(filter(str.isalnum, name.lower()))


def bundled_networks() -> dict[str, str]:
    """Every bundled name with its path, in order."""
    place = folder()
    try:
        files = sorted(name for name in os.listdir(place) if name.endswith(".yaml"))
    except OSError:
        return {}
    return {name[: -len(".yaml")]: f"{place}{os.sep}{name}" for name in files}


def find(name: str, convention: str = "") -> Source:
    """The text of a spec: `-`, a path, a bundled name, or a network in one line; `net.py:Net` is one in a program."""
    if ("->" in name or "→" in name) and not os.path.exists(name):
        return Source(LINE, name)
    if (entry := entry_in(name)) and not os.path.exists(name):
        return read(entry[1])._replace(entry=entry[2])
    if name != "-" and not os.path.isfile(name) and os.sep not in name:
        found = find_bundled(name, convention)
        if found:
            return found
        if not os.path.exists(name) and not name.endswith(FILES):
            from convcalc.readers.line import likely_shape
            from convcalc.readers.slips import arrows_mended, begins_layer

            if arrows_mended(name):
                return Source(LINE, name)
            is_layer = " " in name.strip() and "'" not in name and begins_layer(name)
            hint = (
                f"convcalc layer '{name}' {likely_shape(name)}" if is_layer else did_you_mean(name, bundled_networks())
            )
            hint = hint or "convcalc specs lists the bundled ones"
            raise problem("Y030", f'there is no file and no bundled network "{name}"', hint)
    return read(name)


def entry_in(name: str) -> re.Match[str] | None:
    """The program and the network in it that a name has, as `net.py:Net`."""
    return re.match(ENTRY, name) if ":" in name else None


def file_of(name: str) -> str | None:
    """The file of a name, which may be one with a network in it, as `net.py:Net`."""
    entry = entry_in(name)
    return next((path for path in (name, entry and entry[1]) if path and os.path.isfile(path)), None)


def bundled_path(name: str, convention: str = "") -> str | None:
    """The path of a bundled network, by its name however it is spelt, or by that of its function in a framework.

    `ResNet50`, as Keras has its capitals, is Keras's under the keras convention.
    """
    module, _, name = name.removesuffix(".yaml").rpartition(".")
    is_keras = "keras" in module or (convention == "keras" and name != name.lower())
    usual = f"{folder()}{os.sep}{name.lower().replace('-', '_')}.yaml"
    if not module and not is_keras and name.replace("-", "_").isidentifier() and os.path.isfile(usual):
        return usual  # nearly all: to list the folder takes longer than to read it
    if module and module not in MODULES:
        return None
    known = {bare(each): path for each, path in bundled_networks().items()}
    keras = known.get(f"keras{bare(name)}")
    ours = known.get(bare(name))
    return keras or ours if is_keras else ours or keras


def find_bundled(name: str, convention: str = "") -> Source | None:
    found = bundled_path(name, convention)
    return Source(BUNDLED + os.path.basename(found), read(found).text) if found else None


def spec_beside(name: str, source: Source) -> Source:
    """A spec that an assignment names: a file beside it, or a bundled one."""
    near = os.path.join(os.path.dirname(source.name), name)
    for path in (near, f"{near}.yaml"):
        if os.path.isfile(path):
            return read(path)
    return find(name)


def base(name: str, source: Source) -> Source:
    """What a spec builds upon: a file in its own folder or below, or a bundled one, and no other."""
    if not name:
        raise problem("L024", "base names no spec", "base: lenet5")
    if not source.name.startswith(BUNDLED):  # a bundled family, whatever lies in the working folder
        folder = os.path.dirname(source.name)
        for path in (os.path.join(folder, name), os.path.join(folder, f"{name}.yaml")):
            if not is_below(path, folder):
                hint = f"copy it there, and write base: {os.path.basename(name) or 'lenet5'}"
                raise problem("L024", f"{name[:60]} is not in the folder of {source.name}, nor below it", hint)
            if os.path.isfile(path):
                return read(path)
    found = find_bundled(name)
    if found is None:
        hint = did_you_mean(name, bundled_networks()) or "convcalc specs lists the bundled ones"
        raise problem("Y030", f'there is no "{name[:60]}" beside {source.name}, and no bundled network', hint)
    return found


def is_below(path: str, folder: str) -> bool:
    """Whether a path leads into a folder, links followed; one that leaves it in words is not even looked at."""
    if os.path.relpath(path, folder or ".").startswith(os.pardir):
        return False
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder or "."), ""))
