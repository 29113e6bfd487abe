// Sliders: every number again from the closed forms, exactly.

let live = null;  // what the closed forms give, null at the sizes of the spec
const usual = new Map();  // the texts of the page as it was written

const sliderForm = find("#sliders");
const written = new Intl.NumberFormat("en-US");
const countText = value => (typeof value === "bigint" ? written.format(value) : sizeText(value));
const sizeText = value => (Array.isArray(value) ? `${value[0]}/${value[1]}` : String(value));

function shapeText(sizes) {
  const order = data.last && sizes.length > 1 ? [...sizes.slice(1), sizes[0]] : sizes;
  return order.map(sizeText).join("×");
}

function setText(target, text) {
  if (!target) return;
  if (!usual.has(target)) usual.set(target, [...target.childNodes]);
  target.textContent = text;
  target.classList.toggle("nofit", text === "does not fit");
}

function restore() {
  for (const [target, nodes] of usual) {
    target.replaceChildren(...nodes);
    target.classList.remove("nofit");
  }
  usual.clear();
  all(".broken").forEach(row => row.classList.remove("broken"));
}

// What is not known now was not known before either, or is so for these values only, or does not fit.

const usualText = target => (usual.has(target) ? usual.get(target).map(node => node.textContent).join("") : target.textContent).trim();

function put(target, value, write, isLost) {
  if (!target) return;
  const before = usualText(target);
  const isNever = before === "—" || before === "";
  setText(target, value !== null ? write(value) : isNever ? before : isLost ? "does not fit" : "?");
}

// 5.6 G for 5,583,468,544.

function inThousands(value) {
  let [power, base] = [0, 1n];
  const tenths = () => (20n * value + base) / (2n * base);
  while (value >= 1000n && power < 6 && (!power || tenths() >= 10000n)) [power, base] = [power + 1, base * 1000n];
  return power ? `${written.format(tenths() / 10n)}.${tenths() % 10n} ${" kMGTPE"[power]}` : "";
}

function sum(places, key) {
  let total = 0n;
  for (const place of places) {
    const value = live.layers[place][key];
    if (value === null || value === undefined) return null;
    total += value;
  }
  return total;
}

function showRow(row) {
  const place = layerOf(row);
  if (place < 0 && !isBlock(row)) return;
  const [start, stop] = place >= 0 ? [place, place + 1] : [number(row.dataset.start), number(row.dataset.stop)];
  const places = Array.from({ length: stop - start }, (_, index) => start + index);
  const last = live.layers[stop - 1];
  put(cell(row, "output"), last.output, shapeText, live.broken);
  put(cell(row, "rf"), last.receptive_field, sizes => sizes.map(sizeText).join("×"), last.output === null && live.broken);
  for (const key of COUNTS) put(cell(row, key), place >= 0 ? last[key] : sum(places, key), countText, live.broken);
}

const COUNTS = ["parameters", "macs", "activations"];

function showTotals() {
  const inputs = live.inputs.map(shapeText);
  rows.filter(row => !pickOf(row)).forEach((row, place) => setText(cell(row, "output"), inputs[place]));
  const inputNames = inputs.length > 1 ? Object.keys(data.inputs) : [""];
  setText(find("[data-total=input]"), inputs.map((text, place) => `${inputNames[place]} ${text}`.trim()).join(", "));
  const foot = table.tFoot.rows[0];
  const output = live.layers[data.main].output;
  put(cell(foot, "output"), output, shapeText, live.broken);
  put(find("[data-total=output]"), output, shapeText, live.broken);
  for (const key of COUNTS) {
    const value = live.totals[key];
    const figure = find(`[data-total=${key}]`);
    put(cell(foot, key), value, countText, live.broken);
    put(figure, value, countText, live.broken);
    if (value !== null) figure.append(" ", element("small", { textContent: inThousands(value) }));
  }
}

function sayBroken(row) {
  const name = row ? element("button", { type: "button", textContent: nameOf(row), onclick: () => choose(row, true) }) : "here";
  return ["Does not fit from ", name, ` on: ${live.broken.why}`];
}

const WHOLE = /^[1-9]\d{0,8}$/;

function valueOf(slider) {
  const [range, typed] = all("input", slider);
  return WHOLE.test(typed.value) ? typed.value : range.value;
}

function slide() {
  const chosenValues = all(".slider", sliderForm).map(valueOf);
  const isUsual = chosenValues.every((value, place) => value === all("[type=number]", sliderForm)[place].defaultValue);
  all(".broken").forEach(row => row.classList.remove("broken"));
  if (isUsual) {
    live = null;
    restore();
    find("#fits").replaceChildren();
  } else {
    const values = Object.fromEntries(chosenValues.map((value, place) => [data.sliders[place], BigInt(value)]));
    live = recompute(values);
    rows.forEach(showRow);
    for (const [place, kind] of data.kinds) if (rowOfLayer.has(place)) setText(cell(rowOfLayer.get(place), "kind"), kind);
    showTotals();
    const broken = live.broken && rowOfLayer.get(live.broken.layer);
    broken?.classList.add("broken");
    find("#fits").replaceChildren(...(live.broken ? sayBroken(broken) : []));
  }
  drawNumbers();
  document.documentElement.classList.toggle("slid", !isUsual);
  find("[type=reset]", sliderForm).disabled = isUsual;
  if (sorted) sortBy(sorted, find("[aria-sort]", table).getAttribute("aria-sort"));
  else drawBars();
  if (chosen) showPanel();
}

function makeSlide() {
  let waits = false;
  const later = () => {
    if (!waits) requestAnimationFrame(() => { waits = false; slide(); });
    waits = true;
  };
  for (const both of all(".slider", sliderForm)) {
    const [range, typed] = all("input", both);
    range.addEventListener("input", () => { typed.value = range.value; later(); });
    typed.addEventListener("input", () => {
      if (!WHOLE.test(typed.value)) return;
      range.value = typed.value;
      later();
    });
    typed.addEventListener("change", () => {
      if (WHOLE.test(typed.value)) return;
      typed.value = range.value;
      later();
    });
  }
  sliderForm.addEventListener("reset", () => setTimeout(slide));
  sliderForm.addEventListener("submit", event => event.preventDefault());
  sliderForm.hidden = false;
}
