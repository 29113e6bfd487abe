"""A table of answers: a line for each layer and a column for each quantity, or a line for each question.

layer | output  | parameters          question      | answer
C1    | 6x28x28 | 156                 C1.output     | 6x28x28

A CSV is one, separated as a spreadsheet of any language saves it; Markdown holds several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from convcalc.handin.answer_forms.collection import CollectedAnswers
from convcalc.handin.table import SEPARATORS, TableRow, cells_of, table_rows
from convcalc.marking.answers import MAX_ANSWERS, TWICE, WHO, Answers
from convcalc.marking.key import OTHERS, PARTS, SUMMED, TOTAL, AnswerKey, is_total, quantity_named
from convcalc.marking.reading import BYTES
from convcalc.marking.reference_network import plain_name
from convcalc.network.quantity import NAMES
from convcalc.problem import Diagnostic, Mark, Problem, Source, did_you_mean, first_names, problem
from convcalc.tuples import NamedTuple

LAYERS = ("layer", "layers", "layer_name", "name_of_layer", "name", "")
ASKS = ("question", "questions", "ask", "asked")
QUANTITY = ("quantity", "what")
VALUES = ("answer", "answers", "your_answer", "my_answer", "value", "solution", "result")
# What tables have beside answers, of which nothing is said.
ASIDE = frozenset(
    ("#", "no", "no.", "nr", "nr.", "type", "kind", "layer_type", "operation", "activation", "notes", "note", "comment",
     "comments", "remark", "remarks", "formula", "work", "working", "calculation", "points", "")
)  # fmt: skip
NUMBER_OF = re.compile(r"^(?:#|№|no\.?|nr\.?|n\.|num|number)(?:_of)?_|_(?:#|count)$|^#|#$")
BRACKET = re.compile(r"\s*[\[(]([^\[\]()]*)[\])]")
UNITS = ("k", "K", "M", "G", "B", "thousand", "thousands", "million", "millions", "billion")  # (b) is that of biases
BARE = re.compile(r"[\d.,'_ ]*\d")  # a number that may have the unit of its heading
MAX_COLUMNS = 200
MAX_TOLD = 20  # rows that cannot be told apart
SHOWN = 40


class AnswerTable(NamedTuple):
    """A table as it is written, from its heading on."""

    source: Source
    heading: TableRow
    rows: tuple[TableRow, ...]


class AnswerColumn(NamedTuple):
    """A column of answers: what is asked in it, and the unit in its heading."""

    asked: str  # output, output.height, …; "" where another column says what
    unit: str = ""


class TableColumns(NamedTuple):
    """What each column of a table is."""

    name: int  # the column that names the layer or the question
    quantity: int | None  # the column that names the quantity
    answers: dict[int, AnswerColumn]
    unread: dict[int, str]  # heading by place


def columns_of(heads: Sequence[str]) -> TableColumns | None:
    """What the columns of a heading are; None where it is that of no table of answers."""
    plain = [plain_heading(head) for head in heads[:MAX_COLUMNS]]
    answers = {place: column for place, head in enumerate(heads[:MAX_COLUMNS]) if (column := answer_column(head))}
    name = next((plain.index(word) for word in LAYERS if word in plain and (word or plain[0] == "")), None)
    quantity = None
    listed = next((place for place, word in enumerate(plain) if word in VALUES), None)
    asks = next((place for place, word in enumerate(plain) if word in ASKS), None)
    if listed is not None and not answers:
        quantity = next((place for place, word in enumerate(plain) if word in QUANTITY), None)
        name = asks if asks is not None else name
        answers = {listed: AnswerColumn("")}
    if name is None or not answers.keys() - {name}:
        return None
    answers.pop(name, None)
    used = {name, quantity, *answers}
    unread = {place: head for place, head in enumerate(heads) if place not in used and head.strip()}
    return TableColumns(name, quantity, answers, unread)


def no_answer_table(hint: str, mark: Mark) -> Problem:
    """What is wrong with a table whose heading has no columns of answers."""
    return problem("H040", "this table has no answers: its heading names no layer and no quantity", hint, mark)


def plain_heading(head: str) -> str:
    """Output shape (CxHxW) → output_shape; # Params → params."""
    return NUMBER_OF.sub("", plain_name(BRACKET.sub("", head[:200]).strip(" :*_`")))


