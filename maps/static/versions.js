/* The form that chooses a day works without this script by loading the page; with it, only what depends on the
   day is replaced, and the address follows. */

import { atlas } from "./atlas.js";
import { loadShown } from "./loading.js";
import { closePanel } from "./panel.js";
import { announce, say } from "./writing.js";

export function followDates() {
  const form = document.querySelector("[data-map-versions]");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = new URLSearchParams(new FormData(form, event.submitter));
    if (!query.get("on")) query.delete("on");
    const search = query.size ? `?${query}` : "";
    go(form.action.split("?")[0] + search, true);
  });
  addEventListener("popstate", () => go(location.href, false));
}

async function go(address, isNew) {
  try {
    const reply = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const record = page.querySelector("[data-map-record]");
    if (!reply.ok || !record) return location.assign(address); // the page says what is wrong
    document.querySelector("[data-map-record]").replaceWith(document.adoptNode(record));
    const form = page.querySelector("[data-map-versions]");
    document.querySelector("[data-map-versions]").replaceChildren(...document.adoptNode(form).childNodes);
    atlas.frame.querySelector("[data-map-fallback]").replaceChildren(...page.querySelector("[data-map-fallback]").childNodes);
    if (isNew) history.pushState(null, "", address);
    atlas.on = new URL(address, location.href).searchParams.get("on") ?? "";
    closePanel();
    await loadShown();
  } catch {
    announce(say("reload_error"), true);
  }
}
