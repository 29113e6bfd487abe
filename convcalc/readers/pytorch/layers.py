"""The library's own layers: their arguments become a layer of a kind, applied to the tensors that they meet."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from math import isfinite
from typing import TYPE_CHECKING, Any

from convcalc.algebra.parser import float_text
from convcalc.kinds.classes import Signature, classes, signature
from convcalc.layers import COUNTING, REQUIRED, key_names
from convcalc.layers.values import show
from convcalc.problem import Diagnostic, Problem, nearest, problem
from convcalc.readers import shorthand
from convcalc.readers.arguments import check_complete
from convcalc.readers.python.limits import STEPS_OF_LAYER
from convcalc.readers.python.scope import parameters_of
from convcalc.readers.python.values import LibraryClass, LibraryFunction, Opaque
from convcalc.readers.pytorch.calls import call_bound
from convcalc.readers.pytorch.module import MODULE, ModuleClass, State, module_state, state_of
from convcalc.readers.pytorch.sizes import Size
from convcalc.readers.pytorch.tensor import TensorValue, library_of, no_tensor, operation_at
from convcalc.readers.shorthand import Resolved
from convcalc.readers.tensors import Batch

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.readers.python.frame import Frame
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place, WrittenLayer

# Parameters of a tensor's numbers, which no kind needs; whatever they are given is left out.
NUMBERS_ONLY = frozenset(("device", "dtype", "inplace", "padding_idx", "_freeze", "_weight"))


class LayerClass(ModuleClass):
    """A class of layers that is a kind: `nn.Conv2d`."""

    __slots__ = ()

    def bases(self) -> tuple[LibraryClass, ...]:
        return (*MODULE_BASES.get(self.name, ()), MODULE)

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        state = module_state(module)
        state.named, state.place = self.name, place._replace(cure=cure_of_origin(run, self.name))
        run.step(place, STEPS_OF_LAYER)
        signed = signature("torch", self.name)
        assert signed is not None
        if any(isinstance(each, TensorValue) and each.node is not None for each in args):
            hint = f"write: nn.{self.name}(…)(x), with the values of the layer in its own brackets"
            raise run.error("TypeError", f"nn.{self.name}(…) makes a layer, here it is given a tensor", place, hint)
        pairs = dict(zip(signed.order, args, strict=False))
        if len(args) > len(signed.order) and "_" not in signed.order:
            most = f"nn.{self.name} takes at most {len(signed.order)} values"
            raise run.error("TypeError", f"{most}, here it has {len(args)}", place)
        pairs.update(kwargs)
        state.settings.update(pairs)
        try:
            operation_at(run, place, lambda: check_values(run, self.name, signed, pairs, place))
            state.written = operation_at(run, place, lambda: self.layer_of(run, signed, pairs, place))
        except Problem as error:
            state.error, state.written = error, self.likely_layer(run, signed, pairs, place)
            if state.written is None:
                raise
            library_of(run).errors.append(error)
        set_attributes(state, state.written)

    def layer_of(self, run: Run, signed: Signature, pairs: Mapping[str, Any], place: Place) -> WrittenLayer:
        """The layer with these arguments, of which only those that keys have are needed."""
        named = {name: value for name, value in pairs.items() if name not in NUMBERS_ONLY and name != "_"}
        return written_layer(self.name, [*told_texts(run, signed, named, f"nn.{self.name}", place)])

    def likely_layer(self, run: Run, signed: Signature, pairs: Mapping[str, Any], place: Place) -> WrittenLayer | None:
        """The layer that is meant where arguments have an error: with the likely names and numbers of them."""
        names = [name if name in signed.order else meant(signed, name) or name for name in pairs]
        likely = dict(zip(names, map(likely_value, pairs.values()), strict=True))
        with suppress(Problem):
            return self.layer_of(run, signed, likely, place)
        return None

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        from convcalc.readers.pytorch.applying import FORWARD, apply_to, call_of

        return call_bound(call_of(run, module, place), FORWARD.get(self.name, apply_to), args, kwargs)


def meant(signed: Signature, name: str) -> str:
    """The parameter of a class for which another name stands; "" for none."""
    return signed.parameter_of(name) or nearest(name, signed.order, 0.6)


def likely_value(value: Any) -> Any:
    """The number that is meant by a text, a float or a list of them."""
    if isinstance(value, (list, tuple)) and value:
        return likely_value(value[0])
    is_number = isfinite(value) if isinstance(value, float) else isinstance(value, str) and value.isdecimal()
    return int(value) if is_number else value


def check_values(run: Run, name: str, signed: Signature, pairs: Mapping[str, Any], place: Place) -> None:
    """Raise where PyTorch does not take an argument, or where a number of things is a float or a text."""
    table = key_names(signed.kind)
    taken = [USUAL_NAMES.get(each, each) for each in signed.order]
    for parameter, value in pairs.items():
        if parameter not in (*taken, *signed.order, *NUMBERS_ONLY) and "_" not in taken:
            right = meant(signed, parameter)
            hint = f'did you mean "{right}"?' if right else f"it takes {', '.join(taken)}"
            raise problem("K002", f'nn.{name} has no argument "{parameter}"', hint)
        key = table.get(signed.sets.get(parameter, parameter))
        if key is not None and key.type in COUNTING:
            for each in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(each, float):
                    message = f"{parameter} of nn.{name} must be a whole number, {each} is a float"
                    raise run.error("TypeError", message, place, "// divides into whole numbers")
                if isinstance(each, str) and each not in key.words:
                    message = f'{parameter} of nn.{name} must be a number, "{each[:40]}" is a text'
                    raise run.error("TypeError", message, place, f"write: {parameter}={each}" * each.isdecimal())


def written_layer(class_name: str, pairs: Sequence[tuple[str, Raw]]) -> WrittenLayer:
    """The layer of a class of PyTorch with these arguments; a Problem where it does not take them."""
    signed = signature("torch", class_name)
    assert signed is not None
    table = key_names(signed.kind)
    given = {key.name for name, _ in pairs if (key := table.get(signed.sets.get(name, name))) is not None}
    for name in signed.order:
        key = table.get(signed.sets.get(name, name))
        if key is not None and key.default is REQUIRED and not given & {key.name, *key.unless}:
            parts = ", ".join(f"{USUAL_NAMES.get(each, each)}={show(value)}" for each, value in [*pairs, (name, "3")])
            message = f"nn.{class_name} needs {USUAL_NAMES.get(name, name)}: {key.doc}"
            raise problem("V006", message, f"for example nn.{class_name}({parts})")
    found = shorthand.keywords(Resolved(signed.kind, signed.dims, signed, "torch", is_class=True), list(pairs))
    check_complete(signed, f"nn.{class_name}", [f"{key}={value}" for key, value in pairs], dict(found.args))
    return found


def told_texts(
    run: Run, signed: Signature, named: Mapping[str, Any], what: str, place: Place
) -> Iterator[tuple[str, Raw]]:
    """Arguments as texts; a number that no size follows from may be unknown, and is then left as it is by itself."""
    table = key_names(signed.kind)
    for name, value in named.items():
        key = table.get(signed.sets.get(name, name))
        if key is not None and key.type == "decimal" and isinstance(value, Opaque):
            message = f"{name} of {what} is not known: {value.reason}; it is left as it is usually, {key.default}"
            hint = f"--arg {value.name}=VALUE" if value.name.isidentifier() else "write the value into the file"
            remark = Diagnostic("W013", message, hint, place.mark(run.source), severity="note")
            library_of(run).remarks.append(remark)
        elif key is not None and key.type == "decimal" and isinstance(value, float):
            yield name, float_text(value)
        elif key is not None and key.type == "word" and (word := function_name(value)):
            yield name, word
        else:
            yield name, text_of(run, value, f"{name} of {what}", place)


def function_name(value: Any) -> str:
    """The name of a function that is given, or of a module that is one: F.gelu, nn.GELU(); "" for anything else."""
    if isinstance(value, LibraryFunction):
        return value.name.rpartition(".")[2]
    state = state_of(value)
    return state.named.lower() if state is not None else ""


def text_of(run: Run, value: Any, what: str, place: Place) -> Raw:
    """A value of the program as it is written for a key."""
    if isinstance(value, (list, tuple)):
        return tuple(text_of(run, each, what, place) for each in value)
    if isinstance(value, Opaque):
        value = run.known(value, what, place)
    if isinstance(value, TensorValue) and value.numbers is not None and not isinstance(value.numbers, list):
        value = value.numbers
    if isinstance(value, Size):
        if isinstance(value.value, Batch):
            raise run.refusal("P022", f"{what} depends on the size of the batch, which is any number", place)
        return str(value.value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return str(value)
    raise run.error("TypeError", f"{what} must be a number, not {run.text(value)[:60]}", place)


def set_attributes(state: State, written: WrittenLayer) -> None:
    """What PyTorch's layers can be asked: `conv.out_channels`, `fc.in_features`, `pool.kernel_size`."""
    signed = signature("torch", state.named)
    assert signed is not None
    state.settings.pop("_", None)
    state.settings.pop("bias", None)  # by this name a layer has the biases themselves
    for name in signed.order:
        if name != "bias":
            state.settings.setdefault(USUAL_NAMES.get(name, name), state.settings.get(name, DEFAULTS.get(name)))
    dims = written.dims
    for name in ("kernel_size", "stride", "padding", "dilation"):
        value = state.settings.get(name)
        if dims and state.named.startswith(("Conv", "MaxUnpool")) and isinstance(value, int):
            state.settings[name] = (value,) * dims


