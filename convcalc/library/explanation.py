"""Worked arithmetic as a value: a text, which is written in other formats and shown typeset."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.library.document import Document
from convcalc.library.frozen import entry_point, fill, require_known
from convcalc.library.loading import names_of
from convcalc.questions.explain import WITHOUT_INPUT, ExplanationRequest, explain
from convcalc.questions.explain import quantity as quantity_name

if TYPE_CHECKING:
    from convcalc.library.network import Network


class Explanation(Document):
    """Worked arithmetic as text; `write` has it in another format, and a notebook shows it typeset.

    >>> convcalc.layer("linear 10", 84).explain(quantities="parameters").write("ascii").splitlines()[3]
    '  Parameters  (c + 1)*f = (84 + 1)*10 = 85*10 = 850'
    """

    __slots__ = ("_network", "_request", "_work")
    _network: Network
    _request: ExplanationRequest
    _work: str

    @entry_point
    def write(self, form: str) -> Explanation:
        """The same as text, ascii, markdown, latex or html, which is a page with pictures."""
        return written_explanation(self._network, self._request, self._work, form)

    def __reduce__(self) -> tuple[Any, ...]:
        return written_explanation, (self._network, self._request, self._work, self.form)

    def _repr_html_(self) -> str:
        from convcalc.library.html import explanation_html

        return explanation_html(self._network, self._request, self._work)


def explanation(
    network: Network, layers: tuple[str, ...], quantities: str | Iterable[str], work: str, notation: str
) -> Explanation:
    """What is asked of a network, worked; a Problem where it has no such layer, or there is no such quantity."""
    from convcalc.questions.textbooks import TEXTBOOKS
    from convcalc.render.working.works import WORKS

    require_known("work", work, WORKS)
    require_known("notation", notation, ("", *TEXTBOOKS))
    names = tuple(map(quantity_name, names_of(quantities)))
    report = network._report
    if not WITHOUT_INPUT.issuperset(names) or not names:
        report.demand_shapes()
    request = ExplanationRequest(names, layers, notation, batch=report.batch or 1)
    return written_explanation(network, request, work, "text")


def written_explanation(network: Network, request: ExplanationRequest, work: str, form: str) -> Explanation:
    """A request met, in a format."""
    from convcalc.render.working.page import FORMS
    from convcalc.render.working.works import WorkedOptions, render

    require_known("format", form, ("ascii", *FORMS))
    plainly = form == "ascii"
    options = WorkedOptions(work, "text" if plainly else form, not plainly)
    found = Explanation("".join(render(explain(network._report, request), options)), form)
    fill(found, _network=network, _request=request, _work=work)
    return found
