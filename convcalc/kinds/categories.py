"""The few categories of layers that a picture has colours for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds import family_of

if TYPE_CHECKING:
    from convcalc.layers import Kind

# By category, what its legend says, and the families of kinds that belong to it.
CATEGORIES = {
    "convolution": ("convolution", ("convolution",)),
    "pooling": ("pooling", ("pooling",)),
    "dense": ("fully connected", ("dense",)),
    "resampling": ("resampling", ("resampling",)),
    "normalising": ("normalisation", ("normalising",)),
    "activating": ("activation, dropout", ("activating", "augmenting")),
    "joining": ("sum, concatenation", ("joining", "arithmetic")),
    "rearranging": ("numbers rearranged", ("rearranging", "axes")),
    "recurrent": ("recurrent", ("recurrent",)),
    "attending": ("attention", ("attention", "map_attention", "transformer")),
}
OTHER = "other"
FOLLOWING = ("normalising", "activating")  # drawn with the layer before them
OF_FAMILY = {family: category for category, (_, families) in CATEGORIES.items() for family in families}


def category(kind: Kind) -> str:
    """The category of a kind; `other` where it has none."""
    return OF_FAMILY.get(family_of(kind), OTHER)


def category_title(name: str) -> str:
    """What a legend calls it."""
    return CATEGORIES[name][0] if name in CATEGORIES else "other layers"
