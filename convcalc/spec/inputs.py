"""The inputs of a network: their shapes as written or as a run gives them, with letters where there is no number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.layers.values import show, sides_or_number
from convcalc.problem import Problem, Source, did_you_mean, problem
from convcalc.spec import Place
from convcalc.spec.choices import check_sets, misuse, names_used
from convcalc.spec.layout import SIDES, Settled, doubt, evidence, is_last, names_order, settle
from convcalc.spec.names import declare, symbol
from convcalc.spec.shapes import checked_size, read_shape, shape_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.values import Raw
    from convcalc.spec import Place, Spec
    from convcalc.spec.choices import Choices


class WrittenInput(NamedTuple):
    """An input as the spec has it, and as the run gives it instead ("" where it does not)."""

    name: str
    raw: Raw
    given: Raw
    is_first: bool

    @property
    def text(self) -> Raw:
        return self.given or self.raw


class Inputs(NamedTuple):
    """Shapes (channels first), places and the text of a batch in front of them by name, and what is wrong with them."""

    shapes: dict[str, Shape]
    places: dict[str, Place | None]
    batches: dict[str, str]
    problems: list[tuple[Problem, Place | None]]


def read_inputs(spec: Spec, choices: Choices, values: dict[str, Value]) -> Inputs:
    """The inputs of a run; new letters in them join `values`.  A Problem where --set or --input names nothing.

    A name that an input gives another value is as if set to it: what `let` makes of it follows.
    """
    found, before = Inputs({}, {}, {}, []), dict(values)
    given = dict(choices.inputs)
    written: tuple[tuple[str, Raw, Place | None], ...] = spec.inputs or (("input", "", None),)
    if spec.unjoined:
        for text in given.values():
            raise misuse("U010", "--input", text, f"it has no say here: {spec.unjoined.message}", spec.unjoined.hint)
        written = ()
    known = [name for name, _, _ in written]
    letters: set[str] = set()
    bound: set[str] = set()
    sides: dict[tuple[str, Value], str] = {}
    for index, (name, raw, place) in enumerate(written):
        one = WrittenInput(name, raw, given.pop(name, "") or (given.pop("", "") if index == 0 else ""), index == 0)
        if isinstance(one.given, str) and one.given:
            place = Place(1, 1, len(one.given), Source("--input", one.given))
        try:
            if not one.text and spec.diagnostics:
                continue
            if not name.replace("-", "_").replace(".", "_").isidentifier():
                raise problem("L007", f'"{name[:60]}" is not a name for an input')
            settled, shape = settled_input(one, spec, choices, values)
            letters.update(part for part in settled.parts if part.isidentifier())
            own = settle(read_shape(raw), spec.channels_last)
            if one.given:
                bound |= bind(own, shape, values, spec)
            if choices.symbolic:
                shape = shape_in_letters(shape, settled, values, choices, sides)
                once = (part if own.parts.count(part) == 1 else "" for part in own.parts)  # [side, side] is H and W
                bound |= bind(own._replace(parts=tuple(once)), shape, values, spec)
            if settled.batch:
                found.batches[name] = settled.batch
            found.shapes[name] = shape
            found.places[name] = place
        except Problem as error:
            found.problems.append((error, place))
    for name in given:
        if name and not spec.diagnostics:
            hint = did_you_mean(name, known) or f"the inputs are {', '.join(known)}"
            raise misuse("U007", "--input", name, "there is no such input", hint)
    changed = {name: str(values[name]) for name in bound if name in before and values[name] != before[name]}
    if changed:
        choices = choices._replace(sets={**choices.sets, **changed})
        declared = declare(
            spec, choices, frozenset((*choices.symbols, *(name for name in values if name not in before)))
        )
        values.update(declared.values)
        if not choices.symbolic:  # letters stay those they are
            found = read_inputs(spec, choices, values)
        found.problems.extend((error, None) for error in declared.problems)
        if not choices.symbolic:
            return found
    letters.update(bound, sides.values())
    if not found.problems:
        check_sets(spec, choices, letters)
    return found


def settled_input(one: WrittenInput, spec: Spec, choices: Choices, values: dict[str, Value]) -> tuple[Settled, Shape]:
    """The sizes and the shape of an input, channels first; a Problem (V008) where the numbers speak against it."""
    if not one.text:
        raise problem("L004", "the network has no input", "--input 3x224x224")
    seen = evidence(spec, values, one.name, one.is_first)
    text = read_shape(one.text, values)
    own = settle(read_shape(one.raw, values), spec.channels_last, seen) if one.raw else Settled(())
    if not one.given:
        settled, channels_last, is_said = own, spec.channels_last, bool(spec.layout)
    else:
        channels_last, is_said = is_last(choices.layout, spec.channels_last), bool(choices.layout)
        if 0 < len(text.parts) == len(own.parts) - 1:  # only the sides
            settled, is_said = Settled((own.parts[0], *text.parts), text.batch), True
        elif len(text.parts) == 1 < len(own.parts) and seen.is_map:
            sides, *_ = sides_or_number(text.parts) or ("x".join(text.parts * (len(own.parts) - 1)),)
            if text.parts[0].count(",") == len(own.parts) - 2 and ",0" not in text.parts[0]:
                sides = f"{text.parts[0].replace(',', 'x')}, or --input {sides}"
            shown = f"the {len(own.parts)} of {show(one.raw)}"
            raise problem("V007", f"input {show(one.given)} is one number in place of {shown}", f"--input {sides}")
        else:
            settled = settle(text, channels_last, seen._replace(axes=seen.axes or max(len(own.parts) - 1, 0)))
    both = sides_or_number(settled.parts)
    if seen.is_map and len(settled.parts) == 1 and both and both[0].count("x") > 1:
        sides, total = both
        message = f"input {show(one.text)} may be the shape {sides} or one number, {total}"
        raise problem("V001", message, f"write: {sides}, or: {total}")
    shape = shape_of(settled.parts, values, f"input {show(one.text)}")
    if not is_said and text.layout != "channels_first" and not names_order(settled.parts):
        usual = (
            shape_of(own.parts[:1], values, f"input {show(one.raw)}")[0] if one.given and len(own.parts) > 1 else None
        )
        question = doubt(shape, is_last(text.layout, channels_last), seen, usual)
        if question:
            raise question
    return settled, shape


def letters_of_sides(spec: Spec) -> frozenset[str]:
    """The letters that inputs give to their sides, `H` and `W` in [channels, H, W]; a word is a number to them."""
    parts = [part for _, raw, _ in spec.inputs for part in settle(read_shape(raw), spec.channels_last).parts[1:]]
    return frozenset(part for part in parts if part.isidentifier() and len(part) == 1)


def bind(own: Settled, given: Shape, values: dict[str, Value], spec: Spec) -> set[str]:
    """With `input: 3xHxW`, another input 3x64xN is also H = 64 and W = N; the letters that are bound.

    A Problem (V008) where one is two numbers, unless nothing but the input uses it.
    """
    bound: dict[str, Value] = {}
    pairs = list(zip(own.parts, given, strict=True)) if len(own.parts) == len(given) else []
    for letter, size in pairs:
        if letter.isidentifier() and bound.setdefault(letter, size) != size and letter in names_used(spec):
            square = "x".join(str(size if part == letter else other) for part, other in pairs)
            raise problem("V008", f"{letter} is {bound[letter]} and {size}", f"--input {square}")
    values.update(bound)
    return set(bound)


def shape_in_letters(
    shape: Shape, settled: Settled, values: dict[str, Value], choices: Choices, sides: dict[tuple[str, Value], str]
) -> Shape:
    """The shape with letters for the numbers of its sides: H and W; H2 where another input has another height.

    `--set H=224` gives a letter its number, and a name that the sides have in the spec.
    """
    sizes = [shape[0]]
    for letter, size, part in zip(SIDES.get(len(shape) - 1, ()), shape[1:], settled.parts[1:], strict=False):
        if isinstance(size, int) and part not in choices.sets:
            name = sides.get((letter, size))
            if name is None:
                count = sum(1 for known, _ in sides if known == letter)
                name = sides[letter, size] = f"{letter}{count + 1}" if count else letter
            if name not in choices.sets:
                values.setdefault(name, symbol(name))
            size = checked_size(values[name], f"input {name}")
        sizes.append(size)
    return (*sizes, *shape[len(sizes) :])
