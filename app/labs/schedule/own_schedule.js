/**
 * A schedule of the learner's own. It preserves the variance: signal_scale is the cosine and noise_scale the sine
 * of an angle, which grows from 0 at t = 0 to a right angle at t = 1. In between it goes through the handles, as a
 * monotone cubic: Fritsch and Carlson 1980, SIAM J. Numer. Anal. 17, 238-246.
 */

import { Schedule } from "../../kit/schedule.js";

const RIGHT_ANGLE = Math.PI / 2;

/**
 * The angle whose cosine and sine have this ratio.
 *
 * @param {number} decibels
 */
export function angleOf(decibels) {
  return Math.atan(10 ** (-decibels / 20));
}

/**
 * Make the schedule that goes through these ratios.
 *
 * @param {readonly number[]} times of the handles, growing, between 0 and 1
 * @param {readonly number[]} decibels signal-to-noise ratio at each; none above the one before
 * @param {number} positions intervals of the table over t
 */
export function ownSchedule(times, decibels, positions) {
  const t = [0, ...times, 1];
  const angles = [0, ...decibels.map(angleOf), RIGHT_ANGLE];
  const slopes = monotoneSlopes(t, angles);
  const signal = new Float32Array(positions + 1);
  const noise = new Float32Array(positions + 1);
  let piece = 0;
  for (let position = 0; position <= positions; position += 1) {
    const at = position / positions;
    while (piece < t.length - 2 && at > t[piece + 1]) piece += 1;
    const angle = cubic(at, piece, t, angles, slopes);
    signal[position] = position === positions ? 0 : Math.cos(angle);
    noise[position] = Math.sin(angle);
  }
  return new Schedule(signal, noise, true);
}

/**
 * @param {readonly number[]} t
 * @param {readonly number[]} y
 * @returns {number[]} slopes at the points with which no piece turns back
 */
function monotoneSlopes(t, y) {
  const secants = t.slice(1).map((end, index) => (y[index + 1] - y[index]) / (end - t[index]));
  const slopes = t.map((_, index) => {
    const [before, after] = [secants[index - 1] ?? secants[0], secants[index] ?? secants[index - 1]];
    return before * after <= 0 ? 0 : (before + after) / 2;
  });
  secants.forEach((secant, index) => {
    const steepest = 3 * secant;
    slopes[index] = Math.min(slopes[index], steepest);
    slopes[index + 1] = Math.min(slopes[index + 1], steepest);
  });
  return slopes;
}

/**
 * @param {number} at
 * @param {number} piece
 * @param {readonly number[]} t
 * @param {readonly number[]} y
 * @param {readonly number[]} slopes
 */
function cubic(at, piece, t, y, slopes) {
  const width = t[piece + 1] - t[piece];
  const x = (at - t[piece]) / width;
  const [start, end] = [y[piece], y[piece + 1]];
  const [first, last] = [slopes[piece] * width, slopes[piece + 1] * width];
  return (
    start * (1 + 2 * x) * (1 - x) ** 2 + first * x * (1 - x) ** 2 + end * x * x * (3 - 2 * x) + last * x * x * (x - 1)
  );
}
