/* How this map writes: elements by name, text by textContent, links only to paths of this site. */

import { atlas } from "./atlas.js";

export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export function text(name, content, className) {
  const made = element(name, className);
  made.textContent = content ?? "";
  return made;
}

export function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/* In English pages the English name, where there is one. */
export function nameOf({ properties: { name, name_en: english } }) {
  return (atlas.frame.lang === "en" && english) || name;
}

export function say(key, values = {}) {
  return atlas.settings.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/* Only a path of this site: "javascript:" and foreign hosts end as "no link". */
export function ownPath(url) {
  if (!url || !URL.canParse(url, location.origin)) return null;
  const target = new URL(url, location.origin);
  if (target.origin !== location.origin) return null;
  const home = atlas.settings.home;
  const path = home && !target.pathname.startsWith(`${home}/`) ? home + target.pathname : target.pathname;
  return path + target.search + target.hash;
}

export function announce(message, isError = false) {
  const status = atlas.frame.querySelector("[data-map-status]");
  status.textContent = message;
  status.classList.toggle("gi-map-error", isError);
}
