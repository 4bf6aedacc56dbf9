/** The address of a plate's state: a link to copy, the page's address once it is this plate's, and the way back. */

import { find } from "../../kit/elements.js";
import { fragment, read } from "./state.js";

/** @import { Allowed, State } from "./state.js" */

const SETTLE_MS = 400; // browsers object to an address that changes many times a second

export class Address {
  /**
   * @param {HTMLElement} element
   * @param {Allowed} allowed
   * @param {AbortSignal} signal when the plate is gone
   * @param {(found: Partial<State>) => void} onFound called with what the page's address asks for
   */
  constructor(element, allowed, signal, onFound) {
    this.plate = element.dataset.plate ?? "";
    this.element = element;
    this.allowed = allowed;
    this.onFound = onFound;
    this.link = find(element, "[data-role=permalink]", HTMLAnchorElement);
    this.status = find(element, "[data-role=status]", HTMLElement);
    this.timer = 0;
    window.addEventListener("hashchange", () => this.follow(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /**
   * Link a state.
   *
   * @param {State} state
   */
  at(state) {
    this.link.href = fragment(this.plate, state, this.allowed);
  }

  /**
   * Make a state the page's address, once it has stayed for a moment.
   *
   * @param {State} state
   */
  lead(state) {
    this.at(state);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => history.replaceState(history.state, "", this.link.href), SETTLE_MS);
  }

  /** Take what the page's address says of this plate; where it is about something else, leave it alone. */
  follow() {
    clearTimeout(this.timer);
    const asked = read(this.plate, location.hash, this.allowed);
    if (!asked) return;
    this.onFound(asked.found);
    this.status.textContent = this.notes(asked).join(" ");
    this.element.scrollIntoView({ block: "start" });
  }

  /**
   * Say what of a link does not hold.
   *
   * @param {{ found: Partial<State>, ignored: string[], between: string | null }} asked
   */
  notes({ found, ignored, between }) {
    const notes = [];
    if (ignored.length) notes.push(`Not understood in the link, and left as it was: ${ignored.join(", ")}.`);
    if (between !== null && found.position !== undefined) {
      const { positions } = this.allowed;
      const shown = found.position / positions;
      notes.push(`The slider moves in steps of ${1 / positions}, so t ${between} of the link is shown at ${shown}.`);
    }
    return notes;
  }
}
