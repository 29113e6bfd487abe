"""Every sentence of a sheet, in every language that sheets are written in: one record a language."""

from __future__ import annotations

from collections.abc import Mapping

from convcalc.tuples import NamedTuple


class SheetLanguage(NamedTuple):
    """The sentences of a language; what is in braces is filled in."""

    name: str
    # The head and the foot
    title: str
    topics: Mapping[str, str]
    solutions: str
    student: str
    head: Mapping[str, str]  # course and due; what it is about has no word
    points: tuple[str, str]  # one, and several
    network: str
    answer: str
    together: str  # questions that count together
    whole: str  # a sheet that counts as a whole
    # A network
    input: tuple[str, str]  # one, and several
    axes: Mapping[str, str]
    order: str
    usual: str
    rounding: str
    products: str  # what counts as a multiply–accumulate
    convention: str
    conventions: Mapping[str, str]
    letters: str
    bare_number: str
    meanings: Mapping[str, str]  # of the letters
    framework: str
    cropped: str  # of a cropping that is a layer of its own in a framework
    fill_in: tuple[str, str]  # blanks that are worth the same, and others
    choose_in: tuple[str, str]  # the same with answers to choose from
    columns: Mapping[str, str]
    # Layers in words: the layer, and its kind by itself
    kinds: Mapping[str, tuple[str, str]]
    settings: Mapping[str, str]
    filters: tuple[str, str]  # one, and several
    units: tuple[str, str]
    window: tuple[str, str]  # along one axis, and along several
    # Questions
    quantities: Mapping[str, str]
    of_layer: str
    of_network: str
    of_part: str
    on_input: str
    within: str
    gives: str
    keeps: str
    any_input: str
    required: str
    bounds: Mapping[str, str]
    formula: str
    formula_axis: str
    formula_letters: str
    # Arrays
    array_rules: str
    array_writing: str  # how they are written in an answer
    flipped: str
    then: str  # between layers that follow each other
    arrays: Mapping[str, str]
    # Answers
    fill_numbers: str
    fill_letters: str
    fill_arrays: str
    also: str  # what else is right
    thousands: str  # between the digits of a large number
    all_numbers: str  # parameters as Keras counts them
    learnt_or_not: str  # the sum of both
    works: Mapping[str, str] = {}  # what the worked lines call their results, where that is not English


