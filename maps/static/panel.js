/* What is here: the areas that cover a place, asked of the register, or a site, in a panel over the map. */

import { atlas, isShown, part } from "./atlas.js";
import { choose, entryOf } from "./choosing.js";
import { placeNames } from "./lettering.js";
import { announce, element, nameOf, ownPath, say, text } from "./writing.js";

let turn = 0;

/* The register answers from its own boundaries; the drawn ones are simplified. */
export async function showPlace({ lng, lat }) {
  const mine = ++turn;
  if (!atlas.settings.here) return showDrawn({ lng, lat });
  openPanel(say("here"), [text("p", say("looking"))]);
  atlas.chart.panInside([lat, lng], panelRoom());
  try {
    const found = await ask(lng, lat);
    if (mine === turn) showFound(found);
  } catch {
    if (mine === turn) openPanel(say("here"), [text("p", say("error"))]);
  }
}

/* From what is drawn, without asking anybody: for a position that must not leave this device. */
export function showDrawn({ lng, lat }, title = say("here")) {
  ++turn;
  const here = atlas.entries.filter(
    (entry) => entry.shape && isShown(entry) && entry.shape.getBounds().contains([lat, lng]) && covers(entry.feature.geometry, lng, lat),
  );
  openPanel(title, here.length ? here.map(({ feature }) => areaItem(feature)) : [text("p", say("nothing_here"))]);
  choose(here);
  atlas.chart.panInside([lat, lng], panelRoom());
}

export function showArea(entry) {
  ++turn;
  openPanel(say("areas"), [areaItem(entry.feature)]);
  choose([entry]);
  if (entry.shape) atlas.chart.fitBounds(entry.shape.getBounds(), { maxZoom: 13, ...panelRoom() });
}

export function openSite({ name, url }, kind) {
  ++turn;
  const item = element("article", "gi-map-item", text("h3", name), text("p", atlas.settings.places[kind]));
  openPanel(atlas.settings.places[kind], [linked(item, url)], false);
}

export function closePanel() {
  const panel = part("panel");
  if (panel.hidden) return;
  ++turn;
  panel.hidden = true;
  choose([]);
  placeNames();
  (panel.opener?.isConnected ? panel.opener : atlas.chart.getContainer()).focus({ preventScroll: true });
}

async function ask(lng, lat) {
  const target = new URL(atlas.settings.here, location.origin);
  target.searchParams.set("lon", lng.toFixed(6));
  target.searchParams.set("lat", lat.toFixed(6));
  if (atlas.on) target.searchParams.set("on", atlas.on);
  const reply = await fetch(target.pathname + target.search, { headers: { Accept: "application/geo+json" } });
  if (!reply.ok) throw new Error(String(reply.status));
  return (await reply.json()).features;
}

function showFound(found) {
  const items = found.length ? found.map((feature) => areaItem(feature)) : [text("p", say("nothing_here"))];
  openPanel(say("here"), items);
  choose(found.map(({ id }) => entryOf(String(id))).filter(Boolean));
}

function areaItem(feature) {
  const { track, tier, url, version_no: version, distance_to_boundary_m: distance } = feature.properties;
  const { tracks, tiers } = atlas.settings;
  const item = element("article", "gi-map-item", text("h3", nameOf(feature)));
  item.dataset.area = feature.id;
  item.dataset.track = track;
  const facts = [tracks[track] ?? track, tiers[tier] ?? tier];
  if (version) facts.push(say("version", { n: version }));
  item.append(text("p", facts.join(" · ")));
  if (typeof distance === "number") item.append(text("p", say("near_edge", { m: Math.round(distance) })));
  if (tier === "text_only") item.append(text("p", say("not_drawn")));
  const entry = entryOf(String(feature.id));
  if (!entry && atlas.total === null) item.append(text("p", say("filtered_out"), "gi-map-filtered"));
  return linked(item, version ? `${url}/areas/${version}?track=${encodeURIComponent(track)}` : url);
}

function linked(item, url) {
  const path = ownPath(url);
  if (path) item.append(Object.assign(text("a", say("details")), { href: path }));
  return item;
}

function openPanel(title, items, hasCaveat = true) {
  const panel = part("panel");
  const close = element("button", "gi-map-close");
  Object.assign(close, { type: "button", title: say("close"), onclick: closePanel });
  close.setAttribute("aria-label", say("close"));
  panel.replaceChildren(element("header", "", text("h2", title), close), ...items);
  if (hasCaveat) panel.append(text("p", say("caveat"), "gi-map-caveat"));
  panel.setAttribute("aria-label", title);
  if (panel.hidden) panel.opener = document.activeElement;
  panel.hidden = false;
  announce("");
  panel.focus({ preventScroll: true });
  placeNames();
}

/* Leaves room for the panel: at the left on a desk, at the foot on a phone. */
function panelRoom() {
  const panel = part("panel");
  const beside = panel.offsetWidth < atlas.chart.getSize().x / 2;
  return {
    paddingTopLeft: beside ? [panel.offsetLeft + panel.offsetWidth + 24, 56] : [24, 56],
    paddingBottomRight: beside ? [72, 56] : [72, atlas.chart.getSize().y - panel.offsetTop + 24],
  };
}

function covers(geometry, x, y) {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return parts.some((rings) => rings.reduce((within, ring) => within !== encloses(ring, x, y), false));
}

function encloses(ring, x, y) {
  let within = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[x0, y0], [x1, y1]] = [ring[i], ring[j]];
    if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) within = !within;
  }
  return within;
}
