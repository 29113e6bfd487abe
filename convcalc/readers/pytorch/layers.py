"""The library's own layers: their arguments become a layer of a kind, applied to the tensors that they meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.kinds.classes import classes, signature
from convcalc.layer.applied import COUNTING
from convcalc.layer.record import key_names
from convcalc.readers import shorthand
from convcalc.readers.arguments import check_complete
from convcalc.readers.python.limits import STEPS_OF_LAYER
from convcalc.readers.python.values import Opaque
from convcalc.readers.pytorch.calls import call_bound
from convcalc.readers.pytorch.module import MODULE, ModuleClass, State, state_of
from convcalc.readers.pytorch.sizes import Size
from convcalc.readers.pytorch.tensor import TensorValue, operation_at
from convcalc.readers.shorthand import Resolved

if TYPE_CHECKING:
    from convcalc.kinds.classes import Signature
    from convcalc.layer.values import Raw
    from convcalc.readers.python.run import Run
    from convcalc.readers.python.values import LibraryClass
    from convcalc.spec.model import Place, WrittenLayer

# Parameters of a tensor's numbers, which no kind needs; whatever they are given is left out.
NUMBERS_ONLY = frozenset(("device", "dtype", "inplace", "negative_slope", "padding_idx", "_weight", "eps", "init"))


class LayerClass(ModuleClass):
    """A class of layers that is a kind: `nn.Conv2d`."""

    __slots__ = ()

    def bases(self) -> tuple[LibraryClass, ...]:
        return (*MODULE_BASES.get(self.name, ()), MODULE)

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        state = state_of(module)
        assert state is not None
        state.named, state.place = self.name, place
        run.step(place, STEPS_OF_LAYER)
        signed = signature("torch", self.name)
        assert signed is not None
        pairs = dict(zip(signed.order, args, strict=False))
        if len(args) > len(signed.order) and "_" not in signed.order:
            most = f"nn.{self.name} takes at most {len(signed.order)} values"
            raise run.error("TypeError", f"{most}, here it has {len(args)}", place)
        pairs.update(kwargs)
        state.settings.update(pairs)
        check_whole(run, self.name, signed, pairs, place)
        texts = [(name, text_of(run, value, f"{name} of nn.{self.name}", place)) for name, value in pairs.items()
                 if name not in NUMBERS_ONLY and name != "_"]  # fmt: skip
        state.written = operation_at(run, place, lambda: written_layer(self.name, texts))
        set_attributes(state, state.written)

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        from convcalc.readers.pytorch.applying import FORWARD, apply_to, call_of

        return call_bound(call_of(run, module, place), FORWARD.get(self.name, apply_to), args, kwargs)


def check_whole(run: Run, name: str, signed: Signature, pairs: Mapping[str, Any], place: Place) -> None:
    """Raise where a number of things is a float, as `planes / 4` makes it: PyTorch takes none."""
    table = key_names(signed.kind)
    for parameter, value in pairs.items():
        key = table.get(signed.sets.get(parameter, parameter))
        if key is not None and key.type in COUNTING:
            for each in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(each, float):
                    message = f"{parameter} of nn.{name} must be a whole number, {each} is a float"
                    raise run.error("TypeError", message, place, "// divides into whole numbers")


def written_layer(name: str, pairs: Sequence[tuple[str, Raw]]) -> WrittenLayer:
    """The layer of a class of PyTorch with these arguments; a Problem where it does not take them."""
    signed = signature("torch", name)
    assert signed is not None
    found = shorthand.keywords(Resolved(signed.kind, signed.dims, signed, "torch", is_class=True), list(pairs))
    check_complete(signed, f"nn.{name}", [f"{key}={value}" for key, value in pairs], dict(found.args))
    return found


def text_of(run: Run, value: Any, what: str, place: Place) -> Raw:
    """A value of the program as it is written for a key."""
    if isinstance(value, (list, tuple)):
        return tuple(text_of(run, each, what, place) for each in value)
    if isinstance(value, Opaque):
        value = run.known(value, what, place)
    if isinstance(value, TensorValue) and value.numbers is not None and not isinstance(value.numbers, list):
        value = value.numbers
    if isinstance(value, Size):
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
        if name == "bias":
            continue
        state.settings.setdefault(USUAL_NAMES.get(name, name), state.settings.get(name, DEFAULTS.get(name)))
    dims = written.dims
    for name in ("kernel_size", "stride", "padding", "dilation"):
        value = state.settings.get(name)
        if dims and state.named.startswith(("Conv", "MaxUnpool")) and isinstance(value, int):
            state.settings[name] = (value,) * dims


USUAL_NAMES = {"filters": "out_channels"}
DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "padding_mode": "zeros", "p": 0.5}


def tensor_of(run: Run, value: Any, what: str, place: Place) -> TensorValue:
    """An input of a layer; an error where it is no tensor."""
    value = run.known(value, f"the input of {what}", place)
    if not isinstance(value, TensorValue):
        raise run.error("TypeError", f"{what} needs a tensor, not {run.text(value)[:60]}", place)
    return value


MODULE_BASES: dict[str, tuple[LibraryClass, ...]] = {}
_CLASSES: dict[str, LayerClass] = {}


def layer_class(name: str) -> LayerClass | None:
    """The class of layers of this name."""
    if name not in _CLASSES and name in classes("torch"):
        _CLASSES[name] = LayerClass(name)
    return _CLASSES.get(name)
