/** Runs that are kept beside the next ones, on the same scrubber: of each its noisy picture and its guess. */

import { Sheet } from "../../kit/canvas.js";
import { find, findAll } from "../../kit/elements.js";
import { differences } from "./made_line.js";
import { writeKept } from "./permalink.js";

/** @import { FrameStore } from "../../kit/frames.js" */
/** @import { Shape } from "../../kit/canvas.js" */
/** @import { SettingsForm } from "./settings.js" */
/** @import { Showing } from "./showing.js" */
/** @import { RunSettings } from "./start.js" */

/** @typedef {{ frames: FrameStore, made: RunSettings, shape: Shape }} Kept */

const PANES = /** @type {const} */ (["x_t", "x0_hat"]);
const IS_KEPT = "This run is kept already.";
const IS_FULL = "As many runs are kept as there is room for: let one of them go first.";

/** The place of one kept run on the plate. */
class Place {
  /**
   * @param {HTMLElement} figure
   * @param {() => void} drop
   */
  constructor(figure, drop) {
    this.figure = figure;
    this.where = find(figure, "[data-role=kept-step]", HTMLElement);
    this.what = find(figure, "[data-role=kept-what]", HTMLElement);
    this.button = find(figure, "[data-role=drop-run]", HTMLButtonElement);
    this.sheets = findAll(figure, "canvas", HTMLCanvasElement).map((canvas) => new Sheet(canvas));
    this.watcher = new ResizeObserver(() => this.sheets.forEach((sheet) => sheet.fit()));
    this.watcher.observe(figure);
    this.button.addEventListener("click", drop);
  }

  /** @param {Kept | undefined} kept */
  layOut(kept) {
    this.figure.hidden = !kept;
    if (kept) for (const sheet of this.sheets) sheet.layOut(kept.shape, kept.made.count);
  }

  /**
   * @param {Kept} kept
   * @param {number} share  of its steps
   * @param {string} what  in what it differs from the run on show
   */
  show({ frames }, share, what) {
    const step = Math.round(share * frames.steps);
    const frame = frames.get(step);
    this.sheets.forEach((sheet, index) => sheet.paint(frame[PANES[index]]));
    this.where.textContent = `Kept, step ${step} of ${frames.steps}: `;
    this.what.textContent = `${what}.`;
    this.button.setAttribute("aria-label", `Let it go: ${what}`);
  }
}

export class KeptRuns {
  /**
   * @param {HTMLElement} element
   * @param {Showing} showing
   * @param {SettingsForm} form
   * @param {(text: string) => void} say
   */
  constructor(element, showing, form, say) {
    this.showing = showing;
    this.form = form;
    this.say = say;
    this.button = find(element, "[data-role=keep-run]", HTMLButtonElement);
    this.places = findAll(element, "[data-role=kept]", HTMLElement).map(
      (figure, index) => new Place(figure, () => this.drop(index)),
    );
    /** @type {Kept[]} */
    this.runs = [];
    this.button.addEventListener("click", () => this.keep());
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
    if (this.runs.some((kept) => differences(kept.made, made).length === 0)) this.say(IS_KEPT);
    else if (this.runs.length === this.places.length) this.say(IS_FULL);
    else this.changeTo([...this.runs, { frames, made, shape: run.shape }]);
  }

  /** @param {number} index */
  drop(index) {
    this.button.focus();
    this.changeTo(this.runs.filter((_, other) => other !== index));
  }

  clear() {
    this.changeTo([]);
  }

  /** @param {Kept[]} runs */
  changeTo(runs) {
    this.runs = runs;
    this.layOut();
    this.showing.keptChanged();
  }

  /** The first places are taken. */
  layOut() {
    this.places.forEach((place, index) => place.layOut(this.runs[index]));
    this.show();
  }

  /**
   * In what a kept run differs from the run on show: names, and its own values.
   *
   * @param {Kept} kept
   * @returns {[string, unknown][]}
   */
  differences({ made }) {
    const { made: shown } = this.showing;
    return shown ? differences(made, shown).map((name) => [name, made[name]]) : [];
  }

  inLink() {
    return writeKept(this.runs.map((kept) => this.differences(kept)));
  }

  /** Show the kept runs at the same share of their steps as the run on show, and in what they differ. */
  show() {
    const { frames, made, clock } = this.showing;
    if (!made || clock.step < 0) return;
    this.runs.forEach((kept, index) => {
      const words = this.differences(kept).map(
        ([name, value]) => `${this.form.title(name)} ${this.form.inWords(name, value)}`,
      );
      this.places[index].show(kept, clock.step / frames.steps, words.join(", ") || "this very run");
    });
  }

  close() {
    for (const { watcher } of this.places) watcher.disconnect();
  }
}
