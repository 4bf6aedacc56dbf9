/** A frame in words, for those who do not see it: where it is, and how much its guess has changed. */

/** @import { Frame } from "../../kit/frames.js" */

/** @param {Frame} frame */
export function noisePercent({ noise_scale }) {
  return Math.round(100 * noise_scale);
}

/**
 * Say where a frame stands in its run.
 *
 * @param {Frame} frame
 * @param {number} steps
 */
export function whereabouts(frame, steps) {
  return `step ${frame.step} of ${steps}, noise mixed in ${noisePercent(frame)} percent`;
}

/**
 * The mean difference of two pictures, in grey levels of 255.
 *
 * @param {Uint8Array | Uint8ClampedArray} one
 * @param {Uint8Array | Uint8ClampedArray} other
 */
export function meanDifference(one, other) {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += Math.abs(one[index] - other[index]);
  return sum / one.length;
}

/**
 * Describe a frame among those of its run.
 *
 * @param {Frame} frame
 * @param {object} run
 * @param {number} run.steps
 * @param {Frame | null} run.before the frame before this one
 * @param {Frame} run.newest the last frame that has arrived
 */
export function describe(frame, { steps, before, newest }) {
  const sentences = [`${whereabouts(frame, steps).replace(/^s/, "S")}.`];
  if (frame.step === steps) sentences.push("The picture is finished.");
  if (before) {
    const change = meanDifference(frame.x0_hat, before.x0_hat).toFixed(1);
    sentences.push(`Since the step before, the guess has changed by ${change} of 255 grey levels on average.`);
  }
  if (newest !== frame) {
    const left = meanDifference(frame.x0_hat, newest.x0_hat).toFixed(1);
    sentences.push(`It is ${left} grey levels from the newest guess, that of step ${newest.step}.`);
  }
  return sentences.join(" ");
}
