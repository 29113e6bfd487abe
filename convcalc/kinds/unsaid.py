"""Settings that a language has no word for: what of a layer is lost in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from convcalc.layers.situation import LayerSituation

    Unsaid: TypeAlias = Callable[[LayerSituation], str]

# The classes of the variants of dropout, beside the usual one.
IN_PYTORCH = {"channels": "Dropout{n}d", "alpha": "AlphaDropout", "alpha_channels": "FeatureAlphaDropout"}
IN_KERAS = {
    "channels": "SpatialDropout{n}D", "alpha": "AlphaDropout", "gaussian": "GaussianDropout", "noise": "GaussianNoise",
}  # fmt: skip


def lost_in_all(situation: LayerSituation, variants: dict[str, str]) -> str:
    values = situation.values
    if values.get("momentum") == "none":
        return "momentum=none"
    variant = values.get("variant", "numbers")
    return f"variant={variant}" if variant not in ("numbers", *variants) else ""


def lost_in_pytorch(situation: LayerSituation) -> str:
    dropped = situation.values.get("dropout")
    if dropped and "layers" in situation.values and situation.letters["l"] == 1:
        return f"dropout={float(dropped):g} of what goes in"
    return lost_in_all(situation, IN_PYTORCH)


def lost_in_keras(situation: LayerSituation) -> str:
    begins = situation.values.get("init", "0")
    return f"init={begins}" if begins not in ("0", "0.25") else lost_in_all(situation, IN_KERAS)


def lost_in_onnx(situation: LayerSituation) -> str:
    return lost_in_all(situation, {})
