"""Layers as a list in YAML has them: lines, kinds with their settings, repeats and branches.

How much can be told of a layer depends on what else the spec declares: `CLOSED` where it has no words of its own, so
that what is no kind is a slip; `EXTENDED` with blocks or kinds of its own beside the built-in ones; `OPEN` where these
may have the names of built-in ones, or come from a base that is not seen.
"""

from __future__ import annotations

from convcalc.kinds import KINDS
from convcalc.kinds.classes import signature
from convcalc.kinds.conventions import FRAMEWORKS
from convcalc.layers import Kind, key_names
from convcalc.layers.values import NO, YES
from convcalc.readers.line import BODIES, BRANCHES, WRAPPER_NAMES
from convcalc.readers.shorthand import SPECIAL, main_key
from convcalc.readers.yaml.items import REPEAT_KEYS
from convcalc.render.editor import lines
from convcalc.render.editor.settings import OF_EVERY_LAYER, OF_FRAMEWORKS, Schema, sentence_of, setting

CLOSED, EXTENDED, OPEN = "closed", "extended", "open"
# What is made of layers: branches, repeats, and calls around layers.
BODY, CALL = (lines.one_of(names) for names in (map(lines.any_case, (*BRANCHES, *BODIES)), sorted(WRAPPER_NAMES)))
STRUCTURE = rf"^(?:{BODY}|(?:[\w.]+\.)?(?:{CALL}))$"
SELDOM = {"doNotSuggest": True}  # another name for what is offered already
WORDS = r"^\s*(?:.* x )?[A-Za-z_][\w.-]+(?:\s|$)"  # a line that begins with a word, as a layer called like a kind


def ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def definitions() -> dict[str, Schema]:
    """Everything that layers are made of, by the names that `ref` knows."""
    found: dict[str, Schema] = {
        "other notation": {"pattern": lines.other_notations(KINDS)},
        "kind first": {
            "pattern": lines.kind_first(KINDS),
            "patternErrorMessage": "no layer kind begins this line; `convcalc kinds` lists them all",
        },
        "known line": {"pattern": f"{lines.TIMES}(?:{'|'.join(map(lines.line_pattern, KINDS))})"},
        "values of a line": {"allOf": [*map(line_of_kind, KINDS)]},
        "setting of a framework": {"pattern": OF_FRAMEWORKS},
        "setting of every layer": {"enum": sorted(SPECIAL)},
        "structure": {"pattern": STRUCTURE},
        "any layer": {"defaultSnippets": SNIPPETS},
    }
    settings: dict[str, str] = {}
    for kind in KINDS:
        found[kind.name] = kind_value(kind, found, settings)
    # By their names; and by every other spelling, `Conv2d` and `nn.Conv2d` and `convolution`.
    others = {rf"^(?!{kind.name}$)(?:{lines.spelling_pattern(kind)})$": ref(kind.name) for kind in KINDS}
    shared = {"properties": {kind.name: ref(kind.name) for kind in KINDS}, "patternProperties": others}
    for mode in (CLOSED, EXTENDED, OPEN):
        found |= structure(mode, shared)
    return found


def summary_of(kind: Kind) -> str:
    """What a kind does, and how its line is written."""
    known = [key for key in kind.keys if key.type not in ("check", "ignored", "sides") and not key.quiet]
    keys = "".join(f"\n- {sentence_of(key)}" for key in known)
    return f"{kind.doc}\n\n`{kind.worked_example[0]}`{keys}"


def usage_of(kind: Kind) -> str:
    """`conv takes filters, kernel (k), stride (s), …`, to be read at a mistake."""
    known = [key for key in kind.keys if key.type not in ("check", "ignored", "sides")]
    shown = [f"{key.name} ({key.symbol})" if len(key.symbol) == 1 else key.name for key in known]
    taken = ", ".join(shown) or "no values"
    return f"{kind.name} takes {taken}, as in `{kind.worked_example[0]}`; see convcalc kinds {kind.name}"


def line_of_kind(kind: Kind) -> Schema:
    """What follows the name of a kind in a line, looked at where no line that is known fits."""
    head = rf"{lines.TIMES}{lines.spelling_pattern(kind)}{lines.END}"
    return {
        "if": {"pattern": head},
        "then": {"enum": [kind.worked_example[0]], "errorMessage": usage_of(kind), **SELDOM},
    }


