"""`python docs/pictures.py` draws the pictures of pictures.md and the README anew, by the commands of that page."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
COMMAND = re.compile(r"^convcalc (\w+ .+ -o (pictures/\S+))$", re.MULTILINE)


def commands() -> list[tuple[list[str], str]]:
    """The arguments of each command of the page that draws, and the file that it writes."""
    return [(shlex.split(line), path) for line, path in COMMAND.findall((HERE / "pictures.md").read_text("utf-8"))]


if __name__ == "__main__":
    for arguments, _ in commands():
        subprocess.run([sys.executable, "-m", "convcalc", *arguments], cwd=HERE, check=True)
