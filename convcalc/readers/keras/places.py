"""Where the names of a JSON text are in it: what they name is read in the order of the text."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from convcalc.spec.model import Place

if TYPE_CHECKING:
    from convcalc.problem import Source

NAMED = r'(?<!\\)"name"\s*:\s*("(?:[^"\\]|\\.)*")'


class Places:
    """The places of names, each asked for behind the one before."""

    def __init__(self, source: Source):
        self.source = source
        self.offsets: dict[str, list[int]] = {}
        for match in re.finditer(NAMED, source.text):
            self.offsets.setdefault(match[1], []).append(match.start(1))
        self.lines = [0, *(match.end() for match in re.finditer("\n", source.text))]
        self.offset = 0
        self.last = Place(1, 1)

    def of(self, name: str) -> Place:
        """The place of the next name like this; the last one that was found where there is none."""
        for text in (json.dumps(name), f'"{name}"'):
            offsets = self.offsets.get(text, ())
            if offsets:
                self.offset = offsets[min(bisect_right(offsets, self.offset), len(offsets) - 1)]
                line = bisect_right(self.lines, self.offset)
                self.last = Place(line, self.offset - self.lines[line - 1] + 1, len(text))
                break
        return self.last
