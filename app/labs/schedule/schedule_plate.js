/**
 * The plate of a schedule lab: three schedules over t and one of the learner's own, the steps of a sampler on it,
 * and one picture noised by it. Its state is changed here and nowhere else, and everything is drawn from it.
 */

import { find, findAll } from "../../kit/elements.js";
import { figures } from "../../kit/figures.js";
import { noiseOf, valuesOf } from "../../kit/noisy.js";
import { wholeNumber } from "../../kit/numbers.js";
import { Schedule, bytesOf, decibels } from "../../kit/schedule.js";
import { times } from "./grids.js";
import { ownSchedule } from "./own_schedule.js";
import { PictureRow } from "./picture_row.js";
import { Plot } from "./plot.js";

const YOURS = "yours";
const FIRST = [15, 9, 1]; // decibels at the handles: slower than cosine, so that there is something to see
const MIDDLE = 10; // decibels from 0: the middle of the scale, whose steps are counted

export class SchedulePlate {
  /** @param {HTMLElement} element */
  constructor(element) {
    const { side, channels, pixels, schedules, fewestSteps, seed } = JSON.parse(element.dataset.start ?? "");
    /** @type {Map<string, Schedule>} */
    this.schedules = new Map(Object.entries(schedules).map(([name, table]) => [name, Schedule.of(table)]));
    /** @type {Record<string, number>} */
    this.fewestSteps = fewestSteps;
    this.sliders = findAll(element, "[data-role=handle]", HTMLInputElement);
    this.times = this.sliders.map((slider) => Number(slider.dataset.time));
    this.ratios = [...FIRST];
    this.eps = noiseOf(seed, side, channels);
    const x0 = valuesOf(bytesOf(pixels));
    this.rows = findAll(element, "[data-row]", HTMLElement).map((row) => new PictureRow(row, x0, side, channels));
    this.plot = new Plot(element, this.schedules, (handle, ratio) => this.bend(handle, ratio));
    this.quantities = findAll(element, "[data-role=quantity]", HTMLInputElement);
    this.compared = findAll(element, "[data-role=compared]", HTMLInputElement);
    this.steps = find(element, "[data-role=steps]", HTMLInputElement);
    this.grid = find(element, "[data-role=grid]", HTMLSelectElement);
    this.ticks = ["compared", YOURS].map((name) => find(element, `[data-ticks=${name}]`, SVGPathElement));
    this.tickNames = findAll(element, "[data-tick-name]", HTMLElement);
    this.count = find(element, "[data-role=count]", HTMLElement);
    this.fault = find(element, "[data-role=steps-fault]", HTMLElement);
    this.reset = find(element, "[data-role=reset]", HTMLButtonElement);
    this.watcher = new ResizeObserver(() => this.rows.forEach((row) => row.fit()));
    this.watcher.observe(element);
    this.listen();
    this.show();
  }

  close() {
    this.watcher.disconnect();
  }

  listen() {
    this.sliders.forEach((slider, handle) => {
      slider.addEventListener("input", () => this.bend(handle, slider.valueAsNumber));
    });
    for (const input of [...this.quantities, ...this.compared, this.grid]) {
      input.addEventListener("change", () => this.show());
    }
    this.steps.addEventListener("input", () => this.show());
    this.reset.addEventListener("click", () => this.copyCompared());
  }

  /**
   * Set the ratio at a handle; the others go out of its way, as a schedule never turns back.
   *
   * @param {number} handle
   * @param {number} ratio in decibels
   */
  bend(handle, ratio) {
    const { min, max, step } = this.sliders[handle];
    const rounded = Math.round(ratio / Number(step)) * Number(step);
    const wanted = Math.max(Number(min), Math.min(Number(max), rounded));
    this.ratios = this.ratios.map((own, index) => {
      if (index === handle) return wanted;
      return index < handle ? Math.max(own, wanted) : Math.min(own, wanted);
    });
    this.show();
  }

  /** Begin again from the schedule that one's own is compared with, as near as three handles come. */
  copyCompared() {
    const schedule = this.chosen();
    this.ratios = this.times.map((t) => decibels(schedule.at(Math.round(t * schedule.last))));
    this.show();
  }

  chosenName() {
    return this.compared.find((input) => input.checked)?.value ?? this.compared[0].value;
  }

  chosen() {
    const schedule = this.schedules.get(this.chosenName());
    if (!schedule) throw new RangeError(`there is no schedule ${this.chosenName()}`);
    return schedule;
  }

  /** Draw everything. */
  show() {
    const chosen = this.chosen();
    const own = ownSchedule(this.times, this.ratios, chosen.last);
    const quantity = this.quantities.find((input) => input.checked)?.value ?? "snr";
    this.plot.show(quantity, this.chosenName(), own, this.times);
    this.sliders.forEach((slider, index) => {
      slider.value = String(this.ratios[index]);
      slider.setAttribute("aria-valuetext", `${figures(this.ratios[index], 1)} dB`);
      find(slider.labels?.[0] ?? slider, "output", HTMLOutputElement).value = `${figures(this.ratios[index], 1)} dB`;
    });
    this.reset.textContent = `Begin from ${this.chosenName()}`;
    const pairs = [
      { name: this.chosenName(), schedule: chosen },
      { name: YOURS, schedule: own },
    ];
    pairs.forEach(({ name, schedule }, index) => this.rows[index].show(name, schedule, this.eps));
    this.showSteps(pairs);
  }

  /** @param {{ name: string, schedule: Schedule }[]} pairs */
  showSteps(pairs) {
    const grid = this.grid.value;
    const steps = wholeNumber(this.steps.value);
    const fewest = this.fewestSteps[grid] ?? 1;
    const most = Number(this.steps.dataset.most);
    const isWrong = !(steps >= fewest && steps <= most);
    this.fault.hidden = !isWrong;
    this.steps.toggleAttribute("aria-invalid", isWrong);
    if (isWrong) {
      this.count.textContent = "";
      this.fault.textContent = `Spread this way, steps are a whole number from ${fewest} to ${most}.`;
      return;
    }
    const counts = pairs.map(({ name, schedule }, index) => {
      const asked = times(schedule, grid, steps);
      this.ticks[index].setAttribute("d", asked.map((t) => `M${(1000 * t).toFixed(1)} 0V10`).join(""));
      this.tickNames[index].textContent = name;
      return asked.filter((t) => Math.abs(ratioAt(schedule, t)) <= MIDDLE).length;
    });
    this.count.textContent =
      `Of ${steps === 1 ? "one call" : `${steps} calls`} of the model, so many fall between ${MIDDLE} and −${MIDDLE} dB: ` +
      `${counts[0]} on ${pairs[0].name}, ${counts[1]} on yours.`;
  }
}

/**
 * @param {Schedule} schedule
 * @param {number} t
 */
function ratioAt(schedule, t) {
  return decibels(schedule.at(Math.round(t * schedule.last)));
}
