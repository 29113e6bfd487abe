"""Command lines at random: specs, chains, options, answers, as people write them and as nobody would.

Options and their values follow from what each command declares, so a new one is tried from its first day.
"""

import json
import shlex
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import click

from convcalc.commands import COMMANDS
from convcalc.kinds import KINDS
from convcalc.marking.mistakes import MISTAKES
from convcalc.questions.explain import QUANTITIES
from convcalc.readers.library import bundled_networks
from convcalc.render.report.columns import NAMED

ROOT = Path(__file__).parent.parent


class Case(NamedTuple):
    """A command line, and the files that it is run among."""

    arguments: tuple[str, ...]
    files: tuple[tuple[str, Any], ...] = ()  # names with texts, or bytes
    standard_input: str = ""

    def __str__(self) -> str:
        texts = [f"printf %s {shlex.quote(text)} > {shlex.quote(name)}" for name, text in self.files]
        line = shlex.join(("convcalc", *self.arguments))
        fed = f"printf %s {shlex.quote(self.standard_input)} | {line}" if self.standard_input else line
        return "\n".join([*texts, fed])


SMALL = [0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9, 11, 16, 32]
SIDES = [1, 2, 3, 4, 5, 7, 8, 9, 16, 28, 32, 56, 64, 65, 100, 224, 227, 300]
ODD_NUMBERS = [
    "0", "-1", "-0", "00", "1.5", "1/3", "0.1", "1e9", "1e-9", "1e9999999", "1e400", "nan", "inf", "-inf", "½", "٣", "1_000", "1,000",
    "2**31", "10**30", "10**300", "2**20000", "9**9**9", "300*300", "1000000", "2147483648", "999999999999999999999999999999",
    "(1/3)**1000", "3//0", "5%0", "0x10", "7:30", "1 2", "n", "H", "W - 1", "floor(H/2)", "ceil(7/2)", "max(2,3)", "x", "k", "?", "None", "same", "[1,2]",
    "(3, 5)", "[[1,2],[3,4]]", "3x5", "x3", "3x", "", " ", "yes", "no", "true", "9" * 120, "-" * 60 + "1", "(" * 80 + "1" + ")" * 80,
]  # fmt: skip
WORDS = [
    "input",
    "C1",
    "conv1",
    "conv",
    "relu",
    "total",
    "all",
    "a",
    "b",
    "width",
    "n",
    "H",
    "W",
    "K",
    "name",
    "layer1.0",
    "layer1",
    "same",
    "help",
    "x",
]
TOKENS = [
    "->", "→", "[", "]", "]*2", "]*0", "*n", "?", "=", "x", "×", "@", ":", ": ", "- ", "\n", "\n  ", "\n- ", "{", "}", "(", ")", ",", ", ", "'", '"', "#", "&a ", "*a", "|", "<<: ",
    "!!int ", "---\n", "%", "\t", "\0", "\ufeff", "\u2028", "\x1b[31m", "é", "𠀀", "/", "../", "~", "\\", "None", "from=input", "bias=no", "p=same", "ceil=yes", "weights=a",
]  # fmt: skip
CHOICES = {
    "convention": ("pytorch", "keras", "caffe", "onnx", "textbook"),
    "layout": ("channels_first", "channels_last"),
}


def number(random: Random, odd: float = 0.03) -> str:
    return random.choice(ODD_NUMBERS) if random.random() < odd else str(random.choice(SMALL))


def shape(random: Random, unknown: float = 0.06, odd: float = 0.02) -> str:
    """Channels and sides, some of them letters or open, in one of the ways that people write shapes."""
    sides = [str(random.choice([1, 2, 3, 3, 4, 6, 8, 16, 64]))]
    sides += [str(random.choice(SIDES))] * random.choice([0, 1, 2, 2, 2, 2, 2, 3]) if random.random() < 0.6 else [str(random.choice(SIDES)) for _ in range(random.choice([1, 2, 2, 3]))]  # fmt: skip
    for place in range(len(sides)):
        if random.random() < unknown:
            sides[place] = random.choice(["?" if unknown > 0.1 else "H", "H", "W", "C", "x"])
        if random.random() < odd:
            sides[place] = number(random, 1)
    forms = ["x".join(sides)] * 20 + [f"({', '.join(sides)})", f"[{', '.join(sides)}]", "×".join(sides), f"{sides[0]}@{'x'.join(sides[1:])}", f"torch.Size([{', '.join(sides)}])", f"1x{'x'.join(sides)}"]  # fmt: skip
    return random.choice(forms)


