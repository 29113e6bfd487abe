"""A layer that is written as a call, `nn.Conv2d(3, 64, 7)`: its name and its values, in the order of its class."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.kinds import plain
from convcalc.problem import problem
from convcalc.readers import shorthand
from convcalc.spec.brackets import matching, parts_of

if TYPE_CHECKING:
    from convcalc.layer.record import Kind
    from convcalc.readers.shorthand import Resolved
    from convcalc.spec.model import WrittenLayer


def layer_of_call(text: str, framework: str) -> WrittenLayer:
    """`nn.Conv2d(3, 64, 7, stride=2)`, `layers.Conv2D(32, (3, 3), activation="relu")`, `Conv(C_out=20, K=5)`."""
    target, head, parts = parts_of_call(text)
    resolved, found = shorthand.resolve(head, framework), None
    if resolved.framework == "onnx" and any("=" not in part for part in parts):  # its attributes have names
        resolved = resolved._replace(signature=None, framework="", is_class=True)
    if resolved.signature is None and is_one_list(resolved.kind, head, parts):
        parts = [f"({', '.join(parts)})"]
    if not is_placed(resolved, head) and any("=" not in part for part in parts):
        from convcalc.readers.readings import only_reading

        found = only_reading(resolved, head, parts)
    found = shorthand.arguments(resolved, parts) if resolved.signature or not found else found
    if resolved.signature and resolved.signature.required:
        from convcalc.readers.arguments import check_complete

        check_complete(resolved.signature, head, parts, dict(found.args))
    return found._replace(name=found.name or target)


def is_placed(resolved: Resolved, head: str) -> bool:
    """Whether the order of a call's values is known: of `Conv2d` anywhere, of `Conv2D` in no module or Keras's."""
    if resolved.framework == "keras" and "." in head:
        return bool(shorthand.framework_of(head.rpartition(".")[0]))
    return bool(resolved.framework)


def parts_of_call(text: str) -> tuple[str, str, list[str]]:
    """(what it is assigned to, its name, its arguments) of a call."""
    target, head, opened, closed = brackets_of_call(text)
    return target, head, list(filter(None, parts_of(text[opened + 1 : closed], ",")))


def brackets_of_call(text: str) -> tuple[str, str, int, int]:
    """(what it is assigned to, its name, where its bracket opens, where it closes) of a call with nothing behind it."""
    opened = text.index("(")
    target, _, head = text[:opened].strip().rpartition("=")
    closed = opened + matching(text[opened:])
    if closed < opened:
        raise problem("L023", f"the bracket of {text[: opened + 1]} is not closed", "put `)` at the end")
    rest = text[closed + 1 :].strip().rstrip(",;").strip()
    if rest and not (rest[0] == "(" and rest[-1] == ")"):  # Keras: layer(…)(x)
        others = f"{text[: closed + 1]} -> {rest.lstrip(',; ')}"
        cure = f"write: {others}" if rest[0] in ",;" else "one layer an entry"
        raise problem("L023", f"after the call stands {rest[:40]}", cure)
    return target.strip().removeprefix("self."), head.strip(), opened, closed


def is_one_list(kind: Kind, head: str, parts: list[str]) -> bool:
    """Whether the values of a call are one list: `permute(0, 2, 3, 1)`, `reshape(4, 48)`.

    Two axes of a `transpose` are exchanged instead, and a -1 in front of a shape may be the batch.
    """
    main = shorthand.main_key(kind)
    is_list = main is not None and main.type == "shape" and len(kind.keys) == 1 < len(parts)
    is_swap = plain(head.rpartition(".")[2]) == "transpose" and len(parts) == 2
    return is_list and not is_swap and parts[0] != "-1" and all(re.fullmatch(r"-?\w+", part) for part in parts)
