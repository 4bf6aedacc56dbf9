/** How values are spread: histograms as densities, and the bell curve that noise alone has. */

/** @import { Point } from "../../kit/curve.js" */

export const EDGE = 4; // values from -4 to 4 are counted; of standard normal ones, 1 in 16,000 lies beyond
const BINS = 64; // powers of two, so that the borders of bins are exact
const WIDTH = (2 * EDGE) / BINS;

/**
 * Return the density of values in each bin; all bins together come to the share that lies within the edges.
 *
 * @param {Float32Array} values
 */
export function densities(values) {
  const counts = new Float64Array(BINS);
  for (const value of values) {
    const bin = Math.floor((value + EDGE) / WIDTH);
    if (bin >= 0 && bin < BINS) counts[bin] += 1;
  }
  return counts.map((count) => count / (values.length * WIDTH));
}

/**
 * Return the outline of a histogram, from the floor to the floor.
 *
 * @param {Float64Array} heights
 * @returns {Point[]}
 */
export function outline(heights) {
  /** @type {Point[]} */
  const points = [[-EDGE, 0]];
  heights.forEach((height, bin) => {
    const left = -EDGE + bin * WIDTH;
    points.push([left, height], [left + WIDTH, height]);
  });
  return [...points, [EDGE, 0]];
}

/**
 * Return points of the density of N(0, 1).
 *
 * @returns {Point[]}
 */
export function bellCurve() {
  const steps = 2 * BINS;
  return Array.from({ length: steps + 1 }, (_, step) => {
    const x = -EDGE + (2 * EDGE * step) / steps;
    return [x, Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)];
  });
}

/**
 * Return mean and standard deviation.
 *
 * @param {Float32Array} values
 */
export function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}
