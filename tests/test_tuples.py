"""Records behave as typing's named tuples do, which the type checker takes them for."""

from __future__ import annotations

import copy
import inspect
import pickle
import typing

import pytest

from convcalc.problem import Mark, Source
from convcalc.tuples import NamedTuple


class Ours(NamedTuple):
    first: int
    second: str = "b"

    def both(self) -> str:
        return f"{self.first}{self.second}"


class Theirs(typing.NamedTuple):
    first: int
    second: str = "b"

    def both(self) -> str:
        return f"{self.first}{self.second}"


QUESTIONS = {
    "its values": lambda record: tuple(record(1)),
    "by name": lambda record: (record(first=1).first, record(1, second="c").second),
    "its own method": lambda record: record(1).both(),
    "another value": lambda record: tuple(record(1)._replace(second="c")),
    "its fields": lambda record: record._fields,
    "its text": lambda record: repr(record(1)).replace("Theirs", "Ours"),
    "its constructor": lambda record: [*inspect.signature(record).parameters],
    "its patterns": lambda record: record.__match_args__,
    "that it is a tuple": lambda record: record(1) == (1, "b"),
    "that nothing is added": lambda record: hasattr(record(1), "__dict__"),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_it_answers_as_typings_does(question):
    assert question(Ours) == question(Theirs)


WRONG = {
    "a value too few": lambda record: record(),
    "a value too many": lambda record: record(1, "b", 3),
    "an unknown name": lambda record: record(1, third=3),
    "a new value for an unknown field": lambda record: record(1)._replace(third=3),
    "a field that is set": lambda record: setattr(record(1), "first", 2),
}


@pytest.mark.parametrize("record", [Ours, Theirs], ids=["ours", "theirs"])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_it_refuses_what_typings_does(wrong, record):
    with pytest.raises((TypeError, ValueError, AttributeError)):
        wrong(record)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda mark: pickle.loads(pickle.dumps(mark))])
def test_a_copy_is_of_the_same_class(again):
    mark = Mark(Source("net.yaml", "layers: []"), 1, 9)
    assert again(mark) == mark
    assert [type(again(mark)), type(again(mark).source)] == [Mark, Source]


# More fields than the constructors that are shared: "a" to "l" are required.
LONG = "abcdefghijklmn"
Long = type(NamedTuple)(
    "Long", (NamedTuple,), {"__annotations__": dict.fromkeys(LONG, "int"), "m": 12, "n": 13, "__module__": __name__}
)
REQUIRED = dict(zip(LONG[:12], range(12), strict=True))


@pytest.mark.parametrize(
    "record",
    [
        lambda: Long(*range(12)),
        lambda: Long(*range(14)),
        lambda: Long(**REQUIRED),
        lambda: Long(*range(5), **dict(list(REQUIRED.items())[5:]), n=13),
        lambda: Long(*range(12), m=0)._replace(m=12),
        lambda: pickle.loads(pickle.dumps(Long(*range(12)))),
    ],
    ids=["in order", "all of them", "by name", "some by name", "another value", "a copy"],
)
def test_a_long_record_has_its_values_in_order(record):
    assert isinstance(record(), Long)
    assert tuple(record()) == tuple(range(14))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Long(*range(11)),
        lambda: Long(*range(15)),
        lambda: Long(*range(12), o=1),
        lambda: Long(*range(11), o=1),
    ],
    ids=["a value too few", "a value too many", "an unknown name", "an unknown name instead of one"],
)
def test_a_long_record_refuses_what_it_does_not_have(wrong):
    with pytest.raises(TypeError):
        wrong()
