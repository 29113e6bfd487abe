"""Pages whose commands a test runs: a block of commands, each with what it prints, and the files that they work on."""

import re

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^```\w+\n# (\S+\.\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = "$ convcalc "


def commands_of(text):
    """Every command of a page with what is said to follow it."""
    return [row for block in BLOCK.findall(text) for row in commands_of_block(block)]


def commands_of_block(block):
    first, *rest = re.split(rf"^{re.escape(PROMPT)}", block, flags=re.MULTILINE)
    assert not first.strip(), first
    for part in rest:
        command, _, output = part.partition("\n")
        yield command, output


def files_of(text):
    """The files that a page shows, by name: blocks whose first line is `# NAME`, which only YAML takes for a comment."""
    return {name: body if name.endswith(".csv") else f"# {name}\n{body}" for name, body in FILE.findall(text)}


def renew(page, command, output, found):
    """Put what a command prints in the place of what the page says."""
    text = page.read_text("utf-8")
    begin = text.index(PROMPT + command + "\n") + len(PROMPT + command + "\n")
    assert text.startswith(output, begin)
    page.write_text(text[:begin] + found + text[begin + len(output) :], "utf-8")
