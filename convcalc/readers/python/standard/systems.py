"""`os`, `sys`, `subprocess` …: what is known of them without touching the machine, and what is refused."""

from __future__ import annotations

import string
import sys
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.builtin_functions import refusal
from convcalc.readers.python.own_names import LoadedModules
from convcalc.readers.python.standard.records import record_class
from convcalc.readers.python.values import Native

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

VERSION = (3, 12, 0, "final", 0)
COMMANDS = (
    "system popen execv execve execl execvp fork forkpty kill killpg spawnl spawnv startfile remove unlink rmdir "
    "removedirs rename replace truncate write chmod chown symlink link putenv"
)
OPENING = (
    "Popen run call check_call check_output getoutput getstatusoutput rmtree move copy copyfile copytree urlopen "
    "urlretrieve"
)
LETTERS = "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits printable punctuation whitespace"


def leave(run: Run, place: Place, *args: Any) -> Any:
    raise run.error("SystemExit", "the program ends here", place)


def version() -> Any:
    names = ["major", "minor", "micro", "releaselevel", "serial"]
    cls = record_class("version_info", names, {}, None, None)  # type: ignore[arg-type]  # nothing is wrong in it
    return cls.attributes["__new__"].function(None, None, cls, *VERSION)


def refusals(module: str, names: str) -> dict[str, Native]:
    return {name: refusal(f"{module}.{name}") for name in names.split()}


SYS = {
    "exit": Native("sys.exit", leave, moves=True),
    "argv": ["net.py"],
    "modules": LoadedModules(),
    "maxsize": sys.maxsize,
    "version": "3.12.0",
    "version_info": version(),
    "platform": "linux",
    "byteorder": "little",
}
OS = {**refusals("os", COMMANDS), "sep": "/", "linesep": "\n", "name": "posix"}
IMPORTLIB = refusals("importlib", "import_module reload")
STRING = {name: getattr(string, name) for name in LETTERS.split()}
SUBPROCESS, SHUTIL, REQUEST = (refusals(module, OPENING) for module in ("subprocess", "shutil", "urllib.request"))
