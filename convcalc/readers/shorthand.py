"""A layer in one line of text: `conv 64 k7 s2 p3`, `nn.Conv2d(3, 64, 7)`.

Nothing here is evaluated: a text becomes a kind and the raw texts of its keys, for convcalc.layers.values to read.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.kinds import find, plain
from convcalc.kinds.conventions import ELSEWHERE, FRAMEWORKS
from convcalc.kinds.keys import IGNORED
from convcalc.layers import REQUIRED, key_names
from convcalc.layers.values import read
from convcalc.problem import Diagnostic, Problem, did_you_mean, problem
from convcalc.spec import WrittenLayer
from convcalc.spec.brackets import as_list, parts_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.algebra.expr import Value
    from convcalc.kinds.classes import Signature
    from convcalc.layers import Key, Kind
    from convcalc.layers.values import Raw

UNREADABLE = frozenset(("K001", "K002", "L011"))  # a word that means nothing here: the text may be in another notation
SPECIAL = frozenset(("name", "from", "activation", "weights"))  # keys of every layer
PREFIXES = {"nn": "torch", "torch.nn": "torch", "onnx": "onnx", "onnx.op": "onnx", "op": "onnx"}


@lru_cache(maxsize=4096)
def layer(text: str, framework: str = "torch") -> WrittenLayer:
    """A layer written in one text, whichever way; user kinds and blocks are looked up by the caller."""
    try:
        return plain_layer(text, framework)
    except Problem as error:
        if error.diagnostics[0].code not in UNREADABLE:
            raise
        from convcalc.readers.notations import layer_in_notation, near_miss

        written = layer_in_notation(text, framework)
        if written is None:
            raise near_miss(error, text) from None
        return written


def plain_layer(text: str, framework: str = "torch") -> WrittenLayer:
    """A layer in the language's own shorthand, or as a call."""
    if "(" in text:
        from convcalc.readers.code import is_call

        if is_call(text):
            from convcalc.readers.layer_call import layer_of_call

            return layer_of_call(text, framework)
    word, _, rest = text.strip().partition(" ")
    return shorthand(resolve(word, framework), rest)


class Resolved(NamedTuple):
    """What a name stands for: a kind, and the class whose spelling it is."""

    kind: Kind
    dims: int
    signature: Signature | None = None
    framework: str = ""
    is_class: bool = False  # spelled as a class: its parameters are not the kind's, whatever they resemble
    is_swap: bool = False  # a transpose, whose two axes may be meant to change places
    says: tuple[str, str] | None = None  # a key and its value that the name itself says


def resolve(name: str, framework: str = "torch") -> Resolved:
    """The kind that a name or a class stands for; a Problem where it stands for none."""
    found = known_name(name, framework)
    if found is None:
        raise unknown_kind(name)
    return found


@lru_cache(maxsize=1024)
def known_name(name: str, framework: str = "torch") -> Resolved | None:
    """As resolve, or None; `nn.Conv2d` is PyTorch's, `layers.Conv2D` Keras's; else the network's own come first."""
    prefix, _, bare = name.rpartition(".")
    said = framework_of(prefix)
    if is_elsewhere(prefix):
        return None
    if prefix and not said and not all(part.isidentifier() and find(part) is None for part in prefix.split(".")):
        return None  # relu.conv is two layers
    order = (said,) if said else (framework, *(each for each in FRAMEWORKS if each != framework))
    named = find(bare)
    if bare != bare.lower():
        from convcalc.kinds.classes import signature
        from convcalc.kinds.refusals import refusal

        for candidate in order:
            signed = signature(candidate, bare)
            is_own = said or candidate == framework
            if signed and (is_own or not named or (named.kind is signed.kind and candidate != "onnx")):
                return Resolved(signed.kind, signed.dims, signed, candidate)
            if refusal(candidate, bare):
                return None
    if named is None:
        return None
    is_swap, says = plain(bare) == "transpose", named.kind.says.get(plain(bare))
    return Resolved(named.kind, named.dims, is_class=bare != bare.lower(), is_swap=is_swap, says=says)


def is_elsewhere(prefix: str) -> bool:
    """Whether a prefix announces a framework whose classes are neither PyTorch's nor Keras's."""
    return prefix.partition(".")[0] in ELSEWHERE or prefix in ("tf.nn", "tensorflow.nn")


def framework_of(prefix: str) -> str:
    """The framework whose class a prefix announces, or nothing."""
    return PREFIXES.get(prefix) or ("keras" if prefix.endswith(("layers", "keras", "activations")) else "")


def unknown_kind(name: str, more: tuple[str, ...] = ()) -> Problem:
    from convcalc.kinds import NAMES
    from convcalc.kinds.refusals import refusal

    prefix, _, bare = name.rpartition(".")
    if refused := refusal(framework_of(prefix), bare):
        return problem("K003", f"{name[:60]} {refused[0]}", refused[1])
    close = did_you_mean(plain(name), [*NAMES, *more])
    return problem("K001", f'unknown kind "{name[:60]}"', close or "convcalc kinds lists them all")