def setting(random: Random, key, unknown: float) -> str:
    """A key of a layer with a value, as `k3`, `k?` or `kernel=3`."""
    if random.random() < unknown:
        value = "?"
    elif key.words and random.random() < 0.9:
        value = random.choice(key.words)
    elif key.type == "flag":
        value = random.choice(["yes", "no"])
    else:
        value = number(random)
        if key.per_axis and random.random() < 0.15:
            value = random.choice([f"{value}x{number(random)}", "same", "valid", f"[[{value},{number(random)}],[0,1]]"])
    short = key.symbol and key.symbol.isidentifier() and (value.isdigit() or value == "?")
    return f"{key.symbol}{value}" if short and random.random() < 0.7 else f"{key.name}={value}"


@lru_cache
def classes() -> list[str]:
    """Names of the frameworks' classes."""
    return [
        f"{prefix}{name}"
        for kind in KINDS
        for prefix, table in (("nn.", kind.torch), ("layers.", kind.keras))
        for name, _ in table
    ]


PLAIN = ["conv {f} k{k}", "conv {f} k{k} s{s} p{p}", "conv {f} k{k} p={pad} d{s}", "maxpool {s}", "maxpool {k} s{s} ceil=yes", "avgpool 2", "relu", "batchnorm", "tconv {f} k{k} s{s}",
         "upsample {s}", "dropout", "dwconv k{k} p{p}", "nn.Conv2d({f}, {f}, {k}, padding={p})", "identity", "globalavgpool", "zeropad {p}", "flatten", "linear {f}"]  # fmt: skip


def layer(random: Random, unknown: float = 0.0) -> str:
    if random.random() < 0.7:
        values = {
            "f": [1, 2, 4, 8],
            "k": [1, 2, 3, 5],
            "s": [1, 2, 2, 3],
            "p": [0, 1, 2],
            "pad": ["same", "valid", "1x0", "[[0,1],[1,0]]"],
        }
        return random.choice(PLAIN[:8] if unknown else PLAIN).format(
            **{
                letter: "?" if letter != "pad" and random.random() < unknown else random.choice(choices)
                for letter, choices in values.items()
            }
        )
    kind = random.choice(KINDS)
    form = random.random()
    if form < 0.25:
        return kind.worked_example[0]
    if form < 0.35:
        given = [number(random) for _ in range(random.randint(0, 4))] + [f"{random.choice(['stride', 'padding', 'kernel_size', 'units'])}={number(random)}"] * (random.random() < 0.4)  # fmt: skip
        return f"{random.choice(classes())}({', '.join(given)})"
    if form < 0.65:
        kind = KINDS[0] if form < 0.5 else random.choice([kind for kind in KINDS if kind.name in ("maxpool", "avgpool", "tconv", "linear", "upsample", "dwconv")])  # fmt: skip
    keys = [key for key in kind.keys if random.random() < (0.8 if key in kind.keys[:2] else 0.12)]
    texts = [setting(random, key, unknown) for key in keys]
    if keys and keys[0] is kind.keys[0] and random.random() < 0.7:
        texts[0] = "?" if random.random() < unknown else number(random)
    return " ".join([random.choice([kind.name, *kind.aliases]), *texts])


def chain(random: Random, unknown: float = 0.0, depth: int = 0) -> str:
    """Layers with arrows between them, some in brackets and repeated."""
    items = []
    for _ in range(random.choice([1, 1, 2, 2, 3, 3, 4, 6])):
        if depth < 3 and random.random() < 0.12:
            items.append(
                f"[{chain(random, unknown, depth + 1)}]*{random.choice(['2', '3', number(random, 0.2), '255', 'n'])}"
            )
        else:
            items.append(layer(random, unknown) + ("?" if random.random() < 0.03 else ""))
    return random.choice([" -> "] * 9 + [" → "]).join(items)


