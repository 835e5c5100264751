// How far a batch has come: sent, checked, fetched. Without this module the form works as any form does. What comes
// back is the very page that the form would have opened; its main part takes the place of this one.

const SENT = 50;
const WHOLE = 100;

class BatchForm {
  #form;
  #progress;
  #bar;
  #told;

  constructor(form) {
    this.#form = form;
    this.#progress = form.querySelector("[data-batch=progress]");
    this.#bar = this.#progress.querySelector("progress");
    this.#told = form.querySelector("[data-batch=told]");
    form.addEventListener("submit", (event) => this.#send(event));
  }

  #send(event) {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", this.#form.action);
    request.responseType = "document";
    request.upload.addEventListener("progress", ({ loaded, total }) => this.#tell("sending", (SENT * loaded) / total));
    request.upload.addEventListener("load", () => this.#tell("checking"));
    request.addEventListener("progress", ({ loaded, total }) =>
      this.#tell("fetching", total ? SENT + (SENT * loaded) / total : undefined),
    );
    request.addEventListener("load", () => this.#show(request.response));
    request.addEventListener("error", () => this.#fail());
    this.#busy(true);
    this.#tell("sending", 0);
    request.send(new FormData(this.#form));
  }

  #busy(is) {
    this.#progress.hidden = !is;
    this.#form.querySelector("button").disabled = is;
  }

  #tell(what, share) {
    if (share === undefined) this.#bar.removeAttribute("value");
    else this.#bar.value = Math.min(share, WHOLE);
    const text = this.#form.dataset[what];
    if (this.#told.textContent !== text) this.#told.textContent = text;
  }

  #fail() {
    this.#busy(false);
    this.#progress.hidden = false;
    this.#bar.value = 0;
    this.#told.textContent = this.#form.dataset.failed;
  }

  #show(page) {
    const main = page?.querySelector("main");
    if (!main) return this.#fail();
    document.title = page.title;
    document.querySelector("main").replaceWith(main);
    start(main);
    scrollTo(0, 0);
    main.focus();
  }
}

function start(root) {
  for (const form of root.querySelectorAll("[data-module=batch]")) new BatchForm(form);
}

start(document);
