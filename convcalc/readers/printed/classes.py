"""A printed class with its arguments to a layer: PyTorch's own, or one that prints what one of PyTorch's does."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.kinds.classes import signature
from convcalc.kinds.constant import PARAMETER
from convcalc.kinds.printed import NORMS, RENAMED, SAME_AS, base_of, derived_kind, holds_nothing, unknown_kind
from convcalc.layers.held import CHANNELS
from convcalc.layers.record import REQUIRED, key_names
from convcalc.problem import problem
from convcalc.readers.shorthand import Resolved, arguments
from convcalc.spec.brackets import parts_of
from convcalc.spec.model import WrittenLayer

if TYPE_CHECKING:
    from convcalc.kinds.classes import Signature
    from convcalc.readers.printed.tree import PrintedModule

PARAMETRIZED = "Parametrized"  # what torch.nn.utils.parametrize puts before a class's name
UNKNOWN_NORM = "?"


def layer_itself(module: PrintedModule) -> tuple[WrittenLayer, bool]:
    """The layer that a module is beside what is in it, and whether its class may hold what it does not print."""
    if is_attention(module):
        return in_projection(module.children[0].args), False
    return printed_layer(module.kind, module.args, norm_of_weights(module))


@lru_cache(maxsize=4096)
def printed_layer(name: str, args: str, norm: str = "") -> tuple[WrittenLayer, bool]:
    """A layer of a class with what it prints of itself, as layer_itself."""
    name = name.removeprefix(PARAMETRIZED) if norm else name
    parts = [renamed_argument(part) for part in parts_of(args, ",") if part]
    signed = own_class(name)
    if signed and (parts or not needs_arguments(signed)):
        written = arguments(resolved_class(signed), parts)
        for key in channel_keys(signed):
            if key not in dict(written.args):
                raise problem("V006", f"{name} has no {key}, which PyTorch prints", "paste what is printed as it is")
        if norm == UNKNOWN_NORM:
            return written._replace(kind=derived_kind(written.kind)), True
        return written._replace(args=(*written.args, ("norm", norm))) if norm else written, False
    signed = told_base(name, parts)
    if signed:
        taken = [part for part in parts if "=" not in part or part.partition("=")[0] in signed.order]
        written = arguments(resolved_class(signed), taken)
        return written._replace(kind=derived_kind(written.kind)), True
    return WrittenLayer(unknown_kind(name), 0, ()), not holds_nothing(name)


def is_told(name: str, args: str) -> bool:
    """Whether what a class prints tells the layer that it is itself."""
    parts = parts_of(args, ",")
    return bool(own_class(name) or told_base(name, parts))


def own_class(name: str) -> Signature | None:
    """A class of PyTorch, or of a library whose class is one of them; not one that takes its shape from its input."""
    return None if name.startswith("Lazy") else signature("torch", SAME_AS.get(name, name))


def told_base(name: str, parts: list[str]) -> Signature | None:
    named = {part.partition("=")[0]: part.partition("=")[2] for part in parts if "=" in part}
    base = base_of(name, named, len(parts) - len(named))
    return signature("torch", base) if base else None


def resolved_class(signed: Signature) -> Resolved:
    return Resolved(signed.kind, signed.dims, signed, signed.framework)


def needs_arguments(signed: Signature) -> bool:
    """Whether a class cannot be without arguments; one of its name that prints none is another."""
    is_required = any(key.default is REQUIRED for key in signed.kind.keys)
    return is_required or bool(signed.required or channel_keys(signed))


def channel_keys(signed: Signature) -> list[str]:
    """The keys of a class for the channels or features of its input."""
    keys = key_names(signed.kind)
    taken = (signed.sets.get(name, name) for name in signed.order)
    return [keys[key].name for key in taken if key in keys and keys[key].name in CHANNELS[:2]]


def renamed_argument(part: str) -> str:
    name, equals, value = part.partition("=")
    return f"{RENAMED.get(name, name)}{equals}{value}"


def norm_of_weights(module: PrintedModule) -> str:
    """The norm of the weights of a module that is parametrised, ? where it is none that is known; else ""."""
    last = module.children[-1] if module.kind.startswith(PARAMETRIZED) and module.children else None
    if last is None or last.name != "parametrizations":
        return ""
    made = [(weights.name, each.kind) for weights in last.children for each in weights.children]
    return NORMS.get(made[0][1], UNKNOWN_NORM) if len(made) == 1 and made[0][0] == "weight" else UNKNOWN_NORM


def is_attention(module: PrintedModule) -> bool:
    """Whether it is PyTorch's attention, which prints one of its two matrices."""
    return module.kind == "MultiheadAttention" and [child.name for child in module.children] == ["out_proj"]


def in_projection(args: str) -> WrittenLayer:
    """The matrix of queries, keys and values, which PyTorch's attention does not print, by the one that it prints."""
    written, _ = printed_layer("Linear", args)
    given = dict(written.args)
    given["units"] = f"3*{given['in_features']}"
    return written._replace(kind=derived_kind(written.kind), args=tuple(given.items()))


def tensor(sizes: str) -> WrittenLayer:
    """Numbers that a network holds, by their sizes."""
    return WrittenLayer(PARAMETER, 0, (("shape", tuple(sizes.split("x")) if sizes else ("1",)),))
