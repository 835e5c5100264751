// Suggestions while typing: a combobox with a list of options, grouped by kind. Without this module, or without
// an answer, the box is an ordinary search box. Source: WAI-ARIA Authoring Practices, "Combobox".

const PAUSE_MS = 150;
const MOST = 8;

class Suggestions {
  #input;
  #list;
  #groups;
  #address;
  #options = [];
  #active = -1;
  #timer = 0;
  #asking = new AbortController();

  constructor(box) {
    this.#input = box.querySelector("input[name=q]");
    this.#groups = box.querySelector("template").content;
    this.#address = box.dataset.address;
    this.#list = this.#groups.querySelector("[role=listbox]").cloneNode(false);
    this.#input.parentElement.append(this.#list);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-controls": this.#list.id };
    for (const [name, value] of Object.entries(attributes)) this.#input.setAttribute(name, value);
    this.#close();
    this.#listen();
  }

  #listen() {
    // While an input method composes, what stands in the box is not yet what is meant.
    this.#input.addEventListener("input", (event) => event.isComposing || this.#wait());
    this.#input.addEventListener("compositionend", () => this.#wait());
    this.#input.addEventListener("keydown", (event) => this.#press(event));
    this.#input.addEventListener("blur", () => this.#close());
    this.#input.form.addEventListener("submit", () => this.#close());
    // The list takes no focus: the box keeps it, and on a phone its keyboard stays.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(option);
    });
    // A page that comes back from the browser's memory comes back without its list.
    window.addEventListener("pagehide", () => this.#close());
  }

  #wait() {
    this.#stop();
    const text = this.#input.value.trim();
    if (!text) this.#close();
    else this.#timer = setTimeout(() => this.#ask(text), PAUSE_MS);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#asking.abort();
  }

  async #ask(text) {
    const { signal } = (this.#asking = new AbortController());
    let items = [];
    try {
      const reply = await fetch(`${this.#address}?${new URLSearchParams({ q: text })}`, { signal });
      if (reply.ok) items = (await reply.json()).items ?? [];
    } catch {
      // No list is the right answer to a line that is down; the button still searches.
    }
    if (!signal.aborted) this.#show(items.slice(0, MOST));
  }

  #show(items) {
    this.#options = [];
    this.#point(-1);
    const kinds = [...new Set(items.map((item) => item.kind))];
    const groups = kinds.map((kind) => this.#group(kind, items.filter((item) => item.kind === kind)));
    this.#list.replaceChildren(...groups.filter(Boolean));
    this.#open(this.#options.length > 0);
  }

  #group(kind, items) {
    const group = this.#groups.querySelector(`[data-kind="${CSS.escape(kind)}"]`)?.cloneNode(true);
    group?.append(...items.map((item) => this.#option(item)));
    return group;
  }

  #option(item) {
    const option = this.#groups.querySelector("[role=option]").cloneNode(false);
    option.id = `${this.#list.id}-${this.#options.length + 1}`;
    option.textContent = item.text;
    option.lang = item.field === "name_en" ? "en" : "zh-CN";
    this.#options.push(option);
    return option;
  }

  #press(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#isOpen) this.#move(step);
    else if (step > 0 && this.#input.value.trim()) this.#wait();
    else if (event.key === "Enter" && this.#active >= 0) this.#choose(this.#options[this.#active]);
    else if (event.key === "Escape" && this.#isOpen) this.#close();
    else return;
    event.preventDefault();
  }

  // One place more than there are options: the box itself, where nothing is pointed at.
  #move(step) {
    const places = this.#options.length + 1;
    this.#point(((this.#active + 1 + step + places) % places) - 1);
    this.#options[this.#active]?.scrollIntoView({ block: "nearest" });
  }

  #point(at) {
    this.#active = at;
    this.#options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    if (at < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", this.#options[at].id);
  }

  #choose(option) {
    this.#input.value = option.textContent;
    this.#input.form.requestSubmit();
  }

  get #isOpen() {
    return !this.#list.hidden;
  }

  #open(is) {
    this.#list.hidden = !is;
    this.#input.setAttribute("aria-expanded", String(is));
  }

  #close() {
    this.#stop();
    this.#point(-1);
    this.#open(false);
  }
}

for (const box of document.querySelectorAll("[data-module=suggestions]")) new Suggestions(box);
