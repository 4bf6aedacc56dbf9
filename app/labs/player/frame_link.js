/** The link to the frame on show, to copy and in the page's address. */

import { find } from "../../kit/elements.js";
import { copy, fragment } from "./permalink.js";

/** @import { RunSettings } from "./start.js" */

const SETTLE_MS = 400; // browsers object to an address that changes many times a second
const COPIED_MS = 3000;

export class FrameLink {
  /**
   * @param {HTMLElement} element
   * @param {string} plate id of the plate
   */
  constructor(element, plate) {
    this.plate = plate;
    this.link = find(element, "[data-role=permalink]", HTMLAnchorElement);
    this.button = find(element, "[data-role=copy]", HTMLButtonElement);
    this.tooLong = find(element, "[data-role=no-link]", HTMLElement);
    this.ownsAddress = false; // the page's address follows this plate
    this.timer = 0;
    this.button.addEventListener("click", () => this.copy());
  }

  claimAddress() {
    this.ownsAddress = true;
  }

  /**
   * Lead to a run that has just begun, at once: a page that is loaded again in mid-run shows the newest one.
   *
   * @param {RunSettings} settings
   * @param {string} kept  in what the kept runs differ
   */
  begun(settings, kept) {
    this.claimAddress();
    clearTimeout(this.timer);
    const state = fragment(this.plate, settings, null, kept) ?? `#${this.plate}`; // where it is too long for a link
    history.replaceState(history.state, "", state);
  }

  /** Leave the address to another plate, or to a heading. */
  releaseAddress() {
    this.ownsAddress = false;
    clearTimeout(this.timer);
  }

  /**
   * Lead to this frame of a run with these settings; the address too where it follows this plate.
   *
   * @param {RunSettings} settings
   * @param {number} step
   * @param {string} kept  in what the kept runs differ
   */
  at(settings, step, kept) {
    const state = fragment(this.plate, settings, step, kept);
    this.link.href = state ?? `#${this.plate}`;
    this.link.hidden = this.button.hidden = state === null;
    this.tooLong.hidden = state !== null;
    clearTimeout(this.timer);
    if (this.ownsAddress) {
      this.timer = setTimeout(() => history.replaceState(history.state, "", this.link.href), SETTLE_MS);
    }
  }

  async copy() {
    const isCopied = await copy(this.link.href);
    this.button.textContent = isCopied ? "Copied" : "Not allowed here: copy the link itself";
    setTimeout(() => (this.button.textContent = "Copy it"), COPIED_MS);
  }

  close() {
    clearTimeout(this.timer);
  }
}
