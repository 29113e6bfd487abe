"""Classes of the frameworks that are no layers of a network here: what each is, and what to write instead."""

from __future__ import annotations

# By framework, what is said of some classes: "the name" + what it is; what to do; the classes.
REFUSALS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "torch": (
        (
            "is a loss: it compares the output with what is wanted, in training only, and has no shape of its own",
            "leave it out: the network ends with its last layer",
            "AdaptiveLogSoftmaxWithLoss BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss "
            "GaussianNLLLoss HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss LinearCrossEntropyLoss MSELoss "
            "MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d "
            "PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss",
        ),
        (
            "is a distance: of two batches of vectors it gives one number for each pair, and learns nothing",
            "end the network with the layers whose outputs it compares",
            "CosineSimilarity PairwiseDistance",
        ),
        (
            "draws its windows at random, so that nobody can say what each unit sees",
            "adaptivemaxpool with the sizes of its output has the same shape",
            "FractionalMaxPool1d FractionalMaxPool2d FractionalMaxPool3d",
        ),
        (
            "is the base of other modules, and no layer itself",
            "write its layers one after another",
            "Container Module",
        ),
        (
            "holds parameters, and computes nothing itself",
            "write the layers that use them",
            "ParameterDict ParameterList",
        ),
        (
            "is the base of several classes, and no layer itself",
            "write `lstm`, `gru` or `rnn`, or one of their cells: `lstmcell`",
            "RNNBase RNNCellBase",
        ),
        (
            "works on boxes in a picture, as many as are found",
            "end the network with the layers that it takes its input from",
            "MultiScaleRoIAlign PSRoIAlign PSRoIPool RoIAlign RoIPool",
        ),
    ),
    "keras": (
        (
            "runs any function of Python: nobody can tell its shape without executing it",
            "write what it does, as `rescaling`, `reshape 7x7x512` or `upsample 2`, or declare it under `kinds`",
            "Lambda",
        ),
        (
            "is the input of the network, and no layer",
            "give its shape as the input: input: 28x28x1",
            "Input InputLayer InputSpec",
        ),
        (
            "is the base of other classes, and no layer itself",
            "write one of those, or declare it under `kinds`",
            "Layer",
        ),
        (
            "runs cells step by step",
            "write the layer of the cell: `lstm 64` instead of RNN(LSTMCell(64)), one line for each of several",
            "RNN StackedRNNCells",
        ),
        (
            "turns words or categories into numbers before the network",
            "leave it out, and give the input the shape of what it gives",
            "CategoryEncoding Discretization HashedCrossing Hashing IntegerLookup StringLookup TextVectorization",
        ),
        (
            "turns sound into a spectrogram before the network",
            "leave it out, and give the input the shape of what it gives: input: 128x100x1",
            "MelSpectrogram STFTSpectrogram",
        ),
        (
            "prepares data before the network",
            "leave it out, or write its layers one after another",
            "MaxNumBoundingBoxes Pipeline",
        ),
        (
            "is a product of any two tensors, by an equation",
            "on the last axis, as ab,bc->ac, it is a `linear` layer; otherwise declare it under `kinds`",
            "EinsumDense",
        ),
        (
            "multiplies two inputs along axes, as a product of matrices",
            "write `matmul`, of rows and columns, or with transpose=yes of rows and rows",
            "Dot",
        ),
        (
            "runs a network of another library",
            "write the layers of that network",
            "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper",
        ),
    ),
}


def refusal(framework: str, name: str) -> tuple[str, str] | None:
    """What a class is that is no layer, and what to do instead; of any framework where none is said."""
    for table in (REFUSALS.get(framework, ()),) if framework else REFUSALS.values():
        for said, cure, names in table:
            if name in names.split():
                return said, cure
    return None
