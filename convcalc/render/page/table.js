// The table: rows that fold, columns that sort, and a row that is chosen.

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const data = JSON.parse(find("#data").textContent);
const table = find("#table");
const body = table.tBodies[0];
const rows = [...body.rows];
const keys = [...table.tHead.rows[0].cells].map(head => head.dataset.key);
const rowOfLayer = new Map();
const rowOfName = new Map();

const number = text => Number(text);
const cell = (row, key) => row.cells[keys.indexOf(key)];
const isBlock = row => row.dataset.start !== undefined;
const level = row => number(row.dataset.level ?? 0);
const layerOf = row => (row.dataset.layer === undefined ? -1 : number(row.dataset.layer));
const pickOf = row => find(".pick", row);
const nameOf = row => names.get(row);
const foldOf = row => find(".fold", row);

const around = new Map();  // the blocks that a row lies in
const names = new Map([[table.tFoot.rows[0], "Total"]]);  // whole ones
const labels = new Map();  // names without those of the blocks around
{
  const open = [];
  for (const row of rows) {
    while (open.length && (level(row) <= level(open.at(-1)) || !pickOf(row))) open.pop();
    around.set(row, [...open]);
    if (layerOf(row) >= 0) rowOfLayer.set(layerOf(row), row);
    if (pickOf(row)) {
      labels.set(row, pickOf(row).textContent);
      names.set(row, pickOf(row).dataset.name ?? [...open.slice(-1).map(nameOf), labels.get(row)].join("."));
      rowOfName.set(nameOf(row), row);
      pickOf(row).title = nameOf(row);
    }
    if (foldOf(row)) open.push(row);
  }
}

// Folding

let sorted = "";
const isOpen = block => foldOf(block).getAttribute("aria-expanded") === "true";

function showRows() {
  for (const row of rows) {
    const isHidden = sorted ? isBlock(row) && foldOf(row) : !around.get(row).every(isOpen);
    row.classList.toggle("folded", Boolean(isHidden));
  }
  drawBars();
  drawGraph();
}

function setOpen(block, isToOpen) {
  foldOf(block).setAttribute("aria-expanded", String(isToOpen));
}

function toggle(block) {
  setOpen(block, !isOpen(block));
  showRows();
}

function foldAll(isToOpen) {
  rows.filter(foldOf).forEach(block => setOpen(block, isToOpen));
  showRows();
}

// Sorting: a column is sorted one way, the other, and not at all.

function amountOf(text) {
  const plain = text.replaceAll(",", "").trim();
  if (/^\d+(×\d+)*$/.test(plain)) return plain.split("×").reduce((product, side) => product * number(side), 1);
  return plain;
}

function compareTexts(one, other) {
  const [a, b] = [amountOf(one), amountOf(other)];
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? 1 : -1;
  return a.localeCompare(b, undefined, { numeric: true });
}

function sortBy(key, direction) {
  sorted = direction ? key : "";
  for (const head of table.tHead.rows[0].cells) {
    if (direction && head.dataset.key === key) head.setAttribute("aria-sort", direction);
    else head.removeAttribute("aria-sort");
  }
  const sign = direction === "ascending" ? 1 : -1;
  const order = row => (pickOf(row) ? 1 : 0);
  const shown = sorted ? [...rows].sort((one, other) =>
    order(one) - order(other) || sign * compareTexts(sortText(one, key), sortText(other, key))) : rows;
  for (const row of rows) {
    if (pickOf(row)) pickOf(row).textContent = (sorted ? names : labels).get(row);
  }
  body.append(...shown);
  table.classList.toggle("sorted", Boolean(sorted));
  showRows();
}

const sortText = (row, key) => (key === "layer" && pickOf(row) ? nameOf(row) : cell(row, key)?.textContent ?? "");

function makeHeadsSort() {
  for (const head of table.tHead.rows[0].cells) {
    const isText = ["layer", "kind", "output", "rf"].includes(head.dataset.key);
    const turns = isText ? ["ascending", "descending", ""] : ["descending", "ascending", ""];
    const button = element("button", { type: "button" }, ...head.childNodes);
    button.onclick = () => {
      const now = turns.indexOf(head.getAttribute("aria-sort") ?? "");
      sortBy(head.dataset.key, turns[(now + 1) % turns.length]);
    };
    head.append(button);
  }
}

// Bars behind the counts: shares of the largest one that is shown.

function drawBars() {
  const shown = rows.filter(row => pickOf(row) && !row.classList.contains("folded"));
  for (const key of ["parameters", "macs"]) {
    const amounts = new Map(rows.map(row => [row, amountOf(cell(row, key)?.textContent ?? "")]));
    const isCounted = row => typeof amounts.get(row) === "number" && !(foldOf(row) && isOpen(row));
    const most = Math.max(...shown.filter(isCounted).map(row => amounts.get(row)), 1);
    for (const row of shown) {
      const part = isCounted(row) ? amounts.get(row) / most : 0;
      cell(row, key).classList.add("bar");
      cell(row, key).classList.toggle("zero", amounts.get(row) === 0);
      cell(row, key).style.setProperty("--part", `${Math.round(1000 * part) / 10}%`);
    }
  }
}

// Moving with keys

const visibleRows = () => [...body.rows].filter(row => pickOf(row) && !row.classList.contains("folded"));

function moveFrom(seen, row, key, isFocused = true) {
  const place = seen.indexOf(row);
  const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: seen.length - 1 }[key];
  const next = seen[Math.min(Math.max(to, 0), seen.length - 1)];
  if (next) choose(next, isFocused);
}

function onTableKey(event) {
  const row = event.target.closest("tbody tr");
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  const fold = foldOf(row);
  if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) moveFrom(visibleRows(), row, event.key);
  else if (event.key === "ArrowRight" && fold && !isOpen(row)) fold.click();
  else if (event.key === "ArrowLeft" && fold && isOpen(row)) fold.click();
  else if (event.key === "ArrowLeft" && around.get(row).length && !sorted) choose(around.get(row).at(-1), true);
  else return;
  event.preventDefault();
}

function onTableClick(event) {
  const row = event.target.closest(":is(tbody, tfoot) tr");
  if (!row || !pickOf(row)) return;
  if (event.target === foldOf(row)) toggle(row);
  else choose(row, event.target === pickOf(row));
}
