"""Modules that only hold others, and what every module can be asked: `children()`, `add_module`, `append`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import Cursor, Opaque
from convcalc.readers.pytorch.calls import table_of
from convcalc.readers.pytorch.module import Holder, ModuleClass, ModuleObject, modules_in, state_of
from convcalc.readers.pytorch.tensor import TensorValue
from convcalc.readers.pytorch.weights import weight_of

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

METHODS: dict[str, Callable[..., Any]] = {}
method = table_of(METHODS)


class SequentialClass(ModuleClass):
    """`nn.Sequential`: its modules one after another."""

    __slots__ = ()

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        children = state_of(module).children  # type: ignore[union-attr]  # of a module
        if len(args) == 1 and isinstance(args[0], dict):
            for name, child in args[0].items():
                check_module(run, child, "nn.Sequential", place)
                children[name_of_module(run, name, place)] = child
            return
        for index, child in enumerate(args):
            check_module(run, child, "nn.Sequential", place)
            children[str(index)] = child

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        for index, child in enumerate(state_of(module).children.values()):  # type: ignore[union-attr]
            args = [run.call(child, args if index == 0 else args[:1], {}, place)]
        return args[0]


class ModuleListClass(ModuleClass):
    """`nn.ModuleList`."""

    __slots__ = ()

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        given = args[0] if args else kwargs.get("modules", [])
        add_all(module, run, given, place)


class ParameterListClass(ModuleListClass):
    """`nn.ParameterList`."""

    __slots__ = ()


class ModuleDictClass(ModuleClass):
    """`nn.ModuleDict` and `nn.ParameterDict`."""

    __slots__ = ()

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        given = args[0] if args else kwargs.get("modules", {})
        for name, child in pairs_of(run, given, place):
            put(module, name_of_module(run, name, place), child)


def pairs_of(run: Run, given: Any, place: Place) -> list[tuple[str, Any]]:
    if isinstance(given, dict):
        return list(given.items())
    state = state_of(given)
    if state is not None:
        return list(state.children.items())
    return [(pair[0], pair[1]) for pair in run.iterate(given, place)]


def name_of_module(run: Run, name: Any, place: Place) -> str:
    if not isinstance(run.known(name, "the name of a module", place), str):
        raise run.error("TypeError", f"the name of a module is a string, here it is {run.text(name)[:60]}", place)
    return str(name)


def put(module: Any, name: str, value: Any) -> None:
    """A module or a parameter by its name."""
    state = state_of(module)
    assert state is not None
    (state.parameters if isinstance(value, TensorValue) else state.children)[name] = value


def add_all(module: Any, run: Run, values: Any, place: Place) -> None:
    state = state_of(module)
    assert state is not None
    for value in list(run.iterate(values, place)):
        if isinstance(value, Opaque):
            run.known(value, "a module of a list", place)
        put(module, str(len(state.children) + len(state.parameters)), value)


def check_module(run: Run, value: Any, where: str, place: Place) -> None:
    if isinstance(value, Opaque):
        run.known(value, f"a module of {where}", place)
    if state_of(value) is None:
        raise run.error("TypeError", f"{run.text(value)[:60]} is no module of {where}", place)


def values_held(holder: Holder) -> list[Any]:
    """What a container holds, in order."""
    state = holder.state
    return [*state.children.values(), *state.parameters.values()]


# What a container can be asked


@method("__len__")
def length(holder: Holder) -> int:
    return len(values_held(holder))


@method("__iter__")
def iterate(holder: Holder) -> Any:
    state = holder.state
    return list(state.children) if holder_class(holder) is MODULE_DICT else values_held(holder)


def holder_class(holder: Holder) -> Any:
    cls = holder.module.cls
    return cls if isinstance(cls, ModuleClass) else cls.library


@method("__contains__")
def contains(holder: Holder, name: Any) -> bool:
    return name in holder.state.children or name in holder.state.parameters


@method("__getitem__")
def item(holder: Holder, index: Any) -> Any:
    state = holder.state
    if isinstance(index, str):
        for table in (state.children, state.parameters):
            if index in table:
                return table[index]
        raise holder.run.error("KeyError", f'there is no "{index[:60]}" in it', holder.place)
    values = values_held(holder)
    if isinstance(index, slice):
        cls = holder_class(holder)
        found = ModuleObject(cls)
        found.state.named = cls.name
        for name, value in list(state.children.items())[index]:
            put(found, name if cls is SEQUENTIAL else str(len(found.state.children)), value)
        return found
    number = holder.run.known(index, "an index", holder.place)
    if not isinstance(number, int) or not -len(values) <= number < len(values):
        raise holder.run.error("IndexError", f"there is no module {number} of {len(values)}", holder.place)
    return values[number]


@method("__setitem__")
def set_item(holder: Holder, index: Any, value: Any) -> None:
    name = index if isinstance(index, str) else list(holder.state.children)[index]
    put(holder.module, name, value)


@method("append add_module register_module register_parameter add")
def append(holder: Holder, *args: Any, **kwargs: Any) -> Any:
    values = [*args, *kwargs.values()]
    name, value = (str(len(values_held(holder))), values[0]) if len(values) == 1 else values[:2]
    if isinstance(value, Opaque):
        holder.run.known(value, f"the module {name}", holder.place)
    if value is None or isinstance(value, TensorValue) or state_of(value) is not None:
        if isinstance(value, TensorValue):
            value.held = value.held or "parameter"
        put(holder.module, name_of_module(holder.run, name, holder.place), value)
    return holder.module


@method("extend")
def extend(holder: Holder, values: Any) -> Any:
    add_all(holder.module, holder.run, values, holder.place)
    return holder.module


@method("__add__ __iadd__")
def plus(holder: Holder, values: Any) -> Any:
    cls, found = holder_class(holder), holder.module
    if cls not in (SEQUENTIAL, MODULE_LIST, PARAMETER_LIST):
        raise holder.run.error("TypeError", f"+ is not defined of nn.{cls.name}", holder.place)
    if holder.name == "__add__":
        found = ModuleObject(cls)
        found.state.named = cls.name
        add_all(found, holder.run, holder.module, holder.place)
    add_all(found, holder.run, values, holder.place)
    return found


@method("insert")
def insert(holder: Holder, index: Any, value: Any) -> Any:
    values = list(holder.state.children.values())
    values.insert(index, value)
    holder.state.children = {str(place): each for place, each in enumerate(values)}
    return holder.module


@method("update")
def update(holder: Holder, values: Any) -> None:
    for name, value in pairs_of(holder.run, values, holder.place):
        put(holder.module, name, value)


@method("pop __delitem__")
def pop(holder: Holder, index: Any) -> Any:
    name = index if isinstance(index, str) else list(holder.state.children)[index]
    return holder.state.children.pop(name)


@method("keys")
def keys(holder: Holder) -> Any:
    return [*holder.state.children, *holder.state.parameters]


@method("values")
def values(holder: Holder) -> Any:
    return values_held(holder)


@method("items")
def items(holder: Holder) -> Any:
    return [*holder.state.children.items(), *holder.state.parameters.items()]


# What every module can be asked


@method("register_buffer")
def register_buffer(holder: Holder, name: Any, tensor: Any = None, persistent: Any = True) -> None:
    if isinstance(tensor, TensorValue) and tensor.node is None:
        tensor.held = "buffer"
    holder.state.buffers[name] = tensor


@method("children")
def children(holder: Holder) -> Any:
    return Cursor(iter([child for child in holder.state.children.values() if child is not None]))


@method("named_children")
def named_children(holder: Holder) -> Any:
    return Cursor(iter([(name, child) for name, child in holder.state.children.items() if child is not None]))


@method("modules")
def modules(holder: Holder) -> Any:
    return Cursor(iter([module for _, module in modules_in(holder.module)]))


@method("named_modules")
def named_modules(holder: Holder, *args: Any, **kwargs: Any) -> Any:
    return Cursor(iter(list(modules_in(holder.module))))


@method("parameters")
def parameters(holder: Holder, *args: Any, **kwargs: Any) -> Any:
    return Cursor(iter([tensor for _, tensor in named_parameters_of(holder.module, holder.place)]))


@method("named_parameters")
def named_parameters(holder: Holder, *args: Any, **kwargs: Any) -> Any:
    return Cursor(iter(named_parameters_of(holder.module, holder.place)))


def named_parameters_of(network: Any, place: Place) -> list[tuple[str, Any]]:
    """(path, tensor) of the parameters, those of layers among them."""
    found: list[tuple[str, Any]] = []
    for path, module in modules_in(network):
        state = state_of(module)
        assert state is not None
        dot = f"{path}." if path else ""
        found += [(dot + name, tensor) for name, tensor in state.parameters.items() if tensor is not None]
        if state.written is not None and state.written.kind.parameters != "0":
            held = [(name, weight_of(state, name, place)) for name in ("weight", "bias")]
            found += [(dot + name, tensor) for name, tensor in held if tensor is not None]
    return found


@method("buffers named_buffers state_dict")
def give_nothing(holder: Holder, *args: Any, **kwargs: Any) -> Any:
    return {} if holder.name == "state_dict" else []


@method("__setattr__")
def set_attribute(holder: Holder, name: str, value: Any) -> None:
    holder.run.set_attribute(holder.module, name, value, holder.place)


@method("__getattr__ __getattribute__")
def attribute(holder: Holder, name: str) -> Any:
    return holder.run.attribute(holder.module, name, holder.place)


@method("get_submodule get_parameter")
def get_submodule(holder: Holder, target: str) -> Any:
    found = holder.module
    for part in target.split("."):
        found = holder.run.attribute(found, part, holder.place)
    return found


@method(
    "to cuda cpu float double half bfloat16 eval train requires_grad_ apply zero_grad type to_empty share_memory "
    "compile init_weights reset_parameters load_state_dict register_forward_hook register_forward_pre_hook "
    "register_full_backward_hook register_load_state_dict_pre_hook _register_load_state_dict_pre_hook extra_repr "
    "_initialize_weights flatten_parameters add_pre_hook _reset_parameters register_state_dict_pre_hook "
    "__post_init__ tie_weights post_init _register_state_dict_hook save_hyperparameters log log_dict"
)
def same(holder: Holder, *args: Any, **kwargs: Any) -> Any:
    """What changes numbers and nothing that is counted."""
    return holder.module


SEQUENTIAL, MODULE_LIST = SequentialClass("Sequential"), ModuleListClass("ModuleList")
MODULE_DICT, PARAMETER_LIST = ModuleDictClass("ModuleDict"), ParameterListClass("ParameterList")
CONTAINERS = {
    each.name: each for each in (SEQUENTIAL, MODULE_LIST, MODULE_DICT, PARAMETER_LIST, ModuleDictClass("ParameterDict"))
}
