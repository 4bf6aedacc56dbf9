/** What a changed setting leads to: a new run at once where that is cheap, after a pause where it is typed. */

import { differences } from "./made_line.js";

/** @import { Status } from "../../kit/status.js" */
/** @import { Cost } from "./cost.js" */
/** @import { SettingsForm } from "./settings.js" */
/** @import { Showing } from "./showing.js" */

const CHANGED = "Changed: press Start to run it.";
const TYPING_MS = 500;
const CHOOSING_MS = 120; // the arrow keys of a list pass over several entries
const CHEAP_S = 1;

/** @typedef {"none" | "same" | "wrong" | "dear" | "cheap"} Change */

/**
 * @typedef {object} Situation
 * @property {boolean} hasRun something has been run on this plate
 * @property {boolean} isSame the form asks for what is on show
 * @property {boolean} isSound the form can be run
 * @property {number | null} seconds that a run would take, as far as it is known
 */

/**
 * Judge a change.
 *
 * @param {Situation} situation
 * @returns {Change}
 */
export function judge({ hasRun, isSame, isSound, seconds }) {
  if (!hasRun) return "none";
  if (isSame) return "same";
  if (!isSound) return "wrong";
  return seconds !== null && seconds <= CHEAP_S ? "cheap" : "dear";
}

/**
 * How long to wait for the next change before a run begins.
 *
 * @param {EventTarget | null} field
 */
export function pauseAfter(field) {
  const isTyped = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type !== "checkbox");
  return isTyped ? TYPING_MS : CHOOSING_MS;
}

/**
 * @typedef {object} Parts
 * @property {SettingsForm} settings
 * @property {Showing} showing
 * @property {Cost} cost
 * @property {Status} status
 */

export class Reaction {
  /**
   * @param {Parts} parts
   * @param {() => void} rerun
   */
  constructor(parts, rerun) {
    this.parts = parts;
    this.rerun = rerun;
    this.timer = 0;
  }

  /**
   * Run again after a change, or say that Start does.
   *
   * @param {EventTarget | null} field  that was changed
   */
  to(field) {
    this.callOff();
    const { status } = this.parts;
    const change = this.judged();
    if (change === "cheap") this.timer = setTimeout(() => this.rerun(), pauseAfter(field));
    else if (change === "dear") status.set(status.state, CHANGED);
    else if (change === "same" && status.text.endsWith(CHANGED)) status.set(status.state, "");
  }

  /** @returns {Change} */
  judged() {
    const { settings, showing, cost } = this.parts;
    const wanted = settings.values();
    return judge({
      hasRun: showing.made !== null,
      isSame: showing.made !== null && differences(showing.made, wanted).length === 0,
      isSound: settings.problem() === null,
      seconds: cost.seconds(wanted, settings.sampler.calls),
    });
  }

  /** Once a run has ended, say again what its last line has displaced. */
  remind() {
    const { status } = this.parts;
    if (this.judged() === "dear") status.set(status.state, `${status.text} ${CHANGED}`);
  }

  callOff() {
    clearTimeout(this.timer);
  }
}
