"""Modules that only hold others, and what every module can be asked: `children()`, `add_module`, `append`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.standard.functional import Partial
from convcalc.readers.python.top_level import changes_layers
from convcalc.readers.python.values import Cursor, Function, Method, Opaque
from convcalc.readers.pytorch.calls import FunctionCall, table_of
from convcalc.readers.pytorch.module import ModuleClass, ModuleObject, module_state, state_of
from convcalc.readers.pytorch.parameters import modules_in, named_parameters_of
from convcalc.readers.pytorch.tensor import TensorValue

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

METHODS: dict[str, Callable[..., Any]] = {}
method = table_of(METHODS)


class SequentialClass(ModuleClass):
    """`nn.Sequential`: its modules one after another."""

    __slots__ = ()

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        is_named = len(args) == 1 and isinstance(args[0], dict)
        for name, child in args[0].items() if is_named else enumerate(args):
            check_module(run, child, "nn.Sequential", place)
            module_state(module).children[name_of_module(run, name, place) if is_named else str(name)] = child

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        for index, child in enumerate(module_state(module).children.values()):
            args = [run.call(child, args if index == 0 else args[:1], {}, place)]
        if not args:
            raise run.error("TypeError", "nn.Sequential is called without a tensor", place)
        return args[0]


class ModuleListClass(ModuleClass):
    """`nn.ModuleList` and `nn.ParameterList`."""

    __slots__ = ()

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        add_all(module, run, args[0] if args else kwargs.get("modules", []), place)


class ModuleDictClass(ModuleClass):
    """`nn.ModuleDict` and `nn.ParameterDict`."""

    __slots__ = ()

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        add_named(module, run, args[0] if args else kwargs.get("modules", {}), place)


def add_named(module: Any, run: Run, given: Any, place: Place) -> None:
    for name, child in pairs_of(run, given, place):
        set_child(module, name_of_module(run, name, place), child)


def pairs_of(run: Run, given: Any, place: Place) -> list[tuple[str, Any]]:
    if isinstance(given, dict):
        return list(given.items())
    state = state_of(given)
    if state is not None:
        return list(state.children.items())
    return [(run.item(pair, 0, place), run.item(pair, 1, place)) for pair in run.iterate(given, place)]


def name_of_module(run: Run, name: Any, place: Place) -> str:
    if not isinstance(run.known(name, "the name of a module", place), str):
        raise run.error("TypeError", f"the name of a module is a string, here it is {run.text(name)[:60]}", place)
    return str(name)


def set_child(module: Any, name: str, value: Any) -> None:
    """A module or a parameter by its name."""
    state = module_state(module)
    (state.parameters if isinstance(value, TensorValue) else state.children)[name] = value


def add_all(module: Any, run: Run, values: Any, place: Place) -> None:
    state = module_state(module)
    for value in list(run.iterate(values, place)):
        if isinstance(value, Opaque):
            run.known(value, "a module of a list", place)
        set_child(module, str(len(state.children) + len(state.parameters)), value)


def check_module(run: Run, value: Any, where: str, place: Place) -> None:
    if isinstance(value, Opaque):
        run.known(value, f"a module of {where}", place)
    if state_of(value) is None:
        hint = f"write: {where}(*[…])" if isinstance(value, (list, tuple)) and where == "nn.Sequential" else ""
        raise run.error("TypeError", f"{run.text(value)[:60]} is no module of {where}", place, hint)


# What a container can be asked


@method("keys")
def keys(call: FunctionCall) -> list[str]:
    return [*call.state.children, *call.state.parameters]


@method("values")
def values_held(call: FunctionCall) -> list[Any]:
    return [*call.state.children.values(), *call.state.parameters.values()]


@method("items")
def items(call: FunctionCall) -> list[tuple[str, Any]]:
    return [*zip(keys(call), values_held(call), strict=True)]


@method("__len__")
def length(call: FunctionCall) -> int:
    return len(keys(call))


@method("__iter__")
def iterate(call: FunctionCall) -> list[Any]:
    return list(call.state.children) if class_of(call) is MODULE_DICT else values_held(call)


def class_of(call: FunctionCall) -> Any:
    cls = call.module.cls
    return cls if isinstance(cls, ModuleClass) else cls.library


@method("__contains__")
def contains(call: FunctionCall, name: Any) -> bool:
    return any(name is each or name == each for each in (*keys(call), *values_held(call)))


@method("__getitem__")
def item(call: FunctionCall, index: Any) -> Any:
    state = call.state
    if isinstance(index, str):
        for table in (state.children, state.parameters):
            if index in table:
                return table[index]
        raise call.error("KeyError", f'there is no "{index[:60]}" in it')
    if isinstance(index, slice):
        cls = class_of(call)
        found = ModuleObject(cls)
        for name, value in list(state.children.items())[index]:
            set_child(found, name if cls is SEQUENTIAL else str(len(found.state.children)), value)
        return found
    return one_of(call, values_held(call), index)


def one_of(call: FunctionCall, values: list[Any], index: Any) -> Any:
    """What is at an index; an IndexError where nothing is."""
    number = call.run.known(index, "an index", call.place)
    if not isinstance(number, int) or not -len(values) <= number < len(values):
        raise call.error("IndexError", f"there is no module {call.run.text(number)[:60]} of {len(values)}")
    return values[number]


@method("__setitem__")
def set_item(call: FunctionCall, index: Any, value: Any) -> None:
    name = index if isinstance(index, str) else one_of(call, keys(call), index)
    set_child(call.module, name, value)


@method("append")
def append(call: FunctionCall, module: Any) -> Any:
    add_module(call, str(len(values_held(call))), module)
    return call.module


@method("add_module register_module register_parameter")
def add_module(call: FunctionCall, name: Any, module: Any = None, param: Any = None) -> None:
    value = call.run.known(param if module is None else module, f"the module {name}", call.place)
    if isinstance(value, TensorValue):
        value.held = value.held or "parameter"
    elif value is not None:
        check_module(call.run, value, call.name, call.place)
    set_child(call.module, name_of_module(call.run, name, call.place), value)


@method("extend")
def extend(call: FunctionCall, values: Any) -> Any:
    add_all(call.module, call.run, values, call.place)
    return call.module


@method("__add__ __iadd__")
def plus(call: FunctionCall, values: Any) -> Any:
    cls, found = class_of(call), call.module
    if cls not in (SEQUENTIAL, MODULE_LIST, PARAMETER_LIST):
        raise call.error("TypeError", f"+ is not defined of nn.{cls.name}")
    if call.name == "__add__":
        found = ModuleObject(cls)
        add_all(found, call.run, call.module, call.place)
    add_all(found, call.run, values, call.place)
    return found


@method("insert")
def insert(call: FunctionCall, index: Any, value: Any) -> Any:
    values = list(call.state.children.values())
    values.insert(call.whole(index, "an index"), value)
    call.state.children = {str(place): each for place, each in enumerate(values)}
    return call.module


@method("update")
def update(call: FunctionCall, values: Any) -> None:
    add_named(call.module, call.run, values, call.place)


@method("pop __delitem__")
def pop(call: FunctionCall, index: Any) -> Any:
    name = index if isinstance(index, str) else one_of(call, list(call.state.children), index)
    if name not in call.state.children:
        raise call.error("KeyError", f'there is no "{name[:60]}" in it')
    return call.state.children.pop(name)


# What every module can be asked


@method("register_buffer")
def register_buffer(call: FunctionCall, name: str, tensor: Any = None, persistent: Any = True) -> None:
    if isinstance(tensor, TensorValue) and tensor.node is None:
        tensor.held = "buffer"
    call.state.buffers[name] = tensor


# What a module gives one after another, each with its name; asked without "named_", without it.
PAIRS: dict[str, Callable[[FunctionCall], Iterable[tuple[str, Any]]]] = {
    "children": lambda call: ((name, child) for name, child in call.state.children.items() if child is not None),
    "modules": lambda call: modules_in(call.module),
    "parameters": lambda call: named_parameters_of(call.module, call.place),
}


@method("parameters named_parameters named_modules")
def iterate_over(call: FunctionCall, *args: Any, **kwargs: Any) -> Cursor:
    pairs = [*PAIRS[call.name.removeprefix("named_")](call)]
    return Cursor(iter(pairs if call.name.startswith("named_") else [value for _, value in pairs]))


@method("children named_children modules")
def iterate_over_all(call: FunctionCall) -> Cursor:
    return iterate_over(call)


@method("requires_grad_")
def train_or_freeze(call: FunctionCall, requires_grad: Any = True) -> Any:
    for _, tensor in named_parameters_of(call.module, call.place):
        tensor.freeze(call.run, requires_grad is False)
    return call.module


@method("buffers named_buffers state_dict")
def give_nothing(call: FunctionCall, *args: Any, **kwargs: Any) -> Any:
    return {} if call.name == "state_dict" else []


@method("__setattr__")
def set_attribute(call: FunctionCall, name: str, value: Any) -> None:
    call.run.set_attribute(call.module, name, value, call.place)


@method("__getattr__ __getattribute__")
def attribute(call: FunctionCall, name: str) -> Any:
    return call.run.attribute(call.module, name, call.place)


@method("get_submodule get_parameter")
def get_submodule(call: FunctionCall, target: str) -> Any:
    found = call.module
    for part in target.split("."):
        found = call.run.attribute(found, part, call.place)
    return found


@method("apply")
def apply(call: FunctionCall, fn: Any) -> Any:
    """Each module below given to a function, and then this one, where it does more than to set numbers."""
    done = fn
    while isinstance(done, (Method, Partial)):
        done = done.function if isinstance(done, Method) else done.value
    if isinstance(done, Function) and changes_layers(done.node):
        for child in [each for each in call.state.children.values() if each is not None]:
            call.run.call(call.run.attribute(child, "apply", call.place), [fn], {}, call.place)
        call.run.call(fn, [call.module], {}, call.place)
    return call.module


@method(
    "to cuda cpu float double half bfloat16 eval train zero_grad type to_empty share_memory "
    "compile init_weights reset_parameters load_state_dict register_forward_hook register_forward_pre_hook "
    "register_full_backward_hook register_load_state_dict_pre_hook _register_load_state_dict_pre_hook extra_repr "
    "_initialize_weights flatten_parameters add_pre_hook _reset_parameters register_state_dict_pre_hook "
    "__post_init__ tie_weights post_init _register_state_dict_hook save_hyperparameters log log_dict"
)
def same(call: FunctionCall, *args: Any, **kwargs: Any) -> Any:
    """What changes numbers and nothing that is counted."""
    return call.module


SEQUENTIAL, MODULE_LIST = SequentialClass("Sequential"), ModuleListClass("ModuleList")
MODULE_DICT, PARAMETER_LIST = ModuleDictClass("ModuleDict"), ModuleListClass("ParameterList")
CONTAINERS = {
    each.name: each for each in (SEQUENTIAL, MODULE_LIST, MODULE_DICT, PARAMETER_LIST, ModuleDictClass("ParameterDict"))
}
