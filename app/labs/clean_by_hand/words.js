/** What is said of an attempt in sentences. */

import { figures } from "../../kit/figures.js";
import { counted } from "../../kit/messages.js";

/**
 * Return a time in minutes and seconds.
 *
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return counted(whole, "second");
  const rest = whole % 60;
  return `${counted(Math.floor(whole / 60), "minute")}${rest ? ` ${counted(rest, "second")}` : ""}`;
}

/**
 * @param {object} attempt
 * @param {number} attempt.touched dots
 * @param {number} attempt.dots of the whole picture
 * @param {number} attempt.elapsed seconds from the first dot to the end
 * @param {number} attempt.before the error of the noisy picture
 * @param {number} attempt.after that of the repaired one
 */
export function attemptText({ touched, dots, elapsed, before, after }) {
  if (!touched) return "You painted no dot.";
  const speed = `At that speed the whole picture takes ${duration((elapsed * dots) / touched)}.`;
  return (
    `In ${duration(Math.max(1, elapsed))} you painted ${touched} of ${dots} dots, ` +
    `and the error went from ${figures(before, 2)} to ${figures(after, 2)}. ${touched < dots ? speed : ""}`
  ).trim();
}

/**
 * @param {number} error of the model's guess
 * @param {number} dots
 */
export function modelText(error, dots) {
  return `One call of the model changed all ${dots} dots at once: its error is ${figures(error, 2)}.`;
}
