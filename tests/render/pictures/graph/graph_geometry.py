"""What is wrong with the layout of a graph: boxes over each other, lines over boxes or words, lines that end nowhere."""

from itertools import combinations, pairwise

from convcalc.network.load import graph_and_report
from convcalc.problem import Source
from convcalc.render.pictures import PicturedNetwork
from convcalc.render.pictures.graph.boxes import boxes_of, short_name
from convcalc.render.pictures.graph.folding import outline_of
from convcalc.render.pictures.graph.layout import PAD, TITLE_SIZE, WRITTEN_SIZE, Layouter
from convcalc.render.pictures.graph.outline import Port, scope_of
from convcalc.render.pictures.graph.routing import curved_line, right_angles
from convcalc.render.pictures.lettering import text_width
from convcalc.spec.choices import Choices

SLACK = 0.6  # that a border is thick
STEPS = 12  # into which a curve is cut


def pictured(network, **choices):
    source = Source("<text>", network) if "\n" in network or " " in network else network
    return PicturedNetwork(*graph_and_report(source, Choices(**choices)))


def outline(network, depth=0, **choices):
    return outline_of(pictured(network, **choices), depth)


def laid_out(outline, is_right=False):
    return Layouter(outline, boxes_of(outline), is_right).layout(scope_of(outline))


def box_rectangle(placed):
    return placed.x, placed.y, placed.box.width, placed.box.height


def block_rectangle(placed):
    return placed.x, placed.y, placed.width, placed.height


def word_rectangle(placed):
    return placed.x, placed.y - 8, text_width(placed.text, WRITTEN_SIZE), 10


def title_rectangle(placed):
    name = short_name(placed.block.name, placed.around)
    width = min(placed.left, text_width(name, TITLE_SIZE, True))
    return placed.x + PAD, placed.y + 5, width, 12


def overlap(one, other):
    return all(
        one[axis] + SLACK < other[axis] + other[axis + 2] and other[axis] + SLACK < one[axis] + one[axis + 2]
        for axis in (0, 1)
    )


def contains(rectangle, point):
    return all(
        rectangle[axis] - SLACK <= point[axis] <= rectangle[axis] + rectangle[axis + 2] + SLACK for axis in (0, 1)
    )


def line_of(route, is_right):
    """The corners of a route in x and y, its curves cut into short pieces."""
    if route.route.is_curved:
        points = []
        for command, *numbers in curved_line(route.points, False):
            ends = list(zip(numbers[::2], numbers[1::2], strict=True))
            points += bezier(points[-1], *ends) if command == "C" else ends
    else:
        points = right_angles(route.points)
    return [(y, x) if is_right else (x, y) for x, y in points]


def bezier(start, one, two, end):
    for step in range(1, STEPS + 1):
        t = step / STEPS
        yield tuple(
            (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
            for a, b, c, d in zip(start, one, two, end, strict=True)
        )


def crosses(start, end, rectangle):
    """Whether a piece of a line enters a rectangle, by cutting it at each side in turn."""
    low, high = 0.0, 1.0
    for axis in (0, 1):
        begin, step = start[axis], end[axis] - start[axis]
        first, last = rectangle[axis] + SLACK, rectangle[axis] + rectangle[axis + 2] - SLACK
        if abs(step) < 1e-9:
            if not first < begin < last:
                return False
            continue
        cuts = sorted(((first - begin) / step, (last - begin) / step))
        low, high = max(low, cuts[0]), min(high, cuts[1])
    return low < high


def faults(outline, is_right=False):
    """Everything that is wrong with the layout of an outline, in words."""
    layout = laid_out(outline, is_right)
    boxes = {placed.box.node.number: box_rectangle(placed) for placed in layout.nodes}
    blocks = {placed.block.number: block_rectangle(placed) for placed in layout.blocks}
    words = [word_rectangle(placed) for placed in layout.shapes]
    titles = [title_rectangle(placed) for placed in layout.blocks]
    found = [f"nodes {a} and {b}" for (a, one), (b, two) in combinations(boxes.items(), 2) if overlap(one, two)]
    found += [f"words {one} and {two}" for one, two in combinations([*words, *titles], 2) if overlap(one, two)]
    found += [f"words {one} on node {a}" for one in [*words, *titles] for a, two in boxes.items() if overlap(one, two)]
    picture = (0, 0, layout.width, layout.height)
    for rectangle in [*boxes.values(), *blocks.values(), *words]:
        corners = rectangle[:2], (rectangle[0] + rectangle[2], rectangle[1] + rectangle[3])
        found += [f"{rectangle} leaves the picture" for corner in corners if not contains(picture, corner)]
    for route in layout.routes:
        line, link = line_of(route, is_right), route.route.link
        pieces = list(pairwise(line))
        found += [f"{link} leaves the picture" for point in line if not contains(picture, point)]
        for a, rectangle in boxes.items():
            found += [f"{link} over node {a}" for piece in pieces if crosses(*piece, rectangle)]
        for rectangle in [*words, *titles]:
            found += [f"{link} over words {rectangle}" for piece in pieces if crosses(*piece, rectangle)]
        for a, rectangle in blocks.items():
            if any(crosses(*piece, rectangle) for piece in pieces) and not all(
                contains(rectangle, point) for point in line
            ):
                found.append(f"{link} into block {a}")
        found += end_faults(route, line, {**boxes, **blocks}, is_right)
    return found


def end_faults(route, line, rectangles, is_right):
    """A line begins at the far side of its source, and ends at the near side of its target."""
    along = 0 if is_right else 1
    link = route.route.link
    for vertex, point, is_source in ((link.source, line[0], True), (link.target, line[-1], False)):
        if isinstance(vertex, Port):
            continue
        rectangle = rectangles[vertex]
        border = rectangle[along] + (rectangle[along + 2] if is_source else 0)
        if not contains(rectangle, point) or abs(point[along] - border) > SLACK:
            yield f"{link} does not {'begin' if is_source else 'end'} at its node"


def pieces_of(layout):
    """The edges that the pieces of routes make up: (source, target, tensor), through the ports of frames."""
    steps = {}
    blocks = {placed.block.number: placed.block for placed in layout.blocks}
    inside = {}
    for block in blocks.values():
        for item in block.items:
            inside[item.number] = block.number
    begins = set()
    for placed in layout.routes:
        link = placed.route.link
        around = inside.get(link.target if isinstance(link.source, Port) else link.source)
        source = ("in", around) if isinstance(link.source, Port) else ("out", link.source)
        target = ("out", around) if isinstance(link.target, Port) else ("in", link.target)
        steps.setdefault((link.tensor, source), []).append(target)
        if source[0] == "out" and source[1] not in blocks:
            begins.add((link.tensor, source))
    found = set()
    for tensor, source in begins:
        waiting = [source]
        while waiting:
            for kind, number in steps.get((tensor, waiting.pop()), ()):
                if kind == "in" and number not in blocks:
                    found.add((source[1], number, tensor))
                else:
                    waiting.append((kind, number))
    return found
