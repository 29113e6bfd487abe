"""A layer computed: every number of its output by the formula of its kind, from what its window sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import product
from math import isfinite, prod
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Exact, Expr, ExprError, FunctionOf, Ratio, divide, evaluate, letters
from convcalc.arrays.array import Array, mean_and_variance, shape_text, whole_shape
from convcalc.arrays.cells import ONE, ZERO, WorkedCell, cell_formula, is_over_all, number_tree, worked_tree
from convcalc.arrays.short import MAX_NUMBERS
from convcalc.arrays.sight import FILL, MAX_TERMS, Seen, all_seen, fill_number, padded_size, sight_of, summed_axes
from convcalc.kinds.keys import DECIMAL
from convcalc.layers.values import exact
from convcalc.layers.window import NORMALISING
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.array import Place
    from convcalc.arrays.sight import Groups
    from convcalc.layers.applied import Applied

KNOWN = "convolutions, poolings, activations, normalisations, linear layers and sums"
MAX_EXPONENT = 300  # of an exponential that is computed as it is
MAX_CELLS = 65_536  # of one output


class LayerArrays(NamedTuple):
    """The numbers that a layer has of its own."""

    weights: Array | None = None
    by_channel: Mapping[str, Array] = {}  # by letter: the bias b, the mean, the variance, …
    places: Array | None = None  # where in its output an unpooling puts each number, row by row
    remark: str = ""  # on a kernel that has a name


class LayerNumbers:
    """A layer with numbers in it, whose output is worked out cell by cell."""

    def __init__(self, name: str, applied: Applied, inputs: tuple[Array, ...], given: LayerArrays):
        self.name, self.applied, self.inputs, self.given = name, applied, inputs, given
        self.shape = whole_shape(applied.output)
        if prod(self.shape) > MAX_CELLS:
            message = f"the output of {name} is {shape_text(self.shape)}: {prod(self.shape):,} numbers"
            raise problem("A006", message, f"at most {MAX_CELLS:,}: a smaller array, or a larger stride")
        padded = padded_size(applied)
        if padded > MAX_NUMBERS:
            raise problem("A006", f"the padded input of {name} has {padded:,} numbers", f"at most {MAX_NUMBERS:,}")
        self.is_shifted = "shifted" in applied.setting.kind.cells and any(
            abs(number) > MAX_EXPONENT for array in inputs for number in array.numbers
        )
        self.formula = formula_of(applied, "shifted" if self.is_shifted else "")
        self.sight = sight_of(applied)
        self.is_over_all = is_over_all(self.formula) or applied.setting.kind.own_statistics
        self.fill = number_tree(fill_number(applied))  # of the padding
        self.trees = tuple(map(tree_array, inputs))
        self.weights = tree_array(given.weights) if given.weights else None

    @cached_property
    def output(self) -> Array:
        for _ in self.cells():
            pass
        return self.output

    def cells(self, places: Iterable[Place] | None = None) -> Iterator[WorkedCell]:
        """The numbers of the output, worked, or those at some places; all of them are the output, which is kept."""
        settings, numbers, terms = self.settings, [], 0
        for at in product(*map(range, self.shape)) if places is None else places:
            groups = self.seen_from(at) if self.is_over_all or self.sight.own is None else []
            own = self.sight.own(at) if self.sight.own else next(all_seen(groups), None)
            count, channel = sum(map(len, groups)), at[channel_axis(self.applied)]
            known = {
                "m": count,
                **settings,
                **{letter: number_tree(array.numbers[channel]) for letter, array in self.given.by_channel.items()},
                "x": self.number(own) if own else 0,
            }
            seen = [[self.letters(one) for one in group] for group in groups]
            if self.applied.setting.kind.own_statistics:
                known = {**known, **statistics(seen)}
            if self.is_shifted:
                ends = extremes(seen)
                known, seen = {**known, **ends}, [[{**one, **ends} for one in group] for group in seen]
            tree = worked_tree(self.formula, known, seen)
            value = self.value(tree, at)
            yield WorkedCell(at, tree, value)
            numbers.append(value)
            terms += count
            if terms > MAX_TERMS:
                message = f"{self.name} adds up more than {MAX_TERMS:,} products"
                raise problem("A006", message, "a smaller array, fewer channels, or a larger stride", layer=self.name)
        if places is None:
            self.output = Array(self.shape, tuple(numbers))

    def seen_from(self, at: Place) -> Groups:
        """What a number of the output sees; of an unpooling, only what is to go there."""
        groups = self.sight.groups(at)
        places = self.given.places
        if places is None:
            return groups
        index = Array(self.shape[1:], ()).number_of_place(at[1:])
        back = [one for one in all_seen(groups) if one.place and places.at(one.place) == index]
        return [back[-1:]]  # the last one stays, where windows overlap

    def number(self, seen: Seen) -> Any:
        """What is seen, as it stands in a sum."""
        return self.fill if seen.place is None else self.trees[seen.input].at(seen.place)

    def letters(self, seen: Seen) -> Mapping[str, Any]:
        """The letters of a number that is seen; a share of all of it needs no factor."""
        share = seen.share
        return {
            "x": self.number(seen),
            "w": ONE if self.weights is None else self.weights.at(seen.weight),
            "t": ONE if share == 1 else number_tree(share),
        }

    def value(self, tree: Expr, at: Place) -> Any:
        reason, hint = "the result is too large to be computed", "smaller numbers"
        if isinstance(tree, Ratio) and tree.top == tree.bottom and not isinstance(tree, Exact):
            return 1
        try:
            value = evaluate(tree, {})
            if not isinstance(value, float) or isfinite(value):
                return value
        except OverflowError:
            pass
        except ExprError as error:
            reason, hint = str(error), "other numbers"
        where = ", ".join(map(str, at))
        raise problem("A005", f"{self.name} at [{where}]: {reason}", hint, layer=self.name)

    @property
    def slides_kernel(self) -> bool:
        """Whether it has a kernel, which a convolution flips and a cross-correlation does not."""
        return self.given.weights is not None and bool(self.applied.axes)

    @property
    def only_copies(self) -> bool:
        """Whether its numbers are those of its input, or zeros."""
        return self.formula == "x" or self.given.places is not None

    @property
    def takes_largest(self) -> bool:
        return self.formula == FunctionOf("max", "x")

    @property
    def settings(self) -> dict[str, Any]:
        """The letters of the formula that are settings of the layer; what nobody has given is left out of it."""
        applied, used = self.applied, set(letters(self.formula))
        known: dict[str, Any] = {"b": ZERO, "w": ONE}
        if "m" in applied.letters:
            known["m"] = number_tree(applied.letters["m"])
        for key in applied.setting.kind.keys:
            value = applied.values.get(key.name, key.default)
            if key.name in used:
                known[key.name] = setting_tree(value)
            elif key.type == DECIMAL.type and value != key.default and not (key.training or key.name == FILL):
                message = f"apply cannot compute {applied.setting.kind.name} with {key.name}={value}"
                raise problem("A010", message, f"{key.name}={key.default}")
        return known


def setting_tree(value: Any) -> Any:
    """A setting as it stands in a worked number: a decimal is a text, no end is None."""
    number = exact(value) if isinstance(value, str) and not value.endswith("inf") else value
    if number is None or isinstance(number, str):
        return None
    return ZERO if number == 0 else ONE if number == 1 else number_tree(number)


def formula_of(applied: Applied, otherwise: str = "") -> Expr:
    """How a number of the output is computed; a Problem for a kind whose numbers are not."""
    kind = applied.setting.kind
    flags = (name for name in kind.cells if name and applied.values.get(name) is True)
    mode = kind.mode(applied) if kind.modes else next(flags, otherwise)
    text = kind.cells.get(mode, kind.cells.get("", ""))
    if not text:
        how = f"{kind.name} with mode {mode}" if mode else kind.name
        raise problem("A010", f"apply cannot compute {how}", f"{KNOWN} are computed")
    return cell_formula(text)


def channel_axis(applied: Applied) -> int:
    """The axis of the output along which a layer has numbers of its own."""
    if applied.setting.kind.takes == "features":
        return 0 if applied.features_first else len(applied.output) - 1
    if applied.window.type is NORMALISING:
        return max(summed_axes(applied))
    axis = applied.values.get("axis")
    return (axis - 1 if axis > 0 else axis + len(applied.output)) if isinstance(axis, int) and axis else 0


def statistics(seen: list[list[Mapping[str, Any]]]) -> dict[str, Any]:
    """The mean, the variance and the mean square of what is seen."""
    numbers = [evaluate(one["x"], {}) for group in seen for one in group]
    mean, variance = mean_and_variance(numbers)
    square = divide(sum(number**2 for number in numbers), len(numbers))
    return {"mean": number_tree(mean), "variance": number_tree(variance), "square": number_tree(square)}


def extremes(seen: list[list[Mapping[str, Any]]]) -> dict[str, Any]:
    """The largest and the smallest number that is seen."""
    numbers = [one["x"] for group in seen for one in group]
    values = {number: evaluate(number, {}) for number in numbers}
    return {"largest": max(numbers, key=values.__getitem__), "smallest": min(numbers, key=values.__getitem__)}


def tree_array(array: Array) -> Array:
    """An array of what stands for its numbers in a sum."""
    return Array(array.shape, tuple(map(number_tree, array.numbers)))


def check_places(layer: LayerNumbers) -> None:
    """Raise where an unpooling is to put a number outside of its window."""
    places, plane = layer.given.places, Array(layer.shape[1:], ())
    assert places is not None
    back = {
        one.place
        for at in product(*map(range, layer.shape))
        for one in all_seen(layer.sight.groups(at))
        if one.place and places.at(one.place) == plane.number_of_place(at[1:])
    }
    for place in places.places():
        if place not in back:
            where = f"place {places.at(place)} of an output of {shape_text(plane.shape)}"
            message = f"{layer.name}: {where} is not in the window of its number"
            raise problem("A003", message, "places are counted row by row, in the output: output=… sets its size")


def largest_places(layer: LayerNumbers) -> Array:
    """Where in its input a max pooling found each number, row by row: the first of the largest."""
    plane = Array(layer.inputs[0].shape[1:], ())
    found = []
    for cell in layer.cells():
        seen = [one.place for one in all_seen(layer.sight.groups(cell.at)) if one.place]
        best = max(seen, key=layer.inputs[0].at)  # of equal ones the first, as in PyTorch
        found.append(plane.number_of_place(best[1:]))
    return Array(layer.shape, tuple(found))
