"""A class or a function with what a layer may be told beside its sizes: `nn.LeakyReLU(slope or 0.01)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.layers import key_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from convcalc.kinds.classes import Signature
    from convcalc.layers import Key, Kind

TOLD = ("decimal", "flag")  # types of keys


def keys_told(signed: Signature) -> Iterator[tuple[str, Key]]:
    """What a class may be told: each parameter with the key that it sets."""
    table = key_names(signed.kind)
    for parameter in signed.order:
        key = table.get(signed.sets.get(parameter, parameter))
        if key is not None and key.type in TOLD:
            yield parameter, key


def told_parameters(signed: Signature) -> Iterator[tuple[str, Key, str]]:
    """As keys_told, each key once, with what it is where nothing is said."""
    seen = set[str]()
    for parameter, key in keys_told(signed):
        if key.name not in seen:
            seen.add(key.name)
            yield parameter, key, signed.fixed.get(key.name, str(key.default))


def told_arguments(signed: Signature) -> str:
    """The arguments of a form, the kind's main key without its name."""
    return ", ".join(
        f"{'' if key is signed.kind.keys[0] and key.bare else f'{parameter}='}{key.name} or {usual}"
        for parameter, key, usual in told_parameters(signed)
    )


def is_told(values: Mapping[str, Any], keys: Iterable[Key]) -> bool:
    """Whether a layer has any of these keys at other than what is usual."""
    return any(values.get(key.name) not in (None, key.default) for key in keys)


def has_usual_values(kind: Kind, values: Mapping[str, Any]) -> bool:
    return not is_told(values, (key for key in kind.keys if key.type in TOLD))
