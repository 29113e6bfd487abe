"""A `.keras` file: a zip archive, of which only the configuration is inflated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.readers.archive import member_text
from convcalc.readers.keras import configuration

if TYPE_CHECKING:
    from convcalc.problem import Source
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec


def read_spec(source: Source, choices: Choices) -> Spec:
    return configuration.read_spec(source._replace(text=member_text(source, "config.json")), choices)
