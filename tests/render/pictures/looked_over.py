"""A picture looked over without being drawn: where its labels are, which of them overlap or leave it."""

from math import cos, inf, radians, sin

from convcalc.network.load import graph_and_report
from convcalc.problem import Source
from convcalc.render.pictures import PicturedNetwork
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import Collection, Frames, Label, Path, Rectangle
from convcalc.spec.choices import Choices

ABOVE, BELOW = 0.7, 0.16  # of its size, what a line of letters reaches from its baseline
SLACK = 0.6  # units that boxes may share


def pictured(network):
    """A bundled network by its name, or one by its text."""
    source = Source("network.yaml", network) if "\n" in network else network
    return PicturedNetwork(*graph_and_report(source, Choices()))


def moments(shapes):
    """The shapes that are seen at one time, for each time; without frames there is one."""
    count = max((len(each.frames) for each in every(shapes) if isinstance(each, Frames)), default=1)
    return [list(seen(shapes, moment)) for moment in range(count)]


def every(shapes):
    for shape in shapes:
        yield shape
        if isinstance(shape, Collection | Frames):
            yield from every(shape.shapes if isinstance(shape, Collection) else shape.frames)


def seen(shapes, moment):
    for shape in shapes:
        if isinstance(shape, Collection):
            yield from seen(shape.shapes, moment)
        elif isinstance(shape, Frames):
            yield from seen(shape.frames[moment % len(shape.frames)].shapes, moment)
        else:
            yield shape


def corners(label):
    """The corners of the box that the letters of a label fill."""
    width = text_width(label.text, label.size, label.bold)
    left = {"start": 0, "middle": -width / 2, "end": -width}[label.anchor]
    across, down = cos(radians(label.angle)), sin(radians(label.angle))
    box = [(x, y) for y in (-ABOVE * label.size, BELOW * label.size) for x in (left, left + width)]
    return [(label.x + x * across - y * down, label.y + x * down + y * across) for x, y in box]


def shared(one, two):
    """How far two turned boxes reach into each other: the least of all directions; below 0 they lie apart."""
    least = inf
    for box in (one, two):
        for start, end in ((box[0], box[1]), (box[0], box[2])):
            dx, dy = end[0] - start[0], end[1] - start[1]
            length = (dx * dx + dy * dy) ** 0.5 or 1
            first, second = ([(x * dx + y * dy) / length for x, y in each] for each in (one, two))
            least = min(least, min(max(first), max(second)) - max(min(first), min(second)))
    return least


def faults_of_labels(picture):
    """Labels on each other, out of the picture, too small to be read, or cut to nothing."""
    for shapes in moments(picture.shapes):
        labels = [(shape, corners(shape)) for shape in shapes if isinstance(shape, Label) and shape.text.strip()]
        hidden = [*hidden_labels(shapes)]
        yield from (f"covered: {label.text!r}" for label, is_repeated in hidden if not is_repeated)
        for label, _ in hidden:
            labels.remove((label, corners(label)))
        for label, box in labels:
            if any(
                not (-SLACK <= x <= picture.width + SLACK and -SLACK <= y <= picture.height + SLACK) for x, y in box
            ):
                yield f"outside: {label.text!r} at {label.x:.0f}, {label.y:.0f} of {picture.width} × {picture.height}"
            if label.size < 9:
                yield f"small: {label.text!r} of size {label.size}"
        spans = sorted((min(y for _, y in box), max(y for _, y in box), place) for place, (_, box) in enumerate(labels))
        for (_, low, one), (top, _, two) in near_pairs(spans):
            if low > top and shared(labels[one][1], labels[two][1]) > SLACK:
                yield f"overlapping: {labels[one][0].text!r} and {labels[two][0].text!r}"


def hidden_labels(shapes):
    """Labels that a rectangle is laid over later, and whether the same is written there again."""
    waiting = []
    for place, shape in enumerate(shapes):
        if isinstance(shape, Label) and shape.text.strip():
            box = corners(shape)
            xs, ys = [x for x, _ in box], [y for _, y in box]
            waiting.append((shape, min(xs) + SLACK, min(ys) + SLACK, max(xs) - SLACK, max(ys) - SLACK))
        elif isinstance(shape, Rectangle) and shape.fill and shape.opacity == 1:
            x, y, right, low = shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
            covered = [each for each in waiting if each[1] < right and each[3] > x and each[2] < low and each[4] > y]
            for each in covered:
                yield each[0], each[0] in shapes[place:]
                waiting.remove(each)


def near_pairs(spans):
    """Pairs whose spans may meet, of spans in the order of their beginnings."""
    open_ones = []
    for span in spans:
        open_ones = [each for each in open_ones if each[1] > span[0]]
        yield from ((each, span) for each in open_ones)
        open_ones.append(span)


def faults_of_shapes(picture):
    """Shapes that leave the picture."""
    for shape in (each for shapes in moments(picture.shapes) for each in shapes if not isinstance(each, Label)):
        if isinstance(shape, Path):
            xs = [number for _, *numbers in shape.segments for number in numbers[::2]]
            ys = [number for _, *numbers in shape.segments for number in numbers[1::2]]
            if not xs:
                yield "a path of nothing"
                continue
        else:
            xs, ys = (shape.x, shape.x + shape.width), (shape.y, shape.y + shape.height)
        if min(xs) < -2 or min(ys) < -2 or max(xs) > picture.width + 2 or max(ys) > picture.height + 2:
            yield f"outside: {type(shape).__name__} from {min(xs):.0f}, {min(ys):.0f} to {max(xs):.0f}, {max(ys):.0f}"
