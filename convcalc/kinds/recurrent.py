"""Recurrent layers: a state is handed on from step to step, each gate a matrix of the input and one of the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.convolution import CONV_SIZE, FITS
from convcalc.kinds.dense import IN_FEATURES
from convcalc.kinds.keys import BATCH_FIRST, BIAS, DILATION, DROPPED, FILTERS, KERNEL, PADDING, STRIDE, UNITS
from convcalc.layers import Key, Kind
from convcalc.layers.window import GATHERED, GROWING, RECURRING, WHOLE, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.layers.case import Case

LAYERS = Key("layers", "l", "how many stacked", default=1, aliases=("num_layers",))
BIDIRECTIONAL = Key("bidirectional", "", "read in both directions", "flag", False)
DIRECTION = Key(
    "direction", "", "how it reads, in the words of ONNX", "word", "forward",
    words=("forward", "reverse", "bidirectional"), quiet=True,
)  # fmt: skip
MERGE = Key(
    "merge", "", "what becomes of the two directions: side by side, or one number of two", "word", "concat",
    words=("concat", "sum", "mul", "ave"), aliases=("merge_mode",), quiet=True,
)  # fmt: skip
BACKWARDS = Key(
    "backwards", "", "read from the last step to the first", "flag", False, aliases=("go_backwards",), quiet=True
)
SEQUENCES = Key("sequences", "", "give every step, not only the last", "flag", None, aliases=("return_sequences",))
ONNX_GATES = (
    "hidden_size* direction activations:_ activation_alpha:_ activation_beta:_ clip:_ input_forget:_ "
    "linear_before_reset:_ layout:_"
)
# Keras's activations are inside the gates, and no layers of their own.
KERAS_GATES = "units* activation:_ recurrent_activation:_ use_bias"


def biases_per_gate(case: Case) -> int:
    """PyTorch keeps an input and a hidden bias for every gate; Keras one, but two in a GRU (reset_after)."""
    if case.values.get("reset_after") is not None:
        return 2 if case.values["reset_after"] else 1
    return case.convention.recurrent_biases


def gives_every_step(case: Case) -> bool:
    said: bool | None = case.values.get("sequences")
    return case.convention.recurrent_sequences if said is None else said


def recurrent_letters(case: Case) -> dict[str, Value]:
    """q directions, m of them merged, h the size of a state handed on, w biases per gate, t steps."""
    values = case.values
    units, projection = values["units"], values.get("projection") or 0
    if projection and not case.holds(projection + 1, "<=", units):
        raise problem(
            "C013", f"projection {projection} must be smaller than the {units} units", f"projection ≤ {units - 1}"
        )
    if len(case.shape) > 2:
        raise problem(
            "C010", f"{case.kind.name} takes (steps × features), its input is {case.show(case.shape)}",
            "put `reshape`, or `flatten` and `permute`, before it",
        )  # fmt: skip
    directions = 2 if values["bidirectional"] or values["direction"] == "bidirectional" else 1
    is_merged = directions == 2 and values["merge"] != "concat"
    if is_merged and values["layers"] != 1:
        message = f"merge={values['merge']} is known of one layer, here are {values['layers']}"
        raise problem("C013", message, "layers = 1")
    return {
        "q": directions,
        "m": 2 if is_merged else 1,
        "h": projection or units,
        "j": 1 if projection else 0,
        "w": biases_per_gate(case),
        "t": case.steps_first(case.shape)[0] if len(case.shape) > 1 else 1,
    }


def recurrent_shape(case: Case) -> Shape:
    """(steps, features) → (steps, units), or the units of the last step only."""
    units = case.letters["h"] if case.letters["m"] == 2 else case.letters["q"] * case.letters["h"]
    return case.with_features(units) if gives_every_step(case) else (units,)


# The steps that a step sees: itself and those before it; of several layers, each alike.
READING = {"forward": Window(GROWING), "backwards": Window(GATHERED)}


def reading(applied: Applied) -> str:
    """The mode of READING: all steps where it reads both ways, or where only the last one is kept."""
    values = applied.values
    if applied.letters["q"] == 2 or len(applied.output) < len(applied.input[0]):
        return ""
    return "backwards" if values.get("backwards") or values.get("direction") == "reverse" else "forward"


def recurrent(name: str, gates: int, doc: str) -> Kind:
    """A recurrent kind with so many gates, each a matrix of the input and one of the state."""
    times = f"{gates}*" if gates > 1 else ""

    def total(biases: str) -> str:
        return f"{times}f*(c + h{biases}) + (l - 1)*{times}f*(q*h + h{biases}) + j*l*f*h"

    return Kind(
        name,
        doc,
        keys=(
            UNITS, LAYERS, BIDIRECTIONAL, MERGE, BIAS, SEQUENCES._replace(quiet=True), DIRECTION, BACKWARDS, DROPPED,
            BATCH_FIRST, IN_FEATURES._replace(aliases=("input_size",)),
        ),
        shape=recurrent_shape,
        outputs={"features": "q*h/m"},
        parameters=f"q*({total(' + w*b')})",
        macs=f"t*q*({total('')})",
        connections=f"t*q*({total(' + w*b')})",
        takes="features",
        window=WHOLE,
        modes=READING,
        mode=reading,
        rules="recurrent",
        counted_as="recurrent",
        letters=recurrent_letters,
        torch=((name.upper(), "input_size hidden_size num_layers bias batch_first dropout bidirectional"),),
        keras=((name.upper(), KERAS_GATES),),
        onnx=((name.upper(), ONNX_GATES),),
        label=f"{name.upper()} ({{c}} -> {{f}})",
        meanings={
            "h": ("size of the state handed on", "numbers"), "q": ("directions", ""), "w": ("biases per gate", ""),
            "t": ("steps", "steps"), "j": ("1 with a projection, 0 without", ""),
            "m": ("directions that become one number", ""),
        },
        example=(f"{name} 64", "10x32"),
    )  # fmt: skip


PROJECTION = Key(
    "projection", "", "size the state is projected to", "count", 0, low=0, aliases=("proj_size",), quiet=True
)
RESET_AFTER = Key("reset_after", "", "a second bias for the reset gate (Keras)", "flag", None, quiet=True)

LSTM = recurrent("lstm", 4, "A recurrent layer with a memory cell: four gates.")
LSTM = LSTM._replace(
    keys=(*LSTM.keys, PROJECTION),
    torch=(("LSTM", "input_size hidden_size num_layers bias batch_first dropout bidirectional proj_size"),),
)
GRU = recurrent("gru", 3, "A recurrent layer with reset and update gates: three matrices.")
GRU = GRU._replace(keys=(*GRU.keys, RESET_AFTER))
RNN = recurrent("rnn", 1, "A recurrent layer: one matrix of the input and one of the state.")
RNN = RNN._replace(
    aliases=("simplernn",),
    torch=(("RNN", "input_size hidden_size num_layers nonlinearity bias batch_first dropout bidirectional"),),
    keras=(("SimpleRNN", KERAS_GATES.replace(" recurrent_activation:_", "")),),
)


def cell_letters(case: Case) -> dict[str, Value]:
    """w biases per gate; the states, where they are inputs too, have as many numbers as there are units."""
    most = 3 if case.kind is LSTMCELL else 2
    if len(case.shapes) > most:
        message = f"{case.kind.name} takes an input and its states, here it has {len(case.shapes)} inputs"
        raise problem("C030", message, f"name {most} or fewer: from: [{', '.join(('x', 'state', 'memory')[:most])}]")
    for state in case.shapes[1:]:
        size = state[0] if case.features_first else state[-1]
        if not case.holds(size, "==", case.values["units"]):
            raise problem("C012", f"a state of {size} for {case.values['units']} units", f"units = {size}")
    return {"w": biases_per_gate(case)}


def cell(layer: Kind, gates: int, torch: str) -> Kind:
    """One step of a recurrent layer."""
    times = f"{gates}*" if gates > 1 else ""
    name = layer.name.upper()
    keys = {key.name: key for key in layer.keys}
    return Kind(
        f"{layer.name}cell",
        f"One step of {'an' if name[0] in 'LR' else 'a'} {name}: the state after it.",
        keys=tuple(keys[key] for key in ("units", "bias", "reset_after", "dropout", "in_features") if key in keys),
        aliases=tuple(f"{alias}cell" for alias in layer.aliases),
        shape=lambda case: case.with_features(case.values["units"]),
        outputs={"features": "f"},
        parameters=f"{times}f*(c + f + w*b)",
        macs=f"N*{times}f*(c + f)",
        connections=f"N*{times}f*(c + f + w*b)",
        takes="features",
        inputs=-1,
        rules="recurrent",
        letters=cell_letters,
        torch=((f"{name}Cell", torch),),
        keras=tuple((f"{known}Cell", parameters) for known, parameters in layer.keras),
        label=f"{name}Cell ({{c}} -> {{f}})",
        meanings={"w": ("biases per gate", "")},
        example=(f"{layer.name}cell 64", "32"),
    )


TORCH_CELL = "input_size hidden_size bias"
LSTMCELL, GRUCELL = cell(LSTM, 4, TORCH_CELL), cell(GRU, 3, TORCH_CELL)
RNNCELL = cell(RNN, 1, f"{TORCH_CELL} nonlinearity")


def convlstm_letters(case: Case) -> dict[str, Value]:
    """t steps of c channels: the channels come last, or behind the steps."""
    steps, channels = case.shape[:2] if not case.channels_last else case.shape[1::-1]
    return {"t": steps, "c": channels}


def convlstm_shape(case: Case) -> Shape:
    """(steps, channels, …) → (steps, filters, …), or the last step alone."""
    space = case.along_axes(case.size_on)
    filters = case.values["filters"]
    case.channels = 0
    if not gives_every_step(case):
        return (filters, *space)
    if case.channels_last:
        return (filters, case.letters["t"], *space)
    case.channels = 1
    return (case.letters["t"], filters, *space)


CONVLSTM = Kind(
    "convlstm",
    "An LSTM whose matrices are convolutions: of every step's map, and of the state handed on, that keeps its size.",
    keys=(FILTERS, KERNEL, STRIDE, PADDING, DILATION, BIAS, SEQUENCES._replace(quiet=True), DROPPED),
    dims="convlstm",
    sizes={"": CONV_SIZE},
    shape=convlstm_shape,
    outputs={"channels": "f", "size": CONV_SIZE},
    parameters="4*f*(K*c + K*f + b)",
    macs="t*N*4*f*(K*c + K*f)",
    connections="t*N*4*f*(K*c + K*f + b)",
    takes="map",
    steps=True,
    window=Window(RECURRING, "d*(k - 1) + 1 + (t - 1)*(k - 1)*s", "s"),
    needs=(FITS,),
    rules="conv",
    letters=convlstm_letters,
    keras=((
        "ConvLSTM{n}D",
        "filters* kernel_size* strides padding{SAME|VALID} data_format dilation_rate activation:_ "
        "recurrent_activation:_ use_bias",
    ),),
    label="ConvLSTM (C_out={f}, K={k}, P={p}, S={s})",
    meanings={"t": ("steps", "steps")},
    example=("convlstm 40 k3 p1", "10x1x40x40"),
    sources=("Shi et al. 2015, Convolutional LSTM network",),
)  # fmt: skip

KINDS = (LSTM, GRU, RNN, LSTMCELL, GRUCELL, RNNCELL, CONVLSTM)
