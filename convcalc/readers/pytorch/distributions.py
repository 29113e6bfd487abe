"""`torch.distributions`: numbers drawn with what the layers give as mean and spread, of which the shape is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import Foreign, LibraryFunction, Opaque
from convcalc.readers.pytorch.calls import FunctionCall
from convcalc.readers.pytorch.joining import reduction
from convcalc.readers.pytorch.numberwise import one_by_one, together
from convcalc.readers.pytorch.tensor import TensorValue

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

CHOICES = frozenset(("Categorical",))  # one of the last axis is drawn
KNOWN = CHOICES | frozenset((
    "Bernoulli", "Beta", "Cauchy", "Chi2", "ContinuousBernoulli", "Dirichlet", "Exponential", "Gamma", "Gumbel",
    "HalfNormal", "Laplace", "LogNormal", "Normal", "OneHotCategorical", "OneHotCategoricalStraightThrough", "Poisson",
    "RelaxedBernoulli", "RelaxedOneHotCategorical", "StudentT", "Uniform", "VonMises", "Weibull",
))  # fmt: skip
DRAWN = frozenset(("sample", "rsample"))
EACH = frozenset(("log_prob", "entropy", "cdf", "icdf"))  # a number for every one that may be drawn
ASKED = frozenset(("mean", "mode", "stddev", "variance", "loc", "scale", "probs", "logits"))


def distribution(name: str) -> LibraryFunction | None:
    """A distribution by its class, `Normal`; None where it is not read."""
    if name not in KNOWN:
        return None
    return LibraryFunction(name, lambda run, args, kwargs, place: made_of(run, name, [*args, *kwargs.values()], place))


def made_of(run: Run, name: str, values: list[Any], place: Place) -> Any:
    tensors = [each for each in values if isinstance(each, TensorValue)]
    if not tensors:
        return next((each for each in values if isinstance(each, Opaque)), Opaque(f"{name} is not read", place, name))
    return Distribution(name, tensors)


class Distribution(Foreign):
    """One whose parameters are tensors."""

    __slots__ = ("name", "parameters")

    def __init__(self, name: str, parameters: list[TensorValue]):
        self.name, self.parameters = name, parameters

    def description(self) -> str:
        return self.name

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name in ASKED:
            return self.parameters[0]
        if name in DRAWN or name in EACH:
            how = self.draw if name in DRAWN else self.each
            return LibraryFunction(name, lambda run, args, kwargs, place: how(FunctionCall(run, place, name), args))
        return Opaque(f"{name} of {self.name} is not read", place, name)

    def draw(self, call: FunctionCall, args: list[Any]) -> Any:
        """Numbers as the parameters are, or the place of one that is chosen."""
        if self.name in CHOICES:
            return reduction(call._replace(name="argmax"), self.parameters[0], -1)
        return numbers_of(call, self.parameters)

    def each(self, call: FunctionCall, args: list[Any]) -> Any:
        drawn = [each for each in args if isinstance(each, TensorValue)]
        if self.name in CHOICES:
            found: TensorValue = reduction(call._replace(name="logsumexp"), self.parameters[0], -1)
            return together(call, found, *drawn) if drawn else found
        return numbers_of(call, [*self.parameters, *drawn])


def numbers_of(call: FunctionCall, tensors: list[TensorValue]) -> Any:
    """Numbers that follow from those of all these at the same place."""
    return together(call, *tensors) if len(tensors) > 1 else one_by_one(call._replace(name="bernoulli"), tensors[0])
