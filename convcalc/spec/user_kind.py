"""A layer kind that a spec declares: the same record as the built-in ones, made of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from convcalc.algebra.expr import ExprError, letters
from convcalc.algebra.parser import parse
from convcalc.kinds import keys
from convcalc.kinds.convolution import CONV
from convcalc.layers import PRODUCTS, REQUIRED, Key, Kind, Need, sides
from convcalc.layers.window import POINT, SLIDING, WHOLE, Window
from convcalc.problem import did_you_mean, problem

SHARED = {
    key.name: key
    for key in (
        keys.FILTERS, keys.KERNEL, keys.STRIDE, keys.PADDING, keys.DILATION, keys.GROUPS, keys.BIAS, keys.MULTIPLIER,
        keys.UNITS, keys.SCALE,
    )
}  # fmt: skip
FORMULAS = {
    "size": "One axis of the output, of n and the letters of the keys.",
    "channels": "Channels of the output; else those of the input, c.",
    "parameters": "Learnable numbers, weights and biases together.",
    "weights": "Learnable numbers that are no biases.",
    "biases": "Biases.",
    "buffers": "Numbers that are kept and not learnt.",
    "macs": "Multiply-accumulates, of K and N, the products of the kernel's and the output's sides.",
    "connections": "Weights and biases used, once for every output.",
}
FIELDS = {
    **FORMULAS,
    "doc": "What it does, in a sentence.",
    "keys": "Its settings: `kernel k, stride s=1`, each with its letter and default.",
    "window": "What an output sees: [reach, stride], whole, or point; by default its kernel.",
    "aliases": "Other names.",
    "needs": "Conditions on every axis: `k <= n + 2*p`.",
    "takes": "What goes in: a map, features, or any.",
    "makes": "What comes out: a map, features, or the same.",
    "storage": "no: its output needs no memory of its own.",
    "source": "Where its formulas are from.",
    "label": "How the tables of the lectures call it.",
}


def user_kind(name: str, fields: Mapping[str, Any]) -> Kind:
    """The kind that a mapping describes; a Problem that names the field where it cannot be read."""
    if not name.replace("-", "_").isidentifier():
        raise problem("L007", f'"{name[:60]}" is not a name for a kind', "letters, digits, _ and -")
    for field in fields:
        check_word("L003", f'unknown field "{field[:60]}" of kind {name}', field, FIELDS)
    settings = read_keys(name, fields.get("keys", ""))
    made = {field: formula(name, field, fields[field]) for field in FORMULAS if field in fields}
    spatial = "size" in made or any(key.per_axis for key in settings)
    check_letters(name, settings, spatial, made)
    size = made.pop("size", "n")
    takes = choice(name, fields, "takes", ("any", "map", "features")) or ("map" if spatial else "any")
    padded = any(key.name == "padding" for key in settings)
    return Kind(
        name,
        str(fields.get("doc", "")),
        keys=settings,
        aliases=tuple(words_of(fields.get("aliases", ""))),
        sizes={"": size},
        window=read_window(name, fields.get("window"), settings),
        needs=read_needs(name, fields.get("needs", ())),
        rules=CONV.rules if padded else "",
        takes=takes,
        makes=choice(name, fields, "makes", ("map", "features", "same")) or ("map" if spatial else "same"),
        storage=choice(name, fields, "storage", ("yes", "no")) != "no",
        label=str(fields.get("label", name)),
        line=CONV.line if padded else "",
        sources=tuple(words_of(fields.get("source", ""))),
        **counts(name, made),
    )


def counts(name: str, made: dict[str, Any]) -> dict[str, Any]:
    """The formulas with `parameters` as the sum of weights and biases; a letter b in the weights stands for biases."""
    weights, biases = made.get("weights"), made.get("biases")
    if "parameters" in made:
        if weights is not None:
            hint = "give one of the two, weights or parameters"
            raise problem("V009", f"{name}: parameters are weights and biases together", hint)
        return made
    if weights is None or biases is None:
        made.pop("weights", None)
    return {**made, "parameters": " + ".join(text for text in (weights, biases) if text) or "0"}


def choice(name: str, fields: Mapping[str, Any], field: str, words: tuple[str, ...]) -> str:
    word = str(fields.get(field, ""))
    check_word("V004", f'{name}.{field}: unknown word "{word[:60]}"', word, ("", *words))
    return word


def check_word(code: str, message: str, word: str, words: Iterable[str]) -> None:
    if word not in words:
        raise problem(code, message, did_you_mean(word, words) or f"one of {', '.join(filter(None, words))}")


def check_letters(name: str, settings: tuple[Key, ...], spatial: bool, made: dict[str, str]) -> None:
    """Every letter is known: on an axis those of the keys too, in the whole layer their products over the axes."""
    sides = [key.symbol for key in settings if key.per_axis]
    whole = {"c", *(key.symbol for key in settings if key.symbol not in sides)}
    if spatial:
        whole |= {"D", "M", "N", *(PRODUCTS[side] for side in sides if side in PRODUCTS)}
    for field, text in made.items():
        known = whole - {"N"} | {"n", "d", *sides} if field == "size" else whole
        for letter in letters(parse(text)):
            if letter in known:
                continue
            if letter in sides or (letter == "n" and spatial):
                total = {**PRODUCTS, "n": "M"}.get(letter)
                message = f"{name}.{field}: {letter} is a number for each axis, this is one for the whole layer"
                products = "the products over the axes are K of k, S of s, A of d"
                raise problem("V012", message, f"{total} is their product over the axes" if total else products)
            hint = f"declare it under keys; the others are {', '.join(sorted(known))}"
            raise problem("N001", f'{name}.{field}: unknown letter "{letter}"', hint)


def formula(name: str, field: str, text: Any) -> str:
    try:
        parse(str(text))
    except ExprError as error:
        hint = 'for example "floor((n + 2*p - k)/s) + 1"'
        raise problem("V001", f"{name}.{field}: {str(text)[:60]}: {error}", hint) from None
    return str(text)


def words_of(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    return [part.strip() for part in str(value).split(",") if part.strip()]


def read_keys(name: str, value: Any) -> tuple[Key, ...]:
    """`kernel k, stride s=1`, the same as a list, or `{kernel: k, stride: s=1}`."""
    if isinstance(value, dict):
        value = [f"{key} {setting}" for key, setting in value.items()]
    return tuple(read_key(name, text) for text in words_of(value))


def read_key(kind: str, text: str) -> Key:
    match = re.fullmatch(r"(\w+)(?:[\s:]+([A-Za-z]\w*))?(?:\s*=\s*(\S+))?", text.strip())
    if not match:
        raise problem("L019", f'{kind}: "{text[:60]}" is not a key', "name letter=default, for example `stride s=1`")
    name, symbol, default = match.groups()
    known = SHARED.get(name)
    key = known or Key(name, name, "")
    if symbol:
        key = key._replace(symbol=symbol)
    if default is not None:
        key = key._replace(default=key.default if default == "default" else read_default(key, default))
    elif known is None:
        key = key._replace(default=REQUIRED)
    return key


def read_default(key: Key, text: str) -> Any:
    from convcalc.layers.values import read

    return text if text[:1] == "=" else read(key, text, {})


def read_window(name: str, value: Any, settings: tuple[Key, ...]) -> Window:
    """`[reach, stride]`, `whole`, or by default that of the kernel and stride among the keys."""
    if value == "whole":
        return WHOLE
    if value in ("point", "none"):
        return POINT
    symbols = {key.name: key.symbol for key in settings}
    if value is None:
        if "kernel" not in symbols:
            return POINT
        reach = f"{symbols.get('dilation', '1')}*({symbols['kernel']} - 1) + 1"
        return Window(SLIDING, reach, symbols.get("stride", "1"), symbols.get("dilation", "1"))
    parts = [formula(name, "window", part) for part in (value if isinstance(value, list) else [value])]
    return Window(SLIDING, parts[0], parts[1] if len(parts) > 1 else "1")


def read_needs(name: str, value: Any) -> tuple[Need, ...]:
    needs = []
    for text in words_of(value):
        try:
            for side in sides(text)[::2]:
                parse(side)
        except (ValueError, ExprError):
            hint = 'for example "k <= n + 2*p"'
            raise problem("V001", f"{name}.needs: {text[:60]} is not a condition", hint) from None
        needs.append(Need(text, "C040", f"{name} needs {text}"))
    return tuple(needs)
