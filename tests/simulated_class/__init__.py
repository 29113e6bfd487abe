"""Classes of students who make the mistakes of mistakes.md at random places, and go on with what they got.

Nothing here comes from the code that diagnoses: networks, right formulas and wrong ones are written out again.
"""
