"""How arithmetic is written in PyTorch: functions of each number, sums along axes, products by their letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.arithmetic import with_batch
from convcalc.kinds.classes import signature
from convcalc.kinds.told import has_usual_values, told_arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.layers import Kind
    from convcalc.layers.applied import Applied
    from convcalc.layers.situation import LayerSituation

# Functions of each number, with 1 or 0 for a number that the layer does not say; others are methods of their own name.
NUMBERWISE = {
    "scale": "x * 1", "shift": "x + 0", "divide": "x / 1", "power": "x ** 1", "remainder": "x % 1",
    "clamp": "x.clamp(0, 1)", "compare": "(x > 0).float()", "where": "x.where(x > 0, 0)",
    "mask": "x.masked_fill(x > 0, 0)", "noise": "torch.randn_like(x)", "cast": "x.float()",
    "cumsum": "x.cumsum(-1)", "cumprod": "x.cumprod(-1)", "flip": "x.flip(-1)", "roll": "x.roll(1, -1)",
    "sort": "x.sort(-1).values", "argsort": "x.argsort(-1)",
}  # fmt: skip
NUMBERWISE_OF_TWO = {
    "divide": "/", "power": "**", "remainder": "%", "compare": "(x > x2).float()", "where": "x.where(x2 > 0, 0)",
    "mask": "x.masked_fill(x2 > 0, 0)",
}  # fmt: skip
UNWRITTEN = frozenset(("logic", "fft", "shuffle", "shift_windows", "quantile", "mode", "median"))
OF_NUMBER = {"scale": "x * number", "shift": "x + number", "divide": "x / number", "power": "x ** number",
             "remainder": "x % number"}  # fmt: skip
NUMBER_FIRST = {"shift": "number - x", "divide": "number / x", "power": "torch.pow(number, x)",
                "remainder": "number % x"}  # fmt: skip
UNSAID = frozenset(("scale", "shift", "clamp", *NUMBERWISE_OF_TWO))  # with one input, of a number
OVER_ONE_AXIS = frozenset(("prod", "argmax", "argmin"))


def class_form(kind: Kind) -> str:
    """The class that the record names, with what it may be told."""
    name, _ = kind.torch[0]
    signed = signature("torch", name)
    return f"nn.{name}({told_arguments(signed)})" if signed else ""


def rectifying(situation: LayerSituation) -> str:
    """A class, where it has only a slope, a limit or a threshold."""
    slope, threshold, limit = (situation.values[name] for name in ("slope", "threshold", "max"))
    if limit is not None:
        return "nn.Hardtanh(0, max)" if slope == threshold == "0" else ""
    if threshold == "0":
        return "nn.ReLU()" if slope == "0" else "nn.LeakyReLU(slope)"
    return "nn.Threshold(threshold, 0)" if slope == "0" else ""


def rectifier_formula(situation: LayerSituation) -> str:
    if rectifying(situation):
        return ""
    limit = "" if situation.values["max"] is None else ".clamp(max=max)"
    return f"torch.where(x < threshold, slope * (x - threshold), x){limit}"


def usual_class(situation: LayerSituation) -> str:
    """The class of a kind that has no parameters for what it may be told; a function where it is told so."""
    kind = situation.applied.setting.kind
    return class_form(kind) if has_usual_values(kind, situation.values) else ""


def unless_usual(form: str) -> Callable[[LayerSituation], str]:
    return lambda situation: "" if usual_class(situation) else form


def rescaled_form(situation: LayerSituation) -> str:
    """A factor and a summand, as far as they change something."""
    factor, summand = situation.values["scale"] != "1", situation.values["offset"] != "0"
    return f"x{' * scale' * factor}{' + offset' * summand}" if factor or summand else ""


def form_with_number(situation: LayerSituation) -> str:
    """A function of a tensor and of a number that is known; "" for another."""
    name, values = situation.values["function"], situation.values
    ends = [f"{end}={end}" for end in ("min", "max") if values[end] is not None]
    if name == "clamp" and ends:
        return f"x.clamp({', '.join(ends)})"
    if values["number"] is None or name not in OF_NUMBER:
        return ""
    if values.get("first") and name in NUMBER_FIRST:
        return NUMBER_FIRST[name]
    return "x - opposite" if name == "shift" and values["number"][:1] == "-" else OF_NUMBER[name]


def lacks_number(applied: Applied) -> bool:
    """Whether it takes a number that nobody has said."""
    values = applied.values
    is_said = any(values.get(name) is not None for name in ("number", "min", "max"))
    return len(applied.input) == 1 and values.get("function") in UNSAID and not is_said


def numberwise(situation: LayerSituation) -> str:
    """A function of the numbers at one place."""
    name, count = situation.values["function"], len(situation.applied.input)
    if name in UNWRITTEN:
        return ""
    if count == 1:
        return form_with_number(situation) or NUMBERWISE.get(name, f"x.{name}()")
    if name == "where" and count == 3:
        return "torch.where(x > 0, x2, x3)"
    return NUMBERWISE_OF_TWO.get(name, "") if count == 2 else ""


def reduction(situation: LayerSituation) -> str:
    """One number for all along some axes."""
    how, output = situation.values["how"], situation.applied.output
    axes = situation.values.get("axes") or tuple(range(1, len(situation.shape) + 1))
    if how in UNWRITTEN or (how in OVER_ONE_AXIS and len(axes) > 1):
        return ""
    if situation.channels_last and len(output) > 1 and not situation.values.get("keep"):
        return ""
    is_all = len(axes) == len(situation.shape) and not situation.values.get("keep")
    name = {"max": "amax", "min": "amin"}.get(how, how)
    return f"x.{name}(dim=reduced{', keepdim=True' if is_all or situation.values['keep'] else ''})" + (
        ".flatten(1)" if is_all and len(axes) > 1 else ""
    )


def repetition(situation: LayerSituation) -> str:
    new = len(situation.applied.output) - len(situation.shape)
    return laid_out(f"x[:, {', '.join(['None'] * new)}].repeat(1, *tiles)" if new else "x.repeat(1, *tiles)")(situation)


def looking(situation: LayerSituation) -> str:
    """Attention without weights of its own."""
    values, count = situation.values, len(situation.applied.input)
    has_steps_last = situation.applied.features_first and len(situation.shape) > 1
    if has_steps_last or values.get("scale") or values.get("score") == "concat" or values.get("window"):
        return ""
    inputs = ("x, x, x", "x, x2, x2", "x, x2, x3")[count - 1]
    causal = ", is_causal=True" if values.get("causal") else ""
    factor = "" if values["factor"] is None else ", scale=factor"
    return f"F.scaled_dot_product_attention({inputs}{causal}{factor})"


def letters_of_axes(situation: LayerSituation) -> str:
    """The products of an equation, whose axes have a batch in front."""
    equation = with_batch(situation.values["equation"])
    inputs = ", ".join(("x", *(f"x{index}" for index in range(2, len(situation.applied.input) + 1))))
    return laid_out(f"torch.einsum({equation!r}, {inputs})")(situation)


def laid_out(text: str) -> Callable[[LayerSituation], str]:
    """What goes by the order in which the axes are written: not with the channels last, unless there is one axis."""

    def form(situation: LayerSituation) -> str:
        is_flat = len(situation.shape) == len(situation.applied.output) == 1
        return "" if situation.channels_last and not is_flat else text

    return form


def axis_form(text: str) -> Callable[[LayerSituation], str]:
    """A form with the axis that the layer names, else that of the channels or the features."""

    def form(situation: LayerSituation) -> str:
        axis = situation.values.get("axis")
        axes = (axis,) if isinstance(axis, int) else axis or ()
        if len(axes) > 1:
            return ""
        usual = 1 if situation.on_map or situation.is_vector or situation.channels_last else -1
        return text.replace("{dim}", str(situation.dim(axes[0]) if axes else usual))

    return form


def unit_form(situation: LayerSituation) -> str:
    options = (f"{name}={key}" for name, key in (("p", "power"), ("eps", "eps")) if key in situation.applied.values)
    return axis_form(f"F.normalize({', '.join(('x', *options, 'dim={dim}'))})")(situation)


def channel_form(text: str) -> Callable[[LayerSituation], str]:
    """A form with the axis that the layer names, else that of the channels."""

    def form(situation: LayerSituation) -> str:
        axis = situation.values.get("axis")
        return text.replace("{dim}", str(1 if axis is None else situation.dim(axis)))

    return form