USUAL_NAMES = {"filters": "out_channels", "axis": "dim"}
DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "padding_mode": "zeros", "p": 0.5}


def tensor_of(run: Run, value: Any, what: str, place: Place) -> TensorValue:
    """An input of a layer; an error where it is no tensor."""
    value = run.known(value, f"the input of {what}", place)
    if not isinstance(value, TensorValue):
        raise no_tensor(run, value, what, place)
    return value


MODULE_BASES: dict[str, tuple[LibraryClass, ...]] = {}
_CLASSES: dict[str, LayerClass] = {}


def layer_class(name: str) -> LayerClass | None:
    """The class of layers of this name."""
    if name not in _CLASSES and name in classes("torch"):
        _CLASSES[name] = LayerClass(name)
    return _CLASSES.get(name)


# Where a wrong value of a layer is written: in its own call, or in the one of the class that makes the layer


def cure_of_origin(run: Run, class_name: str) -> Callable[[str, str], str]:
    """What to write for the layer that is being made, by the key and the value that would be right.

    Empty where the value stands in the layer's own call, which is corrected as any other line.
    """
    frame, node = run.frame, run.node

    def cure(key: str, right: str) -> str:
        value = argument_of_key(node, class_name, key) if isinstance(node, ast.Call) else None
        if value is None or frame is None or not has_names(value):
            return ""
        others = [name for name, held in frame.names.items() if type(held) is int and str(held) == right]
        here = f", or here: {call_with(run, frame, node, value, others[0])}" if others else ""
        within, call, given = origin(frame, node, value)
        if given is None or has_names(given):
            return f"{key} must be {right}: see where {ast.unparse(value)} comes from{here}"
        return f"write: {call_with(run, within, call, given, right)}, in line {within.place(call).line}{here}"

    return cure


