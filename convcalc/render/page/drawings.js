// The window of a layer in its place, and what one unit sees of the input.

const SVG = "http://www.w3.org/2000/svg";
const MOST_CELLS = 11;  // of a side, so that cells can be told apart

function shape(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawings(windows, field) {
  const found = element("div", { className: "drawings" });
  const [isSpreading, ...axes] = windows ?? [];
  if (axes.some(([, k, s]) => k > 1 || s > 1)) found.append(...windowFigure(axes.slice(-2), isSpreading));
  if (field) {
    const [name, ...spans] = field;
    const sides = data.inputs[name];
    if (sides.length === spans.length && spans.length) found.append(fieldFigure(spans.slice(-2), sides.slice(-2)));
  }
  return found;
}

// The cells of an input along an axis, from the first in the padding on, and which of them an output cell sees.

function slidingAxis([n, k, s, before, after, d, out]) {
  const reach = d * (k - 1) + 1;
  const whole = n + before + after;
  const cells = Math.min(whole, Math.max(MOST_CELLS, reach + s));
  const taps = unit => Array.from({ length: k }, (_, tap) => unit * s + tap * d);
  const used = (out - 1) * s + reach;
  return { n, before, cells, whole, taps, used, outputs: Math.min(out, Math.floor((cells - reach) / s) + 1) };
}

// A transposed convolution spreads every input cell over k output cells.

function spreadingAxis([n, k, s, before, , d, out]) {
  const outputs = Math.min(out, MOST_CELLS);
  const cells = Math.min(n, Math.floor((outputs - 1 + before) / s) + 1);
  const taps = unit => Array.from({ length: cells }, (_, cell) => cell).filter(cell => {
    const tap = unit + before - cell * s;
    return tap >= 0 && tap <= d * (k - 1) && tap % d === 0;
  });
  return { n, before: 0, cells, whole: n, taps, used: n, outputs };
}

const FLAT = { n: 1, before: 0, cells: 1, whole: 1, taps: () => [0], used: 1, outputs: 1 };

const rectangle = (x, y, width, height, fill, more = {}) =>
  shape("rect", { x, y, width, height, fill, stroke: "var(--faint)", "stroke-width": 0.5, ...more });

function windowFigure(numbers, isSpreading) {
  const axes = numbers.map(isSpreading ? spreadingAxis : slidingAxis);
  const [down, across] = axes.length > 1 ? axes : [FLAT, ...axes];
  const side = Math.min(12, 132 / Math.max(...axes.map(axis => Math.max(axis.cells, axis.outputs))));
  if (side < 3) return [];
  const left = across.cells * side + 18;
  const width = left + across.outputs * side + 4;
  const height = Math.max(down.cells, down.outputs) * side + 4;
  const picture = shape("svg", { width, height, viewBox: `-2 -2 ${width} ${height}`, role: "img" });
  const isIn = (axis, cell) => cell >= axis.before && cell < axis.before + axis.n;
  const isUnused = (axis, cell) => cell >= axis.used;
  let unused = 0;
  for (let y = 0; y < down.cells; y++) {
    for (let x = 0; x < across.cells; x++) {
      const look = isIn(down, y) && isIn(across, x) ? ["var(--convolution)", { "fill-opacity": 0.45 }]
        : ["var(--padding)", { "stroke-dasharray": "2 2" }];
      const isLost = isUnused(down, y) || isUnused(across, x);
      unused += isLost;
      picture.append(rectangle(x * side, y * side, side, side, isLost ? "var(--unused)" : look[0], look[1]));
    }
  }
  for (let y = 0; y < down.outputs; y++) {
    for (let x = 0; x < across.outputs; x++) {
      const drawn = rectangle(left + x * side, y * side, side, side, "var(--result-fill)");
      for (const event of ["pointerenter", "click"]) drawn.addEventListener(event, () => put(x, y));
      picture.append(drawn);
    }
  }
  const window = shape("g", { "pointer-events": "none" });
  picture.append(window);
  function put(x, y) {
    const [columns, lines] = [across.taps(x), down.taps(y)];
    const mark = { stroke: "var(--window)", "stroke-width": 2 };
    const [x0, x1, y0, y1] = [Math.min(...columns), Math.max(...columns) + 1, Math.min(...lines), Math.max(...lines) + 1];
    window.replaceChildren(
      ...lines.flatMap(line => columns.map(column =>
        rectangle(column * side, line * side, side, side, "var(--window)", { "fill-opacity": 0.5 }))),
      ...(columns.length && lines.length ? [rectangle(x0 * side, y0 * side, (x1 - x0) * side, (y1 - y0) * side, "none", mark)] : []),
      rectangle(left + x * side, y * side, side, side, "var(--result)", mark));
  }
  put(Math.min(1, across.outputs - 1), Math.min(1, down.outputs - 1));
  const isWhole = axes.every(axis => axis.cells === axis.whole);
  const isPadded = axes.some(axis => axis.whole > axis.n);
  const input = `${isWhole ? "" : axes.length > 1 ? "a corner of " : "the beginning of "}the ${isPadded ? "padded " : ""}input`;
  const words = (isSpreading ? `What one cell of the output is made of, on ${input}` : `The window on ${input}, and the cell it gives`)
    + ". Point at another cell." + (unused ? " No window reaches the cells in orange." : "");
  picture.setAttribute("aria-label", words);
  return [element("figure", {}, picture, element("figcaption", { textContent: words }))];
}

// What the unit in the middle sees of the input.

function fieldFigure(spans, sides) {
  const sizes = spans.map(([first, last]) => last - first + 1);
  const words = `A unit in the middle sees ${sizes.join("×")} of the ${sides.join("×")} pixels`
    + (spans.some(([first, last], axis) => first < 0 || last >= sides[axis]) ? ", with what lies beyond the border." : ".");
  if (spans.length === 1) {
    const tall = Math.max(1, Math.round(sides[0] / 12));
    [spans, sides] = [[[0, tall - 1], spans[0]], [tall, sides[0]]];
  }
  const low = spans.map(([first]) => Math.min(0, first));
  const high = spans.map(([, last], axis) => Math.max(sides[axis], last + 1));
  const scale = Math.min(150 / (high[1] - low[1]), 132 / (high[0] - low[0]));
  const [tall, wide] = [0, 1].map(axis => Math.max(2, (high[axis] - low[axis]) * scale));
  const picture = shape("svg", { width: wide + 4, height: tall + 4, viewBox: `-2 -2 ${wide + 4} ${tall + 4}`, role: "img" });
  const box = ([y, x], [yEnd, xEnd], fill, more) => rectangle((x - low[1]) * scale, (y - low[0]) * scale,
    Math.max(1.5, (xEnd - x) * scale), Math.max(1.5, (yEnd - y) * scale), fill, more);
  picture.append(
    box([0, 0], sides, "var(--input)", { "stroke-width": 1 }),
    box(spans.map(([first]) => first), spans.map(([, last]) => last + 1), "var(--window)",
      { "fill-opacity": 0.3, stroke: "var(--window)", "stroke-width": 1.5 }));
  picture.setAttribute("aria-label", words);
  return element("figure", {}, picture, element("figcaption", { textContent: words }));
}
