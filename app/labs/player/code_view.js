/** The source of the sampler that runs, with the lines of the frame's stage lit, and the step's arithmetic. */

import { find, findAll } from "../../kit/elements.js";
import { litLines } from "../../kit/lit_lines.js";
import { writeMarked } from "./quantities.js";
import { figures } from "./readouts.js";

/** @import { Frame } from "../../kit/frames.js" */
/** @import { SamplerFacts } from "./settings.js" */

const TERMS = ["x_t", "x0_hat", "x0_hat_previous", "noise", "start"];

/** @type {Record<string, string>} */
const STAGES = {
  first: "the first step",
  middle: "a step in the middle",
  last: "the last step",
  done: "the picture is finished",
};

/**
 * `0.970·x_t + 0.031·x0_hat`, without the terms whose factor is 0.
 *
 * @param {[factor: number, name: string][]} terms
 */
function sum(terms) {
  const shown = terms.filter(([factor]) => factor !== 0);
  if (shown.length === 0) return "0";
  return shown
    .map(([factor, name], index) => {
      const size = `${figures(Math.abs(factor))}·${name}`;
      if (index === 0) return factor < 0 ? `−${size}` : size;
      return `${factor < 0 ? "−" : "+"}\u00a0${size}`; // never a line that ends in a sign
    })
    .join(" ");
}

/**
 * The sources of all samplers: they come once with a page, and every other plate has a copy.
 *
 * @param {HTMLElement} section
 * @param {HTMLElement} next  what stands below them
 */
function sourcesFor(section, next) {
  const own = findAll(section, ".code-of", HTMLElement);
  if (own.length) return own;
  const first = find(document, ".player-code:has(.code-of)", HTMLElement);
  const copies = findAll(first, ".code-of", HTMLElement).map((source) => /** @type {HTMLElement} */ (source.cloneNode(true)));
  next.before(...copies);
  return copies;
}

export class CodeView {
  /** @param {HTMLElement} section */
  constructor(section) {
    const part = (/** @type {string} */ role) => find(section, `[data-role=${role}]`, HTMLElement);
    this.section = section;
    this.stage = part("stage");
    this.arithmetic = part("arithmetic");
    this.sources = sourcesFor(section, this.arithmetic);
    this.stepTitle = part("step-title");
    this.stepRow = part("step-row");
    this.frameRow = part("frame-row");
    /** @type {HTMLElement | undefined} */
    this.source = undefined; // of the chosen sampler
    this.litKey = "";
  }

  /**
   * Return what is known of each sampler, by name.
   *
   * @returns {Map<string, SamplerFacts>}
   */
  samplers() {
    return new Map(
      this.sources.map(({ dataset }) => [
        dataset.sampler ?? "",
        { calls: Number(dataset.calls), usesEta: dataset.eta === "true", path: dataset.path ?? "" },
      ]),
    );
  }

  get sampler() {
    return this.source?.dataset.sampler;
  }

  /** @param {string} sampler */
  choose(sampler) {
    for (const source of this.sources) source.hidden = source.dataset.sampler !== sampler;
    this.source = this.sources.find((source) => !source.hidden);
    this.clear();
  }

  clear() {
    this.light(null);
    this.stage.textContent = "";
    this.arithmetic.hidden = true;
  }

  /** @param {Frame} frame */
  show(frame) {
    this.light(frame.stage);
    this.stage.textContent = STAGES[frame.stage] ?? "";
    this.arithmetic.hidden = false;
    const { row } = frame;
    const callsTwice = this.source?.dataset.calls === "2" && frame.stage !== "last";
    if (row) {
      this.stepTitle.textContent = callsTwice
        ? `From frame ${frame.step} a first try goes to x_try, where the model is asked again:`
        : `From frame ${frame.step} to frame ${frame.step + 1}:`;
      const right = sum(TERMS.map((name) => [row[name] ?? 0, name]));
      writeMarked(this.stepRow, `${callsTwice ? "x_try" : "x_next"} = ${right}`);
    } else {
      this.stepTitle.textContent = "Nothing is left to do:";
      writeMarked(this.stepRow, "x_t is the picture");
    }
    const parts = sum([
      [frame.signal_scale, "x0_hat"],
      [frame.noise_scale, "eps_hat"],
    ]);
    writeMarked(this.frameRow, `x_t = ${parts}`);
  }

  /** @param {string | null} stage */
  light(stage) {
    const key = `${this.sampler} ${stage}`;
    if (key === this.litKey) return; // most frames light what the one before did
    this.litKey = key;
    litLines(this.section, this.sampler, stage);
  }
}
