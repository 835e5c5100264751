/* Names in order of weight: areas, then townships an area names, then the others; each takes the first free
   place, or hides. */

import { atlas, isShown } from "./atlas.js";

const OVER = ".gi-map-cluster, .gi-map-site, .gi-map-count-mark, .gi-map-banner, .gi-map-foot, .leaflet-control, .gi-map-panel:not([hidden])";
const POINT_PLACES = [
  ["right", 6, 0], ["left", -6, 0], ["top", 0, -5], ["bottom", 0, 5],
  ["right", 4, -11], ["right", 4, 11], ["left", -4, -11], ["left", -4, 11],
].map(([direction, dx, dy]) => ({ direction, offset: [dx, dy] }));
const WEIGHTS = { areas: 0, named_township: 1, township: 2 };
const SMALL_PX = 40;
let waiting = 0;

/* Many causes in one frame are one placing. */
export function placeNames() {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(place);
}

function place() {
  const taken = obstacles();
  const written = new Set();
  const { x: right, y: bottom } = atlas.chart.getSize();
  const view = { left: 0, top: 0, right, bottom };
  for (const { shape, places, key } of named()) {
    const tooltip = shape.getTooltip();
    const at = atlas.chart.latLngToContainerPoint(tooltip.getLatLng());
    const { offsetWidth: width, offsetHeight: height } = tooltip.getElement();
    const spots = written.has(key) ? [] : places.map((place) => ({ place, box: boxAt(at, place, width, height) }));
    const free = spots.filter(({ box }) => !taken.some((other) => touch(box, other)));
    // A name that the map's edge cuts says nothing; one beyond it comes in with its area.
    const spot = free.find(({ box }) => holds(view, box)) ?? free.find(({ box }) => !touch(view, box));
    tooltip.getElement().classList.toggle("gi-map-name-hidden", !spot);
    if (!spot) continue;
    written.add(key);
    taken.push(spot.box);
    Object.assign(tooltip.options, spot.place);
    tooltip.update();
  }
}

function named() {
  const found = [];
  for (const { layer, feature, shape } of atlas.entries.filter(isShown)) {
    if (shape?.getTooltip()?.getElement()) found.push(candidate(shape, areaPlaces(shape), WEIGHTS.areas, feature.properties.name));
  }
  for (const one of atlas.layers.filter((each) => each.spec.style === "townships" && atlas.chart.hasLayer(each))) {
    one.eachLayer((shape) => {
      const { name, kind } = shape.feature.properties;
      if (shape.getTooltip()?.getElement()) found.push(candidate(shape, POINT_PLACES, WEIGHTS[kind], `${kind} ${name}`));
    });
  }
  return found.sort((a, b) => a.weight - b.weight);
}

/* Upon a shape that has room for its name, around a smaller one, so that the name does not hide it. */
function areaPlaces(shape) {
  const bounds = shape.getBounds();
  const [a, b] = [bounds.getNorthWest(), bounds.getSouthEast()].map((at) => atlas.chart.latLngToContainerPoint(at));
  const { offsetWidth: width, offsetHeight: height } = shape.getTooltip().getElement();
  const isSmall = b.x - a.x < width * 0.75 || b.y - a.y < height * 1.4;
  const dy = (b.y - a.y + height) / 2 + 4;
  const dx = (b.x - a.x + width) / 2 + 6;
  const around = [[0, -dy], [0, dy], [dx, 0], [-dx, 0]];
  const upon = [0, -26, 26, -52, 52, -104, 104].flatMap((down) => [0, -44, 44].map((right) => [right, down]));
  const corners = [-1, 1].flatMap((side) => [[side * dx, -dy], [side * dx, dy]]);
  return (isSmall ? [...around, ...corners] : upon).map((offset) => ({ direction: "center", offset }));
}

function candidate(shape, places, weight, key) {
  return { shape, places, weight, key };
}

function boxAt({ x, y }, { direction, offset: [dx, dy] }, width, height) {
  const left = { right: x, left: x - width }[direction] ?? x - width / 2;
  const top = { top: y - height, bottom: y }[direction] ?? y - height / 2;
  // A pixel more on each side: Leaflet rounds where it puts a name.
  return { left: left + dx - 1, top: top + dy - 1, right: left + dx + width + 1, bottom: top + dy + height + 1 };
}

/* A small area must not vanish below a township's name. */
function smallAreas() {
  const boxes = [];
  for (const { shape } of atlas.entries.filter(isShown)) {
    if (!shape) continue;
    const bounds = shape.getBounds();
    const [a, b] = [bounds.getNorthWest(), bounds.getSouthEast()].map((at) => atlas.chart.latLngToContainerPoint(at));
    if (b.x - a.x < SMALL_PX && b.y - a.y < SMALL_PX) boxes.push({ left: a.x, right: b.x, top: a.y, bottom: b.y });
  }
  return boxes;
}

/* Townships' dots, clusters and everything printed over the map, in the map's own pixels. */
function obstacles() {
  const origin = atlas.chart.getContainer().getBoundingClientRect();
  const boxes = [...atlas.frame.querySelectorAll(OVER)].map((one) => moved(one.getBoundingClientRect(), origin));
  boxes.push(...smallAreas());
  for (const one of atlas.layers.filter((each) => each.spec.style === "townships" && atlas.chart.hasLayer(each))) {
    one.eachLayer((dot) => {
      const { x, y } = atlas.chart.latLngToContainerPoint(dot.getLatLng());
      boxes.push({ left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 });
    });
  }
  return boxes;
}

function moved({ left, top, right, bottom }, { x, y }) {
  return { left: left - x, top: top - y, right: right - x, bottom: bottom - y };
}

function holds(a, b) {
  return a.left <= b.left && b.right <= a.right && a.top <= b.top && b.bottom <= a.bottom;
}

function touch(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
