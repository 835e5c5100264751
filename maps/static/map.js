/* The map's own script. Folium's generated script calls DibiaoMap.frame, .layer and .start; every text that
   comes with the data is set by textContent, every link is cut down to a path of this site. */
"use strict";

window.DibiaoMap = (() => {
  const NAMES_AT_MOST = 80; // more permanent names than this are unreadable and slow
  const OVER = ".gi-map-cluster, .gi-map-site, .gi-map-banner, .gi-map-foot, .leaflet-control";
  const POINT_PLACES = [
    ["right", 6, 0], ["left", -6, 0], ["top", 0, -5], ["bottom", 0, 5],
    ["right", 4, -11], ["right", 4, 11], ["left", -4, -11], ["left", -4, 11],
  ].map(([direction, dx, dy]) => ({ direction, offset: [dx, dy] }));
  const AREA_PLACES = [0, -26, 26, -52, 52].flatMap((dy) =>
    [0, -44, 44].map((dx) => ({ direction: "center", offset: [dx, dy] })),
  );
  let chart, frame, settings, layers;
  const features = []; // {spec, feature, shape}: shape is null where nothing is drawn
  let chosen = [];

  function layer(spec) {
    const made = spec.style === "sites" ? clusters() : L.geoJSON(null, options(spec));
    return Object.assign(made, { spec });
  }

  function start(map, made, given) {
    [chart, layers, settings, frame] = [map, made, given, frameOf(map)];
    frame.dataset.state = "ready";
    chart.invalidateSize();
    chart.getContainer().setAttribute("aria-label", settings.words.label);
    showWhole();
    chart.setMinZoom(Math.max(0, Math.floor(chart.getZoom()) - 1));
    chart.setMaxBounds(L.latLngBounds(settings.bounds).pad(1));
    addControls();
    chart.on("click", (event) => showPlace(event.latlng));
    chart.on("moveend", refresh);
    layers.forEach((one) => one.on("add remove", refresh));
    new ResizeObserver(() => chart.invalidateSize({ pan: false })).observe(chart.getContainer());
    frame.addEventListener("keydown", (event) => event.key === "Escape" && closePanel());
    loadShown();
  }

  async function loadShown() {
    const shown = layers.filter((one) => chart.hasLayer(one));
    const results = await Promise.allSettled(shown.map(load));
    const failed = results.filter((result) => result.status === "rejected");
    failed.forEach((result) => console.warn("map layer:", result.reason.message));
    announce(failed.length ? settings.words.error : "");
    writeSide();
    document.documentElement.dataset.map = failed.length ? "error" : "loaded";
  }

  async function load(one) {
    one.asked = true;
    const reply = await fetch(one.spec.url, { headers: { Accept: "application/geo+json" } });
    if (!reply.ok) throw new Error(`${one.spec.key} ${reply.status}`);
    const data = await reply.json();
    if (one.spec.style === "sites") one.addLayers(markers(data).getLayers());
    else one.addData(data);
    if (one.spec.style === "areas") remember(one, data.features);
    refresh();
  }

  function remember(one, found) {
    const shapes = new Map(one.getLayers().map((shape) => [shape.feature, shape]));
    for (const feature of found) features.push({ layer: one, feature, shape: shapes.get(feature) ?? null });
    features.sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer)); // not the order of arrival
    if (found.length <= NAMES_AT_MOST) one.eachLayer((shape) => nameArea(shape));
  }

  /* ---- drawing ---- */

  function options(spec) {
    const common = { pane: spec.pane, interactive: spec.interactive };
    if (spec.style === "outline") return { ...common, interactive: false, style: () => settings.outline };
    if (spec.style === "areas") return { ...common, style: (feature) => areaStyle(feature.properties) };
    return { ...common, pointToLayer: (feature, at) => township(feature, at, spec.pane) };
  }

  function areaStyle({ track, tier }) {
    return settings.styles[`${track}/${tier}`] ?? { color: settings.ink, weight: 1, fillOpacity: 0.1 };
  }

  function township(feature, at, pane) {
    const mark = L.circleMarker(at, { ...settings.township, radius: 3, pane, interactive: false });
    const name = text("span", feature.properties.name);
    return mark.bindTooltip(name, { permanent: true, direction: "right", offset: [5, 0], className: "gi-map-name" });
  }

  function nameArea(shape) {
    const { name, track, tier } = shape.feature.properties;
    const label = element("span", "gi-map-area-name", text("b", name));
    if (tier === "approximate") label.append(text("small", settings.words.sketch));
    label.dataset.track = track;
    shape.bindTooltip(label, { permanent: true, direction: "center", className: "gi-map-name gi-map-name-area" });
  }

  function clusters() {
    return L.markerClusterGroup({ maxClusterRadius: 44, showCoverageOnHover: false, iconCreateFunction: clusterIcon });
  }

  function clusterIcon(cluster) {
    const label = element("span", "", text("b", String(cluster.getChildCount())));
    label.append(text("span", settings.words.cluster, "gi-map-unseen"));
    return L.divIcon({ html: label, className: "gi-map-cluster", iconSize: [36, 36] });
  }

  function markers(data) {
    return L.geoJSON(data, {
      pointToLayer: ({ properties }, at) => {
        const kind = properties.kind === "service_point" ? "service_point" : "user_site";
        const icon = L.divIcon({ className: `gi-map-site gi-map-${kind}`, iconSize: [16, 16] });
        const mark = L.marker(at, { icon, title: properties.name });
        return mark.on("click", () => openPanel(settings.places[kind], [siteItem(properties, kind)]));
      },
    });
  }

  /* Names in order of weight: areas, then townships; each takes the first free place, or hides. */
  function placeNames() {
    const taken = obstacles();
    for (const [shape, places] of named()) {
      const tooltip = shape.getTooltip();
      const at = chart.latLngToContainerPoint(tooltip.getLatLng());
      const { offsetWidth: width, offsetHeight: height } = tooltip.getElement();
      const spots = places.map((place) => ({ place, box: boxAt(at, place, width, height) }));
      const spot = spots.find(({ box }) => !taken.some((other) => touch(box, other)));
      tooltip.getElement().classList.toggle("gi-map-name-hidden", !spot);
      if (!spot) continue;
      taken.push(spot.box);
      Object.assign(tooltip.options, spot.place);
      tooltip.update();
    }
  }

  function named() {
    const found = [];
    for (const one of layers.filter((each) => chart.hasLayer(each) && each.spec.style !== "sites")) {
      const places = one.spec.style === "areas" ? AREA_PLACES : POINT_PLACES;
      one.eachLayer((shape) => shape.getTooltip()?.getElement() && found.push([shape, places]));
    }
    return found.sort((a, b) => Number(b[1] === AREA_PLACES) - Number(a[1] === AREA_PLACES));
  }

  function boxAt({ x, y }, { direction, offset: [dx, dy] }, width, height) {
    const left = { right: x, left: x - width }[direction] ?? x - width / 2;
    const top = { top: y - height, bottom: y }[direction] ?? y - height / 2;
    // A pixel more on each side: Leaflet rounds where it puts a name.
    return { left: left + dx - 1, top: top + dy - 1, right: left + dx + width + 1, bottom: top + dy + height + 1 };
  }

  /* Townships' dots, clusters and everything printed over the map, in the map's own pixels. */
  function obstacles() {
    const over = frame.querySelectorAll(OVER);
    const boxes = [...over].map((one) => moved(one.getBoundingClientRect(), chart.getContainer().getBoundingClientRect()));
    for (const one of layers.filter((each) => each.spec.style === "townships" && chart.hasLayer(each))) {
      one.eachLayer((dot) => {
        const { x, y } = chart.latLngToContainerPoint(dot.getLatLng());
        boxes.push({ left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 });
      });
    }
    return boxes;
  }

  function moved({ left, top, right, bottom }, { x, y }) {
    return { left: left - x, top: top - y, right: right - x, bottom: bottom - y };
  }

  /* An approximate area fades at its edge, unless it is so small on this zoom that nothing would be left. */
  function soften() {
    for (const { feature, shape } of features) {
      if (!shape?.getElement() || feature.properties.tier !== "approximate") continue;
      const bounds = shape.getBounds();
      const [a, b] = [bounds.getNorthWest(), bounds.getSouthEast()].map((at) => chart.project(at));
      const small = Math.min(b.x - a.x, b.y - a.y) < 40 || features.length > NAMES_AT_MOST;
      if (small) shape.getElement().removeAttribute("filter");
      else shape.getElement().setAttribute("filter", "url(#gi-map-soft)");
    }
  }

  function refresh() {
    soften();
    placeNames();
  }

  function touch(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  /* ---- what is here ---- */

  function showPlace({ lng, lat }) {
    const here = features.filter(
      ({ layer: one, feature, shape }) =>
        shape && chart.hasLayer(one) && shape.getBounds().contains([lat, lng]) && covers(feature.geometry, lng, lat),
    );
    choose(here);
    const items = here.length ? here.map(areaItem) : [text("p", settings.words.nothing_here)];
    openPanel(settings.words.here, items);
    chart.panInside([lat, lng], panelRoom());
  }

  /* Leaves room for the panel: at the left on a desk, at the foot on a phone. */
  function panelRoom() {
    const panel = frame.querySelector("[data-map-panel]");
    const beside = panel.offsetWidth < chart.getSize().x / 2;
    return {
      paddingTopLeft: beside ? [panel.offsetLeft + panel.offsetWidth + 24, 56] : [24, 56],
      paddingBottomRight: beside ? [72, 56] : [72, chart.getSize().y - panel.offsetTop + 24],
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

  function choose(found) {
    chosen.forEach(({ layer: one, shape }) => one.resetStyle(shape));
    chosen = found.filter(({ shape }) => shape);
    for (const { feature, shape } of chosen) shape.setStyle(areaStyle(feature.properties).chosen ?? { weight: 3 });
  }

  function areaItem({ feature, shape }) {
    const { name, track, tier, url } = feature.properties;
    const item = element("article", "gi-map-item", text("h3", name));
    item.append(text("p", `${settings.tracks[track] ?? track} · ${settings.tiers[tier] ?? tier}`));
    if (!shape) item.append(text("p", settings.words.not_drawn));
    return linked(item, url);
  }

  function siteItem({ name, url }, kind) {
    return linked(element("article", "gi-map-item", text("h3", name), text("p", settings.places[kind])), url);
  }

  function linked(item, url) {
    const path = ownPath(url);
    if (path) item.append(Object.assign(text("a", settings.words.details), { href: path }));
    return item;
  }

  function openPanel(title, items) {
    const panel = frame.querySelector("[data-map-panel]");
    const close = element("button", "gi-map-close");
    Object.assign(close, { type: "button", title: settings.words.close, onclick: closePanel });
    close.setAttribute("aria-label", settings.words.close);
    const head = element("header", "", text("h2", title), close);
    panel.replaceChildren(head, ...items, text("p", settings.words.caveat, "gi-map-caveat"));
    panel.setAttribute("aria-label", title);
    if (panel.hidden) panel.opener = document.activeElement;
    panel.hidden = false;
    panel.focus({ preventScroll: true });
  }

  function closePanel() {
    const panel = frame.querySelector("[data-map-panel]");
    if (panel.hidden) return;
    panel.hidden = true;
    choose([]);
    panel.opener?.focus({ preventScroll: true });
  }

  /* ---- beside the map: legend, layers, areas ---- */

  function writeSide() {
    fill("legend", legendRows());
    fill("layers", layers.filter(isUseful).map(layerRow));
    fill("areas", features.map(areaRow));
    refresh();
  }

  function fill(name, rows) {
    const list = frame.querySelector(`[data-map-${name}]`);
    list.replaceChildren(...rows.map((row) => element("li", "", row)));
    list.parentElement.hidden = rows.length === 0;
  }

  function legendRows() {
    const present = new Set(features.map(({ feature: { properties } }) => `${properties.track}/${properties.tier}`));
    return Object.keys(settings.styles).filter((pair) => present.has(pair)).map((pair) => {
      const [track, tier] = pair.split("/");
      const names = element("span", "", text("span", settings.tracks[track]), text("small", settings.tiers[tier]));
      return element("span", "gi-map-legend-row", swatch(pair, tier), names);
    });
  }

  function swatch(pair, tier) {
    const style = settings.styles[pair];
    const picture = svg("svg", { width: 28, height: 18, viewBox: "0 0 28 18", "aria-hidden": "true" });
    const stroke = { stroke: style.color, "stroke-width": style.weight, "stroke-dasharray": style.dashArray ?? "none" };
    const box = { x: 1, y: 1, width: 26, height: 16, rx: 2, fill: style.fillColor, "fill-opacity": style.fillOpacity };
    const ring = { cx: 14, cy: 9, r: 5, fill: "none", stroke: style.color, "stroke-width": 2 };
    picture.append(tier === "text_only" ? svg("circle", ring) : svg("rect", { ...box, ...(style.stroke ? stroke : {}) }));
    return picture;
  }

  function isUseful(one) {
    return !one.asked || one.getLayers().length > 0;
  }

  function layerRow(one) {
    const box = Object.assign(element("input", ""), { type: "checkbox", checked: chart.hasLayer(one) });
    box.addEventListener("change", () => (box.checked ? showLayer(one) : one.remove()));
    return element("label", "", box, text("span", one.spec.label));
  }

  async function showLayer(one) {
    one.addTo(chart);
    if (one.asked) return;
    try {
      await load(one);
      writeSide();
    } catch {
      announce(settings.words.error);
    }
  }

  function areaRow(entry) {
    const { name, tier } = entry.feature.properties;
    const button = element("button", "gi-map-area", text("span", name), text("small", settings.tiers[tier] ?? tier));
    button.type = "button";
    button.addEventListener("click", () => showArea(entry));
    return button;
  }

  function showArea(entry) {
    choose([entry]);
    openPanel(settings.words.areas, [areaItem(entry)]);
    if (entry.shape) chart.fitBounds(entry.shape.getBounds(), { maxZoom: 12, ...panelRoom() });
  }

  /* ---- controls ---- */

  function addControls() {
    const { zoom_in: zoomInTitle, zoom_out: zoomOutTitle } = settings.words;
    L.control.zoom({ position: "topright", zoomInTitle, zoomOutTitle }).addTo(chart);
    L.control.scale({ position: "bottomright", imperial: false, maxWidth: 110 }).addTo(chart);
    const whole = new L.Control({ position: "topright" });
    whole.onAdd = () => {
      const button = element("button", "gi-map-whole leaflet-bar");
      Object.assign(button, { type: "button", title: settings.words.whole, onclick: showWhole });
      button.setAttribute("aria-label", settings.words.whole);
      L.DomEvent.disableClickPropagation(button);
      return button;
    };
    whole.addTo(chart);
  }

  function showWhole() {
    chart.fitBounds(settings.bounds, { padding: [18, 18], animate: false });
  }

  function announce(message) {
    const status = frame.querySelector("[data-map-status]");
    status.textContent = message;
    status.classList.toggle("gi-map-error", Boolean(message));
  }

  function frameOf(map) {
    return map.getContainer().closest("[data-map-frame]");
  }

  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function text(name, content, className) {
    const made = element(name, className);
    made.textContent = content ?? "";
    return made;
  }

  function svg(name, attributes) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  /* Only a path of this site: "javascript:" and foreign hosts end as "no link". */
  function ownPath(url) {
    if (!url || !URL.canParse(url, location.origin)) return null;
    const target = new URL(url, location.origin);
    return target.origin === location.origin ? target.pathname + target.search + target.hash : null;
  }

  return { frame: frameOf, layer, start };
})();
