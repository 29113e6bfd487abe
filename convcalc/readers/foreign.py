"""A call of a framework beside PyTorch and Keras: read in the order that its documentation publishes, or a question."""

from __future__ import annotations

import re

from convcalc.kinds.foreign import ForeignClass, foreign_classes
from convcalc.problem import Problem, problem
from convcalc.readers import shorthand
from convcalc.readers.code import call_in, called_name
from convcalc.spec import Implied, WrittenLayer

LISTED = re.compile(r"\[\s*\d+(?:\s*[, ]\s*\d+)*\s*\]")


def foreign_layer(text: str) -> WrittenLayer | None:
    """The layer that a call of another framework is, None where it is no such call."""
    if "(" in text:
        if not called_name(text):
            return None
        target, head, found = call_in(text)
        parts = [part.whole for part in found]
    else:
        target, head, parts = "", text.strip(), list[str]()
    if head.startswith("nn.") and any(part.startswith("features=") for part in parts):  # Flax's word for filters
        head = f"linen{head[2:]}"
    known = foreign_classes().get(head)
    if known is None:
        return of_unknown_order(head, parts) if shorthand.is_elsewhere(head.rpartition(".")[0]) else None
    written = layer_of_class(head, known, parts)
    return written._replace(name=written.name or target)


def layer_of_class(head: str, known: ForeignClass, parts: list[str]) -> WrittenLayer:
    """The layer that a call of a class comes to."""
    if known.signature is None:
        raise weights_unsaid(head, known)
    signed = known.signature
    resolved = shorthand.Resolved(signed.kind, signed.dims, signed, signed.framework)
    written = shorthand.arguments(resolved, arguments(known, parts))
    return written._replace(implied=Implied(head, flattens=known.library.flattens))


def arguments(known: ForeignClass, parts: list[str]) -> list[str]:
    """The arguments as Python has them: MATLAB's `'Stride', 2` as Stride=2; what is None is left out."""
    found: list[str] = []
    waiting = list(parts)
    while waiting:
        part = waiting.pop(0)
        word = part.strip("\"'")
        if not known.library.prefixes and word != part and waiting and "=" not in part:
            part = f"{word}={waiting.pop(0)}"
        name, _, value = part.rpartition("=")
        if value not in ("None", "'auto'", '"auto"'):
            found.append(f"{name}={list_of_numbers(known, value)}" if name else list_of_numbers(known, value))
    return found


def list_of_numbers(known: ForeignClass, text: str) -> str:
    """A list of numbers with its commas, one for each axis."""
    if not LISTED.fullmatch(text):
        return text
    numbers = re.findall(r"\d+", text)
    if known.library.batched and len(numbers) > 2 and numbers[0] == numbers[-1] == "1":
        numbers = numbers[1:-1]
    if not known.library.prefixes and len(numbers) == 4 and numbers[::2] == numbers[1::2]:  # top, bottom, left, right
        numbers = numbers[::2]
    return f"[{', '.join(numbers)}]" if len(numbers) > 1 else numbers[0]


def weights_unsaid(head: str, known: ForeignClass) -> Problem:
    """The question of a function that is handed its weights."""
    message = f"{head} takes its filters and its window from the weights that it is given"
    main = shorthand.main_key(shorthand.resolve(known.kind).kind)
    filters = "" if main and main.name == "kernel" else "64 "
    return problem("L026", message, f"write, for example: {known.kind} {filters}k3")


def of_unknown_order(head: str, parts: list[str]) -> WrittenLayer | None:
    """A class of a framework whose order is not known: what it can be, where that is one layer without a window."""
    from convcalc.readers.readings import possible

    name = head.rpartition(".")[2]
    if parts and name == name.lower() and parts[0].isidentifier():  # the tensor that a function is handed
        parts = parts[1:]
    resolved = shorthand.known_name(name)
    if resolved is None:
        return None
    found = possible(resolved, name, parts)
    if len(found) == 1 and not any(key.per_axis for key in resolved.kind.keys):
        return next(iter(found.values()))[0]
    if not found:
        return None
    message = f"{head}({', '.join(parts)[:200]}): the order and the defaults of its values are not known"
    raise problem("L026", message, f"write: {', or: '.join(line for _, line in found.values())}")