def argument_of_key(call: ast.Call, class_name: str, key: str) -> ast.expr | None:
    """The argument of a layer's call that sets a key."""
    signed = signature("torch", class_name)
    if signed is None:
        return None
    table = key_names(signed.kind)
    for index, name in enumerate(signed.order):
        known = table.get(signed.sets.get(name, name))
        if known is not None and known.name == key:
            return argument(call, index, name)
    return None


def argument(call: ast.Call, index: int, name: str) -> ast.expr | None:
    """An argument of a call, by its place or its name."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    is_plain = not any(isinstance(each, ast.Starred) for each in call.args[: index + 1])
    return call.args[index] if is_plain and 0 <= index < len(call.args) else None


def origin(frame: Frame, call: ast.Call, value: ast.expr | None) -> tuple[Frame, ast.Call, ast.expr | None]:
    """The call, and its argument, from which a function has what it passes on as one of its parameters."""
    while isinstance(value, ast.Name) and frame.function is not None and frame.caller is not None:
        function, (outer, made) = frame.function, frame.caller
        taken = parameters_of(function.node).names
        if value.id not in taken or outer is None or not isinstance(made, ast.Call):
            return frame, call, None
        value = argument(made, taken.index(value.id) - (function.owner is not None), value.id)
        frame, call = outer, made
    return frame, call, value


def call_with(run: Run, frame: Frame, call: ast.Call, value: ast.expr, text: str) -> str:
    """A call with another text for one of its arguments; only that where they are not on one line."""
    whole, part = frame.place(call), frame.place(value)
    written, begin = run.text_at(whole), part.column - whole.column
    return f"{written[:begin]}{text}{written[begin + part.length :]}" if part.line == whole.line else text


def has_names(value: ast.expr) -> bool:
    return any(isinstance(each, (ast.Name, ast.Call)) for each in ast.walk(value))
