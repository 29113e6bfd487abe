"""The options that `layer` and `explain` share: what to work out, how far, and how it is to look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from convcalc.commands.console import speak, tell, width
from convcalc.commands.summary import DTYPES
from convcalc.network.quantity import QUANTITIES
from convcalc.problem import Problem
from convcalc.questions.explain import Explained, Question, quantity
from convcalc.questions.textbooks import TEXTBOOKS
from convcalc.render.working.page import FORMS
from convcalc.render.working.worked import WORKS, Manner, render

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport

Function = TypeVar("Function", bound=Callable[..., Any])


def quantities(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Full names; `all` is every one."""
    names = [name for value in values for name in value.replace(",", " ").split()]
    if values and not names:
        raise click.BadParameter(f'"{values[0]}" names no quantity', ctx, param)
    if "all" in names:
        return tuple(QUANTITIES)
    try:
        return tuple(map(quantity, names))
    except Problem as error:
        raise click.BadParameter(f"{error}; {error.diagnostics[0].hint}", ctx, param) from None


OPTIONS = (
    click.option("--quantity", "-q", "asked", multiple=True, callback=quantities, metavar="NAME",
                 help=f"{', '.join(QUANTITIES)}, or all; may be repeated."),
    click.option("--work", type=click.Choice(WORKS), default="full", show_default=True,
                 help="How much of the work to show; blank makes a worksheet."),
    click.option("--format", "form", type=click.Choice(tuple(FORMS)), default="text", show_default=True,
                 help="Markdown and LaTeX hold formulas that are typeset."),
    click.option("--notation", type=click.Choice(tuple(TEXTBOOKS)), help="Formulas in the letters of a source."),
    click.option("--ascii", "plain", is_flag=True, help="floor(a/b) for ⌊a/b⌋; by itself where the output needs it."),
    click.option("--batch", type=click.IntRange(1), help="Examples at a time: 1, or as many as the input says."),
    click.option("--dtype", type=click.Choice(tuple(DTYPES)), default="float32", show_default=True,
                 help="Of numbers in memory."),
)  # fmt: skip


def options(function: Function) -> Function:
    """A command with the shared options, which it takes as **how."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def question(
    layers: tuple[str, ...], report: NetworkReport, *, asked: tuple[str, ...], notation: str | None,
    batch: int | None, dtype: str, **_: Any,
) -> Question:  # fmt: skip
    return Question(asked, layers, notation or "", DTYPES[dtype], batch or report.batch or 1)


def show(explained: Explained, *, work: str, form: str, plain: bool, **_: Any) -> None:
    """Write a page to standard output."""
    if plain and form != "text":
        raise click.UsageError(f"--ascii is for text, not for {form}")
    unicode = speak(form) and not (plain and form == "text")
    tell(render(explained, Manner(work, form, unicode, width())), form)
