"""A module: what its top level binds is evaluated when it is looked up, as it is at that point of the program.

A statement that is running sees what the statements before it have bound; a function sees what is bound when it is
called, which is all of it once no statement is running.  Statements that neither bind nor change a name that is looked
up are never run: a script that trains its network is read as far as the network.
"""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, Source
from convcalc.readers.python.builtin_names import BUILTINS
from convcalc.readers.python.errors import EXCEPTIONS, Raised
from convcalc.readers.python.frame import ABSENT, Frame
from convcalc.readers.python.own_names import statements_binding_unwritten_names
from convcalc.readers.python.top_level import TopLevel
from convcalc.readers.python.values import Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.readers.python.syntax import Program
    from convcalc.spec import Place


class ModuleNames:
    """A parsed source, and as much of its names as was looked up."""

    def __init__(self, name: str, code: Program, file: str = ""):
        self.name = name
        self.code = code
        self.file = file  # where it is, "" for a text that has no place
        self.top = TopLevel(code.tree)
        self.binding_unwritten = statements_binding_unwritten_names(code.source.text, self.top.statements)
        self.now = len(self.top.statements)  # the statement that is running; the end, where none is
        self.current: Frame | None = None  # of that statement
        self.settled: dict[str, Any] = {}  # names that one statement binds
        self.versions: dict[str, dict[float, Any]] = {}  # by the statement that bound the name
        self.starred: list[Any] = []  # modules, not files, of which everything is imported
        self.progress: dict[int, bool | Problem] = {}  # by statement: running, done (True) or failed

    @property
    def source(self) -> Source:
        return self.code.source

    def names(self) -> tuple[str, ...]:
        """What its top level binds, in order."""
        return tuple(self.top.touching)

    def is_whole_program(self) -> bool:
        """Whether it is more than a part that somebody pasted: it imports something, or is a file with a class."""
        own = (ast.Import, ast.ImportFrom, *((ast.ClassDef,) if self.file.endswith(".py") else ()))
        return any(isinstance(node, own) for node in ast.walk(self.code.tree))

    def is_package(self) -> bool:
        return os.path.basename(self.file) == "__init__.py"

    def lookup(self, name: str, run: Run, place: Place | None) -> Any:
        """The value of a global or built-in name."""
        value = self.find(name, run)
        return run.outside(name, self, place) if value is ABSENT else value

    def find(self, name: str, run: Run) -> Any:
        """The value of a name that the module binds or gets by `import *`, else ABSENT."""
        value = self.find_bound(name, run)
        if value is not ABSENT or not self.top.stars:
            return value
        for index in self.top.stars:
            if index < self.now:
                self.run_statement(index, run)
        value = self.find_bound(name, run)
        return self.find_starred(name, run) if value is ABSENT else value

    def find_starred(self, name: str, run: Run) -> Any:
        """What a library's module that is imported by `*` has; not known where such a module is not read."""
        unknown = ABSENT
        for module in reversed(self.starred):
            if isinstance(module, Opaque):
                unknown = module
                continue
            try:
                value = run.attribute(module, name, None)  # type: ignore[arg-type]  # an error is caught
            except Raised:
                continue
            if not isinstance(value, Opaque):
                return value
            unknown = value
        if unknown is ABSENT or name in BUILTINS or name in EXCEPTIONS:
            return ABSENT
        return run.opaque(f"{name} may come from where everything is imported, and {unknown.reason}", None, name)

    def own_name(self, name: str, run: Run) -> Any:
        """What a module is told about itself."""
        if name == "__name__":
            return self.name
        return run.opaque("where files are is not read", None) if name in ("__file__", "__doc__") else ABSENT

    def find_bound(self, name: str, run: Run) -> Any:
        value = self.settled.get(name, ABSENT)
        if value is not ABSENT:
            return value
        touching = self.top.touching.get(name, [])
        for index in self.statements_for(name):
            if index < self.now or (self.code.cells and touching[:1] >= [self.now]):  # cells are run in any order
                try:
                    self.run_statement(index, run)
                except Problem:
                    if index in touching:  # another may not have been about this name
                        raise
        if self.current is not None and name in self.current.names:
            return self.current.names[name]
        versions = self.versions.get(name, {})
        latest = max((index for index in versions if index < self.now), default=None)
        if latest is None and self.code.cells:
            latest = min(versions, default=None)
        return ABSENT if latest is None else versions[latest]

    def statements_for(self, name: str) -> list[int]:
        """Those that bind or change a name, or may do so where they bind names that are written nowhere."""
        touching = self.top.touching.get(name, [])
        return sorted({*touching, *self.binding_unwritten}) if self.binding_unwritten else touching

    def bind(self, name: str, value: Any) -> None:
        """What `global` and then an assignment do."""
        self.settled.pop(name, None)
        if self.current is not None:
            self.current.names[name] = value
        else:
            self.versions.setdefault(name, {})[self.now - 0.5] = value

    def run_statement(self, index: int, run: Run) -> None:
        """Run a statement of the top level, unless that is done or under way."""
        state = self.progress.get(index)
        if state is not None:
            if isinstance(state, Problem):
                raise state
            return
        self.run_readers(index, run)
        frame = Frame(run, self, {})
        before = self.now, self.current
        self.now, self.current, self.progress[index] = index, frame, False
        try:
            run.execute(self.top.statements[index], frame)
        except Problem as error:
            self.progress[index] = error
            raise
        except RecursionError:
            raise run.too_deep(None) from None
        finally:
            self.now, self.current = before
        self.progress[index] = True
        for name, value in frame.names.items():
            if len(self.statements_for(name)) == 1:
                self.settled[name] = value
            self.versions.setdefault(name, {})[index] = value

    def run_readers(self, index: int, run: Run) -> None:
        """What reads a name is run before what the name stands for is changed; an error waits until that is used."""
        for name in self.top.changing.get(index, ()):
            for reader in self.top.readers(name, index):
                try:
                    self.run_statement(reader, run)
                except Problem:
                    continue
