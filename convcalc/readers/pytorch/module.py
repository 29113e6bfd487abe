"""Modules: what a program's classes inherit from, how they hold one another, and what happens when one is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.problem import Problem, did_you_mean
from convcalc.readers.python.limits import STEPS_OF_LAYER
from convcalc.readers.python.values import Class, Foreign, Function, Instance, LibraryClass, LibraryFunction, Opaque
from convcalc.readers.pytorch.calls import FunctionCall, call_bound
from convcalc.readers.pytorch.tensor import TensorValue, library_of

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place, WrittenLayer

    Method: TypeAlias = Callable[[Any, Run, list[Any], dict[str, Any], Place], Any]


class State:
    """What a module holds: other modules, parameters and buffers by name, and the layer that it is."""

    __slots__ = (
        "buffers", "children", "error", "is_ready", "is_wrapped", "named", "parameters", "path", "place", "settings",
        "weights", "written",
    )  # fmt: skip

    def __init__(self, named: str = "") -> None:
        self.named = named  # the class of the library
        self.is_ready = True  # whether nn.Module.__init__ has been called
        self.is_wrapped = False  # whether an nn.DataParallel stands around it
        self.error: Problem | None = None  # of a layer: what is wrong with its arguments
        self.children: dict[str, Any] = {}  # modules, and None
        self.parameters: dict[str, Any] = {}
        self.buffers: dict[str, Any] = {}
        self.path: str | None = None  # in the network; None as long as it is in none
        self.written: WrittenLayer | None = None  # of a layer of the library
        self.settings: dict[str, Any] = {}  # its arguments, as attributes
        self.place: Place | None = None  # where it was made
        self.weights: dict[str, Any] = {}  # of a layer: what it learns, once asked for, or what is in its place

    @property
    def layer(self) -> WrittenLayer:
        """The layer that it is, where it is known to be one."""
        assert self.written is not None
        return self.written

    @property
    def tables(self) -> tuple[dict[str, Any], ...]:
        """What it holds by name, as a program sees it."""
        return self.children, self.parameters, self.buffers


class ModuleObject(Foreign):
    """A module of the library's own: `nn.Conv2d(3, 6, 5)`."""

    __slots__ = ("cls", "state")

    def __init__(self, cls: ModuleClass):
        self.cls, self.state = cls, State(cls.name)

    def description(self) -> str:
        return f"nn.{self.cls.name}"

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        found = self.cls.missing(self, name, run, place)
        if found is not NotImplemented:
            return found
        method = self.cls.method(name)
        if method is None:
            raise run.error("AttributeError", f"nn.{self.cls.name} has no attribute {name} that is read", place)
        return LibraryFunction(name, partial(method, self))

    def set_attribute(self, name: str, value: Any, run: Run, place: Place) -> None:
        if not self.cls.assigned(self, name, value, run, place):
            self.state.settings[name] = value

    def class_of(self, run: Run) -> Any:
        return self.cls

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        return call_module(self, run, args, kwargs, place)

    def item(self, index: Any, run: Run, place: Place) -> Any:
        return self.cls.asked("__getitem__", self, run, [index], place)

    def set_item(self, index: Any, value: Any, run: Run, place: Place) -> None:
        self.cls.asked("__setitem__", self, run, [index, value], place)

    def delete_item(self, index: Any, run: Run, place: Place) -> None:
        self.cls.asked("__delitem__", self, run, [index], place)

    def delete_attribute(self, name: str, run: Run, place: Place) -> None:
        if not self.cls.deleted(self, name, run, place):
            raise run.error("AttributeError", f"{self.description()} has no attribute {name}", place)

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        found: Iterator[Any] = iter(self.cls.asked("__iter__", self, run, [], place))
        return found

    def length(self, run: Run, place: Place) -> Any:
        return self.cls.asked("__len__", self, run, [], place)

    def contains(self, value: Any, run: Run, place: Place) -> bool:
        return bool(self.cls.asked("__contains__", self, run, [value], place))

    def binary(self, operator: str, other: Any, reflected: bool, run: Run, place: Place) -> Any:
        return NotImplemented if operator != "+" or reflected else self.cls.asked("__add__", self, run, [other], place)

    def in_place(self, operator: str, other: Any, run: Run, place: Place) -> Any:
        return NotImplemented if operator != "+" else self.cls.asked("__iadd__", self, run, [other], place)

    def copy(self, run: Run, inner: Callable[[Any], Any] | None) -> ModuleObject:
        found = ModuleObject(self.cls)
        found.state = copied_state(self.state, run, inner)
        return found


