"""From a document to a Spec: its top-level keys, each read and checked for its form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.kinds import Named, plain
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.problem import BUNDLED, Problem, Source, did_you_mean, problem
from convcalc.readers import library
from convcalc.readers.yaml import Mapping, Scalar, Sequence
from convcalc.readers.yaml.items import LayerReader, raw, show, text_of
from convcalc.readers.yaml.kept import tree_of
from convcalc.spec import Block, BrokenItem, Items, Place, Spec, Variant, block_roles, upon
from convcalc.spec.layout import LAYOUTS

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.readers.yaml import Node

TOP_KEYS = {
    "name": "What the network is called.",
    "about": "Where it is from: a citation, remarks.",
    "base": "Another spec, a file or a bundled network: what is not said here is as it is there.",
    "input": "The shape that goes in, channels x height x width: 3x224x224; or several, each with a name.",
    "layers": "The layers, one after another.",
    "let": "Names and their values, which layers may use and --set changes.",
    "variants": "What a choice stands for: of each value of a name, other names with their values.",
    "symbols": "Names without a value, which stay letters all the way through.",
    "defaults": "By kind, what its layers have where they say nothing else.",
    "blocks": "Parts of the network with a name and parameters, used as layers are.",
    "kinds": "Layer kinds of its own, each with its keys and formulas.",
    "convention": "Whose rules hold for padding, rounding and defaults.",
    "layout": "The order of the axes in its shapes.",
    "outputs": "The layers that it gives, the main one first; else the last.",
    "budget": "How much of a quantity it may have: over it, exit code 1.",
    "lint": "The rules that are not to be checked: {ignore: [dense-heavy]}.",
}
BLOCK_KEYS = {
    "params": "Its parameters, each with its default, or `required`.",
    "layers": "Its layers, which may use the parameters.",
    "about": "Remarks.",
    "doc": "As about.",
}
HOMEWORK = {
    "questions": ("an assignment", "convcalc quiz KEY --solutions, or convcalc check KEY ANSWERS…"),
    "answers": ("a file of answers", "convcalc check KEY ANSWERS…"),
}
MAX_BASES = 20


class Reader(LayerReader):
    """Reads a document."""

    def read(self, root: Node) -> Spec:
        if isinstance(root, Scalar):
            self.refuse_other_arrows(root.text, root.place)
            self.refuse_lone_item(root.text, root.place)
        if not isinstance(root, Mapping):
            message = "a spec is a mapping with `input` and `layers`"
            raise self.problem(root, "L000", message, "input: 3x224x224")
        top = {key.text: value for key, value in root.pairs}
        for key in root.keys:
            if key.text in HOMEWORK and "layers" not in top and "base" not in top:
                what, use = HOMEWORK[key.text]
                raise self.problem(key, "L000", f"this is {what}, no network", use)
            if key.text not in TOP_KEYS:
                hint = f"the keys are {', '.join(TOP_KEYS)}"
                self.refuse_word(key, "L003", f'unknown key "{key.text[:60]}"', TOP_KEYS, hint)
        base = self.read_base(top.get("base")) or Spec(self.source)
        convention = self.choice(top.get("convention"), "convention", tuple(CONVENTIONS)) or base.convention
        layout = self.choice(top.get("layout"), "layout", LAYOUTS) or base.layout
        self.framework = CONVENTIONS[self.convention or convention].classes
        before = len(self.findings)
        if "layers" not in top and "base" not in top:
            self.refuse_lack("layers", "layers: [conv 64 k3, relu]", root)
        self.blocks.update(base.blocks)
        self.block_names.update(base.blocks)
        self.kinds.update(base.kinds)
        self.kind_fields.update(base.kind_fields)
        self.read_kinds(top.get("kinds"))
        self.read_block_names(top.get("blocks"))
        variants = self.read_variants(top.get("variants"))
        self.block_names.update(block_roles((*base.variants, *variants), self.block_names))
        defaults = self.read_defaults(top.get("defaults"))
        self.read_blocks(top.get("blocks"))
        layers = top.get("layers")
        items = self.items(layers) if layers is not None else base.items
        own = self.read_inputs(top.get("input"))
        items, given = self.connect(items, tuple(name for name, _, _ in own) or ("input",))
        if "input" not in top and not given and "base" not in top:
            told = self.findings[before:]
            del self.findings[before:]
            self.refuse_lack("input", "input: 3x224x224", root)
            self.findings += told
        if layers is not None and not items and not self.findings:
            self.refuse(layers.place, "L005", "`layers` is empty", "layers: [conv 64 k3, relu]")
        outputs = self.read_outputs(top.get("outputs"))
        ignored = self.read_ignored(top.get("lint"))
        budget = self.read_budget(top.get("budget"))
        spec = Spec(
            self.source,
            self.text(top.get("name"), "name"),
            self.text(top.get("about"), "about"),
            own or given,
            self.read_let(top.get("let")),
            variants,
            self.read_symbols(top.get("symbols")),
            {**self.beside, **defaults},
            self.blocks,
            self.kinds,
            self.kind_fields,
            convention,
            layout,
            False,
            items,
            tuple(self.findings),
            outputs,
            notes=tuple(self.notes),
            ignored=ignored,
            budget=budget,
        )
        return upon(base, spec) if "base" in top else spec

    def refuse_lack(self, missing: str, example: str, root: Node) -> None:
        """Refuse a spec without its layers or its input, unless they are misspelt, which was said already."""
        if not any(f'"{missing}"' in finding.hint for finding in self.findings):
            self.refuse(root.place, "L004", f"a spec needs `{missing}`", example)

    def read_base(self, node: Node | None) -> Spec | None:
        """The spec that this one builds upon, with its places marked as its own."""
        if node is None:
            return None
        name = self.text(node, "base")
        base = None
        try:
            if len(self.heirs) > MAX_BASES:
                raise problem("L024", f"more than {MAX_BASES} specs build upon each other")
            source = library.base(name, self.source)
            if source.name in self.heirs:
                raise problem("L024", f"{name} builds upon itself: {' → '.join((*self.heirs, source.name))}")
            root = tree_of(source)
            if not source.name.startswith(BUNDLED):
                source = source._replace(text="")  # no error prints a line of a file that was only named
            base = Reader(source, self.convention, self.heirs).read(root)
            found = base.diagnostics
        except Problem as error:
            found = error.diagnostics
        inside = [one for one in found if one.mark and one.code != "L024"]
        self.note(Problem(*(one for one in found if one not in inside)), node.place)
        if inside and source.name.startswith(BUNDLED):
            self.findings.extend(inside)
        elif inside:
            count = "an error" if len(inside) == 1 else f"{len(inside)} errors, the first"
            line = min(one.mark.line for one in inside if one.mark)
            hint = f"convcalc summary {source.name}"
            self.refuse(node.place, "L025", f"{source.name} has {count} on line {line}", hint)
        return base

    def choice(self, node: Node | None, what: str, words: tuple[str, ...]) -> str:
        text = self.text(node, what).lower().replace("-", "_")
        if node is not None and text not in words:
            hint = did_you_mean(text, words) or f"one of {', '.join(words)}"
            self.refuse(node.place, "L006", f'unknown {what} "{text[:60]}"', hint)
            return ""
        return text

    def read_inputs(self, node: Node | None) -> tuple[tuple[str, Raw, Place], ...]:
        if isinstance(node, Mapping):
            return tuple((key.text, raw(value), value.place) for key, value in node.pairs)
        return (("input", raw(node), node.place),) if node is not None else ()

    def read_outputs(self, node: Node | None) -> tuple[tuple[str, str, Place], ...]:
        """`outputs: [head, aux]`, or with names of their own: `outputs: {classes: head, auxiliary: aux}`."""
        if isinstance(node, Mapping):
            return tuple((key.text, self.text(value, key.text), value.place) for key, value in node.pairs)
        entries = node.items if isinstance(node, Sequence) else [node] if node is not None else []
        found = [(self.text(entry, "an output"), entry.place) for entry in entries]
        if node is not None and not found:
            self.refuse(node.place, "L002", "outputs name no layer", "outputs: [head, aux]")
        return tuple((name, name, place) for name, place in found if name)

    def read_ignored(self, node: Node | None) -> tuple[tuple[str, Place], ...]:
        """The rules that are not to be checked: `lint: {ignore: [dense-heavy]}`."""
        example = "lint: {ignore: [dense-heavy]}"
        found: list[tuple[str, Place]] = []
        for key, value in self.mapping(node, "lint", example).pairs:
            if key.text != "ignore":
                self.refuse_word(key, "L003", f'unknown key "{key.text[:60]}" in lint', ("ignore",), example)
                continue
            for entry in value.items if isinstance(value, Sequence) else [value]:
                codes = self.text(entry, "what lint ignores").replace(",", " ").split()
                found += [(code, entry.place) for code in codes]
        return tuple(found)

    def read_budget(self, node: Node | None) -> tuple[tuple[str, str, Place], ...]:
        """`budget: {parameters: 5M, memory: 2 MiB}`; what is no quantity or number is refused where it is known."""
        example = "budget: {parameters: 5M}"
        found = []
        for key, value in self.mapping(node, "budget", example).pairs:
            if isinstance(value, Scalar):
                found.append((key.text, value.text, value.place if value.text else key.place))
            else:
                self.refuse(value.place, "L002", f"{key.text} must be one number", example)
        return tuple(found)

    def read_let(self, node: Node | None) -> tuple[tuple[str, str, Place], ...]:
        found = []
        for key, value in self.mapping(node, "let", "let: {width: 64}").pairs:
            if not self.is_name(key.text, key):
                continue
            if isinstance(value, Scalar):
                found.append((key.text, value.text, value.place))
            else:
                self.refuse(value.place, "L002", f"{key.text} must be one number", "let: {width: 64}")
        return tuple(found)

    def read_variants(self, node: Node | None) -> tuple[Variant, ...]:
        """`variants: {depth: {18: {n1: 2, unit: basic}, 50: {n1: 3, unit: bottleneck}}}`."""
        found = []
        example = "variants: {depth: {18: {n: 2}, 50: {n: 3}}}"
        entries = self.mapping(node, "variants", example).pairs
        bodies = {key.text: value.get("let") for key, value in entries if isinstance(value, Mapping)}
        if node is not None and bodies and all(bodies.values()):  # {big: {let: {width: 64}}}
            message = "a variant has a name, and its choices hold their names without `let`"
            said = ", ".join(f"{name}: {names_of(body)}" for name, body in bodies.items())
            self.refuse(entries[0][0].place, "L028", message, f"write: variants: {{variant: {{{said}}}}}")
            return ()
        for key, value in entries:
            choices = []
            for choice, body in self.mapping(value, key.text, example).pairs:
                names = self.mapping(body, f"{key.text} {choice.text}", example)
                values = tuple((name.text, self.text(held, name.text)) for name, held in names.pairs)
                choices.append((choice.text, values))
            found.append(Variant(key.text, tuple(choices), key.place))
        return tuple(found)

    def read_symbols(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else [node]
        texts = [item for item in items if isinstance(item, Scalar)]
        if not texts:
            self.refuse(node.place, "L002", "symbols must be a list of names", "symbols: [C, K]")
        words = ((word, item) for item in texts for word in item.text.replace(",", " ").split())
        return tuple(word for word, item in words if self.is_name(word, item))

    def is_name(self, word: str, node: Scalar) -> bool:
        """Whether a word can be a name; one that cannot is refused."""
        if not word.isidentifier():
            hint = "letters, digits and _, not starting with a digit"
            self.refuse(node.place, "L007", f'"{word[:60]}" is not a name', hint)
        return word.isidentifier()

    def read_defaults(self, node: Node | None) -> dict[str, tuple[tuple[str, Raw], ...]]:
        found: dict[str, tuple[tuple[str, Raw], ...]] = {}
        for key, value in self.mapping(node, "defaults", "defaults: {conv: bias=no}").pairs:
            try:
                written = self.entry_layer(key.text, value)
                found[written.kind.name] = written.args
            except Problem as error:
                self.note(error, key.place)
        return found

    def read_kinds(self, node: Node | None) -> None:
        if node is None:
            return
        from convcalc.spec.user_kind import user_kind

        for key, value in self.mapping(node, "kinds", "kinds: {mine: {size: n}}").pairs:
            try:
                fields = self.mapping(value, key.text, "doc, keys, size, weights, macs")
                self.kind_fields[key.text] = {name.text: raw_field(item) for name, item in fields.pairs}
                kind = user_kind(key.text, self.kind_fields[key.text])
                self.kinds.update({plain(each): Named(kind) for each in (key.text, *kind.aliases)})
            except Problem as error:
                self.unread_kinds.add(plain(key.text))
                self.note(error, key.place)

    def read_block_names(self, node: Node | None) -> None:
        for key in (self.mapping(node, "blocks", "blocks: {basic: {params: {c: required}, layers: [conv c k3]}}")).keys:
            if not key.text.replace("-", "_").isidentifier():
                message = f'"{key.text[:60]}" is not a name for a block'
                self.refuse(key.place, "L007", message, "letters, digits, _ and -")
            self.block_names.add(key.text)

    def read_blocks(self, node: Node | None) -> None:
        """Every block, with a broken item where its layers cannot be read, so that whoever uses it finds it."""
        for key, value in node.pairs if isinstance(node, Mapping) else ():
            params: list[tuple[str, str | None]] = []
            layers: Node | None = value
            about = ""
            if isinstance(value, Mapping) and (len(value.keys) != 1 or not self.is_layer(value.keys[0].text)):
                layers = value.get("layers")
                for name, item in value.pairs:
                    if name.text == "params":
                        params = self.read_params(item)
                    elif name.text in ("about", "doc"):
                        about = text_of(item)
                    elif name.text not in BLOCK_KEYS:
                        message = f'unknown key "{name.text[:60]}" in block {key.text}'
                        self.refuse_word(name, "L003", message, BLOCK_KEYS, "layers: [conv c k3]")
            self.blocks[key.text] = Block(key.text, tuple(params), self.block_items(key, layers), key.place, about)

    def block_items(self, key: Scalar, layers: Node | None) -> Items:
        """The layers of a block: a list of them, or one."""
        try:
            if isinstance(layers, Mapping):
                return self.connect(self.item(layers))[0]
            items, _ = self.connect(self.items(layers) if layers is not None else ())
        except Problem as error:
            assert layers is not None
            self.note(error, layers.place)
            return (BrokenItem("", key.place),)
        if not items:
            self.refuse(key.place, "L008", f"block {key.text} has no layers", "layers: [conv c k3]")
        return items or (BrokenItem("", key.place),)

    def read_params(self, node: Node) -> list[tuple[str, str | None]]:
        if isinstance(node, Sequence):
            return [(item.text, None) for item in node.items if isinstance(item, Scalar)]
        if isinstance(node, Scalar):
            return [(name, None) for name in node.text.replace(",", " ").split()]
        defaults = {key.text: self.text(value, key.text) for key, value in node.pairs}
        return [(name, None if default == "required" else default) for name, default in defaults.items()]


def names_of(node: Node | None) -> str:
    """A mapping of names to values as it may be written in one line."""
    pairs = node.pairs if isinstance(node, Mapping) else ()
    return f"{{{', '.join(f'{name.text}: {show(value)}' for name, value in pairs)}}}"


def raw_field(node: Node) -> Any:
    """A field of a user kind: texts, lists and mappings as Python has them."""
    if isinstance(node, Mapping):
        return {key.text: raw_field(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [raw_field(item) for item in node.items]
    return node.text


def read_spec(source: Source, root: Node, convention: str = "") -> Spec:
    """The Spec of a document; its form errors are in `diagnostics`, unless there is nothing to go on with."""
    return Reader(source, convention).read(root)
