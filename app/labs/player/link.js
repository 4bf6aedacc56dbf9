/** What a link to a state of this plate asks for: settings, at once, and a frame, once the run is made. */

import { fragment, parameters, restore } from "./permalink.js";

/** @import { SettingsForm } from "./settings.js" */

export class Link {
  /**
   * @param {string} plate  id of the plate
   * @param {HTMLElement} line  says what of a link does not hold
   */
  constructor(plate, line) {
    this.plate = plate;
    this.line = line;
    /** @type {number | null} */
    this.frame = null;
    /** @type {Map<string, string>[]} */
    this.kept = []; // in what each run differs that is to be kept beside it
  }

  /** What the address says of this plate, or null. */
  get query() {
    return parameters(this.plate, location.hash);
  }

  /** Whether the address is that of the plate, and says nothing of its state. */
  get isPlain() {
    return location.hash === `#${this.plate}`;
  }

  /**
   * Whether the address is that of this frame of a run with these settings.
   *
   * @param {Record<string, string | number | boolean>} settings
   * @param {number | null} frame
   * @param {string} kept  in what the kept runs differ
   */
  leadsTo(settings, frame, kept) {
    return fragment(this.plate, settings, frame, kept) === location.hash;
  }

  /**
   * Put the settings into the form, and remember the frame.
   *
   * @param {ReadonlyMap<string, string>} query
   * @param {SettingsForm} form
   */
  take(query, form) {
    const { frame, kept, ignored, fixed } = restore(query, form);
    const notes = [];
    if (ignored.length) notes.push(`Not understood in the link, and left as it was: ${ignored.join(", ")}.`);
    if (fixed.length) notes.push(`Fixed for this plate, whatever the link says: ${fixed.join(", ")}.`);
    this.frame = frame;
    this.kept = kept;
    this.say(notes.join(" "));
  }

  /** @param {string} note */
  say(note) {
    this.line.textContent = note;
    this.line.hidden = !note;
  }

  /**
   * Return the frame that a run of so many steps is to stop at, or null; it is asked for once.
   *
   * @param {number} steps
   */
  claimFrame(steps) {
    const frame = this.frame !== null && this.frame <= steps ? this.frame : null;
    this.frame = null;
    return frame;
  }

  /** Once something is changed, the frame is not of this run any more. */
  forget() {
    this.frame = null;
    this.kept = [];
    this.say("");
  }
}
