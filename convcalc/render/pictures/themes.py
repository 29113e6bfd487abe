"""Themes: what the colours of pictures are on white, on black, and in print without colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# The categories of layers have the hues of Okabe and Ito's palette, which colour-blind readers tell apart, lightened so
# that text stays black on them; in print they differ in their grey.
LIGHT = {
    "paper": "#ffffff", "ink": "#1b1f24", "soft": "#57606a", "faint": "#9aa5b1", "wash": "#f3f5f7",
    "window": "#c77700", "window-fill": "#fff0c2", "result": "#1f6fb2", "result-fill": "#d5ecff",
    "padding": "#eef1f4", "unused": "#f2a65e", "alarm": "#b3261e", "good": "#2c7a4b",
    "input": "#e6e9ec", "convolution": "#8fc6ea", "pooling": "#f2b98c", "dense": "#7fcdb0", "resampling": "#b9dcf3",
    "normalising": "#e3c3d9", "activating": "#f5eb9a", "joining": "#d9d9d9", "rearranging": "#eceff1",
    "recurrent": "#d49bc0", "attending": "#e6a57e", "other": "#cfd6dc",
    "field-1": "#0072b2", "field-2": "#d55e00", "field-3": "#00825f", "field-4": "#a3428a",
    "field-5": "#a87400", "field-6": "#2d93cc", "field-7": "#1b1f24", "shade": "#000000",
}  # fmt: skip
DARK = {
    **LIGHT,
    "paper": "#14171a", "ink": "#e8ebee", "soft": "#a3acb5", "faint": "#5d6771", "wash": "#1d2226",
    "window": "#ffb347", "window-fill": "#5a4310", "result": "#7dbdf0", "result-fill": "#12405f",
    "padding": "#23292e", "unused": "#a85a12", "alarm": "#ff9d92", "good": "#7fd6a0",
    "input": "#333b42", "convolution": "#1f5f8b", "pooling": "#8a4b1c", "dense": "#14694d", "resampling": "#2c4a5e",
    "normalising": "#6a4059", "activating": "#6b6214", "joining": "#4a4f54", "rearranging": "#2b3137",
    "recurrent": "#7d3565", "attending": "#7c4220", "other": "#424a52",
    "field-1": "#56b4e9", "field-2": "#ff8a3d", "field-3": "#2fcf9f", "field-4": "#e39ac8",
    "field-5": "#e6b23c", "field-6": "#9dd3f5", "field-7": "#e8ebee",
}  # fmt: skip
PRINT = {
    **LIGHT,
    "ink": "#000000", "soft": "#404040", "faint": "#808080", "wash": "#f4f4f4",
    "window": "#000000", "window-fill": "#d0d0d0", "result": "#000000", "result-fill": "#e8e8e8",
    "padding": "#f0f0f0", "unused": "#909090", "alarm": "#000000", "good": "#404040",
    "input": "#ffffff", "convolution": "#c4c4c4", "pooling": "#8c8c8c", "dense": "#dedede", "resampling": "#b0b0b0",
    "normalising": "#f0f0f0", "activating": "#e6e6e6", "joining": "#ffffff", "rearranging": "#f8f8f8",
    "recurrent": "#a4a4a4", "attending": "#989898", "other": "#d2d2d2",
    "field-1": "#000000", "field-2": "#606060", "field-3": "#303030", "field-4": "#7a7a7a",
    "field-5": "#484848", "field-6": "#909090", "field-7": "#000000",
}  # fmt: skip
THEMES: Mapping[str, Mapping[str, str]] = {"light": LIGHT, "dark": DARK, "print": PRINT}
