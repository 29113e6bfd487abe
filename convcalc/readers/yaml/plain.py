"""PyYAML's own scanner, for where there is no libyaml, made to read what libyaml reads: `{layer: conv 64 p?}`."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.scanner import ScannerError

STAND_IN = "\ufdd0"  # for a question mark; Unicode keeps this character for such inner uses
QUESTION_MARK = re.compile(r"(?P<of_a_key>(?:^|[\[{,]|[-?:]\s)\s*\?(?=[\s,\]}]|$))|\?", re.MULTILINE)
BLANK = "\0 \t\r\n\x85\u2028\u2029"


class PlainLoader(yaml.SafeLoader):
    """Inside brackets a question mark may be part of a text, and a tab may begin a line."""

    def __init__(self, text: str):
        if "?" in text:
            text = QUESTION_MARK.sub(lambda found: found["of_a_key"] or STAND_IN, text)
        super().__init__(text)

    def get_event(self) -> Any:
        event: Any = super().get_event()  # type: ignore[no-untyped-call]
        if type(event) is yaml.ScalarEvent:
            event.value = event.value.replace(STAND_IN, "?")
        return event

    def check_key(self) -> bool:
        return self.peek(1) in BLANK

    def scan_to_next_token(self) -> None:
        super().scan_to_next_token()
        while self.flow_level and self.peek() == "\t":
            self.forward()
            super().scan_to_next_token()

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: Any) -> Any:
        """Its parts; half of a surrogate pair, which no text can hold, is refused."""
        parts = super().scan_flow_scalar_non_spaces(double, start_mark)
        if any("\ud800" <= part <= "\udfff" for part in parts if len(part) == 1):
            raise ScannerError("while scanning a double-quoted scalar", start_mark, "half a character", self.get_mark())
        return parts
