"""`os`, `sys`, `argparse` …: what is known without touching the machine, what `--arg` says, and what is refused."""

from __future__ import annotations

import string
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.builtin_functions import refusal
from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.own_names import LoadedModules
from convcalc.readers.python.standard.records import record_class
from convcalc.readers.python.values import Class, Foreign, Instance, Native, Opaque, mover, movers

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

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
    "exit": mover("sys.exit", leave),
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
NAMESPACE = Class("Namespace", (), {})


class Parser(Foreign):
    """An `ArgumentParser`, or a group of its arguments: what each option is where nobody says it."""

    __slots__ = ("defaults",)
    called = "an argument parser"

    def __init__(self, defaults: dict[str, Any]):
        self.defaults = defaults

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        rule = RULES.get(name)
        if rule is None:
            return run.opaque(f"{name} of an argument parser is not read", place, name)
        return mover(name, lambda run, place, *args, **kwargs: rule(self, run, place, *args, **kwargs))


def add_argument(parser: Parser, run: Run, place: Place, *names: Any, **settings: Any) -> None:
    long = next((name for name in names if name.startswith("--")), names[0] if names else "")
    name = settings.get("dest", long.lstrip("-").replace("-", "_"))
    value = settings.get("default", ABSENT)
    action = settings.get("action")
    if action == "version" or action == "help":
        return
    if value is ABSENT:
        value = {"store_true": False, "store_false": True}.get(action) if type(action) is str else None
        positional = not names[0].startswith("-") and settings.get("nargs") not in ("?", "*")
        if positional or settings.get("required"):
            value = Opaque(f"the option {long} of the program has no default", place, name)
    elif type(value) is str and settings.get("type") is not None:
        value = run.call(settings["type"], [value], {}, place)
    answer = run.argument(name, ABSENT)
    if answer is not ABSENT and settings.get("type") is not None and type(answer) in (int, float, str):
        answer = run.call(settings["type"], [answer], {}, place)
    parser.defaults[name] = value if answer is ABSENT else answer


def group(parser: Parser, run: Run, place: Place, *args: Any, **kwargs: Any) -> Parser:
    return Parser(parser.defaults)


def parse_arguments(parser: Parser, run: Run, place: Place, *args: Any, **kwargs: Any) -> Instance:
    found = kwargs.get("namespace")
    found = found if isinstance(found, Instance) else Instance(NAMESPACE)
    for name, value in parser.defaults.items():
        found.attributes.setdefault(name, value)
    return found


def new_parser(run: Run, place: Place, *args: Any, **kwargs: Any) -> Parser:
    inherited: dict[str, Any] = {}
    for parent in kwargs.get("parents", ()):
        if isinstance(parent, Parser):
            inherited |= parent.defaults
    return Parser(inherited)


def new_namespace(run: Run, place: Place, **values: Any) -> Instance:
    found = Instance(NAMESPACE)
    found.attributes.update(values)
    return found


RULES: dict[str, Callable[..., Any]] = {
    "add_argument": add_argument,
    "set_defaults": lambda parser, run, place, **values: parser.defaults.update(values),
    "add_argument_group": group,
    "add_mutually_exclusive_group": group,
    "parse_args": parse_arguments,
    "parse_known_args": lambda *args, **kwargs: (parse_arguments(*args, **kwargs), []),
    "get_default": lambda parser, run, place, name: parser.defaults.get(name),
}
ARGPARSE = movers(ArgumentParser=new_parser, Namespace=new_namespace)