ENGLISH = SheetLanguage(
    name="English",
    title="{topic}, level {level}",
    topics={
        "sizes": "Sizes", "parameters": "Parameters", "macs": "Multiply–accumulates",
        "receptive-field": "Receptive field", "dilation": "Dilation", "transposed": "Transposed convolutions",
        "groups": "Groups", "everything": "Everything", "arrays": "Arrays",
    },
    solutions="{title}: solutions",
    student="Name",
    head={"course": "Course", "due": "Due"},
    points=("1 point", "{number} points"),
    network="Network {name}",
    answer="Answer",
    together="Questions {numbers} count only if all of them are right.",
    whole="The sheet counts only if every answer is right.",
    input=("The input is {shapes}.", "The inputs are {shapes}."),
    axes={"channels": "channels", "length": "length", "height": "height", "width": "width", "depth": "depth",
          "size": "size"},
    order="Sizes are {axes}.",
    usual="Unless a line says otherwise, padding is 0, and a convolution has stride 1, dilation 1 and a bias for each "
    "filter.",
    rounding="Sizes are rounded down unless a line says otherwise.",
    products="A MAC is one multiply–accumulate; adding a bias is none.",
    convention="What a line leaves open is as in {convention}.",
    conventions={
        "keras": "Keras", "caffe": "Caffe", "onnx": "ONNX", "textbook": "the lectures: every window has to fit exactly",
    },
    letters="Letters: {letters}.",
    bare_number="A number without a letter: {meanings}.",
    meanings={
        "k": "kernel", "s": "stride", "p": "padding on each side", "d": "dilation", "g": "groups",
        "op": "output padding", "m": "filters for each channel", "n": "input size", "c": "input channels",
        "f": "filters", "b": "bias (1 or 0)", "r_in": "receptive field of the input",
        "j_in": "product of the earlier strides", "o": "output size", "N": "product of the output's sides",
        "K": "product of the kernel's sides",
    },
    framework="Arguments that are left out have the defaults of {framework}.",
    cropped="Where a cropping follows a layer, the layer's output is what the cropping leaves.",
    fill_in=("Fill in the blanks; each is worth {points}.", "Fill in the blanks; what each is worth stands behind it."),
    choose_in=("Choose where there are letters, and fill in the blanks; each answer is worth {points}.",
               "Choose where there are letters, and fill in the blanks; what each answer is worth stands behind it."),
    columns={
        "layer": "layer", "line": "", "input": "takes", "question": "question", "points": "points", "answer": "answer",
        "type": "type", "filters": "filters", "kernel": "kernel", "stride": "stride", "padding": "padding",
        "dilation": "dilation", "groups": "groups", "output_padding": "output padding",
        "multiplier": "filters per channel", "bias": "bias", "ceil": "rounded", "network": "whole network",
        "macs": "MACs",
    },
    kinds={
        "conv": ("a convolution with {filters} {window}", "convolution"),
        "dwconv": ("a depthwise convolution with filters {window}", "depthwise convolution"),
        "sepconv": ("a separable convolution with {filters} {window}", "separable convolution"),
        "tconv": ("a transposed convolution with {filters} {window}", "transposed convolution"),
        "maxpool": ("a max pooling over windows {window}", "max pooling"),
        "avgpool": ("an average pooling over windows {window}", "average pooling"),
        "globalavgpool": ("an average over the whole map", "global average pooling"),
        "globalmaxpool": ("the maximum of the whole map", "global max pooling"),
        "linear": ("a fully connected layer with {units}", "fully connected"),
        "flatten": ("the map as one vector", "flattening"),
        "batchnorm": ("a batch normalisation", "batch normalisation"), "relu": ("a ReLU", "ReLU"),
        "sigmoid": ("a sigmoid", "sigmoid"), "tanh": ("a tanh", "tanh"), "softmax": ("a softmax", "softmax"),
        "add": ("the sum of its inputs", "sum"), "concat": ("its inputs, channel after channel", "concatenation"),
    },
    settings={
        "stride": "stride {value}", "padding": "padding {value}", "same": "“same” padding",
        "uneven": "{before} cells of padding before and {after} behind", "dilation": "dilation {value}",
        "groups": "{value} groups", "output_padding": "output padding {value}",
        "multiplier": "{value} filters for each channel", "bias": "no bias", "ceil": "rounded up", "no": "no",
        "yes": "yes", "up": "up", "down": "down",
    },
    filters=("1 filter", "{number} filters"),
    units=("1 unit", "{number} units"),
    window=("of length {sides}", "of {sides}"),
    quantities={
        "output": "output size", "input": "input size", "parameters": "parameters", "weights": "weights",
        "biases": "biases", "trainable_parameters": "trainable parameters", "buffers": "numbers kept but not learnt",
        "macs": "multiply–accumulates", "flops": "FLOPs (two for each multiply–accumulate)",
        "connections": "connections", "activations": "numbers in the output",
        "memory": "bytes of the output, at 4 bytes a number",
        "parameter_memory": "bytes of the parameters, at 4 bytes a number", "receptive_field": "receptive field",
        "rf_stride": "stride of the receptive field", "rf_offset": "offset of the receptive field",
        "rf_centre": "centre of the first receptive field", "padding": "padding", "kernel": "kernel",
        "stride": "stride", "dilation": "dilation", "filters": "filters", "units": "units", "groups": "groups",
        "output_padding": "output padding", "channels": "output channels",
    },
    of_layer="{what} of {layer}",
    of_network="{what} of the whole network",
    of_part="{question}: {part} only",
    on_input="{what}: {layer}, on an input of {shape}",
    within="{question} (within {tolerance})",
    gives="the {what} with which {layer} turns {input} into {output}",
    keeps="the {what} with which {layer} keeps the size of {input}",
    any_input="any input",
    required="{question}: {bound}",
    bounds={"most": "at most {most}", "least": "at least {least}", "both": "from {least} to {most}"},
    formula="a formula for the {what} of a layer of the type {kind}",
    formula_axis="{question}, along one axis",
    formula_letters="{question} ({letters})",
    array_rules="Kernels slide as they are, and are flipped only where that is said; the stride of a convolution is 1 "
    "and its padding 0 unless given; a bias is added to every number.",
    array_writing="Write rows with ; between them, and channels with |.",
    flipped="{layer}, the kernel flipped",
    then=", then ",
    arrays={
        "input": "input", "weights": "weights", "bias": "bias", "scale": "scale", "mean": "mean",
        "variance": "variance", "places": "places", "output": "output", "channel": "{name}, channel {number}",
        "filter": "{name}, filter {number}", "of": "{name} of {layer}",
    },
    fill_numbers="Write the answers behind the colons: 6x28x28, 2416, or 5*5*6*16 + 16.",
    fill_letters="Write the letters of your choices behind the colons, and where there is nothing to choose the "
    "answers.",
    fill_arrays="Write the rows behind the colons: 1 2; 3 4, or [[1, 2], [3, 4]].",
    also="also right: {values}",
    thousands=",",
    all_numbers="Parameters are all that a layer keeps, learnt or not: moving means and variances too.",
    learnt_or_not="Learnt or not",
)  # fmt: skip

