/** What is said of levels and errors. */

import { figures } from "../../kit/figures.js";
import { decibels } from "../../kit/schedule.js";
import { NAMES, RATIOS } from "./conversions.js";

/** @import { Level } from "../../kit/schedule.js" */
/** @import { Name } from "./conversions.js" */

/** @type {Record<Name, string>} */
export const WORDS = { x0: "the picture", eps: "the noise", v: "the velocity" };

/**
 * Write a number from 0 on with three digits that count.
 *
 * @param {number} value
 */
export function threeDigits(value) {
  if (!Number.isFinite(value)) return "∞";
  return value === 0 ? "0" : value.toPrecision(3);
}

/** @param {Level} level */
export function snrText(level) {
  return `${figures(decibels(level), 1)} dB`;
}

/** @param {Level} level */
export function levelText(level) {
  const { t, signal, noise } = level;
  return `t ${t}: S ${threeDigits(signal)}, N ${threeDigits(noise)}, signal-to-noise ratio ${snrText(level)}`;
}

/**
 * What the algebra says of an error in one reading, from that in another; empty where they are the same.
 *
 * @param {Name} from
 * @param {Name} to
 * @param {number} error in the reading `from`
 * @param {Level} level
 */
export function demandText(from, to, error, level) {
  const ratio = RATIOS[from][to];
  return ratio ? `${ratio.text} × ${threeDigits(error)} = ${threeDigits(ratio.of(level) * error)}` : "";
}

/**
 * @param {number} t
 * @param {Record<Name, number>} errors of the model's answer
 */
export function modelText(t, errors) {
  const [x0, eps, v] = NAMES.map((name) => `${threeDigits(errors[name])} in ${WORDS[name]}`);
  return `At t ${t} the model’s answer is off by ${x0}, ${eps} and ${v}.`;
}

/**
 * @param {Name} name in which an error is made
 * @param {number} size of it
 * @param {Record<Name, number>} errors that it becomes
 * @param {Level} level
 */
export function madeText(name, size, errors, level) {
  if (name === "eps" && level.signal === 0) {
    return (
      `At t ${level.t} nothing of the picture is left: S is 0, and x0_hat = (x_t − N·eps_hat) / S divides by it. ` +
      "That is 0/0 for the true noise, and infinite for any other guess."
    );
  }
  const [one, other] = NAMES.filter((each) => each !== name);
  const text =
    `An error of ${size} in ${WORDS[name]} is one of ${threeDigits(errors[one])} in ${WORDS[one]} ` +
    `and of ${threeDigits(errors[other])} in ${WORDS[other]}.`;
  if (level.signal > 0) return text;
  return `${text} The noise is known without any guess: where S is 0, x_t is the noise itself.`;
}
