// What is typed into a form is kept in this browser until it is saved, so that a lost line, a closed window or a
// session that ended costs nothing. Kept per person and form, for a week at most. Every page of the desk brings this
// module, since signing out, from whichever, erases it all.

const PREFIX = "dibiao-typed:";
const WEEK_MS = 7 * 24 * 3600 * 1000;
const PAUSE_MS = 1000;

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};

const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

let isLeaving = false;

class Autosave {
  #form;
  #note;
  #key;
  #timer = 0;

  constructor(form) {
    this.#form = form;
    this.#note = form.querySelector("[data-autosave-note]");
    this.#key = `${PREFIX}${this.#note.dataset.autosaveNote}:${new URL(form.action).pathname}`;
    const kept = read(this.#key);
    if (kept && Object.entries(kept.fields).some(([name, value]) => this.#value(name) !== value)) this.#offer(kept);
    form.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#keep(), PAUSE_MS);
    });
    // What was sent is the server's to keep; should it come back with faults, it comes back whole.
    form.addEventListener("submit", () => {
      clearTimeout(this.#timer);
      this.#keep();
    });
  }

  *#fields() {
    for (const field of this.#form.elements)
      if (field.name && !["hidden", "file", "submit"].includes(field.type)) yield field;
  }

  #value(name) {
    const field = this.#form.elements[name];
    return field?.type === "checkbox" ? String(field.checked) : field?.value;
  }

  #keep() {
    if (isLeaving) return; // what was typed a moment ago must not come back after it was erased
    const fields = {};
    for (const { name } of this.#fields()) fields[name] = this.#value(name);
    try {
      localStorage.setItem(this.#key, JSON.stringify({ at: Date.now(), fields }));
      this.#note.textContent = this.#note.dataset.kept;
    } catch {
      // A browser that keeps nothing is no worse than one without this module.
    }
  }

  #offer(kept) {
    const offer = this.#form.querySelector("[data-autosave-offer]");
    offer.hidden = false;
    offer.querySelector("[data-take]").addEventListener("click", () => {
      for (const field of this.#fields()) {
        if (!(field.name in kept.fields)) continue;
        if (field.type === "checkbox") field.checked = kept.fields[field.name] === "true";
        else field.value = kept.fields[field.name];
      }
      offer.hidden = true;
    });
    offer.querySelector("[data-drop]").addEventListener("click", () => {
      localStorage.removeItem(this.#key);
      offer.hidden = true;
    });
  }
}

for (const key of keys()) if (!(Date.now() - read(key)?.at < WEEK_MS)) localStorage.removeItem(key);
for (const done of document.querySelectorAll("[data-autosave-done]"))
  for (const key of keys())
    if (done.dataset.autosaveDone.split(" ").some((path) => key.endsWith(`:${path}`))) localStorage.removeItem(key);
for (const out of document.querySelectorAll(".gi-desk-header-out"))
  out.addEventListener("submit", () => {
    isLeaving = true;
    keys().forEach((key) => localStorage.removeItem(key));
  });
for (const form of document.querySelectorAll(".gi-record-form")) if (form.querySelector("[data-autosave-note]")) new Autosave(form);