GERMAN = SheetLanguage(
    name="Deutsch",
    title="{topic}, Stufe {level}",
    topics={
        "sizes": "Größen", "parameters": "Parameter", "macs": "Multiplikationen mit Addition (MACs)",
        "receptive-field": "Rezeptives Feld", "dilation": "Dilation", "transposed": "Transponierte Faltungen",
        "groups": "Gruppen", "everything": "Alles zusammen", "arrays": "Rechnen mit Zahlen",
    },
    solutions="{title}: Lösungen",
    student="Name",
    head={"course": "Kurs", "due": "Abgabe"},
    points=("1 Punkt", "{number} Punkte"),
    network="Netz {name}",
    answer="Antwort",
    together="Die Fragen {numbers} zählen nur, wenn alle richtig beantwortet sind.",
    whole="Das Blatt zählt nur, wenn jede Antwort richtig ist.",
    input=("Die Eingabe ist {shapes}.", "Die Eingaben sind {shapes}."),
    axes={"channels": "Kanäle", "length": "Länge", "height": "Höhe", "width": "Breite", "depth": "Tiefe",
          "size": "Größe"},
    order="Größen sind {axes}.",
    usual="Wo eine Zeile nichts anderes sagt, ist das Padding 0, und eine Faltung hat Schrittweite 1, Dilation 1 und "
    "einen Bias pro Filter.",
    rounding="Größen werden abgerundet, wenn eine Zeile nichts anderes sagt.",
    products="Ein MAC ist eine Multiplikation mit Addition; die Addition eines Bias ist keiner.",
    convention="Was eine Zeile offenlässt, gilt wie in {convention}.",
    conventions={
        "keras": "Keras", "caffe": "Caffe", "onnx": "ONNX",
        "textbook": "den Vorlesungen: Jedes Fenster muss genau passen",
    },
    letters="Buchstaben: {letters}.",
    bare_number="Eine Zahl ohne Buchstaben: {meanings}.",
    meanings={
        "k": "Kern", "s": "Schrittweite", "p": "Padding auf jeder Seite", "d": "Dilation", "g": "Gruppen",
        "op": "Output-Padding", "m": "Filter pro Kanal", "n": "Eingabegröße", "c": "Eingabekanäle",
        "f": "Filter", "b": "Bias (1 oder 0)", "r_in": "rezeptives Feld der Eingabe",
        "j_in": "Produkt der früheren Schrittweiten", "o": "Ausgabegröße", "N": "Produkt der Seiten der Ausgabe",
        "K": "Produkt der Seiten des Kerns",
    },
    framework="Weggelassene Argumente haben die Vorgaben von {framework}.",
    cropped="Wo auf eine Schicht ein Cropping folgt, ist ihre Ausgabe das, was davon übrig bleibt.",
    fill_in=("Füllen Sie die Lücken aus; jede zählt {points}.",
             "Füllen Sie die Lücken aus; wie viel jede zählt, steht dahinter."),
    choose_in=("Wählen Sie, wo Buchstaben stehen, und füllen Sie die Lücken aus; jede Antwort zählt {points}.",
               "Wählen Sie, wo Buchstaben stehen, und füllen Sie die Lücken aus; wie viel jede Antwort zählt, steht "
               "dahinter."),
    columns={
        "layer": "Schicht", "line": "", "input": "nimmt", "question": "Frage", "points": "Punkte",
        "answer": "Antwort", "type": "Art", "filters": "Filter", "kernel": "Kern", "stride": "Schrittweite",
        "padding": "Padding", "dilation": "Dilation", "groups": "Gruppen",
        "output_padding": "Output-Padding", "multiplier": "Filter pro Kanal", "bias": "Bias",
        "ceil": "gerundet", "network": "ganzes Netz", "macs": "MACs",
    },
    kinds={
        "conv": ("eine Faltung mit {filters} {window}", "Faltung"),
        "dwconv": ("eine kanalweise Faltung (depthwise) mit Filtern {window}", "kanalweise Faltung"),
        "sepconv": ("eine separierbare Faltung mit {filters} {window}", "separierbare Faltung"),
        "tconv": ("eine transponierte Faltung mit {filters} {window}", "transponierte Faltung"),
        "maxpool": ("ein Max-Pooling über Fenster {window}", "Max-Pooling"),
        "avgpool": ("ein Mittelwert-Pooling über Fenster {window}", "Mittelwert-Pooling"),
        "globalavgpool": ("der Mittelwert der ganzen Karte", "globales Mittelwert-Pooling"),
        "globalmaxpool": ("das Maximum der ganzen Karte", "globales Max-Pooling"),
        "linear": ("eine voll verbundene Schicht mit {units}", "voll verbunden"),
        "flatten": ("die Karte als ein Vektor", "Vektor"),
        "batchnorm": ("eine Batch-Normalisierung", "Batch-Normalisierung"),
        "relu": ("eine ReLU", "ReLU"), "sigmoid": ("eine Sigmoidfunktion", "Sigmoid"),
        "tanh": ("ein Tangens hyperbolicus", "tanh"), "softmax": ("ein Softmax", "Softmax"),
        "add": ("die Summe der Eingaben", "Summe"),
        "concat": ("die Eingaben, Kanal hinter Kanal", "Verkettung"),
    },
    settings={
        "stride": "Schrittweite {value}", "padding": "Padding {value}", "same": "„same“-Padding",
        "uneven": "Padding von {before} davor und {after} dahinter", "dilation": "Dilation {value}",
        "groups": "{value} Gruppen", "output_padding": "Output-Padding {value}",
        "multiplier": "{value} Filter pro Kanal", "bias": "ohne Bias", "ceil": "aufgerundet",
        "no": "nein", "yes": "ja", "up": "auf", "down": "ab",
    },
    filters=("1 Filter", "{number} Filtern"),
    units=("1 Neuron", "{number} Neuronen"),
    window=("der Länge {sides}", "der Größe {sides}"),
    quantities={
        "output": "Ausgabegröße", "input": "Eingabegröße", "parameters": "Parameter", "weights": "Gewichte",
        "biases": "Biases", "trainable_parameters": "trainierbare Parameter",
        "buffers": "Zahlen, die behalten, aber nicht gelernt werden",
        "macs": "Multiplikationen mit Addition (MACs)", "flops": "FLOPs (zwei pro MAC)",
        "connections": "Verbindungen", "activations": "Anzahl der Ausgabewerte",
        "memory": "Bytes der Ausgabe bei 4 Bytes pro Zahl",
        "parameter_memory": "Bytes der Parameter bei 4 Bytes pro Zahl", "receptive_field": "rezeptives Feld",
        "rf_stride": "Schrittweite des rezeptiven Felds", "rf_offset": "Versatz des rezeptiven Felds",
        "rf_centre": "Mitte des ersten rezeptiven Felds", "padding": "Padding", "kernel": "Kern",
        "stride": "Schrittweite", "dilation": "Dilation", "filters": "Filter", "units": "Neuronen",
        "groups": "Gruppen", "output_padding": "Output-Padding", "channels": "Ausgabekanäle",
    },
    of_layer="{what} von {layer}",
    of_network="{what} des ganzen Netzes",
    of_part="{question}: nur {part}",
    on_input="{what}: {layer}, auf einer Eingabe von {shape}",
    within="{question} (auf {tolerance} genau)",
    gives="{layer} macht aus {input} die Ausgabe {output}: {what}",
    keeps="{layer} erhält die Größe von {input}: {what}",
    any_input="jeder Eingabe",
    required="{question}: {bound}",
    bounds={"most": "höchstens {most}", "least": "mindestens {least}", "both": "von {least} bis {most}"},
    formula="eine Formel: {what} einer Schicht vom Typ {kind}",
    formula_axis="{question}, entlang einer Achse",
    formula_letters="{question} ({letters})",
    array_rules="Kerne werden so verschoben, wie sie sind, und nur gespiegelt, wo es dabeisteht; eine Faltung hat "
    "Schrittweite 1 und Padding 0, wenn nichts anderes angegeben ist; ein Bias wird zu jeder Zahl addiert.",
    array_writing="Schreiben Sie Zeilen mit ; dazwischen und Kanäle mit |.",
    flipped="{layer}, der Kern gespiegelt",
    then=", dann ",
    arrays={
        "input": "Eingabe", "weights": "Gewichte", "bias": "Bias", "scale": "Skalierung", "mean": "Mittelwert",
        "variance": "Varianz", "places": "Positionen", "output": "Ausgabe", "channel": "{name}, Kanal {number}",
        "filter": "{name}, Filter {number}", "of": "{name} von {layer}",
    },
    fill_numbers="Schreiben Sie die Antworten hinter die Doppelpunkte: 6x28x28, 2416 oder 5*5*6*16 + 16.",
    fill_letters="Schreiben Sie die Buchstaben Ihrer Wahl hinter die Doppelpunkte, und wo nichts zur Wahl steht, die "
    "Antworten.",
    fill_arrays="Schreiben Sie die Zeilen hinter die Doppelpunkte: 1 2; 3 4 oder [[1, 2], [3, 4]].",
    also="auch richtig: {values}",
    thousands="",
    all_numbers="Als Parameter zählen alle Zahlen einer Schicht, auch laufende Mittelwerte und Varianzen.",
    learnt_or_not="Gelernt oder nicht",
    works={
        "size": "Ausgabegröße", "channels": "Kanäle", "features": "Merkmale", "rows": "Zeilen", "grid": "Gitter",
        "windows": "Fenster", "padding": "Padding", "shape": "Form", "parameters": "Parameter",
        "weights": "Gewichte", "biases": "Biases", "buffers": "Puffer", "macs": "MACs", "flops": "FLOPs",
        "connections": "Verbindungen", "activations": "Ausgabewerte", "memory": "Speicher der Ausgabe",
        "parameter_memory": "Speicher der Parameter", "receptive_field": "Rezeptives Feld",
        "rf_jump": "frühere Schrittweiten", "rf_stride": "Schrittweite", "rf_offset": "Versatz", "rf_centre": "Mitte",
    },
)  # fmt: skip

LANGUAGES = {"en": ENGLISH, "de": GERMAN}