def parameters_of_classes(kind: Kind) -> set[str]:
    """The parameters of a kind's classes in every framework."""
    signed = (signature(framework, name) for framework in FRAMEWORKS for name in lines.classes_of(kind))
    found = {name for each in signed if each for name in (*each.order, *each.sets)}
    return found - {"_", ""}


def kind_value(kind: Kind, found: dict[str, Schema], settings: dict[str, str]) -> Schema:
    """What may be written behind `conv:`; each different setting is added to what is found, once."""
    table = key_names(kind)
    properties: Schema = {}
    aliases: Schema = {}
    for key in kind.settings:
        written = setting(key)
        name = settings.setdefault(repr(written), f"{kind.name} {key.name}")
        found.setdefault(name, written)
        properties[key.name] = ref(name)
        if others := [other for other in table if table[other] is key and other != key.name]:
            aliases[f"^(?:{lines.one_of(others)})$"] = ref(name)
    properties |= {name: schema for name, schema in OF_EVERY_LAYER.items() if name not in table}
    found[f"keys of {kind.name}"] = {
        "enum": sorted({*table, *SPECIAL, *parameters_of_classes(kind)}),
        "errorMessage": usage_of(kind),
    }
    own = ref(f"keys of {kind.name}")
    other_kind = {"allOf": [{"anyOf": [ref("kind first"), ref("structure")]}, {"not": own}]}
    names_layer = {
        "not": {"propertyNames": ref("setting of every layer")},
        "propertyNames": {"anyOf": [ref("setting of every layer"), other_kind]},
    }
    settings_of_kind = {
        "properties": properties,
        "patternProperties": aliases,
        "propertyNames": {"anyOf": [own, ref("setting of a framework")]},
    }
    main = main_key(kind)
    scalar = {
        "if": ref("other notation"),
        "else": {"pattern": f"^(?:{lines.values_pattern(kind)})|{WORDS}", "patternErrorMessage": usage_of(kind)},
    }
    types = [
        "object",
        "string",
        "null",
        *(["number"] if main else []),
        *(["array"] if kind.inputs == 0 or kind.keys else []),
    ]
    schema: Schema = {
        "description": summary_of(kind), "type": types,
        "if": {"type": "object"},
        "then": {"if": names_layer, "then": ref(f"{OPEN} layer"), "else": settings_of_kind},
        "else": scalar,
    }  # fmt: skip
    if main and main.type in ("count", "axes") and main.low > 0:
        schema["minimum"] = main.low
    return schema


def structure(mode: str, kinds: Schema) -> dict[str, Schema]:
    """The definitions of a layer, of a list of layers and of what is made of lists, as one mode has them."""
    layer, layers = ref(f"{mode} layer"), ref(f"{mode} layers")
    path = list_or(mode, {"if": {"enum": ["identity", "auto", None]}, "else": ref(f"{mode} line")})
    line = {"description": LINE, "type": "string", "minLength": 1, "errorMessage": LAYER}
    in_line = {"if": ref("known line"), "else": ref("values of a line")}
    if mode == CLOSED:
        line |= {"if": ref("other notation"), "else": {"allOf": [ref("kind first"), in_line]}}
    elif mode == EXTENDED:
        line |= {"if": {"anyOf": [ref("other notation"), {"not": ref("kind first")}]}, "else": in_line}
    bodies: Schema = {
        "residual": residual(layer, layers, path),
        "gate": {"description": GATE, **list_or(mode, ref(f"{mode} line"))},
        "concat": concat(layer, layers, path),
        "repeat": repeat(layer, path),
    }
    special: Schema = {
        name: {"description": OF_EVERY_LAYER[name]["description"]} for name in ("name", "from", "weights")
    }
    properties = {**kinds["properties"], **{name: ref(f"{mode} {name}") for name in bodies}, **special}
    named = {
        "minProperties": 1, "maxProperties": 4,
        "if": {"not": {"anyOf": [{"required": [name]} for name in special]}},
        "then": {"maxProperties": 1},
        "properties": properties,
        "patternProperties": {
            **kinds["patternProperties"],
            rf"\?$|^.* x |^(?!(?:{'|'.join(bodies)})$){STRUCTURE[1:]}": {},
        },
        "additionalProperties": {"if": NO_LAYER, "then": UNKNOWN, "else": layer} if mode == CLOSED else True,
    }  # fmt: skip
    if mode == OPEN:
        named = {"minProperties": 1, "maxProperties": 4}
    return {
        f"{mode} line": line,
        f"{mode} layers": {"description": LAYERS, "type": "array", "items": layer},
        f"{mode} layer": {
            "description": LAYER, "allOf": [ref("any layer")],
            "if": {"type": "object"}, "then": ref(f"{mode} entry"), "else": list_or(mode, ref(f"{mode} line")),
        },
        f"{mode} entry": named,
        **{f"{mode} {name}": body for name, body in bodies.items()},
    }  # fmt: skip


