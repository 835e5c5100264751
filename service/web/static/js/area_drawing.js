// Drawing an area: Leaflet with Geoman. What is drawn stands as GeoJSON in a field of the form and goes the way of
// every upload; this module knows nothing of what is right. Names of data are set by textContent.

import { split } from "./area_splitting.js";

const DECIMALS = 6;
const MOST_STEPS = 100;
const INK = { color: "#0f5f45", weight: 3, fillColor: "#16855f", fillOpacity: 0.2 };
const STYLES = {
  district: { color: "#747d73", weight: 1.5, fill: false },
  cell: { color: "#747d73", weight: 1, dashArray: "2 5", fill: false },
  area: { color: "#22468c", weight: 1.2, fill: false },
  own: { color: "#ab5c1a", weight: 2, dashArray: "8 4", fill: false },
};

const place = document.querySelector("[data-area-map]");
if (place) open(place);

function open(frame) {
  const form = frame.closest("form");
  const words = JSON.parse(frame.dataset.words);
  const field = form.querySelector("[data-area-geometry]");
  const told = frame.querySelector("[data-area-told]");
  frame.hidden = false;
  const canvas = frame.querySelector("[data-area-canvas]");
  const chart = L.map(canvas, { attributionControl: false, maxZoom: 17, zoomSnap: 0.25, doubleClickZoom: false });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", words.map);
  chart.setView([29.45, 108.75], 10);
  const drawn = L.featureGroup().addTo(chart);
  const around = L.featureGroup().addTo(chart);
  const steps = [field.value];
  addTiles(chart, JSON.parse(frame.dataset.tiles));
  chart.pm.setLang(frame.dataset.lang === "en" ? "en" : "zh");
  chart.pm.setGlobalOptions({
    layerGroup: drawn, allowSelfIntersection: false, snapDistance: 14, continueDrawing: false,
    pathOptions: INK, templineStyle: { color: INK.color, weight: 2 }, hintlineStyle: { color: INK.color, dashArray: [5, 5] },
  });
  show(field.value);
  lay(frame.dataset.ground);

  const tools = new Map([...frame.querySelectorAll("[data-tool]")].map((button) => [button.dataset.tool, button]));
  const modes = {
    draw: () => chart.pm.enableDraw("Polygon"),
    split: () => chart.pm.enableDraw("Line"),
    cut: () => chart.pm.enableDraw("Cut"),
    edit: () => chart.pm.enableGlobalEditMode(),
    drag: () => chart.pm.enableGlobalDragMode(),
    remove: () => chart.pm.enableGlobalRemovalMode(),
  };
  let mode = null;
  for (const [name, button] of tools) button.addEventListener("click", () => press(name));
  frame.querySelector("[data-snap]").addEventListener("change", ({ target }) => chart.pm.setGlobalOptions({ snappable: target.checked }));
  chart.on("pm:create", ({ layer, shape }) => {
    if (shape === "Line") return splitAlong(layer);
    rest();
    keep();
  });
  chart.on("pm:cut", () => {
    rest();
    keep();
  });
  chart.on("pm:remove", () => keep());
  chart.on("pm:drawend", () => mode && ["draw", "cut", "split"].includes(mode) && rest());
  form.addEventListener("area:read", () => {
    show(field.value);
    steps.push(field.value);
    fit();
  });
  // A map that was hidden has no size until its way is chosen.
  new ResizeObserver(() => {
    const isFirst = !chart.getSize().x;
    chart.invalidateSize({ pan: false });
    if (isFirst || !chart.fitted) fit();
  }).observe(canvas);
  mark();

  function press(name) {
    told.textContent = "";
    if (name === "undo") return undo();
    if (name === "fit") return fit();
    const isOn = mode === name;
    rest();
    if (!isOn) {
      mode = name;
      modes[name]();
    }
    return mark();
  }

  /* Leave whatever mode the map is in. */
  function rest() {
    mode = null;
    chart.pm.disableDraw();
    chart.pm.disableGlobalEditMode();
    chart.pm.disableGlobalDragMode();
    chart.pm.disableGlobalRemovalMode();
    mark();
  }

  function mark() {
    for (const [name, button] of tools) if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(name === mode));
    tools.get("undo").disabled = steps.length < 2 && mode !== "draw";
  }

  function polygons() {
    return L.PM.Utils.findLayers(chart).filter((layer) => layer instanceof L.Polygon && !layer.options.pmIgnore && !layer._pmTempLayer);
  }

  /* Put what is drawn into the form, as a step that can be undone. */
  function keep() {
    const features = polygons().map((layer) => layer.toGeoJSON(DECIMALS));
    for (const each of features) each.properties = {};
    const text = features.length ? JSON.stringify({ type: "FeatureCollection", features }) : "";
    if (text === field.value) return;
    steps.push(text);
    if (steps.length > MOST_STEPS) steps.shift();
    write(text);
  }

  function write(text) {
    field.value = text;
    for (const carried of form.querySelectorAll("[data-area-carried]")) carried.value = "";
    form.querySelector("[name='area_way'][value='drawing']").checked = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    mark();
  }

  function undo() {
    if (mode === "draw" && chart.pm.Draw.Polygon._layer?.getLatLngs().length) {
      chart.pm.Draw.Polygon._removeLastVertex();
      return;
    }
    rest();
    if (steps.length < 2) return;
    steps.pop();
    show(steps.at(-1));
    write(steps.at(-1));
  }

  function show(text) {
    polygons().forEach((layer) => layer.remove());
    drawn.clearLayers();
    if (!text) return;
    for (const rings of polygonsIn(JSON.parse(text))) add(rings.map((ring) => ring.slice(0, -1)));
  }

  /* A polygon of open rings of [x, y]. */
  function add(rings) {
    const layer = L.polygon(rings.map((ring) => ring.map(([x, y]) => [y, x])), INK).addTo(drawn);
    layer.pm.setOptions(chart.pm.getGlobalOptions()); // the map's choices reach only what was there when they were made
    layer.on("pm:edit pm:dragend", () => keep());
    return layer;
  }

  function splitAlong(line) {
    const along = line.getLatLngs().map(({ lat, lng }) => [lng, lat]);
    line.remove();
    rest();
    const cut = polygons().flatMap((layer) => {
      const halves = polygonsIn(layer.toGeoJSON()).map((rings) => split(rings.map((ring) => ring.slice(0, -1)), along));
      return halves.length === 1 && halves[0] ? [{ layer, halves: halves[0] }] : [];
    });
    if (!cut.length) {
      told.textContent = words.split_once;
      return;
    }
    for (const { layer, halves } of cut) {
      layer.remove();
      halves.forEach(add);
    }
    keep();
  }

  function fit() {
    const bounds = drawn.getLayers().length || polygons().length ? L.featureGroup(polygons()).getBounds() : around.getBounds();
    if (!bounds.isValid() || !chart.getSize().x) return;
    chart.fitBounds(bounds, { padding: [24, 24], animate: false });
    chart.fitted = true;
  }

  async function lay(address) {
    try {
      const reply = await fetch(address, { headers: { Accept: "application/geo+json" } });
      if (!reply.ok) throw new Error(String(reply.status));
      const { features } = await reply.json();
      const order = Object.keys(STYLES);
      features.sort((a, b) => order.indexOf(a.properties.kind) - order.indexOf(b.properties.kind));
      for (const feature of features) layOne(feature);
      fit();
    } catch {
      told.textContent = words.failed;
    }
    frame.dataset.state = "ready";
  }

  /* Not to be edited, but what is drawn may snap to it. */
  function layOne(feature) {
    const { kind, name } = feature.properties;
    const layer = L.geoJSON(feature, { style: STYLES[kind], pmIgnore: true, snapIgnore: false, interactive: kind !== "district" });
    layer.eachLayer((each) => Object.assign(each.options, { pmIgnore: true, snapIgnore: false }));
    const label = document.createElement("span");
    label.lang = "zh-CN";
    label.textContent = kind === "cell" ? words.cell.replace("{name}", name) : name;
    if (name) layer.bindTooltip(label, { sticky: true });
    layer.addTo(around);
    layer.eachLayer((each) => each.bringToBack());
  }
}

function addTiles(chart, basemap) {
  for (const pattern of basemap?.patterns ?? [])
    L.tileLayer(pattern, { subdomains: basemap.subdomains || "abc", maxNativeZoom: 18 }).addTo(chart);
}

/* The polygons in a geometry, a feature or a collection, each as closed rings of [x, y]. */
function polygonsIn(found) {
  if (found.type === "FeatureCollection") return found.features.flatMap(polygonsIn);
  if (found.type === "Feature") return polygonsIn(found.geometry);
  return found.type === "Polygon" ? [found.coordinates] : found.coordinates;
}
