"""The messages of ONNX's files: the number, the name and the type of every field that a network needs."""

from __future__ import annotations

from functools import lru_cache

from convcalc.tuples import NamedTuple

# A message a line: number:name:type, with * for any number of them.  A span is where the bytes are, which nobody reads
# until they are asked for: weights, and graphs within nodes.
MESSAGES = """
Model       1:ir_version:int 2:producer_name:text 3:producer_version:text 7:graph:Graph 8:opset_import:Opset*
            25:functions:span*
Function    1:name:text 4:input:text* 5:output:text* 7:node:Node* 10:domain:text 11:attribute_proto:Attribute*
Opset       1:domain:text 2:version:int
Graph       1:node:Node* 2:name:text 5:initializer:Tensor* 11:input:Value* 12:output:Value* 13:value_info:Value*
            15:sparse_initializer:Sparse* 16:metadata_props:span*
Node        1:input:text* 2:output:text* 3:name:text 4:op_type:text 5:attribute:Attribute* 7:domain:text
            9:metadata_props:span*
Entry       1:key:text 2:value:span
Attribute   1:name:text 2:f:float 3:i:int 4:s:text 5:t:Tensor 6:g:span 7:floats:float* 8:ints:int* 9:strings:text*
            20:type:int 21:ref_attr_name:text
Tensor      1:dims:int* 2:data_type:int 4:float_data:span* 5:int32_data:span* 7:int64_data:span* 8:name:text
            9:raw_data:span 10:double_data:span* 11:uint64_data:span* 14:data_location:int
Sparse      1:values:Tensor 3:dims:int*
Value       1:name:text 2:type:Type 4:metadata_props:span*
Type        1:tensor_type:TensorType
TensorType  1:elem_type:int 2:shape:Shape
Shape       1:dim:Dimension*
Dimension   1:dim_value:int 2:dim_param:text
"""


class MessageField(NamedTuple):
    """A field of a message: its name, the type of what is in it, and whether there may be several."""

    name: str
    type: str
    is_list: bool


@lru_cache(maxsize=1)
def messages() -> dict[str, dict[int, MessageField]]:
    """The fields of every message by number."""
    found: dict[str, dict[int, MessageField]] = {}
    for line in MESSAGES.replace("\n     ", " ").strip().splitlines():
        message, *fields = line.split()
        found[message] = {}
        for field in fields:
            number, name, kind = field.split(":")
            found[message][int(number)] = MessageField(name, kind.rstrip("*"), kind.endswith("*"))
    return found


# The types of numbers in tensors by their number, and the letter by which Python's struct reads them.
FLOAT, INT64 = 1, 7
FLOAT_TYPES = frozenset((1, 10, 11, 16))
NUMBER_TYPES = {1: "f", 2: "B", 3: "b", 4: "H", 5: "h", 6: "i", 7: "q", 9: "?", 10: "e", 11: "d", 12: "I", 13: "Q"}
