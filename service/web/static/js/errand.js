// How far the worker is with what was asked for: the bar moves, and when it is done the page is shown anew. Without
// this module the page asks for itself again every few seconds.

const PAUSE_MS = 1000;

class Errand {
  #place;
  #bar;
  #told;

  constructor(place) {
    this.#place = place;
    this.#bar = place.querySelector("progress");
    this.#told = place.querySelector("[data-errand=told]");
    this.#wait();
  }

  #wait() {
    setTimeout(() => this.#ask(), PAUSE_MS);
  }

  async #ask() {
    try {
      const reply = await fetch(this.#place.dataset.address, { redirect: "error" });
      if (reply.ok) {
        const { ended, done, total } = await reply.json();
        if (ended) return location.reload();
        if (total) this.#show(done, total);
      }
    } catch {
      // A line that is down, or a session that ended: the next question, or the next click, tells.
    }
    return this.#wait();
  }

  #show(done, total) {
    this.#bar.max = total;
    this.#bar.value = done;
    const say = (number) => number.toLocaleString("en");
    this.#told.textContent = this.#place.dataset.told.replace("{done}", say(done)).replace("{total}", say(total));
  }
}

for (const place of document.querySelectorAll("[data-module=errand]")) new Errand(place);
