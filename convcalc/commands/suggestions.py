"""What may stand where a value is typed, by what the help calls that value: networks, files, layers, names, words."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from convcalc.commands import COMMANDS

if TYPE_CHECKING:
    from convcalc.network import Graph, Node
    from convcalc.problem import Source
    from convcalc.spec import Spec
    from convcalc.spec.choices import Choices

    Suggest = Callable[[click.Context, str], Iterable[CompletionItem]]

PLAIN, PART = "plain", "part"  # a whole word, and the beginning of one, which no space follows
SHELL = CompletionItem("", type="file")  # leaves files to the shell
MOST_LAYERS = 60  # that are shown; of more the beginnings, as far as the next dot
MAX_BYTES, MAX_TEXT = 5_000_000, 500_000  # of a file, and of a spec, that is read while somebody waits for a key


def attach(command: click.Command) -> None:
    """Have click complete the values of a command's parameters."""
    for param in command.params:
        suggest = suggester(param)
        if suggest is not None:
            param.shell_complete = partial(suggestion_list, suggest)  # type: ignore[method-assign]


def suggestion_list(suggest: Suggest, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    return list(suggest(ctx, incomplete))


def suggester(param: click.Parameter) -> Suggest | None:
    """Who knows what may stand there; None where click does, or nobody."""
    if isinstance(param.type, click.Choice) or getattr(param, "is_flag", False):
        return None
    return BY_METAVAR.get(param.metavar or "") or BY_NAME.get(param.name or "")


def items(words: Iterable[str] | dict[str, str], incomplete: str, type: str = PLAIN) -> Iterator[CompletionItem]:
    """The words that begin as what is typed, with what they mean where that is said."""
    meanings = words if isinstance(words, dict) else {}
    return (CompletionItem(word, type=type, help=meanings.get(word)) for word in words if word.startswith(incomplete))


def words_between_commas(words: Iterable[str], incomplete: str) -> Iterator[CompletionItem]:
    """Words between commas, each once."""
    before, comma, last = incomplete.rpartition(",")
    used = before.split(",")
    for item in items([word for word in words if word not in used], last):
        yield CompletionItem(before + comma + item.value, help=item.help)


# Files and networks


def files(ctx: click.Context, incomplete: str, endings: tuple[str, ...] = ("",)) -> Iterator[CompletionItem]:
    """The files with these endings, and folders; what begins with ~ is the shell's to read."""
    if incomplete.startswith("~"):
        yield SHELL
        return
    folder, start = os.path.split(incomplete)
    with os.scandir(folder or ".") as entries:
        found = sorted((entry.name, entry.is_dir()) for entry in entries if entry.name.startswith(start))
    before = incomplete[: len(incomplete) - len(start)]
    for name, is_folder in found:
        if name.startswith(".") and not start.startswith("."):
            continue
        if is_folder:
            yield CompletionItem(f"{before}{name}/", type=PART)
        elif name.lower().endswith(endings):
            yield CompletionItem(before + name)


def folders(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    return (item for item in files(ctx, incomplete) if item.type != PLAIN)


def networks(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """Files that may hold a network, then the bundled ones; behind net.py: the classes of that program."""
    from convcalc.readers import library

    path, colon, start = incomplete.rpartition(":")
    if colon and path.endswith(".py"):
        if not os.path.isfile(path):
            return
        with open(path, encoding="utf-8", errors="replace") as file:
            classes = re.findall(r"^class +(\w+)", file.read(MAX_BYTES), re.MULTILINE)
        yield from (CompletionItem(f"{path}:{name}") for name in classes if name.startswith(start))
        return
    yield from files(ctx, incomplete, library.FILES)
    yield from bundled_names(ctx, incomplete)


def bundled_names(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    from convcalc.readers.library import bundled_networks

    return items([*bundled_networks()], incomplete)


# What is in the network on the line


def network_on(ctx: click.Context) -> Source | None:
    """The text of the network on the line; None where there is none, or it would take long to read."""
    from convcalc.readers import library

    given: Source | None = ctx.params.get("text") or next(iter(ctx.params.get("texts") or ()), None)
    if given is not None:
        return given
    words = next((ctx.params[name] for name in ("specs", "names", "words", "name", "spec") if ctx.params.get(name)), "")
    name = words if isinstance(words, str) else words[0]
    path = name.rpartition(":")[0] if ".py:" in name else name
    if not name or name == "-" or (os.path.exists(path) and not is_small_file(path)):
        return None
    return library.find(name, choices_on(ctx).convention)


def is_small_file(path: str) -> bool:
    most = MAX_TEXT if path.lower().endswith((".yaml", ".yml", ".txt")) else MAX_BYTES
    return os.path.isfile(path) and os.path.getsize(path) <= most


def choices_on(ctx: click.Context) -> Choices:
    from convcalc.spec.choices import Choices

    given = {name: value for name in Choices._fields if (value := ctx.params.get(name))}
    return Choices(**given)


def spec_on(ctx: click.Context) -> Spec | None:
    from convcalc.network.load import spec_of

    source = network_on(ctx)
    return source and spec_of(source, choices_on(ctx))


def graph_on(ctx: click.Context) -> Graph | None:
    from convcalc.network.build import build

    spec = spec_on(ctx)
    return spec and build(spec, choices_on(ctx))


def layers(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """The layers and blocks of the network, with what they are."""
    graph = graph_on(ctx)
    if graph is None:
        return
    found = {node.name: kind_and_output(node) for node in graph.nodes[len(graph.inputs) :]}
    found |= {name: "block" for name, _, _ in graph.groups}
    matching = [name for name in found if name.startswith(incomplete)]
    if len(matching) <= MOST_LAYERS:
        yield from items(found, incomplete)
        return
    for stem in dict.fromkeys(name[: name.find(".", len(incomplete)) + 1] or name for name in matching):
        yield CompletionItem(stem, type=PART if stem.endswith(".") else PLAIN, help=found.get(stem))


def kind_and_output(node: Node) -> str:
    """`conv, 6x28x28`."""
    known = node.applied
    return f"{known.setting.kind.name}, {'x'.join(map(str, known.output))}" if known else node.join


def network_and_layers(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """A SPEC, then its layers and the total of them."""
    if not (ctx.params.get("names") or ctx.params.get("text")):
        yield from networks(ctx, incomplete)
        return
    yield from layers(ctx, incomplete)
    yield from items({"total": "the sums"}, incomplete)


def layer_list(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    return words_between_commas([item.value for item in layers(ctx, incomplete.rpartition(",")[2])], incomplete)


def names(spec: Spec) -> dict[str, list[str]]:
    """The names and letters that a run may set, each with the values that are written for it."""
    found = {name: [text] for name, text, _ in spec.let}
    for variant in spec.variants:
        found[variant.name] = [value for value, _ in variant.choices]
    sides = [word for _, shape, _ in spec.inputs if isinstance(shape, str) for word in shape.split("x")]
    return {**{letter: [] for letter in (*sides, *spec.symbols) if letter.isidentifier()}, **found}


def settings(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """NAME=VALUE for each name of the network's own, then the values that it knows for it."""
    spec = spec_on(ctx)
    if spec is None:
        return
    known = {**names(spec), **{symbol: [] for symbol in ctx.params.get("symbols") or ()}}
    name, equals, value = incomplete.partition("=")
    if not equals:
        yield from items([f"{each}=" for each in known], name, PART)
    else:
        yield from (CompletionItem(f"{name}={each.value}") for each in words_between_commas(known.get(name, ()), value))


def swept_settings(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """As of --set; and the sides of the input."""
    yield from settings(ctx, incomplete)
    if "=" not in incomplete:
        yield from items(["H=", "W="], incomplete, PART)


def set_names(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    spec = spec_on(ctx)
    return words_between_commas(names(spec) if spec else (), incomplete)


def optional_items(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    from convcalc.spec import items_within

    spec = spec_on(ctx)
    marked = [item.name for item in items_within(spec.items, spec.blocks) if item.optional] if spec else []
    return items([*dict.fromkeys(filter(None, marked)), "all"], incomplete)


# Words of convcalc's own


def kinds(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    from convcalc.kinds import KINDS

    return items({kind.name: kind.doc for kind in KINDS}, incomplete)


def kinds_set(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    return (CompletionItem(f"{item.value}=", type=PART) for item in kinds(ctx, incomplete))


def quantities(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    from convcalc.network.quantity import QUANTITIES

    return words_between_commas({name: each.doc for name, each in QUANTITIES.items()}, incomplete)


def columns(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    if ctx.info_name == "sweep":
        from convcalc.sweep.names import OUTPUTS, SWEPT

        return words_between_commas((*SWEPT, *OUTPUTS), incomplete)
    from convcalc.render.report.columns import COLUMNS

    return words_between_commas([*(column.key for column in COLUMNS), "help"], incomplete)


def swept_quantities(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    from convcalc.sweep.names import SWEPT

    return items([*SWEPT], incomplete)


def formulas(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    yield from quantities(ctx, incomplete)
    yield from kinds(ctx, incomplete)


def tools(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    from convcalc.tools.counts import COUNTS

    return items([*COUNTS, "all"], incomplete)


def rules(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    from convcalc.linting.linter import BY_CODE

    return words_between_commas(BY_CODE, incomplete)


def topics(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    from convcalc.render.reference.topics import TOPICS

    yield from items({**{topic.name: topic.about for topic in TOPICS}, **COMMANDS}, incomplete)
    if incomplete[:1].isupper():
        from convcalc.render.reference.codes import CODES

        yield from items({each.code: each.meaning for each in CODES}, incomplete)


def commands(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    return items(COMMANDS, incomplete)


def kernels(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    from convcalc.arrays.short import KERNELS

    yield from items([*KERNELS], incomplete)
    yield from files(ctx, incomplete)


def first_files(ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """What init is to write, then what it is of."""
    if not ctx.params.get("words"):
        yield from items({"answers": "the file of a key", "assignment": "a key for a network"}, incomplete)
    yield from networks(ctx, incomplete)


def kinds_or(other: Suggest, ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    yield from kinds(ctx, incomplete)
    yield from other(ctx, incomplete)


CSV = (".csv", ".tsv", ".xlsx")
BY_METAVAR: dict[str, Suggest] = {
    "SPEC": networks, "SPEC…": networks, "[SPEC]": networks, "A B…": networks, "KEY": networks,
    "SPEC [LAYER…]": network_and_layers, "[INPUT] LAYER [TARGET] | SPEC": partial(kinds_or, networks),
    "LAYER SHAPE…": kinds, "LAYER ARRAY…": partial(kinds_or, files),
    "LAYER": layers, "FILE": files, "ANSWERS…": files, "DIR": folders, "CSV": partial(files, endings=CSV),
    "CODE": rules, "CODE,…": rules, "TOOL": tools, 'KIND="…"': kinds_set, "[COMMAND]": commands,
    "NAME=VALUES": swept_settings, "QUANTITIES": swept_quantities, "A,B": set_names, "[WORD…]": bundled_names,
}  # fmt: skip
BY_NAME: dict[str, Suggest] = {
    "columns": columns, "quantities": quantities, "layers": layer_list, "sets": settings, "symbols": set_names,
    "without": optional_items, "kind": kinds, "name": formulas, "topic": topics, "show": bundled_names,
    "weights": kernels, "words": first_files,
}  # fmt: skip
