/* Beside the map: the legend, whose boxes switch what they explain on and off, and the areas in a list. */

import { atlas, isShown, pairOf, part } from "./atlas.js";
import { applyToggles } from "./drawing.js";
import { placeNames } from "./lettering.js";
import { showLayer } from "./loading.js";
import { showArea } from "./panel.js";
import { element, nameOf, say, svg, text } from "./writing.js";

const LISTED_AT_MOST = 300;

export function writeSide() {
  const focus = document.activeElement?.dataset?.toggle;
  fill("legend", [...pairs().map(pairRow), ...atlas.layers.filter(isUseful).map(layerRow)]);
  writeAreas();
  if (focus) part("legend").querySelector(`[data-toggle="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}

function writeAreas() {
  const shown = atlas.entries.filter(isShown);
  const note = part("note");
  note.textContent = atlas.total ? say(atlas.entries.length ? "some" : "many", { n: atlas.total.toLocaleString() }) : "";
  note.hidden = !atlas.total;
  fill("areas", shown.slice(0, LISTED_AT_MOST).map(areaRow), Boolean(atlas.total));
}

function fill(name, rows, isKept = false) {
  const list = part(name);
  list.replaceChildren(...rows.map((row) => element("li", "", row)));
  list.hidden = rows.length === 0;
  list.parentElement.hidden = rows.length === 0 && !isKept;
}

/* What is on the map, in the order of the styles: by track, then by tier. */
function pairs() {
  const present = new Set(atlas.entries.map(({ feature }) => pairOf(feature.properties)));
  return atlas.settings.order.filter((pair) => present.has(pair));
}

function pairRow(pair) {
  const [track, tier] = pair.split("/");
  const names = element("span", "", text("span", atlas.settings.tracks[track]), text("small", atlas.settings.tiers[tier]));
  return toggle(pair, !atlas.hidden.has(pair), pairSwatch(pair, tier), names, (isOn) => {
    if (isOn) atlas.hidden.delete(pair);
    else atlas.hidden.add(pair);
    applyToggles();
    writeAreas();
    placeNames();
  });
}

function layerRow(one) {
  const row = toggle(one.spec.key, atlas.chart.hasLayer(one), layerSwatch(one.spec), text("span", one.spec.label), (isOn) => {
    if (isOn) showLayer(one);
    else one.remove();
  });
  return row;
}

function isUseful(one) {
  const { style } = one.spec;
  return style !== "areas" && style !== "counts" && (!one.shownUrl || one.getLayers().length > 0);
}

function toggle(key, isOn, swatch, names, change) {
  const box = Object.assign(element("input", ""), { type: "checkbox", checked: isOn });
  box.dataset.toggle = key;
  box.addEventListener("change", () => change(box.checked));
  return element("label", "gi-map-legend-row", box, swatch, names);
}

function pairSwatch(pair, tier) {
  const style = atlas.settings.styles[pair];
  const stroke = style.stroke
    ? { stroke: style.color, "stroke-width": style.weight, "stroke-dasharray": style.dashArray ?? "none" }
    : {};
  const box = { x: 1, y: 1, width: 26, height: 16, rx: 2, fill: style.fillColor, "fill-opacity": style.fillOpacity };
  const ring = { cx: 14, cy: 9, r: 5, fill: "none", stroke: style.color, "stroke-width": 2 };
  return sample(tier === "text_only" ? svg("circle", ring) : svg("rect", { ...box, ...stroke }));
}

function layerSwatch({ style, key }) {
  if (style === "outline") return sample(svg("path", { d: "M2 14L9 4L18 7L26 3", fill: "none", stroke: atlas.settings.outline.color, "stroke-width": 1.6 }));
  if (style === "townships") {
    const mark = atlas.settings.townships[key === "named_townships" ? "named_township" : "township"];
    return sample(svg("circle", { cx: 14, cy: 9, r: mark.radius + 0.5, fill: mark.fillColor, stroke: mark.color, "stroke-width": mark.weight }));
  }
  const kind = key === "service_points" ? "service_point" : "user_site";
  return element("span", "gi-map-sample", element("span", `gi-map-site gi-map-${kind}`));
}

function sample(...children) {
  return svg("svg", { width: 28, height: 18, viewBox: "0 0 28 18", "aria-hidden": "true" }, ...children);
}

function areaRow(entry) {
  const { track, tier } = entry.feature.properties;
  const { tracks, tiers } = atlas.settings;
  const facts = text("small", `${tracks[track] ?? track} · ${tiers[tier] ?? tier}`);
  const button = element("button", "gi-map-area", text("span", nameOf(entry.feature)), facts);
  button.type = "button";
  Object.assign(button.dataset, { area: entry.feature.id, track });
  button.addEventListener("click", () => showArea(entry));
  return button;
}
