"""The notations of SQL: one that is right in as many databases as can be, and those of single ones."""

from __future__ import annotations

from convcalc.algebra.expr import TRUNCATED
from convcalc.algebra.notation import ASCII, ATOM, POWER, PRODUCT, SUM, Notation, Rule


def dialect(
    truncated: Rule, minimum: str = "LEAST", maximum: str = "GREATEST", exact: str = "", floor: str = ""
) -> Notation:
    """A notation of SQL, by its division of whole numbers; what a plain division leaves no whole number of is NULL."""
    exact = exact or f"CASE WHEN %(a)s %% %(b)s = 0 THEN {truncated.template} END"
    floor = floor or truncated.template.replace("%(a)s", "(%(a)s - (%(a)s %% %(b)s + %(b)s) %% %(b)s)")
    tight = Rule("", PRODUCT, POWER, truncated.whole)
    return ASCII._replace(
        times=" * ", bracket={}, decimals=False, repeats=True, calls={"min": minimum, "max": maximum}, truncates=True,
        ratio={"": tight._replace(template=exact, whole=ATOM), TRUNCATED: truncated,
               "floor": tight._replace(template=floor)},
    )  # fmt: skip


# Right where / gives a fraction, too: there is none left when what is over has been taken off.
SQL = dialect(
    Rule("(%(a)s - %(a)s %% %(b)s) / %(b)s", PRODUCT, POWER, PRODUCT),
    exact="CASE WHEN %(a)s %% %(b)s = 0 THEN %(a)s / %(b)s ELSE 1.0 * %(a)s / %(b)s END",
    floor="(%(a)s - (%(a)s %% %(b)s + %(b)s) %% %(b)s) / %(b)s",
)
DIALECTS = {
    "sql": SQL,
    "sql:duckdb": dialect(Rule("%(a)s // %(b)s", PRODUCT, POWER, PRODUCT)),
    "sql:spark": dialect(Rule("%(a)s DIV %(b)s", PRODUCT, POWER, PRODUCT)),
    "sql:trino": dialect(Rule("%(a)s / %(b)s", PRODUCT, POWER, PRODUCT)),
    "sql:clickhouse": dialect(Rule("intDiv(%(a)s, %(b)s)", SUM, SUM, ATOM)),
    "sql:postgres": dialect(Rule("%(a)s / %(b)s", PRODUCT, POWER, PRODUCT)),
    "sql:sqlite": dialect(Rule("%(a)s / %(b)s", PRODUCT, POWER, PRODUCT), "MIN", "MAX"),
}
