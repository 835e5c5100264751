/* The map's own script. Folium's generated script calls DibiaoMap.frame, .layer and .start; every text that
   comes with the data is set by textContent, every link is cut down to a path of this site. */

import { atlas } from "./atlas.js";
import { listenForChoice } from "./choosing.js";
import { addControls, showBounds } from "./controls.js";
import { makeLayer } from "./drawing.js";
import { placeNames } from "./lettering.js";
import { loadShown, loadView } from "./loading.js";
import { closePanel, showPlace } from "./panel.js";
import { followDates } from "./versions.js";

function start(chart, layers, settings) {
  Object.assign(atlas, { chart, layers, settings, frame: frameOf(chart), on: frameOf(chart).dataset.on });
  for (const part of atlas.frame.querySelectorAll(".gi-map-stage, .gi-map-side")) part.hidden = false;
  atlas.frame.dataset.state = "ready";
  chart.invalidateSize();
  chart.getContainer().setAttribute("aria-label", `${settings.words.label} ${settings.words.keyboard}`);
  chart.getContainer().setAttribute("role", "application");
  showBounds(settings.whole);
  chart.setMinZoom(Math.max(0, Math.floor(chart.getZoom()) - 1));
  chart.setMaxBounds(L.latLngBounds(settings.whole).pad(1));
  showBounds(settings.bounds);
  addControls();
  listen(chart);
  loadShown();
}

function listen(chart) {
  const { frame } = atlas;
  chart.on("click", ({ latlng }) => showPlace(latlng));
  chart.on("moveend", () => (placeNames(), loadView()));
  atlas.layers.forEach((one) => one.on("add remove", placeNames));
  listenForChoice();
  followDates();
  keepView(chart);
  new ResizeObserver(() => chart.invalidateSize({ pan: false })).observe(chart.getContainer());
  frame.addEventListener("keydown", (event) => event.key === "Escape" && closePanel());
  chart.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === chart.getContainer()) showPlace(chart.getCenter());
  });
}

/* Full screen shows what was seen before, larger. */
function keepView(chart) {
  let before = null;
  const remember = ({ target }) => target.closest?.(".fullscreen-icon") && (before = chart.getBounds());
  atlas.frame.addEventListener("click", remember, { capture: true });
  atlas.frame.addEventListener("fullscreenchange", () => {
    chart.invalidateSize({ pan: false });
    if (before && document.fullscreenElement) chart.fitBounds(before, { animate: false });
  });
}

function frameOf(chart) {
  return chart.getContainer().closest("[data-map-frame]");
}

window.DibiaoMap = { frame: frameOf, layer: makeLayer, start };
