"""How far an evaluation may go: counted, never timed, so that a text means the same on every machine."""

MAX_CHARACTERS = 1_000_000  # of a source
MAX_TOKENS = 150_000  # of a source
MAX_DEPTH = 400  # of brackets, operators, attributes … within one another
MAX_BRANCHES = 1_000  # elif
MAX_STEPS = 1_000_000  # statements and expressions evaluated; the largest network of some 300 took 130,000
STEPS_OF_LAYER = 50  # that take as long as to make a layer, or to apply it
MAX_LEVELS = 150  # functions that call one another
MAX_ELEMENTS = 1_000_000  # of a sequence or a text
MAX_TOTAL = 3_000_000  # elements that come to be, in all: some 150 MB
MAX_BITS = 2_048  # of a whole number: 616 digits
MAX_FILES = 200  # that a source imports
HOST_DEPTH = 15_000  # of this interpreter's own calls, for MAX_LEVELS levels of ordinary nesting
