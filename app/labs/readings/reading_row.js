/** One guess in its three readings, side by side: a picture each, its error, and what the algebra says of that. */

import { find } from "../../kit/elements.js";
import { NAMES } from "./conversions.js";
import { Pane } from "./pane.js";
import { demandText, threeDigits, WORDS } from "./words.js";

/** @import { Shape } from "../../kit/canvas.js" */
/** @import { Level } from "../../kit/schedule.js" */
/** @import { Name, Readings } from "./conversions.js" */

export class ReadingRow {
  /**
   * @param {HTMLElement} element
   * @param {string} row its name on the page
   * @param {Shape} shape of a picture
   */
  constructor(element, row, shape) {
    this.root = find(element, `[data-row=${row}]`, HTMLElement);
    this.places = NAMES.map((name) => {
      const place = find(this.root, `[data-reading=${name}]`, HTMLElement);
      const part = (/** @type {string} */ role) => find(place, `[data-role=${role}]`, HTMLElement);
      return {
        name,
        place,
        pane: new Pane(place, name, shape),
        error: part("error"),
        demand: part("demand"),
        empty: part("empty"),
      };
    });
  }

  /**
   * @param {Readings} readings
   * @param {Record<Name, number>} errors of them
   * @param {Name} from the reading that the errors of the others are compared with
   * @param {Level} level
   */
  show(readings, errors, from, level) {
    for (const { name, place, pane, error, demand, empty } of this.places) {
      const isKnown = Number.isFinite(errors[name]);
      place.classList.toggle("is-empty", !isKnown);
      pane.paint(readings[name]);
      error.textContent = isKnown ? `error ${threeDigits(errors[name])}` : "no value";
      demand.textContent = isKnown ? demandText(from, name, errors[from], level) : "";
      if (!isKnown) empty.textContent = `÷ 0: ${WORDS[name].replace("the", "no")}`;
      pane.describe(`${WORDS[name]}, ${error.textContent}`);
    }
  }

  /** @param {string} why  there is nothing to show */
  clear(why) {
    for (const { place, error, demand, empty } of this.places) {
      place.classList.add("is-empty");
      empty.textContent = why;
      error.textContent = demand.textContent = "";
    }
  }
}
