/** The field for the seed of the noise, and the dice beside it. */

import { find } from "../../kit/elements.js";
import { seedIn } from "./state.js";

const DICE = 1_000_000; // seeds that are short enough to be typed again

export class SeedField {
  /**
   * @param {HTMLElement} element
   * @param {(seed: number) => void} onSeed called with a seed that the learner typed or rolled
   */
  constructor(element, onSeed) {
    this.field = find(element, "[data-role=seed]", HTMLInputElement);
    this.fault = find(element, "[data-role=seed-fault]", HTMLElement);
    this.status = find(element, "[data-role=status]", HTMLElement);
    this.most = Number(this.field.dataset.most);
    this.onSeed = onSeed;
    this.field.addEventListener("input", () => this.read());
    find(element, "[data-role=dice]", HTMLButtonElement).addEventListener("click", () => this.roll());
  }

  read() {
    const seed = this.typed();
    this.complain(seed === null);
    if (seed !== null) this.onSeed(seed);
  }

  typed() {
    return seedIn(this.field.value, this.most);
  }

  roll() {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] % DICE;
    this.onSeed(seed);
    this.status.textContent = `Other noise, of seed ${seed}.`;
  }

  /** @param {number} seed */
  show(seed) {
    if (this.typed() !== seed) this.field.value = String(seed); // what is being typed stays as it is
    this.complain(false);
  }

  /** @param {boolean} isWrong */
  complain(isWrong) {
    this.fault.hidden = !isWrong;
    if (isWrong) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
  }
}