def shorthand(resolved: Resolved, text: str) -> WrittenLayer:
    """`64 k7 s2 p3 bias=no`: the main key first, then a letter with its number, `key=value`, or a word."""
    kind, table = resolved.kind, key_names(resolved.kind)
    args: dict[str, Raw] = {}
    special: dict[str, str] = {}
    for token in filter(None, parts_of(text, " ")):
        name, value = key_and_value(kind, token)
        if name is None:
            name = main_or_word(kind, token, args)
            value = token
        if name in SPECIAL and name not in table:
            special[name] = value
            continue
        put_once(kind, args, name, value)
        args[name] = as_list(value)
    return written_layer(resolved, args, special)


def put_once(kind: Kind, args: dict[str, Raw], name: str, value: Raw) -> None:
    if name in args:
        message = f"{kind.name}: {name} is given twice, {args[name]} and {value}"
        raise problem("L010", message, "leave one of them out")
    args[name] = value


def key_and_value(kind: Kind, token: str) -> tuple[str | None, str]:
    """(key, value) of `key=value` or `k3`; (None, "") for a bare value."""
    table = key_names(kind)
    name, equals, value = token.partition("=")
    if equals and name and name[-1] not in "<>=!":
        return (name, value) if name in SPECIAL and name not in table else (key_of(kind, name).name, value)
    for width in (3, 2, 1):
        head, tail = token[:width], token[width:]
        if tail and head.isalpha() and head in table and (tail[0].isdigit() or tail[0] in "[("):
            key = table[head]
            if head.lower() == key.symbol.lower():
                return key.name, tail
    return None, ""


def takes(kind: Kind, name: str) -> bool:
    """Whether a layer of this kind may have a key of this name."""
    return name in key_names(kind) or name.lower() in key_names(kind) or name in SPECIAL or name in IGNORED


def key_of(kind: Kind, name: str, near: list[str] | None = None) -> Key:
    """The key of a name; an error suggests one of the names that are near in meaning, all of the kind's if not said."""
    table = key_names(kind)
    key = table.get(name) or table.get(name.lower())
    if key is None:
        known = [key.name for key in kind.keys if key.type not in ("check", "ignored")]
        near = [*table, *SPECIAL] if near is None else near
        hint = did_you_mean(name, near) or f"{kind.name} has {', '.join(known) if known else 'no keys'}"
        raise problem("K002", f'{kind.name} has no key "{name[:60]}"', hint)
    return key


def main_key(kind: Kind) -> Key | None:
    """The key of a value without a name, None where a kind takes none."""
    key = next((key for key in kind.keys if key.type not in ("check", "ignored")), None)
    return None if key is None or key.type == "flag" or (key.quiet and not key.bare) else key


def main_or_word(kind: Kind, token: str, args: dict[str, Raw]) -> str:
    """The key of a bare value: the one whose word it is, else the main one."""
    for key in kind.keys:
        if token.lower() in key.words and key.name not in args:
            return key.name
    main = main_key(kind)
    if main is None:
        hint = f"- {kind.name}"
        if kind.inputs == 0 and token.isidentifier():  # a join of layers, one of which it names
            hint = f"name all the layers that it joins, as in {kind.name}: {{from: [a, {token[:40]}]}}"
        raise problem("L011", f"{kind.name} takes no values, here it has {token[:40]}", hint)
    if main.name in args:
        known = ", ".join(
            f"{key.symbol}… for {key.name}" if len(key.symbol) == 1 else f"{key.name}=…"
            for key in kind.keys
            if not (key is main or key.quiet or key.type in ("check", "ignored"))
        )
        message = f"{kind.name}: a second bare value {token[:40]} after {main.name} {args[main.name]}"
        hint = f"say which key it is: {known}" if known else f"{main.name} takes one value, as {main.name}=…"
        raise problem("L011", message, hint)
    return main.name


def arguments(resolved: Resolved, parts: list[str]) -> WrittenLayer:
    """The layer that the values of a call make."""
    kind = resolved.kind
    if len(parts) == 1 and "->" in parts[0] and kind.takes_flat:  # the lectures' Linear (2450 -> 500)
        given, _, units = parts[0].partition("->")
        parts = [f"in_features={given.strip()}", f"units={units.strip()}"]
    pairs: list[tuple[str, Raw]] = []
    for part, (name, value) in zip(parts, named_values(resolved, parts), strict=True):
        if not name:
            most = len(parameters(resolved))
            raise problem("L012", f"{kind.name} takes at most {most} values, {part[:40]} is one more")
        pairs.append((name, as_list(value)))
    return keywords(resolved, pairs)


