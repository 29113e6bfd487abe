"""The layers that are built around attention: those of an encoder, of a decoder, and all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.attention import HEADS, head_of
from convcalc.kinds.dense import IN_FEATURES
from convcalc.kinds.keys import BATCH_FIRST, BIAS, DROPPED, EPS, UNITS
from convcalc.kinds.looking import CAUSAL, LOOKING, WINDOW, keys_looked_at, looking, sequences
from convcalc.layers import Key, Kind
from convcalc.layers.window import WHOLE
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.case import Case


# The parts of a transformer: an attention of c features, a block of two linear layers with f between them, a
# normalisation; and their products for t queries that look at w of their own steps, and at z others.
ATTENDING, FEEDING, NORMALISED = "4*c*(c + b)", "2*c*f + b*(f + c)", "(1 + b)*c"
OWN, ACROSS, FED = "4*t*c*c + 2*t*w*c", "2*(t + z)*c*c + 2*t*z*c", "2*t*c*f"
ENCODER, DECODER = f"{ATTENDING} + {FEEDING} + 2*{NORMALISED}", f"2*{ATTENDING} + {FEEDING} + 3*{NORMALISED}"
HIDDEN = UNITS._replace(
    name="hidden", doc="features between its two linear layers", default=2048, aliases=("dim_feedforward", "d_ff"),
)  # fmt: skip
HIDDEN_ACTIVATION = Key(
    "hidden_activation", "", "the function between its two linear layers", "word", "relu", words=("relu", "gelu"),
    quiet=True,
)  # fmt: skip
NORM_FIRST = Key(
    "norm_first", "", "what goes into each part is normalised, and not the sum behind it", "flag", False, quiet=True
)
TORCH_LAYER = (
    "d_model:in_features nhead dim_feedforward dropout activation:hidden_activation layer_norm_eps:eps batch_first "
    "norm_first bias device dtype"
)


def layer_letters(case: Case) -> dict[str, Value]:
    """t steps that look, each at w of them, z those of the other input; the heads share the features."""
    _, (steps, features), (others, held), _ = sequences(case, case.kind.inputs)
    head_of(case, features)
    if not case.holds(held, "==", features):
        raise problem("C011", f"{features} features look at {held}", "put `linear` before one of them")
    return {"t": steps, "z": others, **keys_looked_at(case, steps, steps)}


ENCODERLAYER = Kind(
    "encoderlayer",
    "A layer of a transformer's encoder: attention, then two linear layers, each added to its input and normalised.",
    keys=(
        HEADS,
        HIDDEN,
        BIAS,
        CAUSAL,
        WINDOW,
        DROPPED,
        HIDDEN_ACTIVATION,
        NORM_FIRST,
        EPS._replace(aliases=("layer_norm_eps",)),
        BATCH_FIRST,
        IN_FEATURES._replace(aliases=("d_model", "embed_dim")),
    ),
    aliases=("transformerencoderlayer",),
    shape=lambda case: case.shape,
    parameters=ENCODER,
    macs=f"{OWN} + {FED}",
    connections=f"{OWN} + {FED} + b*t*(f + 5*c)",
    takes="features",
    window=WHOLE,
    modes=LOOKING,
    mode=looking,
    letters=layer_letters,
    torch=(("TransformerEncoderLayer", TORCH_LAYER),),
    label="EncoderLayer ({c}, {h} heads)",
    meanings={
        "t": ("steps", "steps"),
        "w": ("steps that each looks at", "steps"),
        "k": ("steps of a window", "steps"),
        "p": ("steps of its window before a step", "steps"),
        "f": ("features between the two linear layers", "features"),
    },
    example=("encoderlayer 8 f256", "512x128"),
    sources=("Vaswani et al. 2017", "PyTorch TransformerEncoderLayer"),
)

DECODERLAYER = ENCODERLAYER._replace(
    name="decoderlayer",
    doc="A layer of a transformer's decoder: attention among the steps of its first input, attention to those of the "
    "second, then two linear layers, each added to its input and normalised. Without `causal=yes` no step is hidden: "
    "PyTorch's layer has no mask of its own.",
    aliases=("transformerdecoderlayer",),
    parameters=DECODER,
    macs=f"{OWN} + {ACROSS} + {FED}",
    connections=f"{OWN} + {ACROSS} + {FED} + b*(t*(f + 7*c) + 2*z*c)",
    inputs=2,
    torch=(("TransformerDecoderLayer", ENCODERLAYER.torch[0][1]),),
    label="DecoderLayer ({c}, {h} heads)",
    meanings={**ENCODERLAYER.meanings, "z": ("steps of the second input", "steps")},
    example=("decoderlayer 8 f256", "20x128", "512x128"),
    sources=("Vaswani et al. 2017", "PyTorch TransformerDecoderLayer"),
)


def deep(key: str, doc: str, symbol: str) -> Key:
    return Key(key, symbol, doc, default=6, low=0, aliases=(f"num_{key}_layers",))


TRANSFORMER = DECODERLAYER._replace(
    name="transformer",
    doc="A whole transformer: an encoder of its first input, a decoder of the second that looks at what that gives, "
    "each with a normalisation at its end.",
    keys=(
        HEADS._replace(default=8),
        deep("encoder", "layers of the encoder", "m"),
        deep("decoder", "layers of the decoder", "l"),
        *(key for key in ENCODERLAYER.keys[1:] if key is not WINDOW),
    ),
    aliases=(),
    shape=lambda case: case.shapes[1],
    outputs={"features": "c"},
    parameters=f"m*({ENCODER}) + l*({DECODER}) + 2*{NORMALISED}",
    macs=f"m*(4*z*c*c + 2*z*z*c + 2*z*c*f) + l*({OWN} + {ACROSS} + {FED})",
    connections=f"m*(4*z*c*c + 2*z*z*c + 2*z*c*f + b*z*(f + 5*c))"
    f" + l*({OWN} + {ACROSS} + {FED} + b*(t*(f + 7*c) + 2*z*c))",
    decodes=1,
    letters=lambda case: {**(known := layer_letters(case)), "t": known["z"], "w": known["z"], "z": known["t"]},
    torch=((
        "Transformer",
        "d_model:in_features=512 nhead num_encoder_layers num_decoder_layers dim_feedforward dropout "
        "activation:hidden_activation custom_encoder:_ custom_decoder:_ layer_norm_eps:eps batch_first norm_first "
        "bias device dtype",
    ),),
    label="Transformer ({c}, {h} heads)",
    meanings={
        **DECODERLAYER.meanings, "t": ("steps of the second input", "steps"), "z": ("steps of the first", "steps"),
    },
    example=("transformer 8 f256", "512x128", "20x128"),
    sources=("Vaswani et al. 2017", "PyTorch Transformer"),
)  # fmt: skip

KINDS = (ENCODERLAYER, DECODERLAYER, TRANSFORMER)