def answer_column(head: str) -> AnswerColumn | None:
    """What is asked in a column of this heading; None where it is no quantity."""
    plain = plain_heading(head)
    words = (plain, f"{plain}s", plain.removesuffix("s")) if len(plain) > 2 else (plain,)
    asked = next((name for word in words if (name := quantity_named(word))), "")
    if not asked and plain in PARTS:
        asked = PARTS[plain]
    if not asked:
        quantity, _, part = plain.rpartition("_")
        if part in PARTS and (asked := quantity_named(quantity)) and part != "size":
            asked = f"{asked}.{PARTS[part]}"
    units = (unit.strip() for unit in BRACKET.findall(head[:200])) if asked in SUMMED else ()
    unit = next((unit for unit in units if unit in UNITS or unit.lower() in BYTES), "")
    return AnswerColumn(asked, unit) if asked else None


def add_table(found: CollectedAnswers, table: AnswerTable, key: AnswerKey | None) -> bool:
    """Collect the answers of a table; whether it is one of answers."""
    columns = columns_of(table.heading.cells)
    if columns is None:
        return False
    width, told = len(table.heading.cells), 0
    used: set[int] = set()
    for row in table.rows:
        cells = row.cells
        mark = Mark(table.source, row.line, 1)
        name = cells[columns.name].strip() if columns.name < len(cells) else ""
        if name.lower().rstrip(":") in WHO:
            found.add_fact(
                name.rstrip(":"), next(filter(None, (cell.strip() for cell in cells[columns.name + 1 :])), "")
            )
            continue
        trouble = row_trouble(name, cells, width)
        if trouble:
            told += 1
            if told <= MAX_TOLD:
                found.findings.append(Diagnostic("H041", *trouble, mark, severity="warning"))
        if not name:
            continue
        answers = row_answers(name, cells, columns, key)
        asked = {place for place, (full, _) in answers.items() if key is None or is_asked(full, key)}
        used |= asked
        if not asked and key is not None and not is_layer(name, key):
            asked = set(list(answers)[:1])  # to tell that nobody asked for it
        surplus = TWICE.join(cell.strip() for cell in cells[columns.name + 1 :]) if len(cells) > width else ""
        for place in sorted(asked):
            full, text = answers[place]
            found.add(full, surplus or text, mark)
    found.findings += unread_columns(table, columns, used)
    return True


def row_trouble(name: str, cells: Sequence[str], width: int) -> tuple[str, str] | None:
    """Why the cells of a row cannot be told apart, and what to do; None where they can."""
    if len(cells) > width:
        what = f"{name[:SHOWN]} has" if name else "this line has"
        message = f"{what} {len(cells)} cells and the heading {width}: which is which cannot be told"
        return message, 'put quotes around a cell that has a separator in it, or write "6x28x28"'
    if any("\n" in cell for cell in cells):
        return "a quote that is opened on this line is closed on another one", 'close it: "6x28x28"'
    if not name and any(cell.strip() for cell in cells):
        return "this line names no layer, and was not read", "write its name in the first column"
    return None


def row_answers(
    name: str, cells: Sequence[str], columns: TableColumns, key: AnswerKey | None
) -> dict[int, tuple[str, str]]:  # fmt: skip
    """The name and the text of each answer in a row, by its column."""
    said = columns.quantity
    what = cells[said].strip() if said is not None and said < len(cells) else ""
    return {
        place: (answer_name(name, column.asked or what, key), with_unit(cells[place].strip(), column.unit))
        for place, column in columns.answers.items()
        if place < len(cells) and cells[place].strip()
    }


def is_asked(name: str, key: AnswerKey) -> bool:
    """Whether it answers a question, or is one side of a shape that is asked for as a whole."""
    whole, _, part = name.rpartition(".")
    return bool(key.find(name) or (part in PARTS and (key.find(whole) or key.find(f"{whole}.output"))))


