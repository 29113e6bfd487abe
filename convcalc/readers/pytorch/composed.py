"""Modules of PyTorch that are made of others, or of a function: a transformer's layers one after another, distances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.standard.copying import deep
from convcalc.readers.python.values import Opaque
from convcalc.readers.pytorch.calls import FunctionCall
from convcalc.readers.pytorch.containers import MODULE_LIST, add_all, check_module
from convcalc.readers.pytorch.module import ModuleClass, ModuleObject, module_state, state_of
from convcalc.readers.pytorch.tensor import OVER_BATCH, TensorValue

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

PARAMETERS = {
    "TransformerEncoder": ("encoder_layer", "num_layers", "norm"),
    "TransformerDecoder": ("decoder_layer", "num_layers", "norm"),
}


class StackClass(ModuleClass):
    """`nn.TransformerEncoder` and `nn.TransformerDecoder`, whose layers all look at the same memory."""

    __slots__ = ("tensors",)

    def __init__(self, name: str, tensors: tuple[str, ...]):
        super().__init__(name)
        self.tensors = tensors  # that go in; masks stand behind them

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        given = dict(zip(PARAMETERS[self.name], args, strict=False)) | kwargs
        layer, count = given.get(PARAMETERS[self.name][0]), run.known(given.get("num_layers"), "num_layers", place)
        check_module(run, layer, self.description(), place)
        if not isinstance(count, int):
            raise run.error("TypeError", f"num_layers of {self.description()} must be a number", place)
        layers = ModuleObject(MODULE_LIST)
        for _ in range(count):
            add_all(layers, run, [deep(run, place, layer)], place)
        state = module_state(module)
        state.children.update(layers=layers, norm=given.get("norm"))

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        state = module_state(module)
        given = dict(zip(self.tensors, args, strict=False)) | kwargs
        first, *others = [given.get(name) for name in self.tensors]
        for layer in state.children["layers"].state.children.values():
            first = run.call(layer, [first, *others], {}, place)
        return first if state.children["norm"] is None else run.call(state.children["norm"], [first], {}, place)


class DistanceClass(ModuleClass):
    """`nn.CosineSimilarity`: a function of two tensors whose other arguments the module has."""

    __slots__ = ("called", "parameters")

    def __init__(self, name: str, called: str, parameters: tuple[str, ...]):
        super().__init__(name)
        self.called, self.parameters = called, parameters

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        state = module_state(module)
        state.settings.update(dict(zip(self.parameters, args, strict=False)) | kwargs)

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        from convcalc.readers.pytorch.functions import function_of

        state, function = state_of(module), function_of(self.called)
        assert state is not None and function is not None
        return function(run, args, {**state.settings, **kwargs}, place)


class LossClass(ModuleClass):
    """`nn.CrossEntropyLoss`, and every other loss: one number for all examples."""

    __slots__ = ()

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        state = module_state(module)
        state.settings.update(kwargs)

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        state = module_state(module)
        return loss(FunctionCall(run, place, self.description()), reduction=state.settings.get("reduction", "mean"))


def loss(call: FunctionCall, *tensors: Any, reduction: Any = "mean", **settings: Any) -> Any:
    """What a loss gives."""
    if reduction not in ("mean", "sum", "batchmean"):
        return Opaque(f"{call.name} of each example is not read", call.place)
    return TensorValue((), held=OVER_BATCH)


COMPOSED: dict[str, ModuleClass] = {
    "TransformerEncoder": StackClass("TransformerEncoder", ("src",)),
    "TransformerDecoder": StackClass("TransformerDecoder", ("tgt", "memory")),
    "CosineSimilarity": DistanceClass("CosineSimilarity", "cosine_similarity", ("dim", "eps")),
    "PairwiseDistance": DistanceClass("PairwiseDistance", "pairwise_distance", ("p", "eps", "keepdim")),
}
