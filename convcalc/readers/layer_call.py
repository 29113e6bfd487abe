"""A layer that is written as a call, `nn.Conv2d(3, 64, 7)`: its name and its values, in the order of its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds import plain
from convcalc.readers import shorthand
from convcalc.readers.code import call_in

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.readers.shorthand import Resolved
    from convcalc.spec import WrittenLayer


def layer_of_call(text: str, framework: str) -> WrittenLayer:
    """`nn.Conv2d(3, 64, 7, stride=2)`, `layers.Conv2D(32, (3, 3), activation="relu")`, `Conv(C_out=20, K=5)`."""
    target, head, found = call_in(text)
    parts = [part.whole for part in found]
    resolved, read = shorthand.resolve(head, framework), None
    if resolved.framework == "torch" and not shorthand.framework_of(head.rpartition(".")[0]):
        resolved = of_keras(resolved, head, [part.name for part in found]) or resolved
    if resolved.framework == "onnx" and any("=" not in part for part in parts):  # its attributes have names
        resolved = resolved._replace(signature=None, framework="", is_class=True)
    if resolved.signature is None and is_one_list(resolved.kind, head, parts):
        parts = [f"({', '.join(parts)})"]
    if not is_placed(resolved, head) and any("=" not in part for part in parts):
        from convcalc.readers.readings import only_reading

        read = only_reading(resolved, head, parts)
    written = shorthand.arguments(resolved, parts) if resolved.signature or not read else read
    if resolved.signature and resolved.signature.required:
        from convcalc.readers.arguments import check_complete

        check_complete(resolved.signature, head, parts, dict(written.args))
    return written._replace(name=written.name or target)


def of_keras(resolved: Resolved, head: str, names: list[str]) -> Resolved | None:
    """The class of Keras that has the name of one of PyTorch's, where an argument is one that only Keras's has."""
    theirs = shorthand.known_name(head.rpartition(".")[2], "keras")
    ours, signed = resolved.signature, theirs.signature if theirs else None
    if ours is None or signed is None or signed.framework != "keras" or signed.kind.parameters == "0":
        return None
    only = [name for name in names if name not in ours.order and signed.takes_alone(name)]
    return theirs if only else None


def is_placed(resolved: Resolved, head: str) -> bool:
    """Whether the order of a call's values is known: of `Conv2d` anywhere, of `Conv2D` in no module or Keras's."""
    if resolved.framework == "keras" and "." in head:
        return bool(shorthand.framework_of(head.rpartition(".")[0]))
    return bool(resolved.framework)


def is_one_list(kind: Kind, head: str, parts: list[str]) -> bool:
    """Whether the values of a call are one list: `permute(0, 2, 3, 1)`, `reshape(4, 48)`.

    Two axes of a `transpose` are exchanged instead, and a -1 in front of a shape may be the batch.
    """
    main = shorthand.main_key(kind)
    is_list = main is not None and main.type == "shape" and len(kind.keys) == 1 < len(parts)
    is_swap = plain(head.rpartition(".")[2]) == "transpose" and len(parts) == 2
    return is_list and not is_swap and parts[0] != "-1" and all(part.lstrip("-").isalnum() for part in parts)
