"""Where the labels of a picture are, as rectangles of Helvetica's widths."""

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import Label, flatten


def label_boxes(picture):
    """Each label with its left, top, right and bottom."""
    found = []
    for each in flatten(picture.shapes):
        if not isinstance(each, Label) or not each.text:
            continue
        wide = text_width(each.text, each.size, each.bold)
        start = {"start": 0, "middle": -wide / 2, "end": -wide}[each.anchor]
        high, low = 0.72 * each.size, 0.2 * each.size
        if each.angle:
            assert each.angle == -90
            box = (each.x - high, each.y - start - wide, each.x + low, each.y - start)
        else:
            box = (each.x + start, each.y - high, each.x + start + wide, each.y + low)
        found.append((each.text, box))
    return found


def check_labels(picture):
    """Labels lie in the picture, and none over another."""
    boxes = label_boxes(picture)
    for text, (left, top, right, bottom) in boxes:
        assert left >= 0 and top >= 0 and right <= picture.width and bottom <= picture.height, text
    for place, (text, a) in enumerate(boxes):
        for other, b in boxes[:place]:
            clear = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert clear, (text, other)
