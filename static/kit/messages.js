/** The sentences about a run that every lab says alike: waiting for the server, for a turn, and the end. */

/** @import { Summary } from "./live_run.js" */
/** @import { Wait } from "./run_request.js" */

export const BROKEN = "The connection was lost; reconnecting …";
export const SILENT = "The model does not answer just now; waiting for it …";
export const LOST = "The connection was lost, and reconnecting failed.";

/**
 * @param {number} number
 * @param {string} noun
 */
export function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** @param {Wait} wait */
export function waitingText({ isWaking, message, seconds }) {
  const again = `Next try in ${seconds} s.`;
  if (isWaking) return `The model is waking up; the run then starts by itself. ${again}`;
  return `${message} It starts by itself as soon as it can. ${again}`;
}

/** @param {number} ahead  other runs */
export function queueText(ahead) {
  if (ahead <= 0) return "Next in line.";
  return `Waiting for a turn: ${counted(ahead, "other run")} under way.`;
}

/** @param {number} seconds */
export function leavingText(seconds) {
  return `The server is restarting; the run goes on by itself in about ${counted(seconds, "second")}.`;
}

/**
 * @param {number} received  of the steps; -1 where not even the first frame has come
 * @param {number} steps
 */
export function goesOnText(received, steps) {
  return received < 0 ? "The run goes on." : `The run goes on: received ${received} of ${counted(steps, "step")}.`;
}

/** @param {Summary} summary */
export function doneText({ steps, calls, seconds }) {
  const time = seconds === undefined ? "" : `, ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return `Finished: ${counted(steps, "step")}, ${counted(calls, "call")} of the model${time}.`;
}
