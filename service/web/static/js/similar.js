// Records that the one being typed may be already, asked for while one types. Without this module they are shown
// when the form is sent.

const PAUSE_MS = 400;

class Similar {
  #place;
  #form;
  #names;
  #timer = 0;
  #asking = new AbortController();

  constructor(place) {
    this.#place = place;
    this.#form = place.closest("form");
    this.#names = place.dataset.fields.split(" ");
    this.#form.addEventListener("input", (event) => {
      if (!event.isComposing && this.#names.includes(event.target.name)) this.#wait();
    });
    this.#form.addEventListener("compositionend", () => this.#wait());
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  async #ask() {
    const query = new URLSearchParams({ but: this.#place.dataset.but });
    for (const name of this.#names) {
      const text = this.#form.elements[name]?.value.trim();
      if (text) query.set(name, text.slice(0, 300));
    }
    const { signal } = (this.#asking = new AbortController());
    try {
      const reply = await fetch(`${this.#place.dataset.address}?${query}`, { signal });
      if (!reply.ok || reply.redirected) return;
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      this.#place.replaceChildren(...page.body.children);
    } catch {
      // A line that is down tells nothing new; the form still does when it is sent.
    }
  }
}

for (const place of document.querySelectorAll("[data-module=similar]")) new Similar(place);
