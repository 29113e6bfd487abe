"""Every rule."""

from __future__ import annotations

from convcalc.linting import (
    channels,
    composition,
    costs,
    dilation,
    effect,
    normalisation,
    reading,
    sight,
    sizes,
    spreading,
    unread,
)
from convcalc.problem import did_you_mean, problem

SUBJECTS = (reading, spreading, dilation, composition, effect, normalisation, channels, unread, sizes, costs, sight)
RULES = tuple(rule for subject in SUBJECTS for rule in subject.RULES)
BY_CODE = {rule.code: rule for rule in RULES}


def known_code(word: str) -> str:
    """The code that a word is; a Problem where there is no such rule."""
    code = word.strip().lower().replace("_", "-")
    if code not in BY_CODE:
        hint = did_you_mean(code, BY_CODE) or "convcalc lint --rules lists them"
        raise problem("U011", f'there is no rule "{word[:60]}"', hint)
    return code