def list_or(mode: str, alternative: Schema) -> Schema:
    return {"if": {"type": "array"}, "then": ref(f"{mode} layers"), "else": alternative}


# A mapping in which nothing is a layer, so that the key before it is no name of one.
NO_LAYER: Schema = {
    "type": "object",
    "propertyNames": {"not": {"anyOf": [ref("kind first"), ref("structure"), {"pattern": r"\?$| x "}]}},
}
UNKNOWN: Schema = {
    "type": "string", "errorMessage": "no layer kind has this name; `convcalc kinds` lists them all",
}  # fmt: skip
LINE = "A kind and its values: `conv 64 k3 s2 p1`; or a call, a chain with arrows, a block with its parameters."
LAYER = f"{LINE} With a name: `C1: conv 6 k5`. With keys: `conv: {{filters: 64, kernel: 3}}`."
LAYERS = "Layers one after another."
RESIDUAL = (
    "The sum of a path and its shortcut: `{main: […], shortcut: auto}`, or the main path with an identity beside it."
)
GATE = "The input times what this chain makes of it: squeeze-and-excitation."
CONCAT = "Paths from one input, joined along their channels: a list of them, or each with a name."
REPEAT = "Layers several times: `{times: 3, layers: […]}`."
SNIPPETS = [
    {"label": kind.name, "description": kind.doc, "body": kind.worked_example[0]} for kind in KINDS if kind.inputs == 1
]


def object_or(alternative: Schema, body: Schema, also_list: Schema | None = None) -> Schema:
    """A body in keys and values, a list of layers where that is possible, or a layer of this name."""
    otherwise = alternative if also_list is None else {"if": {"type": "array"}, "then": also_list, "else": alternative}
    return {"type": ["object", "string", *(["array"] if also_list else [])],
            "if": {"type": "object"}, "then": body, "else": otherwise}  # fmt: skip


def residual(layer: Schema, layers: Schema, path: Schema) -> Schema:
    shortcut = {
        "description": "identity, auto (a 1×1 convolution where the shape changes), or layers.",
        "examples": ["identity", "auto"], **path,
    }  # fmt: skip
    body = {
        "properties": {
            "main": {"description": "The layers of the path.", **path}, "shortcut": shortcut,
            "from": OF_EVERY_LAYER["from"], "name": OF_EVERY_LAYER["name"],
        },
        "required": ["main"], "additionalProperties": False,
    }  # fmt: skip
    return {"description": RESIDUAL, **object_or(layer, body, layers)}


def concat(layer: Schema, layers: Schema, path: Schema) -> Schema:
    axis = {"description": "Along which axis, with the batch as 0; else the channels.", "type": ["integer", "string"]}
    paths = {
        "properties": {"name": OF_EVERY_LAYER["name"], "axis": axis, "dim": axis},
        "additionalProperties": path, "minProperties": 1,
    }  # fmt: skip
    of_names = {"if": {"required": ["from"]}, "then": ref("concat"), "else": paths}
    listed = {"type": "array", "minItems": 1, "items": layer}
    nothing_or = {"if": {"type": "null"}, "else": layer}  # {concat: , from: [a, b]}
    found = object_or(nothing_or, of_names, listed)
    return {"description": CONCAT, **found, "type": [*found["type"], "null"]}


def repeat(layer: Schema, path: Schema) -> Schema:
    own = {
        "times": {"type": ["integer", "string"], "minimum": 0}, "layers": path,
        "name": OF_EVERY_LAYER["name"], "weights": OF_EVERY_LAYER["weights"],
        "shared": {"type": ["boolean", "string"], "pattern": lines.word_pattern(sorted(YES | NO))},
    }  # fmt: skip
    body = {
        "properties": {name: {**own[name], "description": doc} for name, doc in REPEAT_KEYS.items()},
        "required": ["times", "layers"], "additionalProperties": False,
    }  # fmt: skip
    return {"description": REPEAT, **object_or(layer, body)}
