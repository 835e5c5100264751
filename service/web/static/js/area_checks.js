// While an area is edited, the register is asked again and again what its checks find: the whole form is sent, its page
// comes back, and the verdict is taken out of it. So there is one judge and one wording, with scripts and without.

const PAUSE_MS = 700;
const ASKED = /^(area_|stated_|valid_from|valid_to|tier|override_note)/;

const form = document.querySelector(".gi-area-form");
if (form) follow(form);

function follow(typed) {
  const status = document.querySelector("[data-area-status]");
  const address = typed.querySelector("[data-area-check]").formAction;
  let timer = 0;
  let asked = null;

  typed.addEventListener("input", ({ target }) => ASKED.test(target.name) && wait());
  typed.addEventListener("change", ({ target }) => ASKED.test(target.name) && wait());
  typed.querySelector("[data-area-check]").addEventListener("click", (event) => {
    event.preventDefault();
    ask();
  });

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  }

  async function ask() {
    clearTimeout(timer);
    asked?.abort();
    const turn = (asked = new AbortController());
    const body = new FormData(typed);
    body.delete("draft_file");
    status.textContent = status.dataset.checking;
    try {
      const reply = await fetch(address, { method: "POST", body, signal: turn.signal });
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      if (turn.signal.aborted) return;
      take(page);
      const title = document.querySelector("[data-area-look] h2").textContent.trim();
      status.textContent = `${status.dataset.checked}${title}`;
    } catch {
      if (!turn.signal.aborted) status.textContent = status.dataset.failed;
    }
  }

  function take(page) {
    const look = page.querySelector("[data-area-look]");
    document.querySelector("[data-area-look]").replaceWith(document.adoptNode(look));
    const read = page.querySelector("[data-area-read]");
    const way = typed.querySelector("[name='area_way']:checked")?.value;
    if (!["file", "coordinates"].includes(way) || read.dataset.areaRead !== "fresh") return;
    // The file is read: its ground stands in the form now, and on the map.
    typed.querySelector("[data-area-read]").replaceWith(document.adoptNode(read));
    for (const name of ["area_geometry", "area_read_crs", "area_read_datum"])
      typed.elements[name].value = page.querySelector(`[name='${name}']`).value;
    if (way === "file") typed.elements.area_file.value = "";
    typed.dispatchEvent(new Event("area:read"));
  }
}
