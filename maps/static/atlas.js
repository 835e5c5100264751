/* What the modules of one map share: the Leaflet map, its frame in the page, the settings and the layers. */

export const atlas = {
  chart: null,
  frame: null,
  settings: null,
  layers: [], // Leaflet layers in drawing order, each with its `spec`
  entries: [], // {layer, feature, shape}: an area; shape is null where nothing is drawn
  hidden: new Set(), // "track/tier" that the reader switched off
  on: "", // the day shown when it is not today
  total: null, // how many areas the view holds when they are only counted
};

export const isShown = ({ layer, feature: { properties } }) =>
  atlas.chart.hasLayer(layer) && !atlas.hidden.has(pairOf(properties));

export const pairOf = ({ track, tier }) => `${track}/${tier}`;

export function part(name) {
  return atlas.frame.querySelector(`[data-map-${name}]`);
}