def state_of(module: Any) -> State | None:
    """What a module holds, whoever defined its class; None for anything else."""
    state = getattr(module, "state", None) if isinstance(module, (ModuleObject, Instance)) else None
    return state if isinstance(state, State) else None


def module_state(module: Any) -> State:
    """What a module holds that is known to be one."""
    state = state_of(module)
    assert state is not None
    return state


def copied_state(state: State, run: Run, inner: Callable[[Any], Any] | None) -> State:
    """What a copy of a module holds: parameters of its own, or the same for a copy that is not deep."""
    run.step(None, STEPS_OF_LAYER)
    if inner is None:
        return state
    found = State(state.named)
    for name in ("children", "parameters", "buffers", "weights"):
        setattr(found, name, {key: inner(held) for key, held in getattr(state, name).items()})
    for held in found.weights.values():
        if isinstance(held, TensorValue) and held.owner is state:
            held.owner = found
    found.written, found.settings = state.written, dict(state.settings)
    found.is_ready, found.place, found.error = state.is_ready, state.place, state.error
    found.is_wrapped = state.is_wrapped
    return found


def call_method(
    name: str, method: Callable[..., Any], module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place
) -> Any:
    """What a module is asked."""
    if state_of(module) is None:
        raise run.error("TypeError", f"{name} of what is no module", place)
    return call_bound(FunctionCall(run, place, name, module=module), method, args, kwargs)


