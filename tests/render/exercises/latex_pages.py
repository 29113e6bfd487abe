"""Pages of LaTeX looked at without an engine: their environments, their tables, their formulas; and where KaTeX is."""

import os
import re
import shutil
from pathlib import Path

from places import ROOT

CHECKER = """
const katex = require('katex');
const found = JSON.parse(require('fs').readFileSync(0, 'utf8'));
for (const text of found) {
  try { katex.renderToString(text, {displayMode: true, throwOnError: true, strict: 'error'}); }
  catch (error) { console.log(JSON.stringify([text, String(error)])); }
}
"""


def katex():
    """Where KaTeX is installed, or None."""
    node = shutil.which("node")
    paths = [Path(path) for path in os.environ.get("NODE_PATH", "").split(os.pathsep) if path]
    found = [
        place
        for place in (ROOT / "node_modules", ROOT / ".node" / "node_modules", *paths)
        if (place / "katex").is_dir()
    ]
    return (node, found[0]) if node and found else None


def environments(page):
    """Those that are opened and not closed, or closed and not opened."""
    waiting = []
    for end, name in re.findall(r"\\(begin|end)\{(\w+\*?)\}", page):
        if end == "begin":
            waiting.append(name)
        elif not waiting or waiting.pop() != name:
            return [*waiting, name]
    return waiting


def rows_of_tables(page):
    """How many columns a table has, and how many cells each of its rows."""
    for sides, body in re.findall(r"\\begin\{longtable\}\{([^\n]*)\}\n(.*?)\\end\{longtable\}", page, re.DOTALL):
        columns = len(re.findall(r"[lrp]", re.sub(r">\{[^}]*\}|\{[^}]*\}", "", sides)))
        body = re.sub(r"\\begin\{tabular\}.*?\\end\{tabular\}", "", body)
        for line in body.splitlines():
            if line.endswith(r"\\"):
                yield columns, len(re.findall(r"(?<!\\)&", line)) + 1


def formulas(page):
    """What stands between dollars and in displays."""
    page = re.sub(r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", page, flags=re.DOTALL)
    displays = re.findall(r"\\begin\{align\*\}.*?\\end\{align\*\}", page, re.DOTALL)
    displays += re.findall(r"\\\[(.*?)\\\]", page, re.DOTALL)
    return displays + re.findall(r"(?<!\\)\$(.+?)(?<!\\)\$", page)
