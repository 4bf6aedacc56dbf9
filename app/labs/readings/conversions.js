/**
 * Picture, noise and velocity, and how each gives the others beside x_t: the formulas of
 * `app/diffusion/predictions.py`, by the same names. A division by a scale of 0 gives values that are not finite.
 */

/** @import { Level } from "../../kit/schedule.js" */

/** @typedef {Float32Array | Float64Array} Values  of all dots, none of them clipped */
/** @typedef {"x0" | "eps" | "v"} Name */
/** @typedef {Record<Name, Values>} Readings */

/** @type {readonly Name[]} */
export const NAMES = ["x0", "eps", "v"];

/**
 * Make values dot by dot.
 *
 * @param {Values} like how many
 * @param {(dot: number) => number} value
 */
function each(like, value) {
  return Float64Array.from({ length: like.length }, (_, dot) => value(dot));
}

/**
 * @param {Values} x0
 * @param {Values} eps
 * @param {Level} level
 */
export function noised(x0, eps, { signal, noise }) {
  return each(x0, (dot) => signal * x0[dot] + noise * eps[dot]);
}

/**
 * @param {Values} x_t
 * @param {Values} eps
 * @param {Level} level
 */
export function x0FromEps(x_t, eps, { signal, noise }) {
  return each(x_t, (dot) => (x_t[dot] - noise * eps[dot]) / signal);
}

/**
 * @param {Values} x_t
 * @param {Values} x0
 * @param {Level} level
 */
export function epsFromX0(x_t, x0, { signal, noise }) {
  return each(x_t, (dot) => (x_t[dot] - signal * x0[dot]) / noise);
}

/**
 * @param {Values} x0
 * @param {Values} eps
 * @param {Level} level
 */
export function vFromX0Eps(x0, eps, { signal, noise }) {
  return each(x0, (dot) => signal * eps[dot] - noise * x0[dot]);
}

/**
 * @param {Values} x_t
 * @param {Values} v
 * @param {Level} level
 */
export function x0FromV(x_t, v, { signal, noise }) {
  return each(x_t, (dot) => (signal * x_t[dot] - noise * v[dot]) / (signal ** 2 + noise ** 2));
}

/**
 * @param {Values} x_t
 * @param {Values} v
 * @param {Level} level
 */
export function epsFromV(x_t, v, { signal, noise }) {
  return each(x_t, (dot) => (noise * x_t[dot] + signal * v[dot]) / (signal ** 2 + noise ** 2));
}

/**
 * Read one guess all three ways.
 *
 * @param {Name} name what is guessed
 * @param {Values} values of the guess
 * @param {Values} x_t
 * @param {Level} level
 * @returns {Readings}
 */
export function readingsOf(name, values, x_t, level) {
  if (name === "v") return { x0: x0FromV(x_t, values, level), eps: epsFromV(x_t, values, level), v: values };
  const x0 = name === "x0" ? values : x0FromEps(x_t, values, level);
  const eps = name === "eps" ? values : epsFromX0(x_t, values, level);
  return { x0, eps, v: vFromX0Eps(x0, eps, level) };
}

/**
 * @typedef {object} Ratio  what an error is multiplied by, where S² + N² = 1
 * @property {string} text
 * @property {(level: Level) => number} of
 */

/** @type {Record<Name, Partial<Record<Name, Ratio>>>} from the reading in which an error is made, to another */
export const RATIOS = {
  x0: {
    eps: { text: "S/N", of: ({ signal, noise }) => signal / noise },
    v: { text: "1/N", of: ({ noise }) => 1 / noise },
  },
  eps: {
    x0: { text: "N/S", of: ({ signal, noise }) => noise / signal },
    v: { text: "1/S", of: ({ signal }) => 1 / signal },
  },
  v: {
    x0: { text: "N", of: ({ noise }) => noise },
    eps: { text: "S", of: ({ signal }) => signal },
  },
};
