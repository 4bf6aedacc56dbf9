// What can be taken away from a run: its pictures as files, and a link to the very frame.

import { copy, fragment } from "./permalink.js";

const SETTLE_MS = 400; // browsers object to an address that changes many times a second

export class Keepsakes {
  constructor(element, plate) {
    this.place = element.querySelector("[data-role=keep]");
    this.link = element.querySelector("[data-role=permalink]");
    this.plate = plate;
    this.ownsAddress = false;
    this.button = element.querySelector("[data-role=copy]");
    this.noLink = element.querySelector("[data-role=no-link]");
    this.button.addEventListener("click", () => this.copyLink());
  }

  // From now on the page's address follows this plate.
  claimAddress() {
    this.ownsAddress = true;
  }

  // The address is somebody else's: a heading's, or another plate's.
  yieldAddress() {
    this.ownsAddress = false;
    clearTimeout(this.timer);
  }

  // Point everything at this frame of this run, the page's address too if it is this plate's.
  at(run, settings, step) {
    const state = fragment(this.plate, settings, step);
    this.link.href = state ?? `#${this.plate}`;
    this.link.hidden = this.button.hidden = state === null;
    this.noLink.hidden = state !== null;
    clearTimeout(this.timer);
    if (this.ownsAddress) {
      this.timer = setTimeout(() => history.replaceState(history.state, "", this.link.href), SETTLE_MS);
    }
    const base = `/api/runs/${encodeURIComponent(run.id)}`;
    const files = { gif: "animation.gif", png: `image.png?frame=${step}`, strip: "strip.png" };
    for (const [kind, file] of Object.entries(files)) {
      this.place.querySelector(`[data-keep=${kind}]`).href = `${base}/${file}`;
    }
  }

  offer(isOffered) {
    this.place.hidden = !isOffered;
  }

  async copyLink() {
    const isCopied = await copy(this.link.href);
    this.button.textContent = isCopied ? "Copied" : "Not allowed here: copy the link itself";
    setTimeout(() => (this.button.textContent = "Copy it"), 3000);
  }

  close() {
    clearTimeout(this.timer);
  }
}
