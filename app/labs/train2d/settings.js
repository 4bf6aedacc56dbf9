/** The settings of a training on the plate: read from the form, set, and told when something is wrong with them. */

import { find, findAll } from "../../kit/elements.js";
import { wholeNumber } from "../../kit/numbers.js";

/** @import { TrainingRequest } from "./column.js" */

const NAMES = ["target", "schedule", "level_told", "loop"];
export const OWN = "own";
export const NONE = "none";

/** @typedef {Record<string, string>} Values  of target, schedule, level_told and loop */

export class Settings {
  /**
   * @param {HTMLFormElement} form
   * @param {Record<string, readonly [name: string, value: string]>} beside  what may be trained beside, by name
   */
  constructor(form, beside) {
    this.form = form;
    this.variations = beside;
    this.points = findAll(form, "[data-role=points]", HTMLInputElement);
    this.menus = new Map(NAMES.map((name) => [name, find(form, `[data-role=${name}]`, HTMLSelectElement)]));
    this.updates = find(form, "[data-role=updates]", HTMLSelectElement);
    this.beside = find(form, "[data-role=beside]", HTMLSelectElement);
    this.seed = find(form, "[data-role=seed]", HTMLInputElement);
    this.seedFault = find(form, "[data-role=seed-fault]", HTMLElement);
    this.more = find(form, "[data-role=more]", HTMLDetailsElement);
  }

  get preset() {
    return this.points.find((input) => input.checked)?.value ?? OWN;
  }

  /** @returns {Values} */
  get values() {
    return Object.fromEntries([...this.menus].map(([name, menu]) => [name, menu.value]));
  }

  /** The variation that is trained beside, or null. */
  get variation() {
    return this.variations[this.beside.value] ?? null;
  }

  /** Offer beside only what would be different. */
  depend() {
    const { values } = this;
    for (const option of this.beside.options) {
      const [name, value] = this.variations[option.value] ?? [];
      option.disabled = name !== undefined && values[name] === value;
    }
    if (this.beside.selectedOptions[0]?.disabled) this.beside.value = NONE;
  }

  /** Say what is wrong with the seed; whether it can be used. */
  check() {
    const { seed, seedFault } = this;
    const number = wholeNumber(seed.value);
    const isRight = number >= 0 && number <= Number(seed.dataset.most);
    seed.setAttribute("aria-invalid", String(!isRight));
    seedFault.hidden = isRight;
    if (!isRight) this.more.open = true;
    return isRight;
  }

  /**
   * Return what the server is asked for.
   *
   * @param {Values} values
   * @param {readonly (readonly number[])[]} points  that were drawn
   * @returns {TrainingRequest}
   */
  request(values, points) {
    return {
      ...(this.preset === OWN ? { points } : { preset: this.preset }),
      target: values.target,
      schedule: values.schedule,
      level_told: values.level_told === "yes",
      loop: values.loop,
      updates: Number(this.updates.value),
      seed: wholeNumber(this.seed.value),
    };
  }

  /**
   * Say what is trained, in words.
   *
   * @param {Values} values
   */
  inWords(values) {
    const points = this.points.find((input) => input.checked)?.labels?.[0].textContent?.trim() ?? "";
    const texts = [...this.menus].map(([name, menu]) => {
      const option = [...menu.options].find(({ value }) => value === values[name]);
      const text = option?.textContent?.trim() ?? "";
      return name === "level_told" ? `level ${text}` : name === "loop" ? `levels ${text}` : text.split(",")[0];
    });
    return [points, ...texts].join(" · ");
  }

  /** What is different in the training beside, in words. */
  differenceInWords() {
    return this.beside.selectedOptions[0]?.textContent?.trim() ?? "";
  }

  /** Set the greatest of the choices of updates that is not above `most`; the least, where all are. */
  limitUpdates(/** @type {number} */ most) {
    const choices = [...this.updates.options].map(({ value }) => Number(value));
    const chosen = Math.max(...choices.filter((value) => value <= most), choices[0]);
    this.updates.value = String(chosen);
    return chosen;
  }
}
