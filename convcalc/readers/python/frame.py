"""Where code runs: its names, the code around it, and places in its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcalc.readers.python.namespace import ModuleNames
    from convcalc.readers.python.run import Run
    from convcalc.readers.python.scope import LocalNames
    from convcalc.readers.python.syntax import Program
    from convcalc.readers.python.values import Function
    from convcalc.spec import Place

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT"})()


class Frame:
    """The names of a call, of a class's body or of a statement at the top level of a module."""

    __slots__ = ("caller", "code", "function", "is_class", "items", "module", "names", "parent", "run", "scope")

    def __init__(
        self, run: Run, module: ModuleNames, names: dict[str, Any], parent: Frame | None = None,
        scope: LocalNames | None = None, function: Function | None = None, is_class: bool = False,
    ):  # fmt: skip
        self.run = run
        self.module = module
        self.names = names
        self.code: Program = function.frame.code if function else parent.code if parent else module.code
        self.parent = parent  # the function's around it, whose names it sees
        self.scope = scope  # of a function
        self.function = function
        self.is_class = is_class
        self.caller: tuple[Frame | None, Any] | None = None  # of a function: where it is called, and the call
        self.items: list[Any] | None = None  # what a generator has yielded

    def place(self, node: Any) -> Place:
        return self.code.place(node)

    def closure(self) -> Frame | None:
        """The frame whose names the functions in this one see."""
        return self.parent if self.is_class or self.is_top() else self

    def is_top(self) -> bool:
        """Whether it is of a statement at the top level, whose names are the module's."""
        return self.parent is None and self.scope is None and not self.is_class

    def home(self) -> Frame:
        """The frame of the function, class or module: a comprehension's is inside it."""
        frame = self
        while frame.scope is None and frame.parent is not None and not frame.is_class:
            frame = frame.parent
        return frame

    def lookup(self, name: str, node: Any) -> Any:
        """The value of a name, where Python looks for it."""
        frame: Frame | None = self
        while frame is not None:
            value = frame.names.get(name, ABSENT)
            if value is not ABSENT:
                return value
            scope = frame.scope
            if scope is not None:
                if name in scope.shared:
                    break
                if name in scope.bound:
                    raise self.unbound(name, node)
            frame = frame.parent
        value = self.module.find(name, self.run)
        return self.run.outside(name, self.module, self.place(node), self) if value is ABSENT else value

    def unbound(self, name: str, node: Any) -> Exception:
        message = f"{name} is used before it has a value"
        return self.run.error("UnboundLocalError", message, self.place(node))

    def bind(self, name: str, value: Any) -> None:
        scope = self.scope
        if scope is not None:
            if name in scope.shared:
                self.module.bind(name, value)
                return
            if name in scope.outer:
                self.outer(name).names[name] = value
                return
        self.names[name] = value

    def outer(self, name: str) -> Frame:
        """The frame of the function around this one whose local a name is."""
        frame = self.parent
        while frame is not None and (frame.scope is None or name not in frame.scope.bound):
            frame = frame.parent
        return frame or self

    def unbind(self, name: str, node: Any) -> None:
        if self.is_top():
            self.names[name] = ABSENT
        elif name in self.names:
            del self.names[name]
        else:
            raise self.unbound(name, node)
