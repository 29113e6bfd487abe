"""What `import torch` gives to a program: modules, layers and functions, looked up by their dotted names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.kinds.classes import classes
from convcalc.kinds.functions import functions
from convcalc.layers.case import product
from convcalc.problem import Diagnostic, Problem, Source, slip_of
from convcalc.readers.library import find_bundled
from convcalc.readers.python.run import Run, whole_names
from convcalc.readers.python.values import Foreign, LibraryFunction, LibraryModule, Opaque
from convcalc.readers.pytorch.autograd import FUNCTION, Nothing
from convcalc.readers.pytorch.composed import COMPOSED, LossClass
from convcalc.readers.pytorch.containers import CONTAINERS, SEQUENTIAL
from convcalc.readers.pytorch.functions import FUNCTIONS, function_of
from convcalc.readers.pytorch.layers import layer_class
from convcalc.readers.pytorch.module import MODULE, ModuleClass, State, state_of
from convcalc.readers.pytorch.parameters import modules_in
from convcalc.readers.pytorch.sizes import repeating_function
from convcalc.readers.pytorch.tensor import TensorValue
from convcalc.readers.pytorch.weights import with_value
from convcalc.readers.trace import Trace

if TYPE_CHECKING:
    from convcalc.readers.pytorch.bundled import Bundled
    from convcalc.spec import Place

# Other libraries that networks are made with: the module that reads one, imported when it is, and its class.
ROOMS = {
    "einops": ("einops", "Einops"),
    "torchvision": ("other_libraries", "Torchvision"), "timm": ("other_libraries", "Timm"),
    **dict.fromkeys(("lightning", "pytorch_lightning"), ("other_libraries", "Lightning")),
}  # fmt: skip
MODULE_NAMES = {"torch.nn": "nn", "torch.nn.functional": "F"}
VERSION = "2.13.0"  # whose meaning of a program is read
# What everybody means by a name that a pasted text does not import.
USUAL = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional"}


def is_loss(module: Any) -> bool:
    return isinstance(module.cls, LossClass)


class Torch:
    """The library of one evaluation: its trace, and which of its modules were used."""

    def __init__(self, source: Source, train: bool = False, bundled: Bundled | None = None):
        self.source, self.train, self.graphs = source, train, bundled
        self.trace = Trace(source)
        self.firsts: dict[int, str] = {}  # of a module, or of weights: the layer that first used them
        self.holders: dict[str, State] = {}  # of a layer: its module
        self.used: set[int] = set()  # modules and weights that layers of the trace have
        self.errors: list[Problem] = []  # of the arguments of layers that were made
        self.freezes = False  # a parameter is said to be trained, or not
        self.has_complex = False  # complex numbers are made somewhere
        self.remarks: list[Diagnostic] = []  # on what was taken for the network
        self.batch_axis = 0  # of what goes into the network
        self.inputs: list[tuple[Any, ...]] = []  # their shapes
        self.supposed: dict[str, tuple[Any, ...]] = {}  # inputs of which nothing says what goes in, if there are more
        self.mixed: dict[str, Diagnostic] = {}  # layers that take examples for steps: what they take, and a note
        self.making = True  # the network is being made: of its tensors only the shapes are of interest

    def begin(self) -> None:
        """Forget what was tried while the network was made: its layers begin here."""
        self.trace = Trace(self.source)
        self.making = False
        self.firsts.clear()
        self.holders.clear()
        self.used.clear()

    def first_use(self, weight: TensorValue) -> str:
        """The layer that has these weights already; "" where there is none."""
        if weight.node is not None:
            return weight.node.name
        by_layer = self.firsts.get(id(weight.owner), "") if id(weight.owner or weight) in self.used else ""
        return self.firsts.get(id(weight), by_layer)

    def has_counted(self, tensor: TensorValue) -> bool:
        """Whether a layer of the trace has these numbers."""
        return tensor.node is not None or id(tensor) in self.used or id(tensor.owner or tensor) in self.used

    def count(self, tensors: Iterable[TensorValue], layer: str) -> None:
        """These are the numbers of this layer."""
        for tensor in tensors:
            self.firsts.setdefault(id(tensor), layer)
            self.used.add(id(tensor))

    def note(self, error: Problem | None) -> None:
        """Tell what is wrong with a layer of the network, once however often it is used."""
        for finding in error.diagnostics if error else ():
            if finding not in self.trace.findings:
                self.trace.findings.append(finding)

    def scratch(self) -> Trace:
        """A trace of which nothing is kept but shapes."""
        found = Trace(self.source)
        found.names = self.trace.names
        return found

    example = "a class on nn.Module, or an nn.Sequential"
    makers: frozenset[str] = frozenset(("Sequential",))

    def is_network(self, value: Any) -> bool:
        return state_of(value) is not None

    def main_networks(self, made: dict[str, Any]) -> list[str]:
        """Those that are part of no other; a single layer is none where there is more, nor is a loss."""
        wholes = whole_names(
            {name: frozenset(id(each) for _, each in modules_in(value)) for name, value in made.items()}
        )
        nested = [name for name in wholes if state_of(made[name]).children]  # type: ignore[union-attr]
        return nested or [name for name in wholes if not is_loss(made[name])] or wholes

    def chain_of(self, layers: list[tuple[str, Any]], run: Run, place: Place) -> Any:
        if any(state_of(layer) is None for _, layer in layers):
            return None
        layers = [(name, layer) for name, layer in layers if not is_loss(layer)] or layers
        if len(layers) > 1 and any(name for name, _ in layers):
            message = "nothing says in which order the layers are used: as they are written is assumed"
            hint = "x = conv1(x) … says it"
            self.remarks.append(Diagnostic("W011", message, hint, place.mark(self.source), severity="note"))
        named = {name or str(index): layer for index, (name, layer) in enumerate(layers)}
        return run.call(SEQUENTIAL, [named], {}, place)

    def is_network_class(self, value: Any) -> bool:
        return isinstance(value, ModuleClass)

    def has_bundled(self, name: str) -> bool:
        return name == "get_model" or (self.graphs is not None and find_bundled(name) is not None)

    def bundled(self, name: str, sets: dict[str, str]) -> Any:
        """The graph of a bundled network."""
        assert self.graphs is not None
        return self.graphs(name, sets)

    def usual(self, name: str) -> Any:
        if name in USUAL:
            return Namespace(USUAL[name])
        return class_of(name) if name in classes("torch") or name == "Sequential" else None

    def import_of(self, name: str) -> str:
        if name in USUAL:
            return f"import {USUAL[name]}" + f" as {name}" * (name != USUAL[name])
        return f"from torch.nn import {name}"

    def lookup(self, dotted: str) -> Foreign | None:
        root = dotted.partition(".")[0]
        if root == "torch":
            return Namespace(dotted)
        if root not in ROOMS:
            return None
        module, name = ROOMS[root]
        found: Foreign = getattr(import_module(f"convcalc.readers.pytorch.{module}"), name)(dotted)
        return found


class Namespace(LibraryModule):
    """A module of PyTorch, `torch.nn`."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if self.name == "torch.nn.init" and name.startswith("_") and name not in FANS:
            return Opaque(f"{self.name}.{name} is not read", place, name)
        if self.name == "torch.nn.init":  # numbers are set
            return LibraryFunction(name, FANS.get(name, lambda run, args, kwargs, place: args[0] if args else None))
        if name == "__version__":
            return VERSION
        found = member(self.name, name)
        if found is None and (right := slip_of(name, names_in(self.name))):
            module = MODULE_NAMES.get(self.name, self.name)
            raise run.error("AttributeError", f"{module}.{name} is not read", place, f"write: {module}.{right}")
        if found is None and self.name.startswith("torch.nn") and name[:1].isupper():
            return LibraryFunction(name, partial(refuse_class, name))
        return Opaque(f"{self.name}.{name} is not read", place, name) if found is None else found

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        return Opaque(f"{self.name} is not read", place)


