/**
 * The plate of a lab readings: a noisy picture at one of a few levels, one answer of the model read three ways, and
 * an error of the learner's own. Its state is changed here and nowhere else, and everything is drawn from it.
 */

import { find, findAll } from "../../kit/elements.js";
import { decodePixels } from "../../kit/frames.js";
import { noiseOf, valuesOf } from "../../kit/noisy.js";
import { askOnce } from "../../kit/one_call.js";
import { bytesOf } from "../../kit/schedule.js";
import { AskedTable } from "./asked_table.js";
import { NAMES, noised, readingsOf, vFromX0Eps } from "./conversions.js";
import { errorsOf, spoilt, unitError } from "./errors.js";
import { Pane } from "./pane.js";
import { ReadingRow } from "./reading_row.js";
import { levelText, madeText, modelText, snrText, threeDigits } from "./words.js";

/** @import { Shape } from "../../kit/canvas.js" */
/** @import { Level } from "../../kit/schedule.js" */
/** @import { Name, Readings, Values } from "./conversions.js" */

export class ReadingsPlate {
  /** @param {HTMLElement} element */
  constructor(element) {
    const { side, channels, clean, seed, levels, lesson } = JSON.parse(element.dataset.start ?? "");
    this.element = element;
    this.lesson = lesson;
    /** @type {readonly Level[]} */
    this.levels = levels;
    this.x0 = valuesOf(bytesOf(clean));
    this.eps = noiseOf(seed, side, channels);
    this.unit = unitError(seed, this.x0.length);
    /** @type {Map<number, Values>} what the model answered, by the place of the level */
    this.answers = new Map();
    /** @type {Set<number>} places at which it is being asked */
    this.asking = new Set();
    /** @type {Map<number, string>} why there is no answer */
    this.faults = new Map();
    /** @type {Shape} */
    const shape = [channels, side, side];
    const role = (/** @type {string} */ name) => find(element, `[data-role=${name}]`, HTMLElement);
    this.slider = find(element, "[data-role=level]", HTMLInputElement);
    this.readouts = findAll(element, "[data-read]", HTMLElement);
    this.noisy = new Pane(role("noisy"), "x_t", shape);
    this.truth = NAMES.map((name) => {
      const place = find(element, `[data-row=true] [data-reading=${name}]`, HTMLElement);
      return { name, pane: new Pane(place, name, shape) };
    });
    this.model = new ReadingRow(element, "model", shape);
    this.made = new ReadingRow(element, "made", shape);
    this.table = new AskedTable(element);
    this.ask = find(element, "[data-role=ask]", HTMLButtonElement);
    this.unasked = role("unasked");
    this.fault = role("fault");
    this.sentence = role("sentence");
    this.voice = role("voice");
    this.choices = findAll(element, "[data-role=made-in], [data-role=size]", HTMLInputElement);
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(element);
    this.gone = new AbortController();
    this.listen();
    this.show();
  }

  close() {
    this.gone.abort();
    this.watcher.disconnect();
  }

  listen() {
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", () => this.recolour(), { signal: this.gone.signal });
    this.slider.addEventListener("input", () => this.show());
    this.ask.addEventListener("click", () => void this.askModel(this.place));
    for (const choice of this.choices) {
      choice.addEventListener("change", () => {
        this.show();
        this.voice.textContent = this.sentence.textContent;
      });
    }
  }

  /** Which of the levels the slider stands at. */
  get place() {
    return this.slider.valueAsNumber;
  }

  /** @param {string} role  of a choice */
  chosen(role) {
    const ofRole = this.choices.filter((choice) => choice.dataset.role === role);
    return (ofRole.find((choice) => choice.checked) ?? ofRole[0]).value;
  }

  /**
   * What is true at a level.
   *
   * @param {Level} level
   * @returns {Readings & { x_t: Values }}
   */
  trueAt(level) {
    const { x0, eps } = this;
    return { x_t: noised(x0, eps, level), x0, eps, v: vFromX0Eps(x0, eps, level) };
  }

