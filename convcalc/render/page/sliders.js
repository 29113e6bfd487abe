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

const known = (value, write, before) =>
  value !== null && value !== undefined ? write(value) : live.broken && before !== "—" && before !== "" ? "does not fit" : before;

const usualText = target => (usual.has(target) ? usual.get(target).map(node => node.textContent).join("") : target?.textContent ?? "");

function put(target, value, write) {
  if (target) setText(target, known(value, write, usualText(target)));
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
  if (place >= 0) {
    const now = live.layers[place];
    put(cell(row, "output"), now.output, shapeText);
    for (const key of ["parameters", "macs", "activations"]) put(cell(row, key), now[key], countText);
    put(cell(row, "rf"), now.receptive_field, sizes => sizes.map(sizeText).join("×"));
  } else if (isBlock(row)) {
    const [start, stop] = [number(row.dataset.start), number(row.dataset.stop)];
    const places = Array.from({ length: stop - start }, (_, place) => start + place);
    const last = live.layers[stop - 1];
    put(cell(row, "output"), last.output, shapeText);
    for (const key of ["parameters", "macs", "activations"]) put(cell(row, key), sum(places, key), countText);
    put(cell(row, "rf"), last.receptive_field, sizes => sizes.map(sizeText).join("×"));
  }
}

function showTotals() {
  const inputs = live.inputs.map(shapeText);
  rows.filter(row => !pickOf(row)).forEach((row, place) => setText(cell(row, "output"), inputs[place]));
  const names = inputs.length > 1 ? Object.keys(data.inputs) : [""];
  setText(find("[data-total=input]"), inputs.map((text, place) => `${names[place]} ${text}`.trim()).join(", "));
  const foot = table.tFoot.rows[0];
  const output = live.layers[data.main].output;
  put(foot.cells[keys.indexOf("output")], output, shapeText);
  put(find("[data-total=output]"), output, shapeText);
  for (const key of ["parameters", "macs", "activations"]) {
    put(foot.cells[keys.indexOf(key)], live.totals[key], countText);
    put(find(`[data-total=${key}]`), live.totals[key], countText);
  }
}

function slide() {
  const inputs = all("[type=range]", sliderForm);
  const isUsual = inputs.every(input => input.value === input.defaultValue);
  all(".broken").forEach(row => row.classList.remove("broken"));
  if (isUsual) {
    live = null;
    restore();
    find("#fits").textContent = "";
  } else {
    const values = Object.fromEntries(inputs.map((input, place) => [data.sliders[place], BigInt(input.value)]));
    live = recompute(values);
    rows.forEach(showRow);
    showTotals();
    const broken = live.broken && rowOfLayer.get(live.broken.layer);
    broken?.classList.add("broken");
    const where = broken ? nameOf(broken) : "";
    find("#fits").textContent = live.broken ? `Does not fit from ${where} on: ${live.broken.why}` : "";
  }
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
    typed.addEventListener("change", () => { range.value = typed.value; typed.value = range.value; later(); });
  }
  sliderForm.addEventListener("reset", () => setTimeout(slide));
  sliderForm.addEventListener("submit", event => event.preventDefault());
  sliderForm.hidden = false;
}
