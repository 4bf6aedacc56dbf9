/** A quantity as a picture: x_t and x0 from -1 to 1, noise and velocity from -3 to 3, clipped for display alone. */

import { Sheet } from "../../kit/canvas.js";
import { find } from "../../kit/elements.js";

/** @import { Shape } from "../../kit/canvas.js" */
/** @import { Values } from "./conversions.js" */

/** @type {Record<string, number>} */
const MOST = { x_t: 1, x0: 1, eps: 3, v: 3 };

export class Pane {
  /**
   * @param {HTMLElement} element
   * @param {string} name of the quantity
   * @param {Shape} shape
   */
  constructor(element, name, shape) {
    this.canvas = find(element, "canvas", HTMLCanvasElement);
    this.sheet = new Sheet(this.canvas);
    this.shape = shape;
    this.most = MOST[name];
    this.recolour();
  }

  recolour() {
    this.sheet.layOut(this.shape, 1);
  }

  /** @param {Values} values */
  paint(values) {
    const levels = Uint8ClampedArray.from(values, (value) => (value / this.most + 1) * 127.5);
    this.sheet.paint(new Uint8Array(levels.buffer));
  }

  /** @param {string} text  for who does not see it */
  describe(text) {
    this.canvas.setAttribute("aria-label", text[0].toUpperCase() + text.slice(1));
  }
}
