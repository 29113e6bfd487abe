"""What goes into a network of Caffe: blobs that are declared, and those of layers that only give data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.caffe.layer import CaffeLayer
    from convcalc.readers.prototxt import Message
    from convcalc.spec.model import Place

COLOURS = 3  # channels of a picture that is not said to be grey


class DataBlob(NamedTuple):
    """A blob that no layer computes."""

    name: str
    place: Place
    sizes: tuple[str, ...] = ()  # with the batch; none where they are not in the file
    is_label: bool = False  # what the output is to be
    is_coloured: bool = False  # its channels are not in the file, and those of a picture are taken


def declared_blobs(root: Message) -> Iterator[DataBlob]:
    """`input: "data"` with four `input_dim`, or an `input_shape`, for each."""
    shapes, dims = root.messages("input_shape"), root.texts("input_dim")
    for index, field in enumerate(root.all("input")):
        sizes = shapes[index].texts("dim") if index < len(shapes) else dims[4 * index : 4 * index + 4]
        yield DataBlob(str(field.value), field.place, tuple(sizes))


def data_blobs(layer: CaffeLayer) -> Iterator[DataBlob]:
    """The tops of a layer that gives data; those behind the first are labels, unless each has a shape."""
    shapes = [shape.texts("dim") for shape in layer.settings.messages("shape")]
    for index, field in enumerate(layer.message.all("top")):
        blob = DataBlob(str(field.value), field.place)
        if shapes:
            yield blob._replace(sizes=tuple(shapes[min(index, len(shapes) - 1)]))
        else:
            yield blob._replace(is_label=True) if index else picture(layer, blob)


def picture(layer: CaffeLayer, blob: DataBlob) -> DataBlob:
    """The sizes of a data layer's pictures, as far as the file has them."""
    settings, changes = layer.settings, layer.message.message("transform_param")
    batch = settings.text("batch_size", "1")
    sides = [settings.text(side) or settings.text(f"new_{side}") for side in ("height", "width")]
    if cut := changes.text("crop_size") or settings.text("crop_size"):
        sides = [cut, cut]
    if not all(sides) or "0" in sides:
        return blob
    channels = settings.text("channels")
    if not channels:
        channels = str(channels_of(layer, changes) or "")
    return blob._replace(sizes=(batch, channels or str(COLOURS), *sides), is_coloured=not channels)


def channels_of(layer: CaffeLayer, changes: Message) -> int | None:
    """The channels that a picture is said to have: by its colour, or by a mean of each."""
    if changes.text("force_gray") == "true" or layer.settings.text("is_color") == "false":
        return 1
    if changes.text("force_color") == "true" or layer.settings.field("is_color") or layer.type.name == "ImageData":
        return COLOURS
    means = len(changes.all("mean_value"))
    return means if means > 1 else None
