/** The mean of all guesses of a frame, dot by dot, in a pane of its own. */

import { Sheet } from "../../kit/canvas.js";
import { find } from "../../kit/elements.js";

/** @import { Shape } from "../../kit/canvas.js" */

export class MeanPane {
  /** @param {HTMLElement} pane */
  constructor(pane) {
    this.pane = pane;
    this.canvas = find(pane, "canvas", HTMLCanvasElement);
    this.sheet = new Sheet(this.canvas);
    this.mean = new Uint8Array(0);
    this.count = 1;
  }

  /**
   * @param {Shape} shape of one picture
   * @param {number} count of the guesses; a single one has no mean to be shown
   */
  layOut(shape, count) {
    const [channels, height, width] = shape;
    this.count = count;
    this.mean = new Uint8Array(channels * height * width);
    this.pane.hidden = count < 2;
    this.sheet.layOut(shape, 1);
  }

  /**
   * @param {Uint8Array} guesses pixels of all of them, one after the other
   * @param {string} where in the run, in words
   */
  show(guesses, where) {
    const { mean, count } = this;
    for (let dot = 0; dot < mean.length; dot += 1) {
      let sum = 0;
      for (let from = dot; from < guesses.length; from += mean.length) sum += guesses[from];
      mean[dot] = Math.round(sum / count);
    }
    this.sheet.paint(mean);
    this.canvas.setAttribute("aria-label", `The mean of the ${count} guesses, ${where}`);
  }
}
