// The graph: the picture for the depth at which blocks are folded, and the node of what is chosen.

const graph = find("#graph");
const pictures = all("svg", graph);
let picture = pictures[0];

const depthOf = drawn => data.graphs[pictures.indexOf(drawn)][0];
const nodeOf = (name, drawn) => find(`[data-name="${CSS.escape(name)}"]`, drawn);

function hostOf(row, drawn) {
  const hosts = Object.entries(data.graphs[pictures.indexOf(drawn)][1]);
  const place = layerOf(row);
  return hosts.find(([, places]) => places.includes(place))?.[0];
}

// The node of a row: its own, that of the layer or block that shows it, or of a block around it.

function shownBy(row) {
  if (!names.has(row) || row.parentNode === table.tFoot) return null;
  const host = hostOf(row, picture);
  const above = [...around.get(row)].reverse().map(nameOf);
  const known = [nameOf(row), ...(host ? [host] : []), ...above];
  const inside = isBlock(row) ? rowOfLayer.get(number(row.dataset.start)) : null;
  return known.map(name => nodeOf(name, picture)).find(Boolean) ?? (inside ? shownBy(inside) : null);
}

function drawGraph() {
  const open = rows.filter(row => foldOf(row) && isOpen(row) && around.get(row).every(isOpen));
  const wanted = Math.max(1, ...open.map(row => level(row) + 2));
  picture = [...pictures].reverse().find(drawn => depthOf(drawn) <= wanted) ?? pictures[0];
  pictures.forEach(drawn => drawn.toggleAttribute("hidden", drawn !== picture));
  markNode();
}

function markNode() {
  all(".chosen", graph).forEach(node => node.classList.remove("chosen"));
  const node = chosen && shownBy(chosen);
  if (!node) return;
  node.classList.add("chosen");
  const [box, pane] = [node.getBoundingClientRect(), graph.getBoundingClientRect()];
  const isSeen = box.top >= pane.top && box.bottom <= pane.bottom && box.left >= pane.left && box.right <= pane.right;
  if (!isSeen) {
    graph.scrollBy(box.left - pane.left - Math.max(0, pane.width - box.width) / 2,
      box.top - pane.top - Math.max(0, pane.height - box.height) / 2);
  }
}

// A click on a folded block, or on one that is chosen, opens or folds it.

function onGraphClick(event) {
  const node = event.target.closest("[data-name]");
  const row = node && rowOfName.get(node.dataset.name);
  if (!row) return;
  if (row === chosen && foldOf(row)) { toggle(row); showPanel(); }
  else choose(row);
}

function onGraphKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter" && chosen && foldOf(chosen)) {
    toggle(chosen);
  } else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
    const drawn = [...new Set(all("[data-name]", picture).map(node => node.dataset.name))];
    const seen = rows.filter(row => names.has(row) && drawn.includes(nameOf(row)));
    moveFrom(seen, seen.indexOf(chosen) < 0 && chosen ? seen.find(row => shownBy(row) === shownBy(chosen)) : chosen, event.key, false);
  } else {
    return;
  }
  event.preventDefault();
}

// Numbers of the spec are not shown beside other ones: those of nodes follow, what is along lines is hidden.

const NUMBERS = /^[\d,]+$|^[^ ]*\d×[^ ]*$|\d (parameters|MACs|buffers)|^in all/;
const COUNTED = /^[\d,]+ (parameters|MACs)$/;
const kindsInLetters = new Map(data.kinds.filter(([place]) => rowOfLayer.has(place))
  .map(([place, kind]) => [nameOf(rowOfLayer.get(place)), [cell(rowOfLayer.get(place), "kind").textContent, kind]]));
const texts = all("text:not([font-weight])", graph).map(text => ({
  text, usual: text.textContent, width: text.getAttribute("textLength"), name: text.closest("[data-name]")?.dataset.name,
  isTotal: all("text", text.parentNode).some(each => each.textContent.startsWith("in all")),
})).filter(({ usual, name }) => NUMBERS.test(usual) || kindsInLetters.get(name)?.[0] === usual);

function nowOf({ usual, name, isTotal }) {
  const row = rowOfName.get(name);
  const [, counted] = COUNTED.exec(usual) ?? [];
  if (!row || isTotal) return "";
  if (kindsInLetters.get(name)?.[0] === usual) return kindsInLetters.get(name)[1];
  return counted ? `${cell(row, counted.toLowerCase()).textContent} ${counted}` : "";
}

function drawNumbers() {
  for (const each of texts) {
    each.text.textContent = live ? nowOf(each) : each.usual;
    if (live) each.text.removeAttribute("textLength");
    else each.text.setAttribute("textLength", each.width);
  }
}
