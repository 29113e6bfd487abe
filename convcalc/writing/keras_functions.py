"""Definitions as functions of Keras: from tensors to tensors, a line for each layer, with what comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from convcalc.writing.program.code import (
    Application,
    Combination,
    DefinitionUse,
    Entry,
    Formula,
    Make,
    PieceList,
    ShapeRemark,
    Shared,
    Statement,
)
from convcalc.writing.program.forward import SHORT, Forward, fill, input_names
from convcalc.writing.program.layout import Brackets, Code, Joined, flat, lines
from convcalc.writing.program.making import CALL
from convcalc.writing.program.merging import Definition, Looped, Optional
from convcalc.writing.program.pieces import PieceWriter, default, docstring, expression_lines, plain_text

if TYPE_CHECKING:
    from convcalc.writing.program.language import Language

INDENT = " " * 4
RESERVED = frozenset(("keras", "layers", "ops", "math", "name", "inputs"))


class FunctionWriter(PieceWriter):
    """Writes settled definitions as functions."""

    def __init__(self, language: Language, definitions: list[Definition]):
        self.language = language
        self.prefix = ""
        self.reserved = RESERVED.union(each.name for each in definitions)

    # Functions

    def definition(self, definition: Definition) -> Iterator[str]:
        body = definition.body
        names = input_names([note.text for note in body.inputs])
        params: list[Code] = [
            Joined(param.name, default(param).replace(" ", "")) for param in definition.params if not param.is_main
        ]
        if definition.has_names:
            params.append(f'name="{definition.name}"')
        yield from lines(Brackets(f"def {definition.name}(", (*names, *params), "):"))
        if definition.about and len(definition.about) < 200:
            yield from docstring(plain_text(definition.about))
        outputs: list[str] = []
        found = list(self.body(definition, names, outputs))
        for param in definition.params:
            if param.is_main and any(re.search(rf"\b{param.name}\b", line) for line in found):
                axis = 1 if param.name == "in_channels" and not self.language.spec.channels_last else -1
                yield f"{INDENT}{param.name} = {names[0]}.shape[{axis}]"
        yield from found
        yield f"{INDENT}return {', '.join(outputs)}"

    def network(self, definition: Definition, inputs: list[tuple[str, Code]], name: str) -> Iterator[str]:
        """The function that makes the network: a Sequential where it is a chain of layers."""
        body = definition.body
        self.prefix = ""
        yield f"def {definition.name}():"
        title = f'name="{name}"'
        if body.sequence is not None and all(map(is_layer, body.sequence.entries)):
            entries = Brackets("[", (inputs[0][1], *self.entries(flat_sequence(body.sequence))), "]")
            yield from lines(Brackets("keras.Sequential(", (entries, title), ")"), INDENT, "return ")
            return
        for variable, code in inputs:
            yield from lines(code, INDENT, f"{variable} = ")
        names = [variable for variable, _ in inputs]
        outputs: list[str] = []
        yield from self.body(definition, names, outputs)
        given = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
        last = outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]"
        yield from lines(Brackets("keras.Model(", (given, last, title), ")"), INDENT, "return ")

    def body(self, definition: Definition, names: list[str], outputs: list[str]) -> Iterator[str]:
        """The lines of a body; to `outputs` go the names of what it gives."""
        body = definition.body
        self.prefix = "" if definition.is_network else "{name}_"
        if body.sequence is not None:
            whole = Statement((1,), "x", body.sequence, (0,), ShapeRemark(""))
            body = body._replace(statements=(whole,), outputs=(1,))
        used_again = {one.name for one in body.statements if isinstance(one.piece, Shared)}
        reserved = self.reserved.union(used_again, (param.name for param in definition.params))
        forward = Forward(body, names, lambda _statement, _sources: "", reserved, False)
        for line in forward.lines():
            statement, note, sources = line.statement, line.note.text, line.sources or names[:1]
            taken = line.taken | set(names)
            if statement.name in used_again:
                if not isinstance(statement.piece, Shared):
                    yield from self.held_layer(statement, sources)
                call = f"{statement.name}({', '.join(sources)})"
                yield from expression_lines(f"{line.targets} = ", call, note, INDENT)
            else:
                yield from self.call_lines(statement.piece, sources, line.targets, note, INDENT, taken)
        outputs += [forward.names[value] for value in forward.outputs]

    def held_layer(self, statement: Statement, sources: list[str]) -> Iterator[str]:
        """A layer that is called more than once; of several, a model."""
        piece, name = statement.piece, statement.name
        title = f'name={"f" if self.prefix else ""}"{self.prefix}{name}"'
        if isinstance(piece, Make):
            yield from lines(self.code(piece), INDENT, f"{name} = ")
        elif isinstance(piece, PieceList) and all(map(is_layer, piece.entries)):
            entries = Brackets("[", tuple(self.entries(flat_sequence(piece))), "]")
            yield from lines(Brackets("keras.Sequential(", (entries, title), ")"), INDENT, f"{name} = ")
        else:
            given = f"{name}_input"
            yield f"{INDENT}{given} = keras.Input({sources[0]}.shape[1:])"
            yield from self.call_lines(piece, [given], f"{name}_output", "", INDENT, set())
            model = Brackets("keras.Model(", (given, f"{name}_output", title), ")")
            yield from lines(model, INDENT, f"{name} = ")

    # Lines

    def call_lines(
        self, piece: Any, sources: list[str], target: str, note: str, indent: str, taken: set[str]
    ) -> Iterator[str]:
        """A piece applied to its sources, as lines."""
        before = f"{target} = "
        if isinstance(piece, Make):
            yield from lines(self.layer_call(piece, f"({sources[0]})"), indent, before, "", note)
        elif isinstance(piece, Application):
            call = fill(piece.call, sources).removeprefix(CALL)
            yield from lines(self.layer_call(piece.make, call), indent, before, "", note)
        elif isinstance(piece, Formula):
            yield from expression_lines(before, fill(piece, sources), note, indent)
        elif isinstance(piece, DefinitionUse):
            given = (*sources, *self.arguments(tuple(each for each in piece.arguments if each.keyword)))
            yield from lines(Brackets(f"{piece.definition.name}(", given, ")"), indent, before, "", note)
        elif isinstance(piece, Combination):
            yield from self.join_lines(piece, sources[0], target, note, indent, taken)
        else:
            entries = piece.entries if isinstance(piece, PieceList) else (piece,)
            if not entries or not isinstance(entries[0], Entry):
                if sources[0] != target:
                    yield f"{indent}{target} = {sources[0]}"
                sources = [target]
            for place, entry in enumerate(entries):
                remark = note if place == len(entries) - 1 and note else ""
                yield from self.entry(entry, sources, target, remark, indent, taken)
                sources = [target]

    def entry(
        self, entry: Any, sources: list[str], target: str, note: str, indent: str, taken: set[str]
    ) -> Iterator[str]:
        if isinstance(entry, Looped):
            found = list(self.call_lines(PieceList(entry.entries), [target], target, "", indent + INDENT, taken))
            turn, depth = entry.turn, len(indent) // 4
            if depth > 1 and any(re.search(rf"\b{turn}\b", line) for line in found):
                found = [re.sub(rf"\b{turn}\b", f"{turn}{depth}", line) for line in found]
                turn = f"{turn}{depth}"
            variable = turn if any(re.search(rf"\b{turn}\b", line.partition("  # ")[0]) for line in found) else "_"
            yield f"{indent}for {variable} in range({entry.times}):"
            yield from found
        elif isinstance(entry, Optional):
            yield f"{indent}if {entry.condition}:"
            yield from self.call_lines(entry.piece, [target], target, note, indent + INDENT, taken)
        else:
            yield from self.call_lines(entry.piece, sources, target, entry.note.text or note, indent, taken)

    def join_lines(
        self, piece: Combination, source: str, target: str, note: str, indent: str, taken: set[str]
    ) -> Iterator[str]:
        """Paths from one value, and what joins them."""
        ends = []
        for path in piece.paths:
            if path is None:
                ends.append(source)
                continue
            used = {*taken, *ends, source, target}
            name = next(name for name in chain(SHORT[1:], (f"y{place}" for place in count(2))) if name not in used)
            yield from self.call_lines(path, [source], name, "", indent, used)
            ends.append(name)
        ends = sorted(ends, key=lambda end: end != source) if piece.join.endswith(("Add()", "Multiply()")) else ends
        yield from lines(Brackets(f"{piece.join}(", (f"[{', '.join(ends)}]",), ")"), indent, f"{target} = ", "", note)

    # Pieces

    def layer_call(self, piece: Any, call: str) -> Brackets:
        """A layer that is made and called at once."""
        arguments = tuple(self.arguments(piece.arguments))
        if not arguments or call[:2] == "([":
            return Brackets(f"{flat(self.code(piece))}(", (call[1:-1],), ")")
        return Brackets(f"{piece.head}(", arguments, f"){call}")

    def arguments(self, arguments: tuple[Any, ...]) -> Iterator[Code]:
        """Arguments; a name has that of its unit before it."""
        for argument in arguments:
            if argument.keyword == "name":
                text = argument.value.code
                inner = f"{{{text}}}" if text.isidentifier() else text.removeprefix("f")[1:-1]
                is_formatted = "{" in self.prefix + inner
                yield f'name={"f" if is_formatted else ""}"{self.prefix}{inner}"'
            else:
                yield from super().arguments((argument,))


def is_layer(entry: Any) -> bool:
    """Whether an entry of a sequence can be one of a Sequential."""
    if isinstance(entry, Looped):
        return len(entry.entries) == 1 and is_layer(entry.entries[0])
    if isinstance(entry, PieceList):
        return all(map(is_layer, entry.entries))
    return isinstance(entry, Entry) and (isinstance(entry.piece, Make) or is_layer(entry.piece))


def flat_sequence(sequence: Any) -> PieceList:
    """A sequence in which those that are within it are laid out."""
    entries: list[Any] = []
    for entry in sequence.entries:
        if isinstance(entry, Entry) and isinstance(entry.piece, PieceList):
            inner = flat_sequence(entry.piece).entries
            last: Any = inner[-1]
            entries += [*inner[:-1], last._replace(note=entry.note)]
        else:
            entries.append(entry)
    return PieceList(tuple(entries))
