"""What a tool counts in a network: its rule for every layer, and where none is known a letter instead of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import evaluate
from convcalc.algebra.poly import symbol
from convcalc.layers.case import letters_of, product, tree
from convcalc.tools.torchvision import code_of, roles_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.network.walk import NetworkReport
    from convcalc.tools.counts import Count, Flaw


class Counted(NamedTuple):
    """A tool's count of a network."""

    by: Count
    value: Value  # with the letter ? where some layers' counts are not known
    layers: tuple[Value | None, ...]  # None where a layer could not be computed
    known_errors: tuple[str, ...]  # those that show in this network
    unknown: tuple[str, ...]  # kinds that the tool's rules are not known for


# Letters that are a product over the axes, by the formula of one axis.
PRODUCTS = {
    # calflops: the output's size as if the transposed convolution were none.
    "Q": "floor((n + 2*p - d*(k - 1) - 1)/s) + 1",
    # torchscan: the window of an adaptive pooling, n/o where that is whole, otherwise the remainder and 1.
    "W": "(1 - min(n % o, 1))*floor(n/o) + min(n % o, 1)*(n % o + 1)",
}
UNKNOWN = symbol("?")


def tool_count(report: NetworkReport, count: Count) -> Counted:
    """What a tool counts in a network, layer by layer and in all."""
    role_of = roles_of(report, code_of(report))
    known: dict[tuple[int, str], Value] = {}  # equal layers share their Applied
    total: Value = 0
    layers: list[Value | None] = []
    unknown: dict[str, None] = {}
    errors: dict[str, None] = {}
    unseen: dict[str, int] = {}
    for index, layer in enumerate(report.layers):
        applied, role = layer.applied, role_of.get(index, "")
        if applied is None:
            layers.append(None)
            continue
        key = id(applied), role
        if key not in known:
            known[key] = layer_count(count, applied, role)
            errors.update(dict.fromkeys(flaw.text for flaw in count.flaws if flaw_shows(flaw, applied, role)))
        if role == "function" and count.functions is not None and known[key] == 0 != layer_count(count, applied):
            unseen[layer.kind] = unseen.get(layer.kind, 0) + 1
        layers.append(known[key])
        if known[key] is UNKNOWN:
            unknown[layer.kind] = None
        else:
            total = total + known[key]
    if unknown:
        total = total + UNKNOWN
    if unseen:
        missed = ", ".join(f"{number} {kind}" for kind, number in unseen.items())
        errors[f"sees only modules, not what torchvision calls as functions: {missed}"] = None
    return Counted(count, total, tuple(layers), tuple(errors), tuple(unknown))


def rule_for(count: Count, applied: Applied, role: str) -> str | None:
    """The formula for a layer; None where the tool has none that is known."""
    kind, values = applied.setting.kind, applied.values
    if count.knows_all:
        return count.rest
    if role == "mean" or kind.counted_as == "":
        return "0" if role == "mean" else None
    rules = count.rules
    if role == "function" and count.functions is not None:
        rules = {"activation": "0", "pool": "0", "adaptive": "0", "globalpool": "0", **count.functions}
    names = [f"{kind.name} {values.get('mode')}", kind.name, kind.counted_as]
    if values.get("output") is not None:
        names.insert(0, f"{kind.name} output")
    for name in ("linear",) if role == "linear" else names:
        if name in rules:
            return rules[name]
    return "0" if kind.counted_as == "free" else count.rest


def flaw_shows(flaw: Flaw, applied: Applied, role: str) -> bool:
    """Whether a tool's error shows in this layer; those listed are all of modules."""
    kind = applied.setting.kind
    names = {"linear"} if role == "linear" else {kind.name, kind.counted_as}
    if not kind.counted_as or role in ("function", "mean") or names.isdisjoint(flaw.kinds):
        return False
    return rule_value(flaw.when, applied) != 0


def layer_count(count: Count, applied: Applied, role: str = "") -> Value:
    """A tool's count of one layer."""
    rule = rule_for(count, applied, role)
    return UNKNOWN if rule is None else rule_value(rule, applied)


def rule_value(rule: str, applied: Applied) -> Value:
    """A formula on one layer."""
    return 0 if rule == "0" else evaluate(tree(rule), rule_letters(rule, applied))


def own_parameters(applied: Applied) -> Value:
    """Parameters, frozen ones too."""
    return evaluate(tree(applied.formulas[0]), applied.letters)


def rule_letters(rule: str, applied: Applied) -> dict[str, Value]:
    """The letters that a rule may use: the kind's own, and those of Count."""
    output, (given, *_) = applied.output, applied.input or ((),)
    known: dict[str, Value] = {
        "b": 0, "a": 0, "g": 1, "S": 1, "t": 1, "D": len(given) - 1, **applied.letters,
        "I": product(given), "O": applied.activations, "macs": applied.macs,
        "parameters": own_parameters(applied), "buffers": applied.buffers,
    }  # fmt: skip
    if applied.values.get("trainable") is False:  # frozen ones are among the buffers
        known["buffers"] = applied.buffers - known["parameters"]
    sides = {axis.get("k") for axis in applied.axes}
    if "K" in known:
        known["k"] = next(iter(sides)) if len(sides) == 1 else known["K"]  # type: ignore[assignment]
    for letter, text in PRODUCTS.items():
        if letter in letters_of(rule):
            outputs = output[1:] or (1,) * len(applied.axes)
            axes = zip(applied.axes, outputs, strict=True)
            known[letter] = product(evaluate(tree(text), {**known, **axis, "o": size}) for axis, size in axes)
    return known


def recounted_report(report: NetworkReport, found: Counted) -> NetworkReport:
    """The report with a tool's count instead of every layer's MACs."""
    made: dict[tuple[int, Value | None], Applied] = {}
    layers = []
    for layer, number in zip(report.layers, found.layers, strict=True):
        applied = layer.applied
        if applied is not None and number is not None:
            layer = layer._replace(applied=made.setdefault((id(applied), number), applied._replace(macs=number)))
        layers.append(layer)
    return report._replace(layers=layers, totals=report.totals._replace(macs=found.value))
