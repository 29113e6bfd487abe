"""Options that several commands share, each written once."""

from __future__ import annotations

import click

LAYOUT = click.option(
    "--layout",
    type=click.Choice(("channels_first", "channels_last")),
    help="Of the shapes: 3x224x224, or 224x224x3 as Keras has it.",
)
