"""An independent reader of printed arithmetic: ⌊31/1⌋ + 1, (5·5·3 + 1)·10, 1,234.5, min(3, 4), 2³; exact, no eval."""

import re
from fractions import Fraction
from math import ceil, floor

TOKEN = re.compile(r"\s*(?:(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?|(floor|ceil|min|max)|([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(.))")
SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
CLOSING = {"(": ")", "⌊": "⌋", "⌈": "⌉"}
SIGNS = {"−": "-", "·": "*"}


class Reader:
    def __init__(self, text):
        self.tokens = []
        for match in TOKEN.finditer(text):
            whole, decimals, word, raised, sign = match.groups()
            if whole:
                self.tokens.append(Fraction(whole.replace(",", "") + (decimals or "")))
            elif raised:
                self.tokens += ["^", Fraction(raised.translate(SUPERSCRIPT))]
            elif word or sign.strip():
                self.tokens.append(word or SIGNS.get(sign, sign))
        self.place = 0

    def next(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self, wanted=None):
        token = self.next()
        assert wanted is None or token == wanted, (wanted, self.tokens, self.place)
        self.place += 1
        return token

    def whole(self):
        value = self.sum()
        assert self.next() is None, (self.tokens, self.place)
        return value

    def sum(self):
        value = self.product()
        while self.next() in ("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self):
        value = self.signed()
        while self.next() in ("*", "/"):
            value = value * self.signed() if self.take() == "*" else value / self.signed()
        return value

    def signed(self):
        if self.next() == "-":
            self.take()
            return -self.signed()
        base = self.atom()
        if self.next() == "^":
            self.take()
            return base ** int(self.atom())
        return base

    def atom(self):
        token = self.take()
        if isinstance(token, Fraction):
            return token
        if token in CLOSING:
            value = self.sum()
            self.take(CLOSING[token])
            return Fraction({"(": lambda x: x, "⌊": floor, "⌈": ceil}[token](value))
        assert token in ("floor", "ceil", "min", "max"), (token, self.tokens)
        self.take("(")
        values = [self.sum()]
        while self.next() == ",":
            self.take()
            values.append(self.sum())
        self.take(")")
        if token in ("floor", "ceil"):
            return Fraction({"floor": floor, "ceil": ceil}[token](*values))
        return {"min": min, "max": max}[token](values)


def read(text):
    """The exact value of a printed expression without letters."""
    return Reader(text).whole()


def equations(line):
    """The equal parts of a printed line: its label, units and asides are left out."""
    body = re.split(r"  +", line.strip(), maxsplit=1)[-1]
    body = re.sub(r"( bytes.*| \([a-z0-9][^()=]*[a-z]{2}[^()=]*\))$", "", body)
    return body.split(" = ")


def is_lettered(part):
    return re.search(r"[A-Za-z]", re.sub(r"\b(floor|ceil|min|max)\(", "(", part)) is not None


def check(line):
    """Evaluate every part without letters of a worked line: all must be equal; the value, None where there is none."""
    values = [read(part) for part in equations(line) if not is_lettered(part) and not set(part) & set("×_→?")]
    assert len(set(values)) <= 1, line
    return values[0] if values else None
