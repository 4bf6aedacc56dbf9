/** Errors of a guess: their size, and one of a given size that is made on purpose. */

import { normalNoise } from "../../kit/normal.js";
import { NAMES } from "./conversions.js";

/** @import { Name, Readings, Values } from "./conversions.js" */

/**
 * The root mean square distance of two pictures; not finite where one of them is not.
 *
 * @param {Values} guess
 * @param {Values} truth
 */
export function distance(guess, truth) {
  let squares = 0;
  for (let dot = 0; dot < guess.length; dot += 1) squares += (guess[dot] - truth[dot]) ** 2;
  return Math.sqrt(squares / guess.length);
}

/**
 * @param {Readings} guess
 * @param {Readings} truth
 * @returns {Record<Name, number>}
 */
export function errorsOf(guess, truth) {
  const [x0, eps, v] = NAMES.map((name) => distance(guess[name], truth[name]));
  return { x0, eps, v };
}

/**
 * Random values whose root mean square is 1: the same for the same seed, and other ones than its noise.
 *
 * @param {number} seed
 * @param {number} dots
 */
export function unitError(seed, dots) {
  const drawn = normalNoise(seed, 1, dots);
  const size = distance(drawn, new Float32Array(dots));
  return drawn.map((value) => value / size);
}

/**
 * @param {Values} truth
 * @param {Values} unit
 * @param {number} size
 */
export function spoilt(truth, unit, size) {
  return Float64Array.from(truth, (value, dot) => value + size * unit[dot]);
}
