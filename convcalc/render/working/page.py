r"""A page of worked lines as text, Markdown, LaTeX or HTML: the same rows, in each format's own way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from convcalc.algebra.expr import Expr, Sum, letters
from convcalc.algebra.notation import chain, write
from convcalc.render.layout import fill, width
from convcalc.render.script import plainly, printable
from convcalc.render.working.cells import BLANKS, PAGE_WIDTH, CellRow, Grids, cell_lines, matrix, side_by_side
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Picture
    from convcalc.render.working.words import Sentence

TIMES = {"text": "×", "ascii": "x", "latex": r" \times "}
LONG_FORMULA = 72  # characters of a line of LaTeX before each equation gets a line of its own
ON_A_LINE = 8  # terms of a sum in LaTeX
LEGEND_WIDTH = 100


class Title(NamedTuple):
    text: str


class Heading(NamedTuple):
    """A layer: its name, its line of a spec, and from which shapes it makes which."""

    name: str
    spelled: str = ""
    shapes: str = ""
    like: str = ""  # the layer that shows the rest


class WorkedRow(NamedTuple):
    """A quantity: equal trees from the formula down to the value; a blank to fill in after them."""

    label: str  # two spaces before it: it belongs to the row above
    trees: tuple[Expr, ...]
    thousands: bool = True
    blank: bool = False
    unit: str = ""
    shape: str = ""  # instead of trees
    asides: tuple[Sentence, ...] = ()  # short ones, in brackets behind


class SentenceBelow(NamedTuple):
    """A sentence below a row."""

    sentence: Sentence


class Legend(NamedTuple):
    letters: tuple[tuple[str, str], ...]
    source: str = ""


class Figure(NamedTuple):
    """A picture, in formats that hold any."""

    picture: Picture


Item: TypeAlias = "Title | Heading | WorkedRow | SentenceBelow | Legend | Grids | CellRow | Figure"


# Text


def text(items: Iterable[Item], unicode: bool = True, limit: int = 0) -> Iterator[str]:
    """Labels in a column; on a terminal of limited width an equation that does not fit continues below."""
    page = list(items)
    first = page[0] if page else None
    column = max((width(item.label) for item in page if isinstance(item, WorkedRow)), default=0) + 2
    notation = "text" if unicode else "ascii"
    places, after_grids = max((len(item.label) for item in page if isinstance(item, CellRow)), default=0), False
    for item in page:
        match item:
            case Title(words):
                yield f"{plainly(words, unicode)}\n"
            case Heading(name, spelled, shapes, like):
                said = join(", ", join(": ", name, spelled), shapes, f"as {like}" if like else "")
                yield f"{'' if item is first else chr(10)}{plainly(said, unicode)}\n"
            case WorkedRow():
                parts = equations(item, notation)
                unit = f" {item.unit}" if item.unit else ""
                unit += "".join(f" ({plainly(sentence_text(aside, notation), unicode)})" for aside in item.asides)
                start = f"  {item.label.ljust(column)}"
                line = start + " = ".join(parts) + unit
                if limit and width(line) > limit:
                    line = f"\n{' ' * (column + 2)}= ".join([start + parts[0], *parts[1:]]) + unit
                yield f"{line}\n"
            case CellRow():
                if after_grids:
                    yield "\n"
                start = f"  {item.label.ljust(places)}  "
                room = (limit or PAGE_WIDTH) - len(start)
                yield start + f"\n{' ' * len(start)}".join(cell_lines(item, notation, room)) + "\n"
            case Grids(grids, caption):
                yield f"\n  {plainly(caption, unicode)}\n\n" if caption else "\n"
                lines = side_by_side(grids, notation, unicode, limit or PAGE_WIDTH)
                yield from (f"  {line}\n" if line else "\n" for line in lines)
            case SentenceBelow(sentence):
                margin = " " * (column + 2)
                words = plainly(sentence_text(sentence, notation), unicode)
                room = max(limit - len(margin), 20) if limit else len(words)
                yield from (f"{margin}{line}\n" for line in fill(words, room, 2))
            case Legend(known, source):
                said = "; ".join(f"{letter} {meaning}".rstrip() for letter, meaning in known)
                letters_said = fill(plainly(f"Letters: {said}.", unicode), limit or LEGEND_WIDTH, 2)
                yield "\n" + "".join(f"{line}\n" for line in letters_said)
                if source:
                    yield f"{plainly(f'As in {source}.', unicode)}\n"
        after_grids = isinstance(item, Grids)


def sentence_text(sentence: Sentence, notation: str) -> str:
    return "".join(part if isinstance(part, str) else chain(part, notation) for part in sentence)


def equations(row: WorkedRow, notation: str) -> list[str]:
    if notation == "latex":
        parts = [tex(tree, row.thousands) for tree in row.trees]
    else:
        parts = [write(tree, notation, thousands="," if row.thousands else "") for tree in row.trees]
    if row.shape:
        parts.append(row.shape.replace("×", TIMES[notation]))
    return [*parts, BLANKS[notation]] if row.blank else parts


def join(separator: str, *words: str) -> str:
    """Those that are not empty."""
    return separator.join(filter(None, words))


# LaTeX, and Markdown with it


def escape(words: str) -> str:
    from convcalc.render.report import latex as tables  # on the way to text it is not needed

    return tables.escape(words)


def is_word(letter: str) -> bool:
    """Whether a letter is a word, kernel_size, that keeps its underscores; H_in has an index."""
    base, _, index = letter.partition("_")
    return len(base.rstrip("0123456789'")) != 1 or "[" in letter or "_" in index


def tex(tree: Expr, thousands: bool) -> str:
    r"""Words stand upright with their underscores, \mathrm{kernel\_size}."""
    names = {word: rf"\mathrm{{{word.replace('_', chr(92) + '_')}}}" for word in letters(tree) if is_word(word)}
    return write(tree, "latex", thousands="{,}" if thousands else "", names=names)


def unit(row: WorkedRow) -> str:
    behind = [escape(row.unit), *(f"({escape(sentence_text(aside, 'text'))})" for aside in row.asides)]
    return "".join(rf" \text{{ {each}}}" for each in behind if each)


def inline(sentence: Sentence, words: Callable[[str], str]) -> str:
    return "".join(
        words(part) if isinstance(part, str) else f"${' = '.join(tex(tree, True) for tree in part)}$"
        for part in sentence
    )


def markdown(items: Iterable[Item], unicode: bool = True, limit: int = 0) -> Iterator[str]:
    """Headings and lists, formulas between dollars."""
    nested = ""
    for item in items:
        match item:
            case Title(words):
                yield f"# {escape_markdown(words)}\n"
            case Heading(name, spelled, shapes, like):
                yield f"\n## {join(': ', escape_markdown(name), f'`{spelled}`' if spelled else '')}\n\n"
                said = join(", ", shapes, f"as {escape_markdown(like)}" if like else "")
                if said:
                    yield f"{said}\n\n"
            case WorkedRow(label):
                nested = "  " if label.startswith("  ") else ""
                yield f"{nested}- {label.strip()}: ${' = '.join(equations(item, 'latex'))}{unit(item)}$\n"
            case CellRow():
                yield f"- ${item.symbol} = {' '.join(cell_lines(item, 'latex', None))}$\n"
            case SentenceBelow(sentence):
                yield f"{nested}  *{inline(sentence, printable)}*\n"
            case Grids(grids, caption):
                yield f"\n{escape_markdown(caption)}\n" if caption else ""
                yield f"\n{' '.join(f'{escape_markdown(grid.title)} ${matrix(grid)}$' for grid in grids)}\n\n"
            case Legend(known, source):
                said = "; ".join(f"${tex(letter, False)}$ {meaning}".rstrip() for letter, meaning in known)
                yield f"\nLetters: {said}.\n"
                if source:
                    yield f"\nAs in {escape_markdown(source)}.\n"


def escape_markdown(words: str) -> str:
    """A name in Markdown: signs that would be emphasis or a link are escaped."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#" else char for char in printable(words))


