/* How features become shapes: areas by track and tier, townships, sites in clusters, numbers of areas. */

import { atlas, isShown, pairOf } from "./atlas.js";
import { choose, highlight } from "./choosing.js";
import { openSite } from "./panel.js";
import { element, nameOf, say, text } from "./writing.js";

const NAMES_AT_MOST = 80; // more permanent names than this are unreadable and slow
const FULL_UP_TO = 8; // areas
const LEAST = 0.3; // of an area without an edge
const SMALL_PX = 40; // an approximate area that small would fade away wholly

export function makeLayer(spec) {
  const made = spec.style === "sites" ? clusters() : L.geoJSON(null, options(spec));
  return Object.assign(made, { spec });
}

export function show(one, data) {
  const { style, track, kind } = one.spec;
  one.clearLayers();
  if (style === "areas") return showAreas(one, data.features.filter((each) => isOf(track, each)));
  if (style === "sites") return one.addLayers(sites(data).getLayers());
  if (style === "counts") return one.addData(collection(data.features.filter(({ properties }) => properties.tracks)));
  return one.addData(kind ? collection(data.features.filter(({ properties }) => properties.kind === kind)) : data);
}

/* An approximate area fades at its edge, unless it is so small on this zoom that nothing would be left. */
export function soften() {
  for (const { feature, shape } of atlas.entries) {
    const path = shape?.getElement?.();
    if (!path || feature.properties.tier !== "approximate") continue;
    const bounds = shape.getBounds();
    const [a, b] = [bounds.getNorthWest(), bounds.getSouthEast()].map((at) => atlas.chart.project(at));
    const isSmall = Math.min(b.x - a.x, b.y - a.y) < SMALL_PX || atlas.entries.length > NAMES_AT_MOST;
    if (isSmall) path.removeAttribute("filter");
    else path.setAttribute("filter", "url(#gi-map-soft)");
  }
}

export function areaStyle({ track, tier }) {
  return atlas.settings.styles[`${track}/${tier}`] ?? { color: atlas.settings.ink, weight: 1, fillOpacity: 0.1 };
}

/* Surfaces that lie over one another add up: the more there are, the fainter each; edges stay. */
export function faint(style) {
  const share = atlas.settings.crowded ? Math.min(1, (FULL_UP_TO / Math.max(1, atlas.entries.length)) ** 1.5) : 1;
  return { ...style, fillOpacity: Math.max(style.stroke ? 0 : LEAST, style.fillOpacity * share) };
}

/* Hides and shows what the legend's boxes say. */
export function applyToggles() {
  for (const entry of atlas.entries) {
    if (!entry.shape) continue;
    if (isShown(entry)) entry.shape.addTo(atlas.chart);
    else entry.shape.remove();
  }
  for (const one of atlas.layers) if (one.spec.style === "counts") one.eachLayer((mark) => mark.setIcon(countIcon(mark.feature)));
  soften();
}

function isOf(track, { properties }) {
  return properties.is_current !== false && !properties.tracks && (!track || properties.track === track);
}

function showAreas(one, found) {
  one.addData(collection(found));
  const shapes = new Map(one.getLayers().map((shape) => [shape.feature, shape]));
  one.entries = found.map((feature) => ({ layer: one, feature, shape: shapes.get(feature) ?? null }));
  for (const entry of one.entries) {
    if (!entry.shape) continue;
    entry.shape.on("mouseover", () => highlight(entry)).on("mouseout", () => highlight(null));
    if (atlas.hidden.has(pairOf(entry.feature.properties))) entry.shape.remove();
  }
  if (found.length <= NAMES_AT_MOST) one.entries.filter(({ shape }) => shape).forEach(nameArea);
}

function collection(features) {
  return { type: "FeatureCollection", features };
}

function options(spec) {
  const common = { pane: spec.pane, interactive: spec.interactive };
  if (spec.style === "outline") return { ...common, interactive: false, style: () => atlas.settings.outline };
  if (spec.style === "areas") return { ...common, style: (feature) => areaStyle(feature.properties) };
  if (spec.style === "counts") return { ...common, pointToLayer: count };
  return { ...common, pointToLayer: (feature, at) => township(feature, at, spec.pane) };
}

function township(feature, at, pane) {
  const { name, kind } = feature.properties;
  const style = atlas.settings.townships[kind] ?? atlas.settings.townships.township;
  const mark = L.circleMarker(at, { ...style, pane, interactive: false });
  const className = `gi-map-name gi-map-name-${kind === "named_township" ? "named" : "township"}`;
  const label = Object.assign(text("span", name), { lang: "zh-CN" });
  return mark.bindTooltip(label, { permanent: true, direction: "right", offset: [5, 0], className, pane: "tooltipPane" });
}

function nameArea({ shape }) {
  const { track, tier } = shape.feature.properties;
  const label = element("span", "gi-map-area-name", text("b", nameOf(shape.feature)));
  if (tier === "approximate") label.append(text("small", say("sketch")));
  label.dataset.track = track;
  shape.bindTooltip(label, { permanent: true, direction: "center", className: "gi-map-name gi-map-name-area" });
}

function clusters() {
  return L.markerClusterGroup({ maxClusterRadius: 44, showCoverageOnHover: false, iconCreateFunction: clusterIcon });
}

function clusterIcon(cluster) {
  const label = element("span", "", text("b", String(cluster.getChildCount())));
  label.append(text("span", say("cluster"), "gi-map-unseen"));
  return L.divIcon({ html: label, className: "gi-map-cluster", iconSize: [36, 36] });
}

function sites(data) {
  return L.geoJSON(data, {
    pointToLayer: ({ properties }, at) => {
      const kind = properties.kind === "service_point" ? "service_point" : "user_site";
      const icon = L.divIcon({ className: `gi-map-site gi-map-${kind}`, iconSize: [18, 18] });
      const mark = L.marker(at, { icon, title: properties.name, alt: properties.name });
      return pressable(mark, () => openSite(properties, kind));
    },
  });
}

/* How many areas lie about here; only those of tracks that are switched on are counted. */
function count(feature, at) {
  const mark = L.marker(at, { icon: countIcon(feature), pane: "counts" });
  return pressable(mark, () => {
    const [west, south, east, north] = feature.properties.bounds;
    choose([]);
    atlas.chart.fitBounds([[south, west], [north, east]], { maxZoom: atlas.chart.getZoom() + 3, padding: [24, 24] });
  });
}

/* Leaflet lets a marker be reached by keyboard but not pressed. */
function pressable(mark, press) {
  return mark.on("click", press).on("keypress", ({ originalEvent }) => originalEvent.key === "Enter" && press());
}

function countIcon(feature) {
  const on = new Set(atlas.layers.filter((one) => atlas.chart.hasLayer(one)).map((one) => one.spec.track));
  const pairs = Object.entries(feature.properties.tracks).filter(([track]) => on.has(track));
  const sum = pairs.reduce((all, [, each]) => all + each, 0);
  const label = element("span", "gi-map-count", text("b", String(sum)), text("span", say("count"), "gi-map-unseen"));
  const most = pairs.sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
  label.dataset.track = most;
  const size = Math.round(28 + 8 * Math.log10(Math.max(1, sum)));
  const icon = L.divIcon({ html: label, className: "gi-map-count-mark", iconSize: [size, size] });
  return icon;
}