def network(random: Random, unknown: float = 0.0) -> str:
    return f"{shape(random, max(unknown, 0.06))} -> {chain(random, unknown)}"


def item(random: Random, names: list[str], depth: int = 0):
    """One entry of `layers`, as YAML has it."""
    form = random.random()
    if form < 0.7 or depth > 2:
        text = layer(random)
        return {random.choice(WORDS): text} if random.random() < 0.2 else text

    def items():
        return [item(random, names, depth + 1) for _ in range(random.randint(0, 3))]

    return random.choice([
        lambda: {"residual": {"main": items(), "shortcut": random.choice(["auto", "identity", items()])}},
        lambda: {"residual": items()}, lambda: {"gate": items()}, lambda: f"{number(random)} x {random.choice([*names, layer(random)])}",
        lambda: {"concat": {name: items() for name in random.sample(WORDS, random.randint(0, 3))}},
        lambda: {"repeat": {"times": random.choice([2, number(random, 0.3)]), "layers": items()}},
        lambda: {random.choice(["add", "multiply", "concat"]): {"from": random.sample([*WORDS, *names], 2)}},
        lambda: random.choice([*names, "relu"]) + random.choice(["", " c=8", " s=2", " from=input", " weights=C1"]), lambda: chain(random),
        lambda: {random.choice([kind.name for kind in KINDS]): {key: number(random) for key in random.sample(["filters", "kernel", "stride", "from", "units", "name", "padding"], 3)}},
    ])()  # fmt: skip


def document(random: Random) -> dict:
    """A spec, most of whose parts are right."""
    names = random.sample(["b", "basic", "stem", "conv", "a", "relu", "x"], random.choice([0, 0, 1, 2]))
    spec = {
        "input": random.choice([shape(random), {"a": shape(random), "b": shape(random)}])
        if random.random() < 0.9
        else number(random)
    }
    layers = [item(random, names) for _ in range(random.choice([0, 1, 2, 3, 5, 8]))]
    more = {
        "name": lambda: random.choice(["Net", "", 7, "x" * 300, "\x1b[31m"]), "convention": lambda: random.choice(CHOICES["convention"]),
        "layout": lambda: random.choice(CHOICES["layout"]), "let": lambda: {name: number(random, 0.3) for name in random.sample(WORDS, 2)},
        "symbols": lambda: random.choice([["C"], "C K", [], None]), "defaults": lambda: {random.choice(["conv", "maxpool", "b"]): random.choice(["bias=no", "k2 s2", {"stride": 2}])},
        "outputs": lambda: random.choice([["a", "C1"], "total", [], ["conv1"]]), "base": lambda: random.choice([*bundled_networks(), "nothing", "-", "../x.yaml", "net.yaml"]),
        "variants": lambda: {"depth": {18: {"b": "relu", "n": 2}, "x": {"n": number(random)}}},
        "kinds": lambda: {random.choice(["half", "conv", "x"]): {"keys": "kernel k, stride s=1", "size": random.choice(["n/2", "floor((n - k)/s) + 1", "n", "q", "-n", "10**n"]), "weights": random.choice(["k*c", "100", "1/n"])}},
    }  # fmt: skip
    for key in random.sample([*more], random.choice([0, 0, 1, 2])):
        spec[key] = more[key]()
    if names:
        spec["blocks"] = {name: random.choice([
            [layer(random), random.choice([*names, "relu"])], layer(random), None, {"params": {"c": "required", "s": 1, "n": number(random)}, "layers": [item(random, names)]},
            number(random), {"layers": layer(random)}]) for name in names}  # fmt: skip
    return {**spec, "layers": layers}


def texts_of(random: Random) -> str:
    """The text of a spec: written at random, or one that is bundled."""
    if random.random() < 0.15:
        small = [name for name, path in bundled_networks().items() if Path(path).stat().st_size < 1500]
        return Path(bundled_networks()[random.choice(small)]).read_text(encoding="utf-8")
    spec = document(random)
    if random.random() < 0.5:
        return json.dumps(spec, ensure_ascii=False, indent=random.choice([None, 1]))
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in spec.items() if key != "layers"]
    return "\n".join([*lines, "layers:", *(f"  - {entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)}" for entry in spec["layers"]), ""])  # fmt: skip


