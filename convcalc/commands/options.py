"""Options that several commands share, each written once."""

from __future__ import annotations

import click

from convcalc.language.layout import LAYOUTS

LAYOUT = click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    help="Of the shapes: 3x224x224, or 224x224x3 as Keras has it.",
)
