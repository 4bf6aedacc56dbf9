/**
 * The plate of a noise lab: one picture, one noise, one slider over t, and three schedules side by side. Its
 * state is changed here and nowhere else, and everything on the plate is drawn from it.
 */

import { find, findAll } from "../../kit/elements.js";
import { Address } from "./address.js";
import { figures } from "../../kit/figures.js";
import { noiseOf, valuesOf } from "../../kit/noisy.js";
import { Pane } from "./pane.js";
import { Ratios } from "./plots.js";
import { Schedule, bytesOf, decibels } from "../../kit/schedule.js";
import { SeedField } from "./seed_field.js";

/** @import { Level, Table } from "../../kit/schedule.js" */
/** @import { State } from "./state.js" */

/**
 * @typedef {object} Material  what the server hands over besides the first state
 * @property {number} side of the picture
 * @property {number} channels of the picture
 * @property {string} pixels in base64: row by row, the channels of a pixel together
 * @property {Record<string, Table>} schedules
 */

export class NoisePlate {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {State & Material} */
    const { side, channels, pixels, schedules, ...state } = JSON.parse(element.dataset.start ?? "");
    /** @type {State} */
    this.state = state;
    this.side = side;
    this.channels = channels;
    this.schedules = new Map(Object.entries(schedules).map(([name, table]) => [name, Schedule.of(table)]));
    const x0 = valuesOf(bytesOf(pixels));
    this.panes = findAll(element, "[data-schedule]", HTMLElement).map(
      (pane) => new Pane(pane, x0, side, channels),
    );
    this.ratios = new Ratios(find(element, "[data-role=ratios]", SVGSVGElement), this.schedules);
    this.slider = find(element, "[data-role=slider]", HTMLInputElement);
    this.time = find(element, "[data-role=t]", HTMLElement);
    this.comparisons = findAll(element, "[data-role=compare]", HTMLInputElement);
    this.seed = new SeedField(element, (seed) => this.change({ seed }));
    this.eps = new Float32Array(0);
    this.drawnSeed = -1; // whose noise `eps` is
    this.gone = new AbortController();
    const allowed = {
      positions: Number(this.slider.max),
      seed: this.seed.most,
      schedules: [...this.schedules.keys()],
    };
    this.address = new Address(element, allowed, this.gone.signal, (found) => this.show({ ...this.state, ...found }));
    this.watcher = new ResizeObserver(() => this.panes.forEach((pane) => pane.sheet.fit()));
    for (const pane of this.panes) this.watcher.observe(pane.frame);
    this.listen();
    this.show(state);
    this.address.follow();
  }

  close() {
    this.gone.abort();
    this.watcher.disconnect();
  }

  listen() {
    this.slider.addEventListener("input", () => this.change({ position: this.slider.valueAsNumber }));
    for (const pane of this.panes) pane.onChosen(() => this.change({ schedule: pane.name }));
    for (const choice of this.comparisons) {
      choice.addEventListener("change", () => this.change({ compare: choice.value }));
    }
  }

  /**
   * Make a change of the learner's; from now on the page's address follows this plate.
   *
   * @param {Partial<State>} part
   */
  change(part) {
    this.show({ ...this.state, ...part });
    this.address.lead(this.state);
  }

  /**
   * Draw everything of a state.
   *
   * @param {State} state
   */
  show(state) {
    this.state = state;
    const { position, seed, schedule, compare } = state;
    if (this.drawnSeed !== seed) {
      this.eps = noiseOf(seed, this.side, this.channels);
      this.drawnSeed = seed;
    }
    const levels = this.levels();
    for (const pane of this.panes) pane.show(this.eps, levels[pane.name], this.schedule(pane.name).preserves);
    for (const pane of this.panes) pane.choose(pane.name === schedule);
    for (const choice of this.comparisons) choice.checked = choice.value === compare;
    this.ratios.show(levels, schedule, compare === "t");
    this.seed.show(seed);
    this.slider.value = String(position);
    const t = figures(levels[schedule].t, 3);
    const ratio = figures(decibels(levels[schedule]), 1);
    this.time.textContent = t;
    this.slider.setAttribute("aria-valuetext", `t ${t}, signal-to-noise ratio ${ratio} dB`);
    this.address.at(state);
  }

  /** @returns {Record<string, Level>}  where each schedule stands */
  levels() {
    const { position, schedule, compare } = this.state;
    const chosen = this.schedule(schedule).at(position);
    return Object.fromEntries(
      [...this.schedules].map(([name, table]) => {
        const isMatched = compare === "snr" && name !== schedule;
        return [name, isMatched ? table.matching(chosen) : table.at(position)];
      }),
    );
  }

  /** @param {string} name */
  schedule(name) {
    const schedule = this.schedules.get(name);
    if (!schedule) throw new RangeError(`there is no schedule ${name}`);
    return schedule;
  }
}