def is_layer(name: str, key: AnswerKey) -> bool:
    plain = plain_name(name)
    return key.network is not None and (plain in key.network.names or is_total(plain, key.network))


def answer_name(name: str, asked: str, key: AnswerKey | None) -> str:
    """C1.output; the row of sums is that of the network, unless a layer is called so."""
    full = f"{name}.{asked}" if asked else name
    return f"{TOTAL}.{asked}" if asked and is_total(plain_name(name), key and key.network) else full


def with_unit(text: str, unit: str) -> str:
    """2.4 below `Params (k)` is 2.4 k."""
    return f"{text} {unit}" if unit and BARE.fullmatch(text) else text


def unread_columns(table: AnswerTable, columns: TableColumns, used: set[int]) -> Iterator[Diagnostic]:
    """What is told of columns that hold no answers."""
    heads, mark = table.heading.cells, Mark(table.source, table.heading.line, 1)
    known = [*NAMES, *OTHERS]
    strange = [head.strip() for head in columns.unread.values() if plain_heading(head) not in ASIDE]
    if strange:
        hint = next(filter(None, (did_you_mean(plain_heading(head), known) for head in strange)), "")
        yield Diagnostic("H042", f"not read: {quoted_heads(strange)}", hint, mark, severity="note")
    idle = [heads[place].strip() for place in columns.answers if place not in used]
    if idle and table.rows:
        yield Diagnostic("H042", f"no question asks for {quoted_heads(idle)}", "", mark, severity="note")


def quoted_heads(heads: Iterable[str]) -> str:
    """the columns "a", "b"."""
    shown = [f'"{head[:SHOWN]}"' for head in heads]
    return f"the column{'' if len(shown) == 1 else 's'} {first_names(shown, 5)}"


# CSV

MAX_PREAMBLE = 20  # lines before the heading
SAID = re.compile(r"sep=(.)\s*\n", re.IGNORECASE)  # Excel's own first line


class TableHeading(NamedTuple):
    """The heading of a table of answers: how it is separated, and how many lines with text are above it."""

    separator: str
    above: int
    heads: list[str]


def read_answers(source: Source, key: AnswerKey | None) -> Answers:
    """The answers of a CSV table; a Problem where it has none."""
    source = source._replace(text=source.text.lstrip("\ufeff"))
    found = CollectedAnswers(source.name)
    heading = heading_of(source.text)
    if heading is None:
        raise no_answer_table("its first line: layer,output,parameters", Mark(source, 1, 1))
    rows = [row for row in table_rows(source, heading.separator) if any(cell.strip() for cell in row.cells)]
    if len(rows) > MAX_ANSWERS:
        raise problem("H003", f"more than {MAX_ANSWERS:,} lines", "one for each layer is enough")
    for row in rows[: heading.above]:
        words = [cell.strip(" :#") for cell in row.cells if cell.strip()]
        if len(words) > 1 and words[0].lower() in WHO:
            found.add_fact(words[0], words[1])
    table = AnswerTable(source, rows[heading.above], tuple(rows[heading.above + 1 :]))
    add_table(found, table, key)
    if key is not None and not found.known:
        mark = Mark(source, table.heading.line, 1)
        raise problem("H040", "there are no answers below this heading", "a line for each layer: C1,6x28x28,156", mark)
    return found.answers()


def is_comment(head: str) -> bool:
    """Whether a line is a remark, as YAML has it, and # is not the heading of the numbers of lines."""
    return head.strip().startswith("#") and len(head.strip(" #")) > 0


def heading_of(text: str) -> TableHeading | None:
    """The heading of a table of answers; None where a text has none among its first lines."""
    lines = [line for line in text.split("\n", 2 * MAX_PREAMBLE)[: 2 * MAX_PREAMBLE] if line.strip()]
    said = SAID.match(text)
    above = 0
    for line in lines[:MAX_PREAMBLE]:
        for separator in sorted(said[1] if said else SEPARATORS, key=line.count, reverse=True):
            heads = cells_of(line, separator) if separator in line else []
            if columns_of(heads) is not None and not is_comment(heads[0]):
                return TableHeading(separator, above, heads)
        above += bool(line.strip(f"\r{SEPARATORS} "))
    return None
