"""Weights in safetensors: a header in JSON with the name, type and sizes of every tensor; nothing behind it is read."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator
from math import prod
from typing import Any

from convcalc.kinds.constant import BUFFER, PARAMETER
from convcalc.problem import Diagnostic, Problem, Source, problem
from convcalc.spec import UNSHAPED, Item, Items, LayerItem, Place, RepeatItem, Spec, WrittenLayer
from convcalc.spec.choices import Choices, few
from convcalc.tuples import NamedTuple

MAX_HEADER = 4_000_000  # bytes, some 40,000 tensors
MAX_SIZE = 1 << 63
MAX_DEPTH = 20  # of modules in one another
BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "U16": 2, "I16": 2, "U32": 4, "I32": 4, "U64": 8, "I64": 8, "F8_E4M3": 1, "F8_E5M2": 1,
    "F8_E8M0": 1, "F16": 2, "BF16": 2, "F32": 4, "F64": 8, "C64": 8,
}  # fmt: skip
DTYPES = {"F16": "float16", "BF16": "bfloat16", "F64": "float64", "F8_E4M3": "float8", "F8_E5M2": "float8"}
KEPT = frozenset(("running_mean", "running_var", "inv_freq", "position_ids", "relative_position_index", "attn_mask"))
COUNTER = "num_batches_tracked"  # PyTorch's, which nobody counts
WHOLE = Place(1, 1)


class SavedTensor(NamedTuple):
    name: str
    dtype: str
    shape: tuple[int, ...]

    @property
    def is_learnt(self) -> bool:
        """Whether training changes it: whole numbers and running averages it does not."""
        return self.dtype[0] in "FBC" and self.dtype != "BOOL" and self.name.rpartition(".")[2] not in KEPT


def read_spec(source: Source, choices: Choices) -> Spec:
    """The Spec of what a file holds: no layers, and so no shapes of what they compute."""
    tensors = sorted(read_header(source), key=lambda tensor: natural(tensor.name))
    empty = [tensor for tensor in tensors if 0 in tensor.shape]
    counters = [tensor for tensor in tensors if tensor.name.rpartition(".")[2] == COUNTER]
    held = [tensor for tensor in tensors if tensor not in empty and tensor not in counters]
    if not held:
        raise problem("F009", f"{source.name} holds no numbers", "save the weights again")
    notes: list[tuple[str, str]] = []
    if counters:
        count = f"{len(counters)} counter{'' if len(counters) == 1 else 's'}"
        notes.append(("W009", f"left out, for nobody counts them: {count} of batches ({COUNTER})"))
    if empty:
        notes.append(("W009", f"left out, for they hold no numbers: {few(tensor.name for tensor in empty)}"))
    if len({tensor.dtype for tensor in held}) == 1 and (dtype := DTYPES.get(held[0].dtype)):
        notes.append(("W007", f"the numbers are stored as {dtype}: --dtype {dtype} tells what they take"))
    message = "the file holds the numbers of layers, and not what is computed of them"
    return Spec(
        source,
        name=os.path.basename(source.name).removesuffix(".safetensors"),
        items=items_of([(tensor.name.split("."), tensor) for tensor in held]),
        notes=tuple(Diagnostic(code, note, severity="note") for code, note in notes),
        unjoined=Diagnostic(UNSHAPED, message, "", severity="remark"),
    )


def natural(name: str) -> list[tuple[int, str]]:
    """A key by which layer2 comes before layer10."""
    return [(int(part[:9]), part) if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)|\.", name) if part]


def items_of(tensors: list[tuple[list[str], SavedTensor]], depth: int = 0) -> Items:
    """Tensors with what is left of their names, modules as groups of what is in them."""
    leaves = {path[0] for path, _ in tensors if len(path) == 1}
    inside: dict[str, list[tuple[list[str], SavedTensor]]] = {}
    found: dict[str, Item] = {}
    for path, tensor in tensors:
        first, *rest = path
        if not rest or not all(path) or first in leaves or depth == MAX_DEPTH:
            name = ".".join(path) or "tensor"
            found[name] = LayerItem(written_tensor(tensor), name, WHOLE)
        else:
            inside.setdefault(first, []).append((rest, tensor))
            found.setdefault(first, RepeatItem("1", (), first, WHOLE))
    return tuple(
        RepeatItem("1", items_of(inside[name], depth + 1), name, WHOLE) if name in inside else item
        for name, item in found.items()
    )


def written_tensor(tensor: SavedTensor) -> WrittenLayer:
    kind = PARAMETER if tensor.is_learnt else BUFFER
    return WrittenLayer(kind, 0, (("shape", tuple(map(str, tensor.shape or (1,)))),))


def read_header(source: Source) -> Iterator[SavedTensor]:
    """The tensors that a header names; a Problem where it is none, or the file ends before the last of them."""
    with open(source.path, "rb") if source.path else io.BytesIO(source.data) as file:
        length = int.from_bytes(file.read(8), "little")
        if length > MAX_HEADER:
            raise damage(source, f"its header has {length:,} bytes, at most {MAX_HEADER:,} are read")
        data = file.read(length)
        size = file.seek(0, io.SEEK_END)
    if len(data) < length:
        raise damage(source, f"its header has {length:,} bytes, there are {len(data):,}")
    try:
        header = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise damage(source, f"its header is no JSON: {str(error)[:60]}") from None
    end = 8 + length
    for name, told in header.items():
        if name != "__metadata__":
            tensor, stop = read_tensor(source, name, told)
            end = max(end, 8 + length + stop)
            yield tensor
    if size < end:
        raise damage(source, f"its tensors end at byte {end:,}, there are {size:,}")


def read_tensor(source: Source, name: str, told: Any) -> tuple[SavedTensor, int]:
    """One tensor of a header, and where its numbers end."""
    try:
        dtype, shape, (begin, stop) = told["dtype"], tuple(told["shape"]), told["data_offsets"]
        for side in (*shape, begin, stop):
            if type(side) is not int or not 0 <= side < MAX_SIZE:
                raise ValueError
        count = prod(shape)
        if count >= MAX_SIZE or not isinstance(dtype, str) or not dtype:
            raise ValueError
    except (TypeError, KeyError, ValueError):
        raise damage(source, f"what it says of {name[:60]} is no type, sizes and offsets") from None
    if dtype in BYTES and stop - begin != count * BYTES[dtype]:
        shown = "×".join(map(str, shape)) or "1"
        raise damage(source, f"{name[:60]} has {shown} numbers of type {dtype} in {stop - begin:,} bytes")
    return SavedTensor(name, dtype, shape), stop


def damage(source: Source, message: str) -> Problem:
    return problem("F009", f"{source.name} is no whole safetensors file: {message}", "save the weights again")
