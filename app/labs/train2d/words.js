/** What is said of trainings in sentences. */

import { figures } from "../../kit/figures.js";
import { counted } from "../../kit/messages.js";
import { mean } from "./reports.js";

/** @import { Beginning, Report } from "./reports.js" */

/** @param {number} value  with a comma at the thousands */
export function whole(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * @param {Beginning} beginning
 * @param {Report} report
 * @param {{ level_told: boolean, target: string }} request  what is trained
 */
export function standingText({ floor, blindFloor }, { update, validation }, { level_told: isTold, target }) {
  const best = isTold
    ? `the best possible is ${figures(mean(floor), 2)}`
    : `the best possible is ${figures(mean(blindFloor), 2)} not told the level, ${figures(mean(floor), 2)} told`;
  return `After ${whole(update)} updates: mean error of ${target} ${figures(mean(validation), 2)}; ${best}.`;
}

/** @param {number} seconds */
export function durationText(seconds) {
  if (seconds < 1) return "about a second";
  if (seconds < 90) return `about ${counted(Math.round(seconds), "second")}`;
  return `about ${counted(Math.round(seconds / 60), "minute")}`;
}

/**
 * @param {number} update
 * @param {number} updates
 * @param {number | null} left  seconds, where it can be said
 */
export function trainingText(update, updates, left) {
  const rest = left === null ? "" : `, ${durationText(left)} left`;
  return `Training: ${whole(update)} of ${whole(updates)} updates${rest}.`;
}
