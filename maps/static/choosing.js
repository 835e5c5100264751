/* One area at a time: what is pointed at, on the map or in a list, stands out and the others step back. */

import { atlas } from "./atlas.js";
import { areaStyle, faint } from "./drawing.js";

let chosen = [];
let pointed = null;

export function listenForChoice() {
  const rows = (event) => event.target.closest?.("[data-area]");
  for (const [name, on] of [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]]) {
    atlas.frame.addEventListener(name, (event) => rows(event) && highlight(on ? entryOf(rows(event).dataset.area) : null));
  }
}

export function entryOf(id) {
  return atlas.entries.find(({ feature }) => String(feature.id) === id) ?? null;
}

/* Point at an area, or at none. */
export function highlight(entry) {
  if (entry === pointed) return;
  pointed = entry;
  paint();
}

/* Keep areas emphasised, as long as the panel that speaks of them is open. */
export function choose(found) {
  chosen = found;
  paint();
}

/* A layer is about to be drawn anew. */
export function forget(layer) {
  if (pointed?.layer === layer) pointed = null;
  chosen = chosen.filter((entry) => entry.layer !== layer);
}

/* Draw every area as strongly as it should be now. */
export function paint() {
  const strong = new Set(pointed ? [pointed] : chosen);
  for (const entry of atlas.entries) {
    const style = areaStyle(entry.feature.properties);
    const path = entry.shape?.getElement?.();
    if (path) {
      entry.shape.setStyle(strong.has(entry) ? { ...style, ...style.chosen } : faint(style));
      path.classList.toggle("gi-map-back", strong.size > 0 && !strong.has(entry));
      if (strong.has(entry)) entry.shape.bringToFront();
    }
  }
  for (const row of atlas.frame.querySelectorAll("[data-area]")) {
    row.classList.toggle("gi-map-pointed", pointed !== null && row.dataset.area === String(pointed.feature.id));
  }
}
