/* A map inside another page: nothing is loaded until its picture comes into view or is pressed; then the map's
   own page is asked for, and its frame takes the picture's place. Without this script the picture stays. */

const place = document.querySelector("[data-map-embed]");
if (place) {
  const watcher = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && embed());
  watcher.observe(place);
  place.addEventListener("click", (event) => event.target.closest("a") || embed());

  let isAsked = false;
  async function embed() {
    watcher.disconnect();
    if (isAsked) return;
    isAsked = true;
    try {
      const reply = await fetch(place.dataset.mapEmbed, { headers: { Accept: "text/html" } });
      if (!reply.ok) return;
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const frame = page.querySelector("[data-map-frame]");
      const links = [...page.querySelectorAll("link[data-map-part]")].map(({ href }) => href);
      const scripts = [...page.querySelectorAll("script[data-map-part]")].map(({ src, type }) => ({ src, type }));
      await Promise.all(links.map(style));
      const picture = place.querySelector("picture");
      frame.querySelector("[data-map-fallback]").replaceChildren(picture.cloneNode(true));
      picture.replaceWith(document.adoptNode(frame));
      for (const each of scripts) await script(each); // one after the other: each needs those before it
    } catch {
      place.dataset.state = "picture"; // the picture and its link say the same
    }
  }
}

function style(href) {
  return added("link", { rel: "stylesheet", href });
}

function script({ src, type }) {
  return added("script", { src, type });
}

function added(name, values) {
  return new Promise((resolve, reject) => {
    const made = Object.assign(document.createElement(name), values);
    made.addEventListener("load", resolve);
    made.addEventListener("error", () => reject(new Error(values.src ?? values.href)));
    document.head.append(made);
  });
}
