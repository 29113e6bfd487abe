"""A cfg of Darknet: sections, each with options, and the place of each of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.problem import Problem, nearest, problem
from convcalc.spec.model import Place
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.problem import Source

MAX_LINES = 200_000
HEADING = re.compile(r"\s*\[\s*(\w+)\s*\]")
OPTION = re.compile(r"\s*([\w.-]+)\s*=\s*([^#;]*)")
SLIP = 0.8  # how like an option a word must be to be a slip of it


class CfgOption(NamedTuple):
    text: str
    place: Place


class CfgSection(NamedTuple):
    """`[convolutional]` and the options below it; of an option that stands twice, the first counts."""

    source: Source
    name: str
    place: Place
    options: dict[str, CfgOption]

    def text(self, name: str, otherwise: str = "") -> str:
        return self.options[name].text if name in self.options else otherwise

    def numbers(self, name: str, *otherwise: int) -> tuple[int, ...]:
        """The whole numbers of an option, between commas."""
        if name not in self.options:
            return otherwise
        parts = [part.strip() for part in self.options[name].text.split(",") if part.strip()]
        if not parts or not all(re.fullmatch(r"[-+]?\d{1,9}", part) for part in parts):
            message = f"{name} must be whole, not {self.options[name].text[:20] or 'nothing'}"
            raise self.problem("F004", message, f"for example {name}={(*otherwise, 3)[0]}", name)
        return tuple(map(int, parts))

    def number(self, name: str, otherwise: int) -> int:
        return self.numbers(name, otherwise)[0]

    def problem(self, code: str, message: str, hint: str = "", option: str = "") -> Problem:
        """What is wrong with the section, at one of its options or at its heading."""
        place = self.options[option].place if option in self.options else self.place
        return problem(code, message, hint, place.mark(self.source))

    def check_options(self, known: Iterable[str]) -> None:
        """A Problem where an option is a slip of one that matters."""
        names = tuple(known)
        for name in self.options:
            if name not in names and (meant := nearest(name, names, SLIP)):
                raise self.problem("F004", f"[{self.name}] has no {name[:40]}", f'did you mean "{meant}"?', name)


def read_sections(source: Source) -> list[CfgSection]:
    """The sections of a text; a Problem at a line that is neither a heading nor an option."""
    found: list[CfgSection] = []
    for number, line in enumerate(source.text.splitlines(), 1):
        text = line.strip()
        if number > MAX_LINES:
            raise problem("F001", f"more than {MAX_LINES:,} lines", "", Place(number, 1).mark(source))
        if not text or text[0] in "#;":
            continue
        column = len(line) - len(line.lstrip()) + 1
        place = Place(number, column, len(text))
        if heading := HEADING.match(line):
            found.append(CfgSection(source, heading[1], place, {}))
        elif (option := OPTION.match(line)) and found:
            where = Place(number, option.start(2) + 1, max(len(option[2].strip()), 1))
            found[-1].options.setdefault(option[1], CfgOption(option[2].strip(), where))
        else:
            hint = "a section begins with [convolutional], its options are lines such as filters=64"
            raise problem("F001", f"{text[:40]} is neither a section nor an option", hint, place.mark(source))
    return found
