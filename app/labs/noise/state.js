/** What a noise lab shows, as an address: `#lab-1?t=0.3&seed=0&schedule=cosine&compare=t`. */

import { wholeNumber } from "../../kit/numbers.js";
import { decode, encode } from "../../kit/permalink.js";

/**
 * @typedef {object} State
 * @property {number} position of the slider
 * @property {number} seed of the noise
 * @property {string} schedule that the slider follows
 * @property {string} compare at what the schedules are compared: `t` or `snr`
 */

/**
 * @typedef {object} Allowed
 * @property {number} positions the last one of the slider
 * @property {number} seed the largest one
 * @property {readonly string[]} schedules
 */

const COMPARISONS = ["t", "snr"];

/**
 * Return the fragment that leads to a state of a plate.
 *
 * @param {string} plate
 * @param {State} state
 * @param {Allowed} allowed
 */
export function fragment(plate, { position, seed, schedule, compare }, { positions }) {
  return encode(plate, { t: position / positions, seed, schedule, compare }) ?? `#${plate}`;
}

/**
 * Return what a fragment says of a plate, the names that make no sense, and a time between two places of the slider
 * as it is written (the state has the nearer place); null where the fragment is about another plate.
 *
 * @param {string} plate
 * @param {string} hash
 * @param {Allowed} allowed
 * @returns {{ found: Partial<State>, ignored: string[], between: string | null } | null}
 */
export function read(plate, hash, allowed) {
  const asked = decode(plate, hash);
  if (!asked) return null;
  /** @type {Partial<State>} */
  const found = {};
  const ignored = [];
  let between = null;
  for (const [name, text] of asked) {
    const part = readPart(name, text, allowed);
    if (!part) ignored.push(name);
    else if (part.position !== undefined && !isPlace(text, allowed.positions)) between = text;
    Object.assign(found, part);
  }
  return { found, ignored, between };
}

/**
 * @param {string} name
 * @param {string} text
 * @param {Allowed} allowed
 * @returns {Partial<State> | null}
 */
function readPart(name, text, { positions, schedules, seed }) {
  if (name === "schedule") return schedules.includes(text) ? { schedule: text } : null;
  if (name === "compare") return COMPARISONS.includes(text) ? { compare: text } : null;
  if (name === "seed") {
    const number = seedIn(text, seed);
    return number === null ? null : { seed: number };
  }
  if (name !== "t" || !/^\d(\.\d{1,12})?$/.test(text) || Number(text) > 1) return null;
  return { position: Math.round(Number(text) * positions) };
}

/**
 * @param {string} t
 * @param {number} positions
 */
function isPlace(t, positions) {
  const place = Number(t) * positions;
  return Math.abs(place - Math.round(place)) < 1e-6;
}

/**
 * Return the whole number that a text says, or null where it says none from 0 to `most`.
 *
 * @param {string} text
 * @param {number} most
 */
export function seedIn(text, most) {
  const number = wholeNumber(text);
  return number >= 0 && number <= most ? number : null;
}
