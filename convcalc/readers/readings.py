"""A call whose class nobody knows, as `Conv(3, 64, 3)`: the layers that its values may mean, by the orders in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.kinds import plain
from convcalc.kinds.classes import classes, signature
from convcalc.layers import key_names
from convcalc.problem import Diagnostic, Problem, problem
from convcalc.readers import shorthand

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.readers.shorthand import Resolved
    from convcalc.spec import WrittenLayer


class AnyName(dict[str, "Value"]):
    """Names as they are while a line is read: whatever is called so may be declared."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.isidentifier()

    def __missing__(self, name: str) -> Value:
        return 1


def orders(resolved: Resolved, head: str, said: str = "") -> Iterator[Resolved]:
    """The kind's own order, and that of every class it may be: those of its very name, where there are any.

    Where the framework is said, only its classes come in question.
    """
    if not said:
        yield resolved
    head, found = head.rpartition(".")[2], []
    for framework in (said,) if said else ("torch", "keras"):
        for name, (kind, dims, _) in classes(framework).items():
            if kind is resolved.kind and (not dims or not resolved.dims or dims == resolved.dims):
                order = shorthand.Resolved(kind, dims, signature(framework, name), framework, is_swap=resolved.is_swap)
                found.append((name, order))
    same = [each for name, each in found if plain(name) == plain(head)]
    yield from same or [each for _, each in found if each.signature and not each.signature.fixed]


def meaning(written: WrittenLayer) -> str:
    """What two readings have in common where they are the same layer; a Problem where one is none."""
    table, args = key_names(written.kind), dict(written.args)
    values, wrong = shorthand.values_of(written.kind, args, AnyName())
    if written.activation and shorthand.known_name(written.activation) is None:
        wrong.append(Diagnostic("K001", written.activation))
    if wrong:
        raise Problem(*wrong)
    means = {}
    for name, value in values.items():
        key = table[name]
        if key.type == "sides" and not isinstance(value, tuple):  # one number for all sides
            key = written.kind.keys[0]
        if key.type not in ("check", "ignored"):
            means[key.name] = value, args[name]
    return repr((sorted(means.items()), written.activation))


def possible(resolved: Resolved, head: str, parts: list[str], said: str = "") -> dict[str, tuple[WrittenLayer, str]]:
    """The different layers that a call may mean, whose class is not known: each with a line that says which."""
    found: dict[str, tuple[WrittenLayer, str]] = {}
    for order in orders(resolved, head, said):
        if drops_number(order, parts):
            continue
        try:
            written = shorthand.arguments(order, parts)
            means = meaning(written)
        except Problem:
            continue
        if means not in found or len(written.args) > len(found[means][0].args):  # with more that is checked
            found[means] = written, line(order, head, parts, written)
    return found


def drops_number(order: Resolved, parts: list[str]) -> bool:
    """Whether a class takes a bare number for what changes no shape: the 28 of `prelu (28x28)` for how slopes begin."""
    signed = order.signature
    bare = [part for part in parts if "=" not in part]
    return signed is not None and any(
        not signed.sets.get(name, name) and part.strip("([")[:1].isdigit()
        for name, part in zip(signed.order, bare, strict=False)
    )


def only_reading(resolved: Resolved, head: str, parts: list[str]) -> WrittenLayer | None:
    """The layer that a call means, whose class is not known; a Problem where it may be several."""
    found = possible(resolved, head, parts)
    if len(found) > 1:
        prefix, _, word = head.rpartition(".")
        said = shorthand.framework_of(prefix)
        if said and len(own := possible(resolved, head, parts, said)) == 1:
            ((_, text),) = own.values()
            raise problem("K001", f'{prefix} has no class "{word[:60]}"', f"write: {text}")
        lines = [text for _, text in found.values()]
        message = f"{head}({', '.join(parts)}) is {' or '.join(lines)}: the order of its values is not known"
        raise problem("L026", message if len(message) < 300 else f"{message[:299]}…", f"write: {', or: '.join(lines)}")
    if not found:
        return None
    ((written, text),) = found.values()
    if channels := both_channels(written, parts):
        message = f"{head}({', '.join(parts)}) is {text}, or the channels that go in and come out"
        raise problem("L026", message, f"write, for example: {text}, or: {channels}")
    return written


def both_channels(written: WrittenLayer, parts: list[str]) -> str:
    """`Conv(3, 64)` as 64 filters on 3 channels, where the window would have more sides than there are filters."""
    names = [key.name for key in written.kind.keys]
    if names[:2] != ["filters", "kernel"] or len(parts) < 2 or not all(map(str.isdecimal, parts)):
        return ""
    args = {"kernel": "3", **dict(zip(names, parts[1:], strict=False)), "in_channels": parts[0]}
    return spell_shorthand(written._replace(args=tuple(args.items()))) if int(parts[1]) > int(parts[0]) else ""


def line(order: Resolved, head: str, parts: list[str], written: WrittenLayer) -> str:
    """A reading to paste: the class's call where it is of so many axes, or of any; else in shorthand."""
    for name, (kind, dims, _) in classes(order.framework).items() if order.signature else ():
        if kind is order.kind and dims == order.dims and signature(order.framework, name) == order.signature:
            if dims and plain(head.rpartition(".")[2]) != plain(name):
                break
            return f"{'nn' if order.framework == 'torch' else 'layers'}.{name}({', '.join(parts)})"
    return spell_shorthand(written)


def spell_shorthand(written: WrittenLayer) -> str:
    """A layer in shorthand."""
    args, words = dict(written.args), [written.kind.name]
    for key in written.kind.settings:
        if key.name in args:
            raw = args[key.name]
            text = raw if isinstance(raw, str) else "x".join(map(str, raw))
            short = len(key.symbol) == 1 and text[:1].isdigit()
            words.append(text if key is written.kind.keys[0] else f"{key.symbol if short else f'{key.name}='}{text}")
    return " ".join(words)
