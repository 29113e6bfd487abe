"""Messages for a command line in the words of a program: `--set width=32` is `width=32` there."""

from __future__ import annotations

import re
from typing import Any

from convcalc.problem import LAYER, LINE, Diagnostic, Mark

NAMES = {LINE: "<line>", LAYER: "<layer>"}
VALUE = r'("[^"]*"|[^\s,;:]+)'
COMMAND = re.compile(r"(convcalc [a-z]+(?: --?[\w-]+)*)")  # which is run as it is
WORDS: tuple[tuple[re.Pattern[str], Any], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"--set (\w+)=(\w+)", r"\1=\2"),
        (r"--set (\w+)", r"\1"),
        (r"--set: ", ""),
        (r"--set\b", "a keyword"),
        (rf"--(input|output|layout|convention|notation) {VALUE}", r'\1="\2"'),
        (r"--symbol (\w+)", r'symbols=["\1"]'),
        (rf"--without {VALUE}", r'without=["\1"]'),
        (r"--arg (\w+)=(\S+)", r'args={"\1": \2}'),
        (r'--default (\w+)=("[^"]*"|\S+)', r'defaults={"\1": \2}'),
        (r"--as (\w+)", r'draw("\1")'),
        (r"--(in-order|train|symbolic|steps|strip)\b", lambda match: f"{match[1].replace('-', '_')}=True"),
        (r"--([a-z][a-z-]*)", lambda match: match[1].replace("-", "_")),
    )
)


def in_python(text: str) -> str:
    """A sentence with the options in it as keywords."""
    if "--" not in text:
        return text
    parts = COMMAND.split(text)
    for place in range(0, len(parts), 2):
        for pattern, replacement in WORDS:
            parts[place] = pattern.sub(replacement, parts[place])
    return "".join(parts).replace('""', '"')


def finding_in_python(finding: Diagnostic) -> Diagnostic:
    """A finding whose cure a program can follow; a place in an option is none."""
    message, hint = in_python(finding.message), in_python(finding.hint)
    return finding._replace(message=message, hint=hint, mark=place(finding.mark), also=place(finding.also))


def place(mark: Mark | None) -> Mark | None:
    """A place in what a program has given; a line and a layer have no file."""
    if mark is None or mark.source.name.startswith("--"):
        return None
    name = NAMES.get(mark.source.name)
    return mark._replace(source=mark.source._replace(name=name)) if name else mark
