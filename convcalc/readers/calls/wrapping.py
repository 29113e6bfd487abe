"""A call of a wrapper with its arguments by parameter, and the items inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from convcalc.problem import Problem, did_you_mean, problem
from convcalc.spec import BrokenItem, Items, LayerItem, Place, RepeatItem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.readers.calls.call import Argument, Call
    from convcalc.readers.line import LineReader

OF_ALL = ("name", "dtype")  # arguments of every layer


class Wrapper(NamedTuple):
    """A class or function around layers: whose it is, its parameters in order, and the items that a call of it is."""

    framework: str  # "torch" or "keras"; "" where both have it
    parameters: str  # in order; one with * is any number of layers
    items: Callable[[Wrapping], Items]


class Wrapping:
    """A call of a wrapper, with its arguments by parameter."""

    def __init__(self, reader: LineReader, wrapper: Wrapper, call: Call):
        self.reader, self.call = reader, call
        self.framework = wrapper.framework
        self.parameters = wrapper.parameters.strip("*").split()
        is_open = wrapper.parameters[:1] == "*"
        self.layers: list[Argument] = []  # where it takes any number of them
        self.given: dict[str, Argument] = {}
        self.name = call.name
        order = iter(self.parameters)
        for part in call.parts:
            parameter = part.name
            if not parameter and is_open:
                self.layers.append(part)
                continue
            parameter = parameter or next(order, "")
            if not parameter:
                message = f"{call.word} takes at most {len(self.parameters)} values, {part.text[:40]} is one more"
                raise self.problem(part.place, "L012", message, f"they are {', '.join(self.parameters)}")
            if parameter not in (*self.parameters, *OF_ALL):
                hint = did_you_mean(parameter, self.parameters) or f"it has {', '.join(self.parameters) or 'layers'}"
                raise self.problem(part.place, "K002", f'{call.word} has no argument "{parameter}"', hint)
            if parameter in self.given:
                raise self.problem(part.place, "L010", f"{call.word}: {parameter} is given twice", "leave one out")
            self.given[parameter] = part
        if self.framework != "torch" and "name" in self.given:
            self.name = self.name or self.given["name"].value

    def problem(self, place: Place, code: str, message: str, hint: str = "") -> Problem:
        return problem(code, message, hint, place.mark(self.reader.source))

    def refuse(self, message: str, hint: str = "", place: Place | None = None) -> Problem:
        return self.problem(place or self.call.place, "C060", message, hint)

    def value(self, parameter: str, default: str = "") -> str:
        part = self.given.get(parameter)
        return default if part is None else part.value

    def refuse_unless(self, parameter: str, values: str, why: str) -> None:
        """Refuse an argument that changes what is counted, in a way that is not known."""
        part = self.given.get(parameter)
        if part is not None and part.value not in values.split("|"):
            message = f"{self.call.word} with {parameter}={part.value[:40]}: {why}"
            raise self.refuse(message, f"leave {parameter} out", part.place)

    @contextmanager
    def classes_first(self) -> Iterator[None]:
        """The classes of the wrapper's framework come first."""
        before = self.reader.framework
        self.reader.framework = self.framework or before
        try:
            yield
        finally:
            self.reader.framework = before

    def items(self, part: Argument, name: str = "") -> Items:
        """The items of an argument; where it cannot be read, the error is noted at it."""
        with self.classes_first():
            return self.reader.readable(part.place, name, part.read, name)

    def inner(self, parameter: str = "") -> Items:
        """The items inside."""
        part = self.given.get(parameter or self.parameters[0])
        if part is None:
            example = "layers.LSTM(64)" if self.framework == "keras" else "nn.Conv2d(3, 64, 3)"
            hint = f"{self.call.head}({example}{', num_layers=6' * ('num_layers' in self.parameters)})"
            raise self.refuse(f"{self.call.word} needs the layer that it goes around", hint)
        found = self.items(part)
        if not found:
            raise self.refuse(f"{part.text[:40]} has no layer that {self.call.word} could go around", "", part.place)
        return found

    def layer(self) -> tuple[LayerItem | BrokenItem, Items]:
        """The only layer inside, and its activation where it has one."""
        first, *rest = self.inner()
        if isinstance(first, LayerItem) and all(isinstance(item, LayerItem) and item.activates for item in rest):
            return first, tuple(rest)
        if isinstance(first, BrokenItem):
            return first, ()
        part = self.given[self.parameters[0]]
        message = f"{self.call.word} goes around one layer, not around {part.text[:40]}"
        raise self.refuse(message, "write it around the layer inside that it is meant for", part.place)

    def around(self, change: Callable[[LayerItem], Items]) -> Items:
        """The only layer inside changed; a broken one as it is."""
        item, rest = self.layer()
        return self.name_items((*change(item), *rest)) if isinstance(item, LayerItem) else (item, *rest)

    def name_items(self, items: Items) -> Items:
        """One layer, and maybe its activation, with the name of the call; several as a group."""
        first, *rest = items
        if self.name and all(isinstance(item, LayerItem) and item.activates for item in rest):
            return (first._replace(name=self.name), *rest)
        return self.group(items)

    def group(self, items: Items) -> Items:
        """Items under the name of the call, where it has one."""
        return (RepeatItem("1", items, self.name, self.call.place),) if self.name else items

    @property
    def inner_text(self) -> str:
        """The layer inside, as it is written."""
        return self.given[self.parameters[0]].text

    def with_values(self, item: LayerItem, **values: Raw) -> LayerItem:
        """A layer with more values; a Problem where it has one of them already."""
        written = item.written
        for name, _ in written.args:
            if name in values:
                message = f"{self.call.word}: {name} of {written.kind.name} is given already"
                raise self.refuse(message, f"write: {self.inner_text}")
        framework = written.framework or (self.framework if self.framework == "keras" else "")
        return item._replace(written=written._replace(args=(*written.args, *values.items()), framework=framework))
