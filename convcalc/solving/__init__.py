"""The inverse question: which values of what is unknown in a layer or a network give what is wanted."""
