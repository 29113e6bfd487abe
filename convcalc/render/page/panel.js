// The panel: what is known of the chosen layer or block.

let chosen = null;

function choose(row, isFocused = false) {
  if (chosen) {
    chosen.classList.remove("chosen");
    pickOf(chosen).removeAttribute("aria-current");
  }
  around.get(row)?.forEach(block => setOpen(block, true));
  chosen = row;
  row.classList.add("chosen");
  pickOf(row).setAttribute("aria-current", "true");
  showRows();
  showPanel();
  if (isFocused) pickOf(row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function show(ids) {
  all("#works > .shown").forEach(each => each.classList.remove("shown"));
  ids.forEach(id => find(`#${id}`).classList.add("shown"));
}

const textOf = (row, key) => cell(row, key)?.textContent ?? "";
const titleOf = key => table.tHead.rows[0].cells[keys.indexOf(key)].textContent;

function quantities(row, input = "") {
  const list = element("dl", { className: "quantities" });
  for (const key of ["input", "output", "parameters", "macs", "activations", "rf"]) {
    const text = key === "input" ? input : textOf(row, key);
    if (!text) continue;
    const title = { input: "Input", rf: "Receptive field" }[key] ?? titleOf(key);
    list.append(element("div", {}, element("dt", { textContent: title }), element("dd", { textContent: text })));
  }
  return list;
}

function sourceLinks(sources) {
  const line = element("span", { className: "from" }, " of ");
  sources.forEach((source, place) => {
    if (place) line.append(place === sources.length - 1 ? " and " : ", ");
    const row = rowOfLayer.get(source);
    const name = row ? nameOf(row) : String(source);
    line.append(row ? element("button", { type: "button", textContent: name, onclick: () => choose(row, true) }) : name);
  });
  return sources.length ? [line] : [];
}

function showPanel() {
  const row = chosen;
  const place = layerOf(row);
  const parts = [element("h2", { className: "layer", textContent: nameOf(row) })];
  const isUsual = !live;
  if (row.parentNode === table.tFoot) {
    parts.push(element("p", { textContent: textOf(row, "kind") }), ...(isUsual ? [find("#sums dl").cloneNode(true)] : [quantities(row)]));
    show(isUsual ? ["total"] : []);
  } else if (place < 0) {
    parts.push(element("p", { textContent: `A block of ${textOf(row, "kind")}.` }), quantities(row));
    if (foldOf(row)) {
      const button = element("button", { type: "button", textContent: isOpen(row) ? "Fold it" : "Unfold it" });
      button.onclick = () => { toggle(row); showPanel(); };
      parts.push(element("p", { className: "tools" }, button));
    }
    show([]);
  } else {
    const [sources, shape, windowPlace, field, works, findings] = data.layers[place];
    const said = findings.map(id => `f${id}`);
    const kind = element("p", {}, element("code", { textContent: textOf(row, "kind") }));
    kind.append(...sourceLinks(sources));
    parts.push(kind, quantities(row, isUsual ? data.shapes[shape] : ""));
    if (!isUsual) parts.push(element("p", { className: "soft", textContent: LATER }));
    show(isUsual ? [...said, ...works.map(id => `w${id}`)] : said);
    if (isUsual) parts.push(drawings(data.windows[windowPlace], data.fields[field]));
  }
  const close = element("button", { type: "button", className: "close", ariaLabel: "close", textContent: "×" });
  close.onclick = () => find("#chosen").replaceChildren();
  find("#chosen").replaceChildren(close, ...parts);
  find("#panel").scrollTop = 0;
}

const LATER = "The worked lines and the drawings are for the sizes of the spec: Reset brings them back.";
