"""The keys of an assignment and of its questions, each with what it says: what is read, and what editors show."""

from __future__ import annotations

TOP_KEYS = {
    "assignment": "What the assignment is called.",
    "spec": "The network that is asked about: a file, a bundled name, a line with arrows, or a spec in place.",
    "questions": "What is asked: `C1.output`, or a mapping that says what it is worth.",
    "about": "What a sheet says first.",
    "all_or_nothing": "yes: a submission has all points or none.",
    "convention": "Another convention for the network.",
    "set": "Other values for names of the network: {classes: 10}.",
    "input": "Another input shape for the network.",
    "points": "What a question is worth that says nothing else; 1.",
    "tolerance": "How far an answer may be off, as a share: 1%.",
    "partial": "Points for a mistake, by its code: {par.no_bias: 1}.",
    "program": "Which network of a program that is handed in is meant: Net; or no, where none is wanted.",
    "course": "The course, as a sheet says it.",
    "due": "When it is due, as a sheet says it.",
}
# Of a layer on arrays.
ARRAYS = {
    "weights": "The numbers of its kernel, or of each filter.",
    "bias": "A number for each filter.",
    "mean": "The mean of each channel.",
    "variance": "The variance of each channel.",
    "places": "Where a max pooling found its numbers.",
}
QUESTION_KEYS = {
    "ask": "Layer and quantity: C1.output, C1.output.height, total.macs, conv*.parameters; or a list of them.",
    "points": "What it is worth.",
    "tolerance": "How far the answer may be off, as a share: 1%.",
    "partial": "Points for a mistake, by its code: {par.no_bias: 1}.",
    "form": "number, or symbolic: the student writes the formula of a kind, as (W - K + 2P)/S + 1.",
    "name": "What the question is called; else Q and its number.",
    "spec": "Another network to ask about.",
    "layer": "One layer in place of a network: conv 10 k5 p2, with its input; with a ? it is to be solved.",
    "of": "As layer.",
    "input": "What goes into the layer: a shape, or with apply the arrays.",
    "output": "What a layer with a ? has to give.",
    "all_or_nothing": "yes: its parts have all points together or none.",
    "group": "Questions of one group have all points together or none.",
    "answer": "The right answer, where no network gives it.",
    "at_most": "The most that is right: 1M.",
    "at_least": "The least that is right.",
    "text": "The question in words, for a sheet.",
    "choices": "Multiple choice: the values to choose from, one of them right.",
    "apply": "A layer or a chain of layers on small arrays, whose output is asked for.",
    "flip": "yes: the kernel is flipped, as the textbook's convolution does.",
    **ARRAYS,
}