  /** @param {number} place */
  async askModel(place) {
    if (this.asking.has(place)) return;
    this.asking.add(place);
    this.faults.delete(place);
    this.show();
    const which = { lesson: this.lesson, lab: this.element.dataset.plate ?? "", level: place };
    const answer = await askOnce("/api/readings", which, this.gone.signal).catch(() => null);
    if (answer === null) return; // the plate has gone
    this.asking.delete(place);
    const level = this.levels[place];
    if (typeof answer === "string") this.faults.set(place, `${answer} Press again in a moment.`);
    else {
      const v_hat = new Float32Array(decodePixels(answer.v_hat).buffer);
      this.answers.set(place, v_hat);
      const errors = errorsOf(this.readingsAt(level, v_hat), this.trueAt(level));
      this.table.add(place, errors);
      this.voice.textContent = modelText(level.t, errors);
    }
    const hadFocus = document.activeElement === this.ask;
    this.show();
    if (hadFocus && this.ask.hidden) this.model.root.focus({ preventScroll: true });
  }

  /**
   * @param {Level} level
   * @param {Values} v_hat
   */
  readingsAt(level, v_hat) {
    return readingsOf("v", v_hat, this.trueAt(level).x_t, level);
  }

  /** Draw everything. */
  show() {
    const level = this.levels[this.place];
    const truth = this.trueAt(level);
    this.showLevel(level);
    this.noisy.paint(truth.x_t);
    for (const { name, pane } of this.truth) pane.paint(truth[name]);
    this.showModel(level, truth);
    this.showMade(level, truth);
  }

  /** @param {Level} level */
  showLevel(level) {
    const { signal, noise } = level;
    /** @type {Record<string, string>} */
    const texts = {
      t: String(level.t),
      signal: threeDigits(signal),
      noise: threeDigits(noise),
      snr: snrText(level),
      x0_to_eps: threeDigits(signal / noise),
      x0_to_v: threeDigits(1 / noise),
    };
    for (const readout of this.readouts) readout.textContent = texts[readout.dataset.read ?? ""];
    this.slider.setAttribute("aria-valuetext", levelText(level));
  }

  /**
   * @param {Level} level
   * @param {Readings} truth
   */
  showModel(level, truth) {
    const { place } = this;
    const answer = this.answers.get(place);
    const asks = level.signal > 0;
    if (answer) {
      const readings = this.readingsAt(level, answer);
      this.model.show(readings, errorsOf(readings, truth), "x0", level);
    } else this.model.clear(asks ? "Not asked yet" : "Not asked here");
    this.ask.hidden = Boolean(answer) || !asks;
    this.ask.textContent = this.asking.has(place) ? "Asking the model…" : `Ask the model at t = ${level.t}`;
    this.unasked.hidden = asks;
    this.fault.textContent = this.faults.get(place) ?? "";
    this.fault.hidden = !this.faults.has(place);
    this.element.dataset.state = answer ? "answered" : this.asking.has(place) ? "asking" : "ready";
  }

  /**
   * @param {Level} level
   * @param {Readings & { x_t: Values }} truth
   */
  showMade(level, truth) {
    const name = /** @type {Name} */ (this.chosen("made-in"));
    const size = Number(this.chosen("size"));
    const readings = readingsOf(name, spoilt(truth[name], this.unit, size), truth.x_t, level);
    const errors = errorsOf(readings, truth);
    this.made.show(readings, errors, name, level);
    for (const { name: other, place, demand } of this.made.places) {
      place.classList.toggle("is-made", other === name);
      if (other === name) demand.textContent = "made here";
    }
    this.sentence.textContent = madeText(name, size, errors, level);
  }

  /** Every picture of the plate. */
  get panes() {
    const places = [...this.truth, ...this.model.places, ...this.made.places];
    return [this.noisy, ...places.map(({ pane }) => pane)];
  }

  recolour() {
    for (const pane of this.panes) pane.recolour();
    this.show();
  }

  fit() {
    for (const { sheet } of this.panes) sheet.fit();
  }
}
