"""Command lines to begin with, a few of each command, and what each is for."""

from __future__ import annotations

from convcalc.tuples import NamedTuple


class CommandExample(NamedTuple):
    line: str
    sense: str


def examples(*pairs: tuple[str, str]) -> tuple[CommandExample, ...]:
    return tuple(CommandExample(f"convcalc {line}", sense) for line, sense in pairs)


EXAMPLES = {
    "summary": examples(
        ("summary lenet5", "The table of a bundled network."),
        ('summary -e "3x32x32 -> conv 8 k3 -> relu -> maxpool 2"', "A network in one line."),
        ("summary net.yaml --max-parameters 5M", "Exit code 1 where there are more."),
    ),
    "watch": examples(
        ("watch net.yaml", "The table, again whenever the file is saved."),
        ("watch net.yaml --max-memory-peak 320KiB --lint", "With a budget, and what lint finds."),
    ),
    "draw": examples(
        ("draw lenet5 -o lenet5.svg", "Volumes, one a layer."),
        ("draw resnet50 --as graph --depth 1 -o resnet50.pdf", "The graph, blocks folded."),
        ('draw "conv 1 k3 s2 p1" 1x6x6 --steps -o window.svg', "A window, moving."),
    ),
    "compare": examples(
        ("compare vgg16 resnet50", "Totals, ratios, and the layers that differ."),
    ),
    "lint": examples(
        ("lint net.yaml", "What is almost surely a slip or a waste."),
        ("lint nets/ --format github", "Everything in a folder, as annotations."),
        ("lint --explain checkerboard", "Why there is a rule."),
    ),
    "convert": examples(
        ("convert resnet50 --to pytorch", "A program."),
        ("convert vgg16 --to chain", "One line."),
    ),
    "layer": examples(
        ('layer "conv 10 k5 p2" 3x32x32', "Output, parameters, MACs and receptive field, worked."),
        ('layer "nn.Conv2d(3, 64, 7, stride=2)" 3x224x224', "A line of PyTorch."),
    ),
    "explain": examples(
        ("explain lenet5 C3 total", "A layer, and the sums."),
        ("explain vgg16 --quantity parameters --work blank", "A worksheet."),
    ),
    "apply": examples(
        ('apply "conv 1 k2" "1 2 3; 4 5 6; 7 8 9" --weights "10 20; 30 40"', "Every number of the output, worked."),
    ),
    "solve": examples(
        ('solve 3x224x224 "conv 64 k7 s2 p?" 64x112x112', "Which padding halves the size."),
        ("solve alexnet --smallest", "The smallest input that fits."),
    ),
    "sweep": examples(
        ("sweep resnet --over depth=18,34,50 --over H=160..320:32", "Every depth at every size."),
        ('sweep lenet5 --over H=16..64:4 --pareto "max receptive_field, min macs"', "What no other beats."),
    ),
    "quiz": examples(
        ("quiz --topic sizes --seed 7", "An exercise on output sizes."),
        ("quiz lenet5 --solutions", "Questions about a network, with the work."),
    ),
    "check": examples(
        ("check key.yaml alice.yaml", "One student's answers."),
        ("check key.yaml submissions/ --format csv", "A class's."),
        ("check lenet5 --template", "The file that students fill in."),
    ),
    "init": examples(
        ("init first.yaml", "A first spec, with its schema for an editor."),
        ("init copy.yaml --from lenet5", "A copy of a bundled network."),
        ("init answers key.yaml", "The file in which answers to a key are written."),
    ),
    "specs": examples(("specs", "All of them."), ("specs --show lenet5", "The text of one.")),
    "kinds": examples(("kinds", "All of them."), ("kinds conv", "One, with an example worked.")),
    "formulas": examples(("formulas conv.macs", "One formula."), ("formulas macs", "A quantity, kind by kind.")),
    "completion": examples(
        ("completion bash", "The script for Bash."),
    ),
    "man": examples(
        ("man check", "The page of a command."),
        ("man -o ~/.local/share/man/man1", "All pages, where man finds them."),
    ),
    "schema": examples(
        ("schema summary", "What summary --json writes."),
        ("schema spec", "What a spec may have, for an editor."),
    ),
    "help": examples(("help keys", "How a key is written."), ("help", "What topics there are.")),
}
