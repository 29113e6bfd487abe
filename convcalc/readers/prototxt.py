"""Protocol buffers in text form: messages of fields, each with the place where it is written."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from convcalc.problem import Problem, Source, problem
from convcalc.spec import Place
from convcalc.tuples import NamedTuple

MAX_TOKENS = 400_000  # ResNet-152 has 20,000
MAX_DEPTH = 50
TOKEN = re.compile(
    r"""[\s,;]+ | \#[^\n]*
    | (?P<word> [-+]?[\w.]+ (?: (?<=[eE])[-+]\d+ )? )
    | (?P<text> "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
    | (?P<sign> . )""",
    re.VERBOSE,
)
CLOSING = {"{": "}", "<": ">", "[": "]"}


class Token(NamedTuple):
    """A word, a quoted text or a sign; of the end of the text, nothing."""

    kind: str
    text: str
    start: int


class Message(NamedTuple):
    """Fields in the order in which they are written; the same name may stand several times."""

    place: Place
    fields: tuple[ProtoField, ...] = ()

    def all(self, name: str) -> list[ProtoField]:
        return [field for field in self.fields if field.name == name]

    def field(self, name: str) -> ProtoField | None:
        """The last field of a name, which counts."""
        return next((field for field in reversed(self.fields) if field.name == name), None)

    def text(self, name: str, otherwise: str = "") -> str:
        field = self.field(name)
        return field.value if field and isinstance(field.value, str) else otherwise

    def texts(self, name: str) -> list[str]:
        return [field.value for field in self.all(name) if isinstance(field.value, str)]

    def message(self, name: str) -> Message:
        """The message of a name; an empty one where there is none."""
        field = self.field(name)
        return field.value if field and isinstance(field.value, Message) else Message(self.place)

    def messages(self, name: str) -> list[Message]:
        return [field.value for field in self.all(name) if isinstance(field.value, Message)]


class ProtoField(NamedTuple):
    name: str
    value: str | Message
    place: Place  # of the value


class OpenMessage(NamedTuple):
    """A message, or a list of values, whose bracket is not closed yet."""

    name: str
    bracket: str
    place: Place
    fields: list[ProtoField]


class ProtoReader:
    """The tokens of a text, one after another, and the messages that are open."""

    def __init__(self, source: Source):
        self.source = source
        rows = source.text.splitlines(keepends=True)
        self.starts = list(accumulate(map(len, rows), initial=0))
        self.tokens = self.scan()
        self.token = next(self.tokens)
        self.open = [OpenMessage("", "", Place(1, 1), [])]

    def scan(self) -> Iterator[Token]:
        count = 0
        for match in TOKEN.finditer(self.source.text):
            if match.lastgroup:
                count += 1
                if count > MAX_TOKENS:
                    message = f"more than {MAX_TOKENS:,} words"
                    raise self.problem(match.start(), 1, message, "name the file of the network, without its weights")
                yield Token(match.lastgroup, match[0], match.start())
        end = len(self.source.text.rstrip())
        while True:
            yield Token("end", "", max(end - 1, 0))

    def place(self, start: int, length: int = 1) -> Place:
        line = bisect_right(self.starts, start, 0, max(len(self.starts) - 1, 1))
        return Place(line, start - self.starts[line - 1] + 1, length)

    def problem(self, start: int, length: int, message: str, hint: str) -> Problem:
        return problem("F001", message, hint, self.place(start, length).mark(self.source))

    def no_value(self, start: int, length: int, name: str) -> Problem:
        shown = name[:40]
        return self.problem(start, length, f"{shown} has no value", f"{shown}: 3, or {shown} {{ … }}")

    def take(self) -> Token:
        token, self.token = self.token, next(self.tokens)
        return token

    def read(self) -> Message:
        """The whole text as one message."""
        while True:
            token = self.take()
            inner = self.open[-1]
            if token.kind == "end":
                break
            if token.kind == "sign" and token.text == CLOSING.get(inner.bracket):
                self.close()
            elif inner.bracket == "[":
                self.value(inner.name, token)
            elif token.text.isidentifier():
                self.value(token.text, self.after_colon(token))
            else:
                shown = token.text[:20]
                opened = f" of {inner.name}" if inner.name else ""
                message = f"{shown} among the fields{opened}"
                raise self.problem(token.start, len(shown), message, "a field is a name and a value: kernel_size: 3")
        if inner.bracket:
            message = f"the {inner.bracket} of {inner.name[:40]} is not closed"
            mark = inner.place.mark(self.source)
            raise problem("F001", message, f"close it with {CLOSING[inner.bracket]}, or is the file cut off?", mark)
        return Message(inner.place, tuple(inner.fields))

    def after_colon(self, name: Token) -> Token:
        """What the value of a field begins with; a message may stand without a colon."""
        token = self.take()
        if token.text in ("{", "<") and token.kind == "sign":
            return token
        if token.text == ":" and token.kind == "sign":
            return self.take()
        raise self.no_value(name.start, len(name.text[:40]), name.text)

    def value(self, name: str, token: Token) -> None:
        place = self.place(token.start, len(token.text) or 1)
        if token.kind == "sign" and token.text in CLOSING:
            if len(self.open) > MAX_DEPTH:
                raise self.problem(token.start, 1, f"more than {MAX_DEPTH} brackets in one another", "close some")
            self.open.append(OpenMessage(name, token.text, place, []))
            return
        if token.kind not in ("word", "text"):
            raise self.no_value(token.start, 1, name)
        text = token.text
        if token.kind == "text":
            text = without_quotes(text)
            while self.token.kind == "text":  # texts that follow each other are one
                text += without_quotes(self.take().text)
        self.open[-1].fields.append(ProtoField(name, text, place))

    def close(self) -> None:
        closed = self.open.pop()
        outer = self.open[-1].fields
        if closed.bracket == "[":
            outer += closed.fields
        else:
            outer.append(ProtoField(closed.name, Message(closed.place, tuple(closed.fields)), closed.place))


def without_quotes(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def read_message(source: Source) -> Message:
    """The fields of a text; a Problem at the place where it is none."""
    return ProtoReader(source).read()
