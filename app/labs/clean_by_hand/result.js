/** The picture four times, side by side: noisy, repaired by hand, by the model, and clean; each with its error. */

import { Sheet } from "../../kit/canvas.js";
import { find, findAll } from "../../kit/elements.js";
import { figures } from "../../kit/figures.js";

/** @typedef {{ pixels: Uint8Array, error: number }} Outcome */

export class Result {
  /**
   * @param {HTMLElement} element
   * @param {number} side
   */
  constructor(element, side) {
    this.side = side;
    this.root = find(element, "[data-role=result]", HTMLElement);
    this.places = findAll(this.root, "[data-result]", HTMLElement).map((place) => ({
      name: place.dataset.result ?? "",
      sheet: new Sheet(find(place, "canvas", HTMLCanvasElement)),
      error: find(place, "[data-role=result-error]", HTMLElement),
    }));
    /** @type {Record<string, Outcome>} */
    this.outcomes = {};
    this.watcher = new ResizeObserver(() => this.places.forEach(({ sheet }) => sheet.fit()));
    this.watcher.observe(this.root);
  }

  close() {
    this.watcher.disconnect();
  }

  /** @param {Record<string, Outcome>} outcomes by name */
  show(outcomes) {
    this.outcomes = outcomes;
    this.root.hidden = false;
    this.repaint();
    this.root.focus({ preventScroll: true });
  }

  hide() {
    this.root.hidden = true;
    this.outcomes = {};
  }

  repaint() {
    for (const { name, sheet, error } of this.places) {
      const outcome = this.outcomes[name];
      if (!outcome) continue;
      sheet.layOut([1, this.side, this.side], 1);
      sheet.paint(outcome.pixels);
      error.textContent = `error ${figures(outcome.error, 2)}`;
    }
  }
}
