/* What the layers show is fetched here: each address once, by view and by day where the layer says so. */

import { atlas } from "./atlas.js";
import { forget, paint } from "./choosing.js";
import { show, soften } from "./drawing.js";
import { placeNames } from "./lettering.js";
import { writeSide } from "./side.js";
import { announce, say } from "./writing.js";

const PAUSE_MS = 200;
const KEPT = 24; // replies kept for going back and forth
const replies = new Map();
let timer = 0;
let asked = 0;

export async function loadShown() {
  const turn = ++asked;
  const shown = atlas.layers.filter((one) => atlas.chart.hasLayer(one));
  const results = await Promise.allSettled(shown.map((one) => load(one, turn)));
  if (turn !== asked) return true;
  const failed = results.filter((result) => result.status === "rejected");
  failed.forEach((result) => console.warn("map layer:", result.reason.message));
  announce(failed.length ? say("error") : "", failed.length > 0);
  afterwards();
  document.documentElement.dataset.map = failed.length ? "error" : "loaded";
  return failed.length === 0;
}

/* After a move: only what depends on the view, and only when the answer at hand does not hold it all. */
export function loadView() {
  clearTimeout(timer);
  const waiting = atlas.layers.filter((one) => one.spec.byView && !one.complete && atlas.chart.hasLayer(one));
  if (!waiting.length || !waiting.some((one) => address(one.spec) !== one.shownUrl)) return;
  timer = setTimeout(loadShown, PAUSE_MS);
}

export async function showLayer(one) {
  one.addTo(atlas.chart);
  if (!one.shownUrl) await loadShown();
}

function afterwards() {
  atlas.entries = atlas.layers.flatMap((one) => one.entries ?? []); // in drawing order, not that of arrival
  paint();
  soften();
  writeSide();
  placeNames();
}

async function load(one, turn) {
  const url = address(one.spec);
  if (one.shownUrl === url || (one.complete && one.day === atlas.on)) return;
  const data = await reply(url);
  if (turn !== asked) return;
  Object.assign(one, { shownUrl: url, complete: data.complete === true, day: atlas.on });
  if (one.spec.style === "counts") atlas.total = data.total ?? null;
  forget(one);
  show(one, data);
}

function reply(url) {
  if (!replies.has(url)) {
    replies.set(url, ask(url));
    replies.get(url).catch(() => replies.delete(url)); // a failure may be tried again
    if (replies.size > KEPT) replies.delete(replies.keys().next().value);
  }
  return replies.get(url);
}

async function ask(url) {
  const answer = await fetch(url, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`${url} ${answer.status}`);
  return answer.json();
}

/* The view is widened and rounded, so that small moves ask for what is there already. */
function address({ url, byView, dated }) {
  const target = new URL(url, location.origin);
  if (dated && atlas.on) target.searchParams.set("on", atlas.on);
  if (byView) {
    const zoom = Math.round(atlas.chart.getZoom());
    const step = 180 / 2 ** zoom;
    const bounds = atlas.chart.getBounds();
    const down = [bounds.getWest(), bounds.getSouth()].map((at) => Math.floor(at / step) * step);
    const up = [bounds.getEast(), bounds.getNorth()].map((at) => Math.ceil(at / step) * step);
    target.searchParams.set("bbox", [...down, ...up].map((at) => at.toFixed(5)).join());
    target.searchParams.set("zoom", zoom);
  }
  return target.pathname + target.search;
}
