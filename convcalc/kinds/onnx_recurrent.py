"""Recurrent layers in ONNX, which has the steps first and the two directions on an axis of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.layers.operators import LayerOperators

    Form = Callable[[LayerOperators], str]


def recurrent(operator: str, gates: int, **more: Any) -> Form:
    def form(o: LayerOperators) -> str:
        letters, units = o.letters, o.letters["f"]
        if letters["b"] and letters["w"] != 2:
            raise o.refuse("with one bias for each gate, and ONNX has two: convention: pytorch has them too")
        if letters.get("j"):
            raise o.refuse("with a projection, which ONNX does not have")
        if letters["m"] != 1:
            raise o.refuse("whose directions are merged, and those of ONNX are side by side")
        directions, backwards = letters["q"], o.values.get("backwards") or o.values.get("direction") == "reverse"
        direction = "bidirectional" if directions == 2 else "reverse" if backwards else None
        ends, width = len(o.output) < len(o.shape), directions * units
        x, features = o.moved(o.x, 1, 0, 2), letters["c"]
        for layer in range(letters["l"]):
            weights = [
                o.weight(f"{role}_l{layer}", directions, gates * units, size)
                for role, size in (("weight_ih", features), ("weight_hh", units))
            ]
            bias = o.bias(directions, 2 * gates * units, role=f"bias_l{layer}")
            named = {"hidden_size": units, "direction": direction, **more}
            if ends and layer == letters["l"] - 1:
                _, last = o.several(operator, 2, x, *weights, bias, **named)
                return o.reshaped(o("Transpose", last, perm=(1, 0, 2)), width)
            every = o(operator, x, *weights, bias, **named)
            x, features = o("Reshape", o("Transpose", every, perm=(0, 2, 1, 3)), o.list_of(0, 0, width)), width
        return o("Transpose", x, perm=(1, 0, 2))

    return form


RECURRENT: dict[str, Form] = {
    "lstm": recurrent("LSTM", 4), "gru": recurrent("GRU", 3, linear_before_reset=1), "rnn": recurrent("RNN", 1),
}  # fmt: skip
