"""Pages of their own: one style for all of them, light and dark, on a phone and on paper, without a network."""

from __future__ import annotations

from collections.abc import Iterable

from convcalc.render.script import printable

POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # of a page without scripts
SPECIAL = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;"))
STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif;
  --paper: #fff; --ink: #1b1f24; --soft: #57606a; --line: #c8cfd6; --link: #0b57a4; --failed: #b3261e;
  --c: #c5ecdd; --c-ink: #004a35; --k: #cfe6f8; --k-ink: #07406a; --w: #f3aa79; --w-ink: #3d1700;
  --u: #efc9de; --u-ink: #5d1242; --m: #eaedf0; --m-ink: #4d555e; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171a; --ink: #e4e7ea; --soft: #a3acb5; --line: #424a52; --link: #8ec2ff; --failed: #ff9d92;
  --c: #0d4535; --c-ink: #a5efd5; --k: #143f5e; --k-ink: #b3dfff; --w: #8a3d0c; --w-ink: #ffe3d0;
  --u: #5f2850; --u-ink: #ffd3ec; --m: #2b3137; --m-ink: #b9c1c9; } }
body { margin: 2rem; background: var(--paper); color: var(--ink); }
h1 { font-size: 1.5em; line-height: 1.2; }
h2 { font-size: 1.15em; margin-top: 2em; }
a { color: var(--link); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .6em; }
th, td { text-align: left; padding: .15em .9em; font-weight: inherit; vertical-align: baseline; }
thead th { font-weight: 600; vertical-align: bottom; border-bottom: 1px solid; }
tfoot td { font-weight: 600; border-top: 1px solid; }
.n { text-align: right; white-space: nowrap; }
"""


def digest(text: str) -> str:
    """What a policy allows a script or a style by."""
    from base64 import b64encode
    from hashlib import sha256

    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def page_head(title: str, style: str = "", policy: str = "", language: str = "en") -> Iterable[str]:
    """A page up to what it shows; the title is HTML already."""
    yield f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n<title>{title}</title>\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    if policy:
        yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield f"<style>{STYLE}{style}</style>\n"


def safe(text: str) -> str:
    """A text within elements and attributes; html's own function takes a millisecond to import."""
    text = printable(text)
    for sign, entity in SPECIAL:
        text = text.replace(sign, entity)
    return text


def json_text(value: object) -> str:
    """JSON in which nothing ends the element around it."""
    from json import dumps

    return dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
