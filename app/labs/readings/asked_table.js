/** The model's errors at every level at which it was asked, in a table that grows. */

import { find, findAll } from "../../kit/elements.js";
import { threeDigits } from "./words.js";

/** @import { Name } from "./conversions.js" */

export class AskedTable {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.root = find(element, "[data-role=asked]", HTMLElement);
    this.rows = findAll(this.root, "[data-level]", HTMLElement);
  }

  /**
   * @param {number} place of the level
   * @param {Record<Name, number>} errors
   */
  add(place, errors) {
    const row = this.rows[place];
    for (const cell of findAll(row, "[data-error]", HTMLElement)) {
      cell.textContent = threeDigits(errors[/** @type {Name} */ (cell.dataset.error)]);
    }
    row.hidden = this.root.hidden = false;
  }
}