def parameters(resolved: Resolved) -> tuple[str, ...]:
    """The parameters of a call in the order of the class, or else of the kind."""
    signed = resolved.signature
    main = main_key(resolved.kind)
    keys = (key for key in resolved.kind.keys if key.type != "check" and (key is main or key.type != "decimal"))
    return signed.order if signed else tuple(key.name for key in keys)


def named_values(resolved: Resolved, parts: list[str]) -> Iterator[tuple[str, str]]:
    """Every part of a call as its parameter, "" where there are no more of them, and its value."""
    order = iter(parameters(resolved))
    for part in parts:
        name, equals, value = part.partition("=")
        if equals and name.strip().isidentifier():
            yield name.strip(), value
        else:
            yield next(order, ""), part.lstrip()


def add_argument(resolved: Resolved, args: dict[str, Raw], special: dict[str, str], name: str, value: Raw) -> None:
    """One argument of a call under its key; what only changes values is left out."""
    kind, signed, table = resolved.kind, resolved.signature, key_names(resolved.kind)
    target = signed.sets.get(name, name) if signed else name
    if target == "weights" and signed and not (isinstance(value, str) and value.isidentifier() and value != "None"):
        return  # what Keras's layers begin with
    is_input = signed is not None and name in signed.of_input
    if is_input or (target in SPECIAL and target not in table):
        special[target] = value if isinstance(value, str) else ", ".join(map(str, value))
        return
    ignored = not target or (target not in table and target.lower() not in table and target in IGNORED)
    near: list[str] | None = [] if resolved.is_class else None
    if signed:
        set_by = {signed.sets.get(name, name) for name in signed.order}
        near = [*signed.order, *(name for name in table if table[name].name in set_by)]
    key = None if ignored else key_of(kind, target, near)
    if signed:
        from convcalc.readers.arguments import NONE_SAYS, check_argument

        check_argument(signed, key, name, value)
        if key and signed.framework == "keras" and key.type not in NONE_SAYS and value in ("None", "null"):
            return  # Keras's None is as if nothing were said
    if key is None:
        return
    put_once(kind, args, key.name, value)


def keywords(resolved: Resolved, pairs: list[tuple[str, Raw]]) -> WrittenLayer:
    """A mapping `conv: {filters: 64, kernel: 7}`, with the names of a kind or of a framework's class."""
    args: dict[str, Raw] = {}
    special: dict[str, str] = {}
    if resolved.signature:
        from convcalc.readers.arguments import called_class

        resolved, pairs = called_class(resolved, pairs)
    for name, value in pairs:
        add_argument(resolved, args, special, name, value)
    return written_layer(resolved, args, special)


def written_layer(resolved: Resolved, args: dict[str, Raw], special: dict[str, str]) -> WrittenLayer:
    if resolved.is_swap and args.get("order") in ("1x2", "1×2", ("1", "2")):
        message = "transpose 1x2 exchanges the two axes in PyTorch, and is the order that they have"
        raise problem("L026", message, "permute 2x1 exchanges two axes, permute 1x2 leaves them")
    if resolved.signature:
        for name, value in resolved.signature.fixed.items():
            args.setdefault(name, value)
    if resolved.says:
        args.setdefault(*resolved.says)
    activation, implied = special.get("activation", ""), None
    if not special.keys() <= SPECIAL:
        from convcalc.readers.arguments import said_input

        implied = said_input(resolved.kind, special)
    return WrittenLayer(
        resolved.kind,
        resolved.dims,
        tuple(args.items()),
        resolved.framework,
        special.get("name", ""),
        named_sources(special.get("from", "")),
        "" if activation.lower() in ("", "none", "linear") else activation.rpartition(".")[2],
        special.get("weights", ""),
        implied,
    )


def named_sources(names: Raw) -> tuple[str, ...]:
    """The layers that `from` names: `stem`, `[a, b]` or `a, b`."""
    if isinstance(names, tuple):
        return tuple(map(str, names))
    return tuple(part.strip() for part in names.strip("[]").split(",") if part.strip())


def values_of(
    kind: Kind, args: Mapping[str, Raw], names: Mapping[str, Value], known: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[Diagnostic]]:
    """The values of a layer by key, of which some may be known, and what is wrong with them or missing."""
    table = key_names(kind)
    values: dict[str, Any] = {}
    wrong: list[Diagnostic] = []
    for name, raw in args.items():
        try:
            values[name] = known[name] if known and name in known else read(table[name], raw, names)
        except Problem as error:
            wrong.extend(error.diagnostics)
    for key in kind.keys:
        if key.default is REQUIRED and key.name not in args and not args.keys() & key.unless:
            main = key is kind.keys[0]
            example = "3" if main else f"… {key.symbol}3" if len(key.symbol) == 1 else f"… {key.name}=3"
            hint = f"for example `{kind.name} {example}`"
            wrong.append(Diagnostic("V006", f"{kind.name} needs {key.name}: {key.doc}", hint))
    return values, wrong
