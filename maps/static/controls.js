/* What stands on the map to press: zoom, whole map, my position; and the scale, and tiles if there are any. */

import { atlas } from "./atlas.js";
import { showDrawn } from "./panel.js";
import { announce, element, say } from "./writing.js";

let position = null;

export function addControls() {
  const { chart, settings } = atlas;
  addTiles(settings.basemap);
  L.control.zoom({ position: "topright", zoomInTitle: say("zoom_in"), zoomOutTitle: say("zoom_out") }).addTo(chart);
  L.control.scale({ position: "bottomright", imperial: false, maxWidth: 110 }).addTo(chart);
  addButton("gi-map-whole", say("whole"), () => showBounds(settings.whole));
  chart.on("enterFullscreen exitFullscreen", nameFullscreen);
  if ("geolocation" in navigator) addButton("gi-map-locate", say("locate"), locate);
}

/* The button of the plugin keeps its first name for screen readers whatever it does. */
function nameFullscreen({ type }) {
  const button = atlas.frame.querySelector(".fullscreen-icon");
  const name = say(type === "enterFullscreen" ? "leave_full_screen" : "full_screen");
  button.title = name;
  button.setAttribute("aria-label", name);
}

export function showBounds(bounds) {
  atlas.chart.fitBounds(bounds, { padding: [18, 18], animate: false });
}

function addTiles(basemap) {
  for (const pattern of basemap?.patterns ?? []) {
    L.tileLayer(pattern, { pane: "tiles", subdomains: basemap.subdomains || "abc", maxNativeZoom: 18, zIndex: 1 }).addTo(atlas.chart);
  }
}

function addButton(className, title, press) {
  const control = new L.Control({ position: "topright" });
  control.onAdd = () => {
    const button = element("button", `${className} gi-map-button leaflet-bar`);
    Object.assign(button, { type: "button", title, onclick: press });
    button.setAttribute("aria-label", title);
    L.DomEvent.disableClickPropagation(button);
    return button;
  };
  control.addTo(atlas.chart);
}

/* Only when pressed, and only here: the position is compared with what is drawn and never sent. */
function locate() {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => showPosition(L.latLng(coords.latitude, coords.longitude), coords.accuracy),
    () => announce(say("no_position"), true),
    { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
  );
}

function showPosition(at, accuracy) {
  position?.remove();
  if (!L.latLngBounds(atlas.settings.whole).pad(0.5).contains(at)) return announce(say("outside"), true);
  const ring = L.circle(at, { radius: accuracy, weight: 1, color: "#1c6fd0", fillOpacity: 0.12, interactive: false });
  const dot = L.circleMarker(at, { radius: 7, weight: 3, color: "#fdfcf9", fillColor: "#1c6fd0", fillOpacity: 1, interactive: false });
  position = L.layerGroup([ring, dot]).addTo(atlas.chart);
  atlas.chart.setView(at, Math.max(atlas.chart.getZoom(), 11));
  showDrawn(at, say("position"));
}
