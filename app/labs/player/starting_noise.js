/**
 * The noisy pictures that a run of several starts from: frame 0, drawn as the server draws it. A page that carried
 * them would be some kilobytes heavier.
 */

import { normalNoise } from "../../kit/normal.js";

/** @import { Shape } from "../../kit/canvas.js" */

/**
 * Return their pixels: count, height, width, channels.
 *
 * @param {number} seed
 * @param {Shape} shape of one picture
 * @param {number} count
 * @param {number} scale of the noise at the start
 */
export function startingNoise(seed, [channels, height, width], count, scale) {
  const area = height * width;
  const pixels = new Uint8ClampedArray(count * channels * area); // rounds and clips
  for (let index = 0; index < count; index += 1) {
    normalNoise(seed, index, channels * area).forEach((value, place) => {
      const dot = (place % area) * channels + Math.floor(place / area);
      pixels[index * channels * area + dot] = (scale * value + 1) * 127.5;
    });
  }
  return new Uint8Array(pixels.buffer);
}
