"""A network as a program of PyTorch: a class for each block, and one for the network, that can be run as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.kinds.unsaid import lost_in_pytorch
from convcalc.network.walk import totals
from convcalc.writing.facts import lost_settings, unsaid_numbers
from convcalc.writing.program.heading import heading, is_index, program_text
from convcalc.writing.program.program import DefinedNetwork, check_numbers
from convcalc.writing.pytorch_classes import ClassWriter
from convcalc.writing.pytorch_language import PyTorch
from convcalc.writing.pytorch_modules import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.network.graph import Graph
    from convcalc.spec.model import Spec
    from convcalc.writing.program.merging import Definition

FROZEN = '''
def frozen(module: nn.Module) -> nn.Module:
    """A module that is not trained."""
    return module.requires_grad_(False)
'''


def pieces(spec: Spec, graph: Graph) -> Iterator[str]:
    """The program; a Problem where a layer has no form in PyTorch."""
    check_numbers(graph)
    program = DefinedNetwork(spec, PyTorch(spec))
    main = program.network()
    head, check = heading(program, "PyTorch"), check_lines(program, main)
    yield program_text(head, import_lines, known_modules(), class_lines(program, main), check)


def class_lines(program: DefinedNetwork, main: Definition) -> Iterator[Iterator[str]]:
    return map(ClassWriter().definition, (*program.definitions, main))


def remarks(_spec: Spec, graph: Graph) -> Iterator[str]:
    """What stands in the program for numbers that its layers do not say."""
    if unknown := unsaid_numbers(graph):
        yield f"numbers that the layers do not say are 0 and 1 in the program: of {unknown}"
    yield from lost_settings(graph, "PyTorch", lost_in_pytorch)


def import_lines(text: str) -> Iterator[str]:
    if "math." in text:
        yield "import math"
    if "OrderedDict(" in text:
        yield "from collections import OrderedDict"
    if "math." in text or "OrderedDict(" in text:
        yield ""
    yield "import torch"
    if re.search(r"\bF\.", text):
        yield "import torch.nn.functional as F"
    yield "from torch import Tensor, nn"


def known_modules() -> dict[str, str]:
    """The modules that PyTorch does not have, for every number of axes."""
    found = {name.replace("{n}", n): source.replace("{n}", n) for name, source in MODULES.items() for n in "123"}
    return {**found, "frozen": FROZEN}


def check_lines(program: DefinedNetwork, main: Definition) -> Iterator[str]:
    """A run without memory for the weights, which holds what is claimed."""
    graph = program.graph
    parameters = totals(node.applied for node in graph.nodes).parameters
    yield 'if __name__ == "__main__":'
    yield '    with torch.device("meta"):  # no memory for the weights'
    yield f"        network = {main.name}().eval()"
    inputs = []
    for index, shape in enumerate(graph.inputs.values()):
        variable = "x" if len(graph.inputs) == 1 else f"x{index + 1}"
        sizes = ", ".join(map(str, (1, *shape)))
        kind = ", dtype=torch.long" if is_index(program, index) else ""
        yield f"        {variable} = torch.zeros({sizes}{kind})"
        inputs.append(variable)
    yield f"    y = network({', '.join(inputs)})"
    several = len(program.wiring.outputs) > 1
    main_output = "y[0]" if several else "y"
    shape = graph.shape(program.wiring.outputs[0]) or ()
    yield f"    assert {main_output}.shape == ({', '.join(map(str, (1, *shape)))})"
    yield "    parameters = sum(p.numel() for p in network.parameters() if p.requires_grad)"
    yield '    print(f"{parameters:,} parameters")'
    yield f"    assert parameters == {parameters:_}"
