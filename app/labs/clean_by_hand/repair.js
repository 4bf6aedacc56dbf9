/** A noisy picture under repair: the values of its dots, which were touched, and how far it is from the clean one. */

import { NoisyPicture, noiseOf } from "../../kit/noisy.js";

export const INK = 1;
export const PAPER = -1;

export class Repair {
  /**
   * @param {Float32Array} x0 the clean picture, ink 1 and paper -1
   * @param {number} noise its standard deviation
   * @param {number} seed of the noise
   */
  constructor(x0, noise, seed) {
    this.x0 = x0;
    const noisy = new NoisyPicture(x0);
    noisy.add(noiseOf(seed, Math.sqrt(x0.length), 1), { t: 0, signal: 1, noise });
    this.noisy = noisy.values;
    this.noisyPixels = noisy.pixels.slice();
    this.values = this.noisy.slice();
    this.pixels = this.noisyPixels.slice();
    /** @type {Set<number>} */
    this.touched = new Set();
    this.squares = 0;
    this.begin();
  }

  /** Go back to the noisy picture, with no dot touched. */
  begin() {
    this.values.set(this.noisy);
    this.pixels.set(this.noisyPixels);
    this.touched.clear();
    this.squares = this.x0.reduce((sum, clean, dot) => sum + (this.values[dot] - clean) ** 2, 0);
  }

  /**
   * Paint a dot; false where it has this value already.
   *
   * @param {number} dot
   * @param {number} value INK or PAPER
   */
  paint(dot, value) {
    const before = this.values[dot];
    if (before === value && this.touched.has(dot)) return false;
    this.values[dot] = value;
    this.pixels[dot] = value === INK ? 255 : 0;
    this.touched.add(dot);
    this.squares += (value - this.x0[dot]) ** 2 - (before - this.x0[dot]) ** 2;
    return true;
  }

  /** The root mean square distance of a dot from the clean picture, before anything is clipped for display. */
  get error() {
    return Math.sqrt(Math.max(0, this.squares) / this.x0.length);
  }

  /**
   * Say where a dot is and how it looks.
   *
   * @param {number} dot
   */
  describe(dot) {
    const side = Math.sqrt(this.x0.length);
    const painted = this.values[dot] === INK ? "painted ink" : "painted paper";
    const look = this.touched.has(dot) ? painted : `${Math.round((100 * this.pixels[dot]) / 255)}% dark`;
    return `Row ${Math.floor(dot / side) + 1}, column ${(dot % side) + 1}: ${look}.`;
  }
}
