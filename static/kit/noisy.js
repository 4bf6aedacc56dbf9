/** The forward process on one picture: x_t = signal_scale * x0 + noise_scale * eps, and what can be seen of it. */

import { normalNoise } from "./normal.js";

/** @import { Level } from "./schedule.js" */

/**
 * Return pixels as values between -1 and 1.
 *
 * @param {Uint8Array} pixels
 */
export function valuesOf(pixels) {
  return Float32Array.from(pixels, (pixel) => pixel / 127.5 - 1);
}

/**
 * Return the noise of a seed, in the order of pixels. It is drawn as models have their pictures, one whole
 * channel after the other.
 *
 * @param {number} seed
 * @param {number} side
 * @param {number} channels
 */
export function noiseOf(seed, side, channels) {
  const size = side * side;
  const drawn = normalNoise(seed, 0, channels * size);
  return drawn.map((_, index) => drawn[(index % channels) * size + Math.floor(index / channels)]);
}

export class NoisyPicture {
  /** @param {Float32Array} x0 */
  constructor(x0) {
    this.x0 = x0;
    this.values = x0.slice(); // x_t
    this.levels = new Uint8ClampedArray(x0.length);
    this.pixels = new Uint8Array(this.levels.buffer); // x_t as it is shown
    this.clipped = 0; // how many values lie beyond black or white
  }

  /**
   * Add noise at a level.
   *
   * @param {Float32Array} eps
   * @param {Level} level
   */
  add(eps, { signal, noise }) {
    const { x0, values, levels } = this;
    let clipped = 0;
    for (let index = 0; index < values.length; index += 1) {
      values[index] = signal * x0[index] + noise * eps[index];
      levels[index] = (values[index] + 1) * 127.5; // rounds, and clips for display alone
      if (values[index] < -1 || values[index] > 1) clipped += 1;
    }
    this.clipped = clipped;
  }
}
