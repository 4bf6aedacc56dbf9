/** Maps of attention averaged over the steps that decide where things stand in the picture. */

/** @import { Frame } from "../../kit/frames.js" */

/**
 * Noise for one unit of picture, down to which a step decides the layout. On the painter nine tenths of what
 * coarse blocks of the guess still differ by from the finished picture are gone by then, on an even grid and on
 * its own, and words are looked at from the side of their thing most clearly (DECISIONS.md).
 */
const LAYOUT_SIGMA = 3;

/**
 * @typedef {object} Maps  of a frame, or of several
 * @property {Uint8Array} attention levels of all maps: count, words, height, width
 * @property {number[]} peaks for each picture and word, the share at its map's highest point
 */

export class LayoutAverage {
  /** @param {number} maps of a frame: words of all pictures */
  constructor(maps) {
    this.maps = maps;
    this.sums = new Float32Array(0); // of shares, over the steps so far
    /** @type {number[]} */
    this.steps = [];
    this.seen = 0; // frames, of the layout or not
  }

  /**
   * Take in the frames that are new; says whether they changed the average.
   *
   * @param {Frame[]} frames of the run so far
   */
  add(frames) {
    const before = this.steps.length;
    for (const frame of frames.slice(this.seen)) {
      if (frame.noise_scale >= LAYOUT_SIGMA * frame.signal_scale) this.take(frame);
    }
    this.seen = frames.length;
    return this.steps.length > before;
  }

  /** @param {Frame} frame */
  take({ step, attention, attention_peaks: peaks }) {
    if (!attention || !peaks) return;
    if (!this.sums.length) this.sums = new Float32Array(attention.length);
    const size = attention.length / this.maps;
    peaks.flat().forEach((peak, map) => {
      for (let at = map * size; at < (map + 1) * size; at += 1) this.sums[at] += (peak * attention[at]) / 255;
    });
    this.steps.push(step);
  }

  /** @returns {Maps | null} null as long as there is nothing to average */
  get result() {
    if (!this.steps.length) return null;
    const size = this.sums.length / this.maps;
    const attention = new Uint8Array(this.sums.length);
    const peaks = Array.from({ length: this.maps }, (_, map) => {
      const values = this.sums.subarray(map * size, (map + 1) * size);
      const highest = Math.max(...values);
      values.forEach((value, at) => (attention[map * size + at] = highest ? Math.round((255 * value) / highest) : 0));
      return highest / this.steps.length;
    });
    return { attention, peaks };
  }
}

/**
 * Add up the attention that some maps stand for, as a share of all that the picture gave.
 *
 * @param {{ map: Uint8Array, peak: number }[]} maps of one picture or several
 * @param {number} count pictures
 */
export function shareOf(maps, count) {
  const shares = maps.map(({ map, peak }) => (peak * map.reduce((sum, level) => sum + level, 0)) / (255 * map.length));
  return shares.reduce((sum, share) => sum + share, 0) / count;
}
