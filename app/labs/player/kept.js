/** A run that is kept beside the next ones, on the same scrubber: its noisy picture and its guess. */

import { Sheet } from "../../kit/canvas.js";
import { find, findAll } from "../../kit/elements.js";
import { differences } from "./made_line.js";
import { writeChanges } from "./permalink.js";

/** @import { FrameStore } from "../../kit/frames.js" */
/** @import { SettingsForm } from "./settings.js" */
/** @import { Showing } from "./showing.js" */
/** @import { RunSettings } from "./start.js" */

const PANES = /** @type {const} */ (["x_t", "x0_hat"]);

export class KeptRun {
  /**
   * @param {HTMLElement} element
   * @param {Showing} showing
   * @param {SettingsForm} form
   */
  constructor(element, showing, form) {
    this.showing = showing;
    this.form = form;
    this.place = find(element, "[data-role=kept]", HTMLElement);
    this.caption = find(element, "[data-role=kept-caption]", HTMLElement);
    this.button = find(element, "[data-role=keep-run]", HTMLButtonElement);
    this.sheets = findAll(this.place, "canvas", HTMLCanvasElement).map((canvas) => new Sheet(canvas));
    /** @type {{ frames: FrameStore, made: RunSettings } | null} */
    this.kept = null;
    this.button.addEventListener("click", () => this.keep());
    find(element, "[data-role=drop-run]", HTMLButtonElement).addEventListener("click", () => this.drop());
    showing.kept = this;
  }

  /**
   * Offer to keep a run once it is here as a whole.
   *
   * @param {boolean} isOffered
   */
  offer(isOffered) {
    this.button.disabled = !isOffered;
  }

  keep() {
    const { frames, made, run } = this.showing;
    if (!made || !run) return;
    this.kept = { frames, made };
    this.place.hidden = false;
    for (const sheet of this.sheets) sheet.layOut(run.shape, made.count);
    this.show();
    this.showing.keptChanged();
  }

  drop() {
    this.kept = null;
    this.place.hidden = true;
    this.button.focus();
    this.showing.keptChanged();
  }

  /**
   * In what it differs from the run on show: names, and its own values.
   *
   * @returns {[string, unknown][]}
   */
  differences() {
    const { made } = this.showing;
    const { kept } = this;
    return kept && made ? differences(kept.made, made).map((name) => [name, kept.made[name]]) : [];
  }

  inLink() {
    return writeChanges(this.differences());
  }

  /** Show the kept run at the same share of its steps as the run on show, and in what it differs. */
  show() {
    const { frames, made, clock } = this.showing;
    if (!this.kept || !made || clock.step < 0) return;
    const step = Math.round((clock.step / frames.steps) * this.kept.frames.steps);
    const frame = this.kept.frames.get(step);
    this.sheets.forEach((sheet, index) => sheet.paint(frame[PANES[index]]));
    const words = this.differences().map(([name, value]) => `${this.form.title(name)} ${this.form.inWords(name, value)}`);
    this.caption.textContent = `Kept, step ${step} of ${this.kept.frames.steps}: ${words.join(", ") || "this very run"}.`;
  }
}
