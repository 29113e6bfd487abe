"""The numbers behind names: `let`, what `variants` choose, `symbols`, and what a run sets instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import ExprError, UnknownName, letters
from convcalc.algebra.parser import parse
from convcalc.layers.values import number, plain_zeros
from convcalc.problem import MAX_ERRORS, Problem, did_you_mean, is_usage, problem
from convcalc.spec import block_roles
from convcalc.spec.choices import few, misuse
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.spec import Block, Place, Spec, Variant
    from convcalc.spec.choices import Choices

FLAGS = {"yes": 1, "true": 1, "no": 0, "false": 0}


class Declared(NamedTuple):
    """Names with their values, blocks with the roles that variants give them, and what is wrong with either."""

    values: dict[str, Value]
    blocks: dict[str, Block]
    problems: tuple[Problem, ...]


class Said(NamedTuple):
    """A value as it is written, and where."""

    text: str
    place: Place | None


def symbol(name: str) -> Value:
    """A name that stays a letter."""
    from convcalc.algebra.poly import symbol as letter

    return letter(name)


def value_of(text: str, names: Mapping[str, Value]) -> Value:
    """A number, an expression over names, or yes and no as 1 and 0."""
    flag = FLAGS.get(text.lower()) if text not in names else None
    return number(text, names) if flag is None else flag


def declare(spec: Spec, choices: Choices, letters: frozenset[str] = frozenset()) -> Declared:
    """The values of a spec's names, of which some may stay letters.

    A Problem where a variant is not there, or --set cannot be used.
    """
    said = {name: Said(text, place) for name, text, place in spec.let}
    words = {variant.name for variant in spec.variants}
    for name, text in choices.sets.items():
        is_flag = text.lower() in FLAGS and text not in said and text not in spec.symbols
        if is_flag and name not in words and not may_be_flag(said.get(name)):
            number = said[name].text if name in said else "32"
            raise misuse("U006", "--set", f"{name}={text}", f"{name} is a number", f"for example --set {name}={number}")
        said[name] = Said(text, None)
    blocks = dict(spec.blocks)
    for variant in spec.variants:
        for name, value in chosen_values(variant, said, spec):
            if value in spec.blocks:
                said.pop(name, None)
                blocks[name] = chosen_block(name, choices.sets.get(name, value), spec)
            elif name not in choices.sets:
                said[name] = Said(value, variant.place)
    letters = letters.difference(choices.sets)
    values = {name: symbol(name) for name in (*spec.symbols, *sorted(letters))}
    numbers = {
        name: one for name, one in said.items() if name not in letters and (name not in words or one.text.isdecimal())
    }
    problems = evaluate_all(numbers, values, spec)
    misused = [each for each in problems if is_usage(each.diagnostics)]
    if misused:
        raise misused[0]
    return Declared(values, blocks, tuple(problems))


def may_be_flag(usual: Said | None) -> bool:
    """Whether a name may be yes or no: its own value is, or is 0, 1 or that of another name."""
    return usual is not None and (usual.text.lower() in (*FLAGS, "0", "1") or usual.text.isidentifier())


def chosen_block(role: str, name: str, spec: Spec) -> Block:
    """The block that plays a role; wrong usage where a run names none."""
    if name not in spec.blocks:
        hint = f"one of {few(spec.blocks)}"
        raise misuse("U006", "--set", f"{role}={name}", f'there is no block "{name[:40]}"', hint)
    return spec.blocks[name]


def chosen_values(variant: Variant, said: Mapping[str, Said], spec: Spec) -> tuple[tuple[str, str], ...]:
    """What the choice of a variant stands for: names with values, and roles with blocks."""
    choices = dict(variant.choices)
    known = ", ".join(choices)
    choice = said.get(variant.name)
    if choice is None:
        message = f"nothing chooses the {variant.name}"
        hint = f"let: {{{variant.name}: {next(iter(choices), '…')}}}; one of {known}"
        raise problem("N006", message, hint, variant.place.mark(spec.source))
    if choice.text not in choices:
        message = f'there is no {variant.name} "{choice.text[:40]}"'
        if choice.place is None:
            raise misuse("U006", "--set", f"{variant.name}={choice.text}", message, f"one of {known}")
        raise problem("N006", message, f"one of {known}", choice.place.mark(spec.source))
    roles = block_roles((variant,), spec.blocks)
    for name, value in choices[choice.text]:
        if name in roles and value not in spec.blocks:
            hint = did_you_mean(value, spec.blocks) or f"the blocks are {', '.join(spec.blocks)}"
            mark = variant.place.mark(spec.source)
            raise problem("N007", f'{variant.name} {choice.text}: there is no block "{value[:40]}"', hint, mark)
    return choices[choice.text]


def evaluate_all(said: dict[str, Said], values: dict[str, Value], spec: Spec) -> list[Problem]:
    """Put the value of every name into `values`, whatever their order; the problems of those that have none.

    A name without a value becomes 1, so that what uses it is still looked at.
    """
    problems: list[Problem] = []
    needs = {name: {letter for letter in letters_in(one.text) if letter in said} for name, one in said.items()}
    users: dict[str, list[str]] = {}
    for name, needed in needs.items():
        for other in needed:
            users.setdefault(other, []).append(name)
    ready = [name for name, needed in needs.items() if not needed]
    for name in ready:  # it grows
        try:
            values[name] = value_of(said[name].text, values)
        except ExprError as error:
            values[name] = 1
            if len(problems) < MAX_ERRORS:
                problems.append(unusable(name, said, values, spec, error))
        for user in users.pop(name, ()):
            needs[user].remove(name)
            if not needs[user]:
                ready.append(user)
    waiting = {name: needed for name, needed in needs.items() if needed}
    values.update(dict.fromkeys(waiting, 1))
    for circle in circles(waiting)[:MAX_ERRORS]:
        round_trip = few(circle, " → ") + f" → {circle[0]}"
        problems.append(unusable(circle[0], said, values, spec, ExprError(f"it needs itself: {round_trip}")))
    return problems


def letters_in(text: str) -> set[str]:
    """The names that a value needs; none where it cannot be read, which is found out later."""
    if text.isdecimal():
        return set()
    try:
        return {text} if text.isidentifier() else set(letters(parse(plain_zeros(text))))
    except ExprError:
        return set()


def circles(needs: Mapping[str, set[str]]) -> list[list[str]]:
    """The circles that are met when from every name its first need is followed; every name needs another."""
    found = []
    seen: set[str] = set()
    for start in needs:
        path: dict[str, None] = {}
        name = start
        while name not in seen:
            seen.add(name)
            path[name] = None
            name = min(needs[name])
        if name in path:
            names = list(path)
            found.append(names[names.index(name) :])
    return found


def unusable(name: str, said: Mapping[str, Said], values: Mapping[str, Value], spec: Spec, error: ExprError) -> Problem:
    """What is wrong with a value; wrong usage where a run sets it."""
    text, place = said[name]
    hint = "declare it under `let` or `symbols`" if isinstance(error, UnknownName) else ""
    if isinstance(error, UnknownName):
        hint = did_you_mean(error.name, [*said, *values]) or hint
    if place is not None:
        return problem("V001", f"{name[:60]}: {text[:60]}: {error}", hint, place.mark(spec.source))
    usual = next((written for own, written, _ in spec.let if own == name), "32")
    return misuse("U006", "--set", f"{name}={text}", str(error), f"for example --set {name[:60]}={usual[:60]}")
