"""`copy`."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import Foreign, Instance, mover

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

MAX_NESTED = 100


def shallow(run: Run, place: Place, value: Any) -> Any:
    if isinstance(value, (list, dict, set, deque)):
        run.spend(len(value), place)
        return value.copy()
    if isinstance(value, Instance):
        found = Instance(value.cls)
        found.attributes = dict(value.attributes)
        found.payload = shallow(run, place, value.payload)
        if value.cls.library is not None:
            value.cls.library.copy_state(value, found, run, None)
        return found
    return value.copy(run, None) if isinstance(value, Foreign) else value


def deep(run: Run, place: Place, value: Any, memo: Any = None) -> Any:
    return Copies(run, place).of(value, 0)


class Copies:
    """The copies of one `deepcopy`: what is in it twice is copied once."""

    def __init__(self, run: Run, place: Place):
        self.run = run
        self.place = place
        self.known: dict[int, Any] = {}

    def of(self, value: Any, depth: int) -> Any:
        if depth > MAX_NESTED:
            raise self.run.too_deep(self.place)
        if id(value) in self.known:
            return self.known[id(value)]
        self.run.spend(1, self.place)
        if isinstance(value, list):
            found: Any = self.remember(value, [])
            found += [self.of(one, depth + 1) for one in value]
            return found
        if isinstance(value, dict):
            found = self.remember(value, value.copy())
            for key, one in value.items():
                found[key] = self.of(one, depth + 1)
            return found
        if type(value) is tuple:
            return self.remember(value, tuple([self.of(one, depth + 1) for one in value]))
        if isinstance(value, Instance):
            return self.instance(value, depth)
        if isinstance(value, (set, deque)):
            return self.remember(value, value.copy())
        if isinstance(value, Foreign):
            return self.remember(value, value.copy(self.run, lambda held: self.of(held, depth + 1)))
        return value

    def instance(self, value: Instance, depth: int) -> Any:
        found = self.remember(value, Instance(value.cls))
        found.payload = self.of(value.payload, depth + 1)
        found.attributes = {name: self.of(one, depth + 1) for name, one in value.attributes.items()}
        if value.cls.library is not None:
            value.cls.library.copy_state(value, found, self.run, lambda held: self.of(held, depth + 1))
        return found

    def remember(self, value: Any, copy: Any) -> Any:
        self.known[id(value)] = copy
        return copy


COPY = {"copy": mover("copy", shallow), "deepcopy": mover("deepcopy", deep)}
