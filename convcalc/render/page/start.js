// Everything put in motion.

document.body.classList.add("scripted");
makeHeadsSort();
table.addEventListener("click", onTableClick);
table.addEventListener("keydown", onTableKey);
graph.addEventListener("click", onGraphClick);
graph.addEventListener("keydown", onGraphKey);
if (find("#unfold")) {
  find("#unfold").onclick = () => foldAll(true);
  find("#fold").onclick = () => foldAll(false);
  find("#unfold").parentNode.hidden = false;
}
if (sliderForm && recompute) makeSlide();
showRows();
if (matchMedia("(min-width: 900px)").matches) {
  const first = rows.find(row => layerOf(row) >= 0 && data.layers[layerOf(row)][4].length && !row.classList.contains("folded"));
  if (first ?? rows.find(pickOf)) choose(first ?? rows.find(pickOf));
}
