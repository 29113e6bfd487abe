"""The numbers behind names: `let`, what `variants` choose, `symbols`, and what a run sets instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import ExprError, UnknownName
from convcalc.kinds.values import number
from convcalc.language.spec import at
from convcalc.problem import Problem, did_you_mean, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.language.spec import Block, Spec, Variant, Where

FLAGS = {"yes": 1, "true": 1, "no": 0, "false": 0}


class Choices:
    """What a run asks for beside the spec."""

    def __init__(
        self,
        inputs: Mapping[str, str] | None = None,
        sets: Mapping[str, str] | None = None,
        convention: str = "",
        without: tuple[str, ...] = (),
        symbolic: bool = False,
        layout: str = "",
    ):
        self.inputs = inputs or {}
        self.sets = sets or {}
        self.convention = convention
        self.without = frozenset(name.lower() for name in without)
        self.symbolic = symbolic
        self.layout = layout


class Declared(NamedTuple):
    """Names with their values, blocks with the roles that variants give them, and what is wrong with either."""

    values: dict[str, Value]
    blocks: dict[str, Block]
    problems: tuple[Problem, ...]


class Said(NamedTuple):
    """A value as it is written, and where."""

    text: str
    place: Where | None


def symbol(name: str) -> Value:
    """A name that stays a letter."""
    from convcalc.algebra.poly import symbol as letter

    return letter(name)


def value_of(text: str, names: Mapping[str, Value]) -> Value:
    """A number, an expression over names, or yes and no as 1 and 0."""
    flag = FLAGS.get(text.lower()) if text not in names else None
    return number(text, names) if flag is None else flag


def declare(spec: Spec, choices: Choices, letters: frozenset[str] = frozenset()) -> Declared:
    """The values of a spec's names; a Problem where a variant is not there.  Some names may stay letters."""
    said = {name: Said(text, place) for name, text, place in spec.let}
    said.update({name: Said(text, None) for name, text in choices.sets.items()})
    blocks = dict(spec.blocks)
    for variant in spec.variants:
        for name, value in chosen(variant, said, spec):
            if value in spec.blocks:
                blocks[name] = spec.blocks[value]
            elif name not in choices.sets:
                said[name] = Said(value, variant.place)
    words = {variant.name for variant in spec.variants}
    letters = letters.difference(choices.sets)
    values = {name: symbol(name) for name in (*spec.symbols, *sorted(letters))}
    numbers = {
        name: one for name, one in said.items() if name not in letters and (name not in words or one.text.isdecimal())
    }
    problems = evaluate_all(numbers, values, spec)
    return Declared(values, blocks, tuple(problems))


def chosen(variant: Variant, said: Mapping[str, Said], spec: Spec) -> tuple[tuple[str, str], ...]:
    """What the choice of a variant stands for: names with values, and roles with blocks."""
    choices = dict(variant.choices)
    known = ", ".join(choices)
    choice = said.get(variant.name)
    if choice is None:
        message = f"nothing chooses the {variant.name}"
        hint = f"let: {{{variant.name}: {next(iter(choices), '…')}}}; one of {known}"
        raise problem("N006", message, hint, at(variant.place, spec.source))
    if choice.text not in choices:
        mark = at(choice.place or variant.place, spec.source)
        raise problem("N006", f'there is no {variant.name} "{choice.text[:40]}"', f"one of {known}", mark)
    roles = {name for _, names in variant.choices for name, value in names if value in spec.blocks}
    for name, value in choices[choice.text]:
        if name in roles and value not in spec.blocks:
            hint = did_you_mean(value, spec.blocks) or f"the blocks are {', '.join(spec.blocks)}"
            mark = at(variant.place, spec.source)
            raise problem("N007", f'{variant.name} {choice.text}: there is no block "{value[:40]}"', hint, mark)
    return choices[choice.text]


def evaluate_all(said: dict[str, Said], values: dict[str, Value], spec: Spec) -> list[Problem]:
    """Put the value of every name into `values`, whatever their order; the problems of those that have none."""
    problems: list[Problem] = []
    waiting = said
    while waiting:
        later: dict[str, Said] = {}
        unknown: list[Problem] = []
        for name, one in waiting.items():
            mark = at(one.place, spec.source) if one.place is not None else None
            label = f"{name if mark else f'--set {name}'}: {one.text[:60]}"
            try:
                values[name] = value_of(one.text, values)
            except UnknownName as error:
                later[name] = one
                hint = did_you_mean(error.name, [*said, *values]) or "declare it under `let` or `symbols`"
                unknown.append(problem("V001", f"{label}: {error}", hint, mark))
            except ExprError as error:
                values[name] = 1  # so that what uses it is still looked at
                problems.append(problem("V001", f"{label}: {error}", "", mark))
        if len(later) == len(waiting):
            values.update(dict.fromkeys(later, 1))
            return problems + unknown
        waiting = later
    return problems
