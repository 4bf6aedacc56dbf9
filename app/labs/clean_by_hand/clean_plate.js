/**
 * The plate of a lab clean-by-hand: a noisy picture that is repaired dot by dot against the clock, and then one
 * call of the model. Its state is changed here and nowhere else: ready, painting, ended, asking, shown.
 */

import { find, findAll } from "../../kit/elements.js";
import { figures } from "../../kit/figures.js";
import { decodePixels } from "../../kit/frames.js";
import { valuesOf } from "../../kit/noisy.js";
import { askOnce } from "../../kit/one_call.js";
import { bytesOf } from "../../kit/schedule.js";
import { Countdown } from "./countdown.js";
import { ErrorCurve } from "./error_curve.js";
import { Pad } from "./pad.js";
import { INK, PAPER, Repair } from "./repair.js";
import { Result } from "./result.js";
import { attemptText, modelText } from "./words.js";

const TOLD_EVERY = 20; // dots, after which the error is said aloud
const TOLD_LEFT = [30, 10]; // seconds

/** What the button says that asks the model. */
const ASK = { ready: "Skip: let the model do it", painting: "I give up: let the model do it", ended: "One call of the model" };

export class CleanPlate {
  /** @param {HTMLElement} element */
  constructor(element) {
    const { side, clean, noise, seed, seconds, lesson } = JSON.parse(element.dataset.start ?? "");
    this.element = element;
    this.lesson = lesson;
    this.side = side;
    this.clean = bytesOf(clean);
    this.repair = new Repair(valuesOf(this.clean), noise, seed);
    this.before = this.repair.error;
    this.clock = new Countdown(seconds, { tick: () => this.tick(), end: () => this.end("Time is up.") });
    this.curve = new ErrorCurve(element, seconds);
    this.result = new Result(element, side);
    this.work = find(element, "[data-role=work]", HTMLElement);
    this.brushes = findAll(element, "[data-role=brush]", HTMLInputElement);
    this.ask = find(element, "[data-role=ask]", HTMLButtonElement);
    this.again = find(element, "[data-role=again]", HTMLButtonElement);
    const place = (/** @type {string} */ role) => find(element, `[data-role=${role}]`, HTMLElement);
    this.left = place("left");
    this.touched = place("touched");
    this.error = place("error");
    this.sentence = place("sentence");
    this.fault = place("fault");
    this.voice = place("voice");
    this.pad = new Pad(element, side, {
      paint: (dot) => this.paint(dot),
      move: (dot) => this.say(this.repair.describe(dot)),
      swap: () => this.swap(),
    });
    this.gone = new AbortController();
    this.listen();
    this.begin();
  }

  close() {
    this.gone.abort();
    this.clock.reset();
    this.pad.close();
    this.result.close();
  }

  listen() {
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", () => this.recolour(), { signal: this.gone.signal });
    this.ask.addEventListener("click", () => void this.askModel());
    this.again.addEventListener("click", () => {
      this.begin();
      this.pad.root.focus();
    });
  }

  recolour() {
    this.pad.fit();
    this.result.repaint();
  }

  get state() {
    return this.element.dataset.state ?? "";
  }

  /** @param {"ready" | "painting" | "ended" | "asking" | "shown"} state */
  enter(state) {
    this.element.dataset.state = state;
    if (state in ASK) this.ask.textContent = ASK[/** @type {keyof typeof ASK} */ (state)];
    this.work.hidden = state === "shown";
    this.ask.hidden = state === "shown";
    this.again.hidden = state !== "shown" && state !== "ended";
  }

  /** The noisy picture again, and a full clock. */
  begin() {
    this.clock.reset();
    this.repair.begin();
    this.curve.begin();
    this.result.hide();
    this.sentence.hidden = this.fault.hidden = true;
    this.enter("ready");
    this.pad.fit();
    this.showAll();
  }

  /** @param {number} dot */
  paint(dot) {
    if (this.state === "ready") {
      this.clock.start();
      this.curve.add(0, this.before);
      this.enter("painting");
    }
    if (this.state !== "painting") return;
    const isInk = this.brushes.some((brush) => brush.checked && brush.value === "ink");
    if (!this.repair.paint(dot, isInk ? INK : PAPER)) return;
    this.curve.add(this.clock.elapsed, this.repair.error);
    this.showAll();
    const { size } = this.repair.touched;
    if (size % TOLD_EVERY === 0) this.say(`${size} dots, error ${figures(this.repair.error, 2)}.`);
  }

  /** Take the other brush. */
  swap() {
    const other = this.brushes.find((brush) => !brush.checked);
    if (!other) return;
    other.checked = true;
    this.say(other.value);
  }

  tick() {
    const before = this.left.textContent;
    this.showClock();
    const { left } = this.clock;
    if (before !== this.left.textContent && TOLD_LEFT.includes(left)) {
      this.say(`${left} seconds left, error ${figures(this.repair.error, 2)}.`);
    }
  }

  /** @param {string} why */
  end(why) {
    this.clock.stop();
    this.showClock();
    this.enter("ended");
    const { repair, before } = this;
    const text = attemptText({
      touched: repair.touched.size,
      dots: repair.values.length,
      elapsed: this.clock.elapsed,
      before,
      after: repair.error,
    });
    this.sentence.textContent = `${why} ${text}`.trim();
    this.sentence.hidden = false;
    this.say(this.sentence.textContent);
  }

  async askModel() {
    if (this.state === "asking") return;
    if (this.state !== "ended") this.end("");
    this.fault.hidden = true;
    this.enter("asking");
    this.ask.textContent = "Asking the model…";
    const lab = this.element.dataset.plate ?? "";
    const which = { lesson: this.lesson, lab };
    const answer = await askOnce("/api/clean", which, this.gone.signal).catch(() => null);
    if (answer === null) return; // the plate has gone
    if (typeof answer === "string") {
      this.enter("ended");
      this.fault.textContent = `${answer} Press again in a moment.`;
      this.fault.hidden = false;
      return;
    }
    const { repair } = this;
    this.enter("shown");
    this.result.show({
      noisy: { pixels: repair.noisyPixels, error: this.before },
      yours: { pixels: repair.pixels, error: repair.error },
      model: { pixels: decodePixels(answer.estimate), error: answer.rms_estimate },
      clean: { pixels: this.clean, error: 0 },
    });
    this.sentence.textContent += ` ${modelText(answer.rms_estimate, repair.values.length)}`;
    this.say(this.sentence.textContent ?? "");
  }

  showAll() {
    this.pad.show(this.repair.pixels);
    this.touched.textContent = `${this.repair.touched.size} of ${this.repair.values.length}`;
    this.error.textContent = figures(this.repair.error, 2);
    this.showClock();
  }

  showClock() {
    this.left.textContent = `${this.clock.left} s`;
  }

  /** @param {string} text  aloud, for screen readers */
  say(text) {
    this.voice.textContent = text;
  }
}
