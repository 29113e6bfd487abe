"""Pictures: what is drawn as a list of rectangles, strokes and labels, and that list in a format of pictures."""
