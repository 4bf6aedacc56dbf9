/** How fast the server trains: asked once, so that on a slow machine fewer updates are set to begin with. */

import { at } from "../../kit/site.js";
import { sleep } from "../../kit/waiting.js";

const REPORTS = 20; // of a training, about
const TRIES = 20;
const EVERY_MS = 3000; // while the engine wakes up

export class Pace {
  /**
   * @param {number} updateSeconds
   * @param {number} reportSeconds
   */
  constructor(updateSeconds, reportSeconds) {
    this.updateSeconds = updateSeconds;
    this.reportSeconds = reportSeconds;
  }

  /** @param {number} updates  of a training that nobody else trains beside */
  seconds(updates) {
    return updates * this.updateSeconds + REPORTS * this.reportSeconds;
  }

  /** @param {number} seconds  that a training may take */
  updatesWithin(seconds) {
    return (seconds - REPORTS * this.reportSeconds) / this.updateSeconds;
  }
}

/** @type {Promise<Pace | null> | null} */
let asked = null;

/**
 * How fast the server trains, asked once for all plates of the page.
 *
 * @returns {Promise<Pace | null>} null where its engine did not answer
 */
export function knownPace() {
  asked ??= askPace(new AbortController().signal);
  return asked;
}

/**
 * Ask the server, until its engine answers or the tries are used up.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<Pace | null>}
 */
async function askPace(signal) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      const response = await fetch(at("/api/trainings"), { headers: { Accept: "application/json" }, signal });
      const { update_seconds: update, report_seconds: report } = response.ok ? await response.json() : {};
      if (update) return new Pace(update, report);
      await sleep(EVERY_MS, signal);
    } catch {
      if (signal.aborted) return null;
      await sleep(EVERY_MS, signal).catch(() => {});
    }
  }
  return null;
}
