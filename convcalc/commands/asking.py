"""The options that `layer` and `explain` share: what to work out, how far, and how it is to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from convcalc.commands.console import complain, speak, tell, width
from convcalc.commands.options import BATCH, DTYPE, DTYPES, format_options, option_reader, record, together
from convcalc.network.quantity import QUANTITIES
from convcalc.problem import Problem, problem
from convcalc.questions.explain import Explained, ExplanationRequest, quantity
from convcalc.questions.textbooks import TEXTBOOKS
from convcalc.render.working.page import FORMS
from convcalc.render.working.works import WORKS, WorkedOptions, render
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport


class Request(NamedTuple):
    """What is to be worked out, and how it is to be shown."""

    quantities: tuple[str, ...] = ()
    work: str = "full"
    notation: str = ""
    plain: bool = False
    batch: int = 0
    dtype: str = "float32"


@option_reader
def quantities(values: tuple[str, ...]) -> tuple[str, ...]:
    """Full names; `all` is every one."""
    names = [name for value in values for name in value.replace(",", " ").split()]
    if values and not names:
        raise problem("U001", f'"{values[0]}" names no quantity')
    return tuple(QUANTITIES) if "all" in names else tuple(map(quantity, names))


options = together(
    format_options((*FORMS, "json"), help="Markdown, LaTeX and HTML hold typeset formulas; HTML, pictures too."),
    record(
        "asked", Request, Request._fields,
        click.option("--quantity", "-q", "quantities", multiple=True, callback=quantities, metavar="NAME",
                     help=f"{', '.join(QUANTITIES)}, or all; may be repeated."),
        click.option("--work", type=click.Choice(WORKS), default="full", show_default=True,
                     help="How much of the work to show; blank makes a worksheet."),
        click.option("--notation", type=click.Choice(tuple(TEXTBOOKS)), help="Formulas in the letters of a source."),
        click.option("--ascii", "plain", is_flag=True,
                     help="floor(a/b) for ⌊a/b⌋; automatic where the output needs it."),
        BATCH,
        DTYPE,
    ),
)  # fmt: skip


def question(asked: Request, report: NetworkReport, layers: tuple[str, ...] = ()) -> ExplanationRequest:
    batch = asked.batch or report.batch or 1
    return ExplanationRequest(asked.quantities, layers, asked.notation, DTYPES[asked.dtype], batch)


def show(explained: Explained, asked: Request, form: str) -> None:
    """Write a page, and what there is to say of the network beside it."""
    if asked.plain and form != "text":
        raise click.UsageError(f"--ascii is for text, not for {form}")
    if form == "json":
        from convcalc.render.working.json import document

        if asked.work == "blank":
            raise click.UsageError(f"--work blank makes a worksheet: as {', '.join(FORMS)}")
        if explained.report.errors:
            raise Problem(*explained.report.errors)
        name = "explain" if explained.is_network else "layer"
        tell(document(name, explained, asked.work), form)
        return
    unicode = speak(form) and not (asked.plain and form == "text")
    tell(render(explained, WorkedOptions(asked.work, form, unicode, width())), form)
    complain(explained.report.diagnostics)
