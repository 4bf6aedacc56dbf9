/** Asking the server for a run or a training, again and again until it takes it, and withdrawing one. */

import { at } from "./site.js";
import { noTicketNeeded, ticketHeader } from "./ticket.js";
import { sleep } from "./waiting.js";

const LONGEST_WAIT_S = 60;
const USUAL_WAIT_S = 2; // where the server names none
const RETURN_S = 60; // a server that left says when to come back, and may still be starting then
const AWAY = "The server cannot be reached.";

/** @import { Shape } from "./canvas.js" */

/**
 * @typedef {object} Kind  of work that the server does, step by step
 * @property {string} address where it is asked for
 * @property {string} event name of the events that bring its steps
 */

/** @type {Kind} */
export const RUN = { address: at("/api/runs"), event: "frame" };

/** @type {Kind} */
export const TRAINING = { address: at("/api/trainings"), event: "progress" };

/**
 * @typedef {object} Taken  what the server says of all work that it has taken
 * @property {string} id
 */

/**
 * @typedef {object} Run  as the server describes it
 * @property {string} id
 * @property {Shape} shape of one picture
 * @property {number} steps
 * @property {number} count
 * @property {string} frames address of its events
 * @property {string[]} [attention] words that its frames have maps of
 * @property {string[]} [notes] on how its prompts were read
 */

/**
 * @typedef {object} Wait
 * @property {boolean} isWaking the model is not ready yet, as opposed to having too much to do
 * @property {string} message the server's own
 * @property {number} seconds until the next try
 */

/** The server will not do this run, however often it is asked. */
export class RunRefused extends Error {
  /**
   * @param {string} message
   * @param {string | null} [field] name of the setting that is refused
   */
  constructor(message, field = null) {
    super(message);
    this.field = field;
  }
}

/**
 * Ask for a run until the server takes it. Rejects with RunRefused, or with AbortError once `signal` fires.
 *
 * @param {object} settings
 * @param {object} options
 * @param {Kind} [options.kind]
 * @param {AbortSignal} options.signal
 * @param {(wait: Wait) => void} options.onWait called every second while the server cannot take it
 * @param {Taken | null} [options.replaces] a run that this one stands in for, after a change of its settings
 * @param {boolean} [options.returns] whether the server said that it would be back: it is waited for, for a minute
 * @returns {Promise<any>} as the server describes it
 */
export async function requestRun(settings, { kind = RUN, signal, onWait, replaces = null, returns = false }) {
  const givesUpAt = returns ? performance.now() + 1000 * RETURN_S : 0;
  for (;;) {
    const response = await post(kind, settings, replaces, signal);
    if (response === null) {
      if (performance.now() >= givesUpAt) throw new RunRefused(`${AWAY} Is it still running, and are you online?`);
      onWait({ isWaking: false, message: AWAY, seconds: 1 });
      await sleep(1000, signal);
      continue;
    }
    const body = await response.json().catch((error) => {
      if (error.name === "AbortError") throw error;
      return {};
    });
    if (response.ok) {
      noTicketNeeded();
      return body;
    }
    const message = body.error?.message ?? `The server answered with status ${response.status}.`;
    if (response.status !== 503 && response.status !== 429) throw new RunRefused(message, body.error?.field);
    const isWaking = response.status === 503 && (await isAsleep(signal));
    const wait = Number(response.headers.get("Retry-After")) || USUAL_WAIT_S;
    for (let seconds = Math.max(1, Math.min(LONGEST_WAIT_S, wait)); seconds > 0; seconds -= 1) {
      onWait({ isWaking, message, seconds });
      await sleep(1000, signal);
    }
  }
}

/**
 * Send one request; null where the server cannot be reached.
 *
 * @param {Kind} kind
 * @param {object} settings
 * @param {Taken | null} replaces
 * @param {AbortSignal} signal
 */
async function post(kind, settings, replaces, signal) {
  const address = replaces ? `${kind.address}?replaces=${encodeURIComponent(replaces.id)}` : kind.address;
  const own = await ticketHeader();
  try {
    return await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...own },
      body: JSON.stringify(settings),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/**
 * Whether the engine or the database does not answer yet.
 *
 * @param {AbortSignal} signal
 */
async function isAsleep(signal) {
  try {
    return (await fetch(at("/readyz"), { signal, cache: "no-store" })).status === 503;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}

/**
 * Withdraw one viewer of a run; the same run may be on show in another tab.
 *
 * @param {Taken} run
 * @param {string} viewer name of the stream that is given up
 * @param {Kind} [kind]
 */
export function withdrawRun(run, viewer, kind = RUN) {
  const address = `${kind.address}/${encodeURIComponent(run.id)}?viewer=${viewer}`;
  fetch(address, { method: "DELETE", keepalive: true }).catch(() => {});
}