def names_in(module: str) -> Iterable[str]:
    """The classes of layers, or the functions, that are read of a module of PyTorch."""
    if module == "torch.nn":
        return classes("torch")
    prefix = {"torch": "torch.", "torch.nn.functional": "F."}.get(module, "-")
    return [name.removeprefix(prefix) for name in functions() if name.startswith(prefix)]


def refuse_class(name: str, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """What a class of modules gives that is not read: what it learns would be missing from every total."""
    raise run.refusal("P002", f"nn.{name} is not read", place, "write what it is made of")


def member(module: str, name: str) -> Any:
    """What a module of PyTorch has of a name; None where it is not read."""
    dotted = f"{module}.{name}"
    if dotted in MODULES or (dotted.startswith(PLACES) and name.islower() and name not in NOTHING):
        return Namespace(dotted)
    if name in NOTHING:
        return Nothing(name)
    if name == "Function" and module == "torch.autograd":
        return FUNCTION
    if name[:1].isupper():
        if module.startswith("torch.distributions"):
            from convcalc.readers.pytorch.distributions import distribution

            return distribution(name)
        return class_of(name)
    if module == "torch.nn":
        return None
    if module == "torch.nn.modules.utils":
        return repeating_function(name)
    if name in NORMS and module.startswith("torch.nn"):
        return LibraryFunction(name, lambda run, args, kwargs, place: with_norm(NORMS[name], args))
    known = function_of(name)
    return None if known is None else LibraryFunction(dotted.removeprefix("torch.nn."), known)


def fans(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """How many numbers go into an output, and come from an input."""
    tensor = run.known(args[0] if args else kwargs.get("tensor"), "the weights", place)
    if not isinstance(tensor, TensorValue) or len(tensor.shape) < 2:
        raise run.error("ValueError", "a tensor of fewer than 2 axes has no fan", place)
    cells = product(tensor.shape[2:])
    return tensor.shape[1] * cells, tensor.shape[0] * cells


FANS: dict[str, Any] = {
    "_calculate_fan_in_and_fan_out": fans,
    "_calculate_correct_fan": lambda run, args, kwargs, place: fans(run, args, kwargs, place)[0],
    "calculate_gain": lambda run, args, kwargs, place: 1.0,
}
MODULES = frozenset((
    "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.nn.utils", "torch.nn.utils.parametrizations",
    "torch.nn.utils.rnn", "torch.nn.parameter", "torch.nn.modules", "torch.utils", "torch.utils.checkpoint",
    "torch.linalg", "torch.special", "torch.cuda", "torch.backends", "torch.jit", "torch.autograd", "torch.optim",
    "torch.distributed", "torch.fft", "torch.nn.modules.utils", "torch.nn.modules.conv", "torch.nn.modules.batchnorm",
    "torch.nn.modules.module", "torch.utils.model_zoo", "torch.hub", "torch.nn.modules.container",
    "torch.nn.modules.activation", "torch.distributions", "torch.distributions.normal",
    "torch.distributions.categorical",
))  # fmt: skip
PLACES = ("torch.backends.",)  # of which every part is a module
# How weights are made of what is learnt.
NORMS = {"weight_norm": "weight", "spectral_norm": "spectral", "orthogonal": "orthogonal", "remove_weight_norm": ""}
# Contexts and decorators without an effect on shapes.
NOTHING = frozenset((
    "no_grad", "inference_mode", "enable_grad", "set_grad_enabled", "autocast", "profile", "record", "sdp_kernel",
    "sdpa_kernel", "SDPBackend",
    "script", "script_method", "ignore", "unused", "compile"))  # fmt: skip


def class_of(name: str) -> Any:
    if name in ("Module", "ScriptModule"):
        return MODULE
    if name in CONTAINERS or name in COMPOSED:
        return CONTAINERS.get(name) or COMPOSED[name]
    if name.endswith("Loss"):
        return LossClass(name)
    if name in classes("torch"):
        return layer_class(name)
    if name == "Parameter":
        return LibraryFunction("nn.Parameter", parameter)
    if name in ("DataParallel", "DistributedDataParallel", "Variable"):
        return LibraryFunction(name, wrapped_value)
    known = function_of(name) if name in FUNCTIONS else None
    return None if known is None else LibraryFunction(name, known)


def wrapped_value(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """What something stands around that changes nothing of it; it is the `.module` of what it gives."""
    for value in (*args, *kwargs.values()):
        if (state := state_of(value)) is not None:
            state.is_wrapped = True
        return value
    raise run.error("TypeError", "a call of it needs a value", place)


def with_norm(norm: str, args: list[Any]) -> Any:
    """A layer whose weights are normalised: its own, which knows it from now on."""
    state = state_of(args[0]) if args else None
    if state is not None and state.written is not None:
        state.written = with_value(state.written, "norm", norm or None)
    return args[0] if args else None


def parameter(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`nn.Parameter(tensor)`: numbers that are learnt."""
    data = run.known(args[0] if args else kwargs.get("data"), "the numbers of a parameter", place)
    if not isinstance(data, TensorValue):
        raise run.error("TypeError", "nn.Parameter needs a tensor", place)
    found = TensorValue(data.shape, held="parameter")
    found.place = place
    if (args[1] if len(args) > 1 else kwargs.get("requires_grad")) is False:
        found.freeze(run, True)
    return found
