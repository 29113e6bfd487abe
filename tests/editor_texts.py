"""Everything in YAML that the repository has, by where it is; and a text as JSON Schema sees it."""

import ast
import re
from functools import lru_cache
from pathlib import Path
from textwrap import dedent

from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/**/*.md", "examples/**/*.md", "convcalc/render/reference/pages/*.md")
PROGRAMS = ("tests/**/*.py", "convcalc/**/*.py", "benchmarks/*.py")
IS_YAML = re.compile(r"^\s*(?:- )?(?:layers|base|input|answers|student|questions|assignment)\s*:|^\{", re.MULTILINE)


def files(*patterns):
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


@lru_cache(maxsize=1)
def yaml_texts():
    """(where, text): files, blocks of pages, and the strings of programs that may be YAML; each text once."""
    found = {}
    for path in files("specs/*.yaml", "examples/**/*.yaml"):
        found.setdefault(path.read_text(), path.name)
    for path in files(*PAGES):
        for match in re.finditer(r"^```ya?ml\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE):
            found.setdefault(match[1], path.name)
    for path in files(*PROGRAMS):
        if path.name == "broken_texts.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and IS_YAML.search(node.value):
                found.setdefault(dedent(node.value), f"{path.name}:{node.lineno}")
    return [(where, text) for text, where in found.items()]


def as_json(text):
    """A text by the rules of YAML 1.2, as editors read it, every key as a text."""
    return with_texts_as_keys(YAML(typ="safe", pure=True).load(text))


def with_texts_as_keys(value):
    if isinstance(value, dict):
        return {"null" if key is None else str(key): with_texts_as_keys(held) for key, held in value.items()}
    return [with_texts_as_keys(each) for each in value] if isinstance(value, list) else value