def latex(items: Iterable[Item], unicode: bool = True, limit: int = 0) -> Iterator[str]:
    """Sections of aligned equations, ready to be \\input where amsmath is loaded."""
    yield "% \\usepackage{amsmath}\n"
    rows: list[str] = []
    for item in items:
        if not isinstance(item, (WorkedRow, CellRow)) and rows:
            yield align_equations(rows)
            rows = []
        match item:
            case Title(words):
                yield f"\\section*{{{escape(words)}}}\n"
            case Heading(name, spelled, shapes, like):
                shown = f"\\texttt{{{escape(spelled)}}}" if spelled else ""
                yield f"\n\\subsection*{{{join(': ', escape(name), shown)}}}\n"
                said = join(", ", escape(shapes).replace("→", r"$\to$"), f"as {escape(like)}" if like else "")
                if said:
                    yield f"\\noindent {said}.\n"
            case WorkedRow():
                rows += tex_rows(item)
            case CellRow():
                first, *others = cell_lines(item, "latex", LONG_FORMULA)
                rows += [f"{item.symbol} &= {first}", *(rf"&\quad {line}" for line in others)]
            case SentenceBelow(sentence):
                yield f"\\noindent {inline(sentence, escape)}.\n"
            case Grids(grids, caption):
                yield f"\\noindent {escape(caption)}\n" if caption else ""
                matrices = [rf"\underset{{\text{{{escape(grid.title)}}}}}{{{matrix(grid)}}}" for grid in grids]
                yield "\n\\quad\n".join(matrices).join(("\\[\n", "\n\\]\n"))
            case Legend(known, source):
                said = "; ".join(f"${tex(letter, False)}$ {escape(meaning)}".rstrip() for letter, meaning in known)
                yield f"\n\\noindent Letters: {said}.\n"
                if source:
                    yield f"\n\\noindent As in {escape(source)}.\n"
    if rows:
        yield align_equations(rows)


def align_equations(rows: list[str]) -> str:
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}\n"


def tex_rows(row: WorkedRow) -> list[str]:
    """The lines of one quantity: a single one, or one for each equation if they are long; a long sum is broken."""
    called = rf"\text{{{escape(row.label.strip())}}}"
    parts = equations(row, "latex")
    plain = sum(len(part) for part in equations(row, "text"))
    if plain <= LONG_FORMULA:
        return [f"{called} &= {' = '.join(parts)}{unit(row)}"]
    found: list[str] = []
    for index, part in enumerate(parts):
        broken = broken_sum(row.trees[index], row.thousands) if index < len(row.trees) else [part]
        found += [f"&= {broken[0]}", *(rf"&\quad + {more}" for more in broken[1:])]
    found[0] = f"{called} {found[0]}"
    found[-1] += unit(row)
    return found


def broken_sum(tree: Expr, thousands: bool) -> list[str]:
    """The terms of a long sum of numbers in lines."""
    if not isinstance(tree, Sum) or len(tree.terms) <= ON_A_LINE or any(letters(tree)):
        return [tex(tree, thousands)]
    terms = tree.terms
    return [tex(Sum(terms[start : start + ON_A_LINE]), thousands) for start in range(0, len(terms), ON_A_LINE)]


def html(items: Iterable[Item], unicode: bool = True, limit: int = 0) -> Iterator[str]:
    """A page of its own, with pictures."""
    from convcalc.render.working.web import document

    return document(items)


FORMS = {"text": text, "markdown": markdown, "latex": latex, "html": html}
