"""Images changed at random in training, and numbers shifted and scaled by constants."""

from __future__ import annotations

from convcalc.kinds.activating import DROPOUT
from convcalc.kinds.keys import DECIMAL

COLOURS = "Brightness ColorDegeneration ColorJitter Contrast Grayscale Hue Invert Posterization Saturation Sharpness"
PLACES = "ElasticTransform Erasing Flip GaussianBlur Perspective Rotation Shear Translation Zoom"
MIXTURES = ("AugMix", "CutMix", "MixUp", "RandAugment")
# What these take, in any order: none of it changes a shape.
PICTURE_ARGUMENTS = " ".join(f"{name}:_" for name in (
    "factor", "height_factor", "width_factor", "x_factor", "y_factor", "brightness_factor", "contrast_factor",
    "saturation_factor", "hue_factor", "addition_factor", "threshold_factor", "mode", "scale", "sigma", "kernel_size",
    "interpolation", "fill_mode", "fill_value", "value_range", "num_chains", "chain_depth", "num_ops", "all_ops",
    "bins", "clip_limit", "tile_grid_size",
))  # fmt: skip
PICTURE_ARGUMENTS += " data_format"

AUGMENTATION = DROPOUT._replace(
    onnx=(),
    name="augmentation",
    doc="Pictures changed at random in training, and only then: turned, shifted, mixed, their colours changed.",
    keys=(),
    cells={},
    aliases=(),
    dims="",
    linear="",
    torch=(),
    keras=tuple(
        (name, PICTURE_ARGUMENTS) for name in (*(f"Random{what}" for what in f"{COLOURS} {PLACES}".split()), *MIXTURES)
    ),
    label="Augmentation",
    example=("augmentation", "3x224x224"),
)

RESCALING = AUGMENTATION._replace(
    name="rescaling",
    doc="Numbers shifted and scaled by constants, as x/255, or a picture's contrast set: nothing is learnt.",
    keys=(
        DECIMAL._replace(name="scale", doc="the factor", default="1"),
        DECIMAL._replace(name="offset", doc="what is added", default="0"),
    ),
    keras=(
        ("Rescaling", "scale offset"),
        *(
            (name, PICTURE_ARGUMENTS)
            for name in ("AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization", "Solarization")
        ),
    ),
    view=False,
    label="Rescaling",
    example=("rescaling", "3x224x224"),
)

KINDS = (AUGMENTATION, RESCALING)