class ModuleClass(LibraryClass):
    """`nn.Module`, and by inheritance every class of modules."""

    __slots__ = ("name",)

    def __init__(self, name: str = "Module"):
        self.name = name

    def description(self) -> str:
        return f"nn.{self.name}"

    def bases(self) -> tuple[LibraryClass, ...]:
        return () if self is MODULE else (MODULE,)

    def is_instance(self, value: Any) -> bool:
        return isinstance(value, ModuleObject) and (self is MODULE or value.cls is self or self in value.cls.bases())

    def instantiate(self, cls: Class, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Instance:
        instance = Instance(cls)
        instance.state = State(self.name)
        instance.state.is_ready = False
        return instance

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> ModuleObject:
        module = ModuleObject(self)
        self.initialise(module, run, args, kwargs, place)
        return module

    def begin(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        """`super().__init__()`."""
        if (state := state_of(module)) is not None:
            state.is_ready = True
        self.initialise(module, run, args, kwargs, place)

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        """`__init__`."""

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        raise run.error("NotImplementedError", f"{self.description()} has no forward", place)

    def copy_state(self, instance: Instance, copy: Instance, run: Run, inner: Callable[[Any], Any] | None) -> None:
        if (state := state_of(instance)) is not None:
            copy.state = copied_state(state, run, inner)

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name == "__name__":
            return self.name
        found = self.method(name)
        if found is None:
            return Opaque(f"nn.{self.name}.{name} is not read", place, name)
        return LibraryFunction(  # nn.Module.__init__(self)
            name, lambda run, args, kwargs, place: found(args[0], run, args[1:], kwargs, place)
        )

    def method(self, name: str) -> Method | None:
        if name == "__init__":
            return self.begin
        if name == "__call__":
            return call_module
        if name == "forward":
            return self.forward if self.forwards() else None
        from convcalc.readers.pytorch.containers import METHODS

        found = METHODS.get(name)
        return None if found is None else partial(call_method, name, found)

    def forwards(self) -> bool:
        """Whether its own forward is more than an error."""
        return type(self).forward is not ModuleClass.forward

    def asked(self, name: str, module: Any, run: Run, args: list[Any], place: Place) -> Any:
        found = self.method(name)
        if found is None:
            raise run.error("TypeError", f"{self.description()} has no {name}", place)
        return found(module, run, args, {}, place)

    def assigned(self, instance: Any, name: str, value: Any, run: Run, place: Place) -> bool:
        """A module or a parameter is registered by its name, as PyTorch does."""
        state = state_of(instance)
        if state is None:
            return False
        if state.written is not None and name in ("weight", "bias"):
            from convcalc.readers.pytorch.weights import set_weight

            set_weight(state, name, value)
            return True
        if not state.is_ready and (state_of(value) is not None or isinstance(value, TensorValue)):
            raise not_begun(run, instance, place)
        known = next((held for held in state.tables if name in held), None)
        table = None
        if state_of(value) is not None:
            table = state.children
        elif isinstance(value, TensorValue) and value.held == "parameter" and value.node is None:
            table = state.parameters
            value.place = value.place or place
        elif known is not None and (value is None or (isinstance(value, TensorValue) and known is state.buffers)):
            table = known
            if isinstance(value, TensorValue) and value.node is None:
                value.held = value.held or "buffer"
        for held in state.tables:
            if held is not table:
                held.pop(name, None)
        if table is None:
            return False
        table[name] = value
        if isinstance(instance, Instance):
            instance.attributes.pop(name, None)
        return True

    def deleted(self, instance: Any, name: str, run: Run, place: Place) -> bool:
        state = state_of(instance)
        return state is not None and any(table.pop(name, self) is not self for table in state.tables)

    def names(self, instance: Any) -> Iterator[str]:
        if (state := state_of(instance)) is not None:
            yield from chain(*state.tables)

    def missing(self, instance: Any, name: str, run: Run, place: Place) -> Any:
        state = state_of(instance)
        if state is None:
            return NotImplemented
        for held in (*state.tables, state.settings):
            if name in held:
                return held[name]
        if name == "training":
            return library_of(run).train
        if name == "module" and state.is_wrapped:
            return instance
        if name in ("_modules", "_parameters", "_buffers"):
            return {"_modules": state.children, "_parameters": state.parameters, "_buffers": state.buffers}[name]
        if state.written is not None and ("weight" in name or "bias" in name or name.startswith("running_")):
            from convcalc.readers.pytorch.weights import weight_of

            return weight_of(state, name, place)
        return NotImplemented


def call_module(module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`module(x)`: its forward, in a group of layers that has its name."""
    state = state_of(module)
    library = library_of(run)
    if state is not None and not state.is_ready:
        raise not_begun(run, module, place)
    forward = forward_of(module, run, place)
    name = library.trace.local(state.path) if state is not None and state.written is None and state.path else ""
    if not name:
        return forward(args, kwargs)  # a layer, the network itself, or one that no other holds
    cls = getattr(getattr(module, "cls", None), "name", "")  # of a bundled network's parts, their own names
    with library.trace.group(name, place, cls if cls != name.rpartition(".")[2] else ""):
        return forward(args, kwargs)


def forward_of(module: Any, run: Run, place: Place) -> Callable[[list[Any], dict[str, Any]], Any]:
    """What a module does with its inputs: of a user's class its `forward`, else that of the library's class."""
    held = module.attributes if isinstance(module, Instance) else module.state.settings
    function, foreign = held.get("forward"), module.cls
    if function is None and isinstance(module, Instance):
        foreign = module.cls.library
        assert isinstance(foreign, ModuleClass)
        own = (name for name, held in module.cls.attributes.items() if type(held) is Function)
        if module.cls.find("forward") is not None:
            function = run.attribute(module, "forward", place)
        elif not foreign.forwards() and (near := did_you_mean("forward", own)):
            raise run.error("NotImplementedError", f"{module.cls.name} has no forward", place, near)
    if function is not None:
        return lambda args, kwargs: run.call(function, args, kwargs, place)
    return lambda args, kwargs: foreign.forward(module, run, args, kwargs, place)


def not_begun(run: Run, module: Any, place: Place) -> Exception:
    name = module.cls.name
    message = f"{name}.__init__ has not called that of nn.Module before it makes layers"
    return run.error("AttributeError", message, place, f"put super().__init__() first in {name}.__init__")


MODULE = ModuleClass()
