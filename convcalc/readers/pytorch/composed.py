"""Modules of PyTorch that are made of others, or of a function: a transformer's layers one after another, distances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.standard.copying import deep
from convcalc.readers.pytorch.calls import FunctionCall
from convcalc.readers.pytorch.containers import MODULE_LIST, add_all, check_module
from convcalc.readers.pytorch.functions import function_of, loss
from convcalc.readers.pytorch.module import ModuleClass, ModuleObject, module_state
from convcalc.readers.pytorch.tensor import TensorValue

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


class StackClass(ModuleClass):
    """`nn.TransformerEncoder` and `nn.TransformerDecoder`, whose layers all look at the same memory."""

    __slots__ = ("parameters", "tensors")

    def __init__(self, name: str, layer: str, tensors: tuple[str, ...]):
        super().__init__(name)
        self.parameters = (layer, "num_layers", "norm")
        self.tensors = tensors  # that go in; masks stand behind them

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        given = dict(zip(self.parameters, args, strict=False)) | kwargs
        layer, count = given.get(self.parameters[0]), run.known(given.get("num_layers"), "num_layers", place)
        check_module(run, layer, self.description(), place)
        if not isinstance(count, int):
            raise run.error("TypeError", f"num_layers of {self.description()} must be a number", place)
        layers = ModuleObject(MODULE_LIST)
        for _ in range(count):
            add_all(layers, run, [deep(run, place, layer)], place)
        module_state(module).children.update(layers=layers, norm=given.get("norm"))

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
        module_state(module).settings.update(dict(zip(self.parameters, args, strict=False)) | kwargs)

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        function = function_of(self.called)
        assert function is not None
        return function(run, args, {**module_state(module).settings, **kwargs}, place)


class LossClass(ModuleClass):
    """`nn.CrossEntropyLoss`, and every other loss: one number for all examples."""

    __slots__ = ()

    def initialise(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        module_state(module).settings.update(kwargs)

    def forward(self, module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        reduction = module_state(module).settings.get("reduction", "mean")
        return loss(FunctionCall(run, place, self.description()), TensorValue(()), reduction=reduction)


COMPOSED: dict[str, ModuleClass] = {
    "TransformerEncoder": StackClass("TransformerEncoder", "encoder_layer", ("src",)),
    "TransformerDecoder": StackClass("TransformerDecoder", "decoder_layer", ("tgt", "memory")),
    "CosineSimilarity": DistanceClass("CosineSimilarity", "cosine_similarity", ("dim", "eps")),
    "PairwiseDistance": DistanceClass("PairwiseDistance", "pairwise_distance", ("p", "eps", "keepdim")),
}
