// "My position" for the coordinates form. Without this module, or without geolocation, the form is complete as it
// is. The position goes into the form's own field, rounded to a metre, and is sent to this site alone.

const WAIT_MS = 15_000;
const DECIMALS = 5;
const DENIED = 1;

class PositionButton {
  #form;
  #ask;
  #fault;

  constructor(form) {
    this.#form = form;
    this.#ask = form.querySelector("[data-position=ask]");
    this.#fault = form.querySelector("[data-position=fault]");
    this.#ask.hidden = false;
    form.querySelector("[data-position=told]").hidden = false;
    this.#ask.addEventListener("click", () => this.#locate());
  }

  #locate() {
    this.#ask.disabled = true;
    this.#tell(this.#fault.dataset.waiting, "info");
    const options = { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 0 };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.#send(coords),
      ({ code }) => this.#refused(code),
      options,
    );
  }

  #send({ longitude, latitude }) {
    this.#form.elements.q.value = `${longitude.toFixed(DECIMALS)}, ${latitude.toFixed(DECIMALS)}`;
    this.#ask.disabled = false;
    this.#form.requestSubmit();
  }

  #refused(code) {
    this.#ask.disabled = false;
    this.#tell(code === DENIED ? this.#fault.dataset.denied : this.#fault.dataset.failed, "bad");
  }

  #tell(text, tone) {
    this.#fault.textContent = text;
    this.#fault.dataset.tone = tone;
    this.#fault.hidden = false;
  }
}

if ("geolocation" in navigator && window.isSecureContext) {
  for (const form of document.querySelectorAll("[data-module=position]")) new PositionButton(form);
}
