// The window of a layer in its place, and what one unit sees of the input.

const SVG = "http://www.w3.org/2000/svg";
const MOST_CELLS = 13;  // of a side, so that cells can be told apart

function shape(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawings(windows, field, row) {
  const found = element("div", { className: "drawings" });
  if (windows && windows.some(([, k, s]) => k > 1 || s > 1)) {
    const drawn = windowFigure(windows.slice(-2));
    if (drawn) found.append(drawn);
  }
  if (field) {
    const [name, ...axes] = field;
    const sides = data.inputs[name];
    if (sides.length && axes.length) found.append(fieldFigure(axes.slice(-2), sides.slice(-2)));
  }
  return found;
}

// The window: the padded input from its first cell on, and the output beside it.

function crop([n, k, s, before, after, d, out]) {
  const reach = d * (k - 1) + 1;
  const whole = n + before + after;
  const cells = Math.min(whole, Math.max(MOST_CELLS, reach + s));
  return { n, k, s, before, d, reach, whole, cells, out: Math.min(out, Math.floor((cells - reach) / s) + 1), all: out };
}

function windowFigure(axes) {
  const [down, across] = axes.length > 1 ? axes.map(crop) : [crop([1, 1, 1, 0, 0, 1, 1]), crop(axes[0])];
  const most = Math.max(down.cells, across.cells);
  const side = Math.min(12, 172 / most);
  if (side < 3) return null;
  const gap = 2 * Math.max(side, 10);
  const left = across.cells * side + gap;
  const width = left + across.out * side + 2;
  const height = Math.max(down.cells, down.out) * side + 2;
  const picture = shape("svg", { width, height, viewBox: `-1 -1 ${width} ${height}`, role: "img" });
  const rectangle = (x, y, wide, tall, fill, more = {}) =>
    shape("rect", { x, y, width: wide, height: tall, fill, stroke: "var(--faint)", "stroke-width": 0.5, ...more });
  const inputs = [], outputs = [];
  for (let y = 0; y < down.cells; y++) {
    for (let x = 0; x < across.cells; x++) {
      const isInside = y >= down.before && y < down.before + down.n && x >= across.before && x < across.before + across.n;
      const drawn = rectangle(x * side, y * side, side, side, isInside ? "var(--convolution)" : "var(--padding)",
        isInside ? { "fill-opacity": 0.45 } : { "stroke-dasharray": "2 2" });
      picture.append(drawn);
      inputs.push({ x, y, drawn });
    }
  }
  for (let y = 0; y < down.out; y++) {
    for (let x = 0; x < across.out; x++) {
      const drawn = rectangle(left + x * side, y * side, side, side, "var(--result-fill)");
      drawn.addEventListener("pointerenter", () => put(x, y));
      drawn.addEventListener("click", () => put(x, y));
      picture.append(drawn);
      outputs.push({ x, y, drawn });
    }
  }
  const frame = rectangle(0, 0, across.reach * side, down.reach * side, "none", { stroke: "var(--window)", "stroke-width": 2 });
  const taps = shape("g", {});
  const unit = rectangle(0, 0, side, side, "var(--result)", { stroke: "var(--window)", "stroke-width": 2 });
  picture.append(taps, frame, unit);
  unit.setAttribute("pointer-events", "none");
  function put(x, y) {
    const [startX, startY] = [x * across.s * side, y * down.s * side];
    frame.setAttribute("x", startX);
    frame.setAttribute("y", startY);
    unit.setAttribute("x", left + x * side);
    unit.setAttribute("y", y * side);
    taps.replaceChildren();
    for (let j = 0; j < down.k; j++) {
      for (let i = 0; i < across.k; i++) {
        taps.append(rectangle(startX + i * across.d * side, startY + j * down.d * side, side, side, "var(--window)", { "fill-opacity": 0.45 }));
      }
    }
  }
  put(Math.min(1, across.out - 1), Math.min(1, down.out - 1));
  const isWhole = down.cells === down.whole && across.cells === across.whole;
  const words = `The window on ${isWhole ? "the" : "a corner of the"} padded input, and the output cell it gives` +
    " (point at another one).";
  picture.setAttribute("aria-label", words);
  return element("figure", {}, picture, element("figcaption", { textContent: words }));
}

// The receptive field of the unit in the middle, on the input.

function fieldFigure(axes, sides) {
  if (axes.length === 1) {
    axes = [[1, 0, 0, 1], axes[0]];
    sides = [Math.max(1, sides[0] / 12), sides[0]];
    axes[0][0] = sides[0];
  }
  const spans = axes.map(([size, offset, stride, units]) => {
    const first = offset + stride * Math.floor((units - 1) / 2);
    return [first, first + size];
  });
  const low = spans.map(([first]) => Math.min(0, first));
  const high = spans.map(([, last], axis) => Math.max(sides[axis], last));
  const scale = Math.min(200 / (high[1] - low[1]), 156 / (high[0] - low[0]));
  const [tall, wide] = [0, 1].map(axis => Math.max(2, (high[axis] - low[axis]) * scale));
  const picture = shape("svg", { width: wide + 4, height: tall + 4, viewBox: `-2 -2 ${wide + 4} ${tall + 4}`, role: "img" });
  const box = ([x, xEnd], [y, yEnd], look) => shape("rect", {
    x: (x - low[1]) * scale, y: (y - low[0]) * scale,
    width: Math.max(1.5, (xEnd - x) * scale), height: Math.max(1.5, (yEnd - y) * scale), ...look });
  picture.append(box([0, sides[1]], [0, sides[0]], { fill: "var(--input)", stroke: "var(--faint)" }));
  picture.append(box(spans[1], spans[0], { fill: "var(--window)", "fill-opacity": 0.35, stroke: "var(--window)", "stroke-width": 1.5 }));
  const isWhole = spans.every(([first, last], axis) => first <= 0 && last >= sides[axis]);
  const words = isWhole ? "A unit in the middle sees the whole input" : "What a unit in the middle sees of the input";
  const beyond = spans.some(([first, last], axis) => first < 0 || last > sides[axis]) ? ", and padding around it" : "";
  picture.setAttribute("aria-label", words + beyond);
  return element("figure", {}, picture, element("figcaption", { textContent: `${words}${beyond}.` }));
}
