"""What linting costs: all bundled specs in one run, linted against summarised; and a table on a terminal.

python benchmarks/linting.py
"""

from __future__ import annotations

from run import CONVCALC, PYTHON, in_terminal, ratio

from convcalc.readers.library import bundled_networks

NETWORKS = list(bundled_networks())


def main() -> None:
    lint, summary = [CONVCALC, "lint", *NETWORKS], [CONVCALC, "summary", *NETWORKS, "--format", "jsonl"]
    ratio(f"lint of {len(NETWORKS)} specs / summary --format jsonl", lint, summary, 2, rounds=5)
    ratio("lint --notes of vgg16 / summary vgg16 --json", [CONVCALC, "lint", "vgg16", "--notes"], [
        CONVCALC, "summary", "vgg16", "--json",
    ], 2)  # fmt: skip
    for name in ("vgg16", "resnet152"):
        shown = [CONVCALC, "summary", name]
        ratio(f"summary {name} on a terminal / piped", in_terminal(*shown), shown, 2)
    ratio("start: summary vgg16 --json / click, yaml", [CONVCALC, "summary", "vgg16", "--json"], [
        PYTHON, "-c", "import click, yaml",
    ], 1.2)  # fmt: skip


if __name__ == "__main__":
    main()