def mutated(random: Random, text: str, most: int = 100_000) -> str:
    """A text with some of its letters, tokens or numbers gone, doubled, swapped or replaced."""
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        if not text:
            return random.choice(TOKENS)
        start = random.randrange(len(text))
        end = min(len(text), start + random.choice([1, 1, 2, 5, 20, 100]))
        change = random.random()
        if change < 0.2:
            text = text[:start] + text[end:]
        elif change < 0.4:
            text = text[:start] + random.choice([*TOKENS, " "]) + text[start:]
        elif change < 0.5:
            text = text[:end] + text[start:end] * random.choice([1, 1, 2, 10, most // (end - start) if random.random() < 0.1 else 3]) + text[end:]  # fmt: skip
        elif change < 0.75 and (places := [place for place, sign in enumerate(text) if sign.isdigit()]):
            place = random.choice(places)
            text = text[:place] + number(random, 0.5) + text[place + 1 :]
        elif change < 0.85:
            text = text[:start] + random.choice([*WORDS, *ODD_NUMBERS, *TOKENS]) + text[end:]
        elif change < 0.95:
            text = text[:start] + text[start:end][::-1] + text[end:]
        else:
            text = text[:start]
    return text[:most]


def maybe_mutated(random: Random, text: str, chance: float = 0.3) -> str:
    return mutated(random, text) if random.random() < chance else text


# Options


def bound(random: Random) -> str:
    return (
        random.choice(["", "", "= ", "<= ", "< ", ">= ", "> ", "~", "5.."])
        + number(random, 0.3)
        + random.choice(["", "", "e6", "M", "%", "..1e6"])
    )


def assignment(random: Random) -> str:
    return f"{random.choice([*WORDS, 'depth', 'size'])}{random.choice(['=', '=', '=', '', ':'])}{random.choice([number(random, 0.3), '?', '16,32', 'abc'])}"


VALUES = {
    "SHAPE": shape, "[NAME=]SHAPE": lambda random: random.choice(["", "", "input=", "a=", "="]) + shape(random), "NAME=VALUE": assignment, "BOUND": bound,
    "PERCENT": number, "N": number, "A,B,…": lambda random: ",".join(random.sample([*NAMED, "help", "x"] if random.random() < 0.1 else [*NAMED], random.choice([1, 3]))),
    "TOOL": lambda random: random.choice(["all", "torchinfo", "torchvision", "fvcore", "ptflops", "thop", "keras", "flopcounter", "x"]),
    "--quantity": lambda random: random.choice([*QUANTITIES, "all"]), "DIR": lambda _: "out", "CSV": lambda random: random.choice(["roster.csv", "net.yaml", "nothing.csv"]), "-e": network,
    "[NAME=]ARRAY": lambda random: random.choice(["", "", "", "conv1=", "x="]) + random.choice(SMALL_ARRAYS), "PLACE": lambda random: random.choice(["0,0", "0", "1,1,1", "9,9", "x"]),
}  # fmt: skip


def value(random: Random, option: click.Option) -> str:
    """A value of an option, as its type or what stands for it in the help says."""
    if isinstance(option.type, click.Choice) and random.random() < 0.97:
        return str(random.choice(list(option.type.choices)))
    if isinstance(option.type, click.types.IntParamType):
        return number(random)
    make = VALUES.get(max(option.opts, key=len)) or VALUES.get(
        option.metavar or "", lambda random: random.choice([*WORDS, *MISTAKES, "parameters", "1"])
    )
    return maybe_mutated(random, make(random), 0.1)


@lru_cache
def command_named(name: str) -> click.Command:
    return import_module(f"convcalc.commands.{name}").command


def options(random: Random, command: str, *left_out: str) -> list[str]:
    declared = [
        each
        for each in command_named(command).params
        if isinstance(each, click.Option) and not {*left_out} & {*each.opts}
    ]
    found: list[str] = []
    for option in random.sample(declared, min(len(declared), random.choice([0, 0, 1, 1, 1, 2, 3]))):
        name = random.choice([*option.opts, *option.secondary_opts])
        found += [name] if option.is_flag else [name, value(random, option)]
    return found


# Commands


def some_specs(random: Random, count: int) -> Case:
    """Networks for a command: files, bundled names, chains, or standard input."""
    words: list[str] = []
    files: list[tuple[str, str]] = []
    fed = ""
    for place in range(count):
        form = random.random()
        if form < 0.45:
            files.append((f"net{place or ''}.yaml", maybe_mutated(random, texts_of(random), 0.3)))
            words.append(files[-1][0])
        elif form < 0.8:
            words += ["-e", maybe_mutated(random, network(random), 0.15)]
        elif form < 0.95:
            words.append(maybe_mutated(random, random.choice([*bundled_networks(), "resnet", "lenet5", "unet"]), 0.05))
        else:
            words, fed = [*words, "-"], maybe_mutated(random, texts_of(random))
    return Case(tuple(words), tuple(files), fed)


def on_specs(random: Random, command: str, count: int, *more: str) -> Case:
    specs = some_specs(random, count)
    return specs._replace(arguments=(command, *specs.arguments, *more, *options(random, command, "-e")))


def on_layer(random: Random, command: str) -> Case:
    shapes = [shape(random) for _ in range(random.choice([1, 1, 1, 1, 2, 3]))]
    return Case((command, maybe_mutated(random, layer(random), 0.12), *shapes, *options(random, command)))


def unknowns(random: Random, command: str) -> Case:
    if random.random() < 0.4:
        found = (
            some_specs(random, 1)
            if random.random() < 0.5
            else Case(("-e", maybe_mutated(random, network(random, 0.15), 0.15)))
        )
        wanted = random.choice(
            [
                ("--smallest",),
                ("--output", shape(random)),
                ("--exact",),
                ("--parameters", bound(random)),
                ("--set", f"{random.choice(WORDS)}=?"),
                (),
            ]
        )
        return found._replace(arguments=(command, *found.arguments, *wanted, *options(random, command, "-e")))
    words = [maybe_mutated(random, layer(random, 0.35), 0.15)]
    if random.random() < 0.9:
        words.insert(0, shape(random, 0.2))
    if random.random() < 0.6:
        words.append(random.choice([shape(random, 0.2), "same", "x".join([str(random.choice(SIDES))] * 2)]))
    return Case((command, *words, *options(random, command, "-e")))


FORMULAS = ["(W - K + 2P)/S + 1", "floor((W-K+2*P)/S)+1", "W/2", "(W+K+P+S)**20", "K^2*C*F + F", "floor(" * 30 + "W" + "/2)" * 30, "1/(1+" * 20 + "W" + ")" * 20]  # fmt: skip
RIGHT = [
    "6x28x28",
    "156",
    "117600",
    "2416",
    "16@10x10",
    "61,706",
    "5*5*6*16 + 16",
    "(16, 5, 5)",
    "[6, 14, 14]",
    "416520",
    "10",
    "5",
]
ASKED = ["output", "parameters", "macs", "receptive_field", "weights", "flops", "activations", "memory", "kernel", "x"]
LAYERS = ["C1", "S2", "C3", "S4", "C5", "F6", "total", "conv", "input", "pool1", "x"]


def answered(random: Random):
    return random.choice([*RIGHT, *FORMULAS, number(random, 0.5), shape(random), None, [number(random)], {"value": 3}])


def answers(random: Random) -> str:
    given = {
        random.choice(LAYERS): {random.choice(ASKED): answered(random) for _ in range(random.randint(0, 3))}
        for _ in range(random.randint(0, 4))
    }
    flat = {f"{random.choice(LAYERS)}.{random.choice(ASKED)}": answered(random) for _ in range(random.randint(0, 2))}
    who = (
        {"student": random.choice(["ada", "bob", "a/b", "", 7, None, "x" * 300, "𠀀" * 90])}
        if random.random() < 0.5
        else {}
    )
    text = json.dumps(
        {**who, "answers": random.choice([given, {**given, **flat}])},
        ensure_ascii=False,
        indent=random.choice([None, 1]),
    )
    return text.replace('"', "") if random.random() < 0.3 else text


def a_key(random: Random) -> str:
    if random.random() < 0.2:
        return texts_of(random)
    asked = [
        {
            "ask": f"{random.choice(LAYERS)}.{random.choice(ASKED)}",
            **dict(
                random.sample(
                    [
                        ("points", number(random)),
                        ("tolerance", random.choice(["1%", number(random, 0.5)])),
                        ("form", random.choice(["symbolic", "number", "x"])),
                        ("partial", {random.choice([*MISTAKES]): number(random)}),
                        ("value", answered(random)),
                    ],
                    random.choice([0, 1, 2]),
                )
            ),
        }
        for _ in range(random.randint(0, 4))
    ]
    more = random.sample(
        [
            ("convention", random.choice(["keras", "torch"])),
            ("input", shape(random)),
            ("hints", "where"),
            ("set", {"n": 2}),
            ("carry_forward", False),
        ],
        random.choice([0, 0, 1]),
    )
    return json.dumps(
        {
            "assignment": "a",
            "spec": random.choice(["lenet5", "lenet5", "net.yaml", "nothing", network(random)]),
            **dict(more),
            "questions": asked,
        },
        ensure_ascii=False,
    )


def marking(random: Random, command: str) -> Case:
    sheets = [
        (f"{random.choice(['', 'in/'])}{name}.yaml", maybe_mutated(random, answers(random)))
        for name in random.sample(["ada", "bob", "eve"], random.choice([1, 1, 2, 3]))
    ]
    form = "name,email,C1.output,C1.parameters\n" + "".join(
        f"{name},{name}@x,{answered(random)},{answered(random)}\n" for name in ("ada", "bob")
    )
    files = [
        ("key.yaml", maybe_mutated(random, a_key(random), 0.2)),
        *sheets,
        ("form.csv", maybe_mutated(random, form)),
        ("roster.csv", "name,id\nada,1\nbob,2\n"),
        ("net.yaml", texts_of(random)),
    ]
    key = random.choice(["key.yaml"] * 8 + ["lenet5", "net.yaml", "nothing.yaml"])
    words = random.choice([[name for name, _ in sheets]] * 6 + [["in"], ["form.csv"], ["-"], ["."], ["nothing"]])
    return Case(
        (command, key, *words, *options(random, command)), tuple(files), answers(random) if "-" in words else ""
    )


def exercises(random: Random, command: str) -> Case:
    files = (
        ("roster.csv", maybe_mutated(random, "name,email\nAda Lovelace,a@x\n../Bob,b@x\n")),
        ("net.yaml", maybe_mutated(random, texts_of(random))),
    )
    topics = next(option for option in command_named(command).params if option.name == "topic").type.choices
    about = random.choice(
        [["--topic", random.choice(topics)]] * 3 + [[random.choice(["lenet5", "net.yaml", "vgg11", "alexnet", "-"])]]
    )
    return Case((command, *about, *options(random, command)), files)


def reference(random: Random, command: str) -> Case:
    kind = random.choice(KINDS)
    names = [
        kind.name,
        *kind.aliases,
        f"{kind.name}.{random.choice(ASKED)}",
        *ASKED,
        *classes()[:3],
        "summary",
        "check",
        "class",
        *bundled_networks(),
    ]
    words = [maybe_mutated(random, random.choice(names), 0.3)] if random.random() < 0.85 else []
    return Case((command, *words, *options(random, command)))


SMALL_ARRAYS = [
    "1 2 3; 4 5 6; 7 8 9", "1..9:3x3", "1..16:4x4", "1 2 | 3 4", "1 2; 3 4 | 5 6; 7 8", "[[1, 2], [3, 4]]", "1 2 3", "eye:3",
    "zeros:5x5", "random:4x4", "random:2x3x3", "np.array([[1, 2], [3, 4]])", "1/9 * 1 1 1; 1 1 1", "sobel-x", "-1 .5; 1e2 1/3",
    "numbers.csv", "-", "", "5", "[" * 300, "1..9:3x9999999", "zeros:99999x99999", "nan inf", "1..1e9",
]  # fmt: skip


def an_array(random: Random) -> str:
    return maybe_mutated(random, random.choice(SMALL_ARRAYS), 0.2)


def on_arrays(random: Random, command: str) -> Case:
    chain = " -> ".join(layer(random) for _ in range(random.choice([1, 1, 1, 2, 3])))
    known = [
        "conv 1 k2",
        "conv 2 k3 p1",
        "tconv 1 k3 s2",
        "maxpool 2",
        "avgpool 3 s1 p1",
        "softmax",
        "add",
        "concat",
        "relu",
    ]
    words = [random.choice([chain, *known]), *(an_array(random) for _ in range(random.choice([1, 1, 1, 1, 2, 0])))]
    own = [part for name in ("--weights", "--bias") if random.random() < 0.5 for part in (name, an_array(random))]
    return Case(
        (command, *words, *own, *options(random, command, "-o")),
        (("numbers.csv", "1,2,3\n4,5,6\n7,8,9\n"),),
        "1 2\n3 4\n",
    )


SWEPT = ["H", "H", "W", "C", "K", "width", "classes", "depth", "n", "batch", "act_bits", "x", "B"]
RANGES = ["1,2,3", "8..32:8", "8..64*2", "3", "0..3", "-1..1", "yes,no", "18,34", "0.25..1:0.25", "1/2,1", "224", "16..64:4",
          "9..1", "1..5:0", "1..1e30", "1..1e6", "", ",", "a,b", "..", "1..2*1"]  # fmt: skip
LOGIC = ["macs <= 5M", "parameters<=1e5 and macs>=3", "1k <= macs <= 2M", "macs/parameters >= 7", "not macs > 5", "H % 2 == 0", "memory <= 320KiB",
         "(rf >= 7 or H <= 9)", "receptive_field > 3", "macs <= ", "C < K", "width <= 1/2", "macs <= 5Q", "flops/H/H <= 1000", "depth == 18"]  # fmt: skip
AIMS = [
    "min macs, max rf",
    "max parameters",
    "macs",
    "min macs/parameters",
    "max H, min memory",
    "min",
    "max x, min macs",
]


def a_sweep(random: Random, command: str) -> Case:
    specs = on_specs(random, command, random.choice([1] * 12 + [2, 0]))
    names = random.sample(SWEPT, random.choice([1, 1, 2, 2, 3]))
    own = [
        part for name in names for part in ("--over", f"{name}={maybe_mutated(random, random.choice(RANGES), 0.05)}")
    ]
    for option, texts, often in (("--where", LOGIC, 0.5), ("--pareto", AIMS, 0.25), ("--sort", AIMS, 0.2)):
        own += [option, maybe_mutated(random, random.choice(texts), 0.1)] if random.random() < often else []
    return specs._replace(
        arguments=(*specs.arguments, *own, *(["--zip", ",".join(names[:2])] * (random.random() < 0.1)))
    )


MAKERS = {
    "sweep": lambda random: a_sweep(random, "sweep"),
    "apply": lambda random: on_arrays(random, "apply"),
    "summary": lambda random: on_specs(random, "summary", random.choice([1] * 12 + [2, 2, 0])),
    "explain": lambda random: on_specs(random, "explain", 1, *random.sample(["total", "conv1", *WORDS], random.choice([0, 0, 0, 0, 0, 1, 2]))),
    "watch": lambda random: on_specs(random, "watch", 1)._replace(files=()),  # what it could watch it would watch for ever
    "lint": lambda random: on_specs(random, "lint", random.choice([1] * 12 + [2, 0])),
    "compare": lambda random: on_specs(random, "compare", random.choice([2] * 8 + [3, 1])), "layer": lambda random: on_layer(random, "layer"),
    "solve": lambda random: unknowns(random, "solve"), "check": lambda random: marking(random, "check"), "quiz": lambda random: exercises(random, "quiz"),
}  # fmt: skip


def command_line(command: str, random: Random) -> Case:
    """A command line at random; no command is left out, whatever it is called."""
    assert command in COMMANDS
    made = MAKERS[command](random) if command in MAKERS else reference(random, command)
    arguments = [mutated(random, word) if random.random() < 0.01 else word for word in made.arguments[1:]]
    return made._replace(arguments=(command, *(word.replace("\0", "") for word in arguments)))
