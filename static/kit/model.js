/** A model as the server reports it: looked up, and waited for while it wakes up. */

import { at } from "./site.js";
import { untilShown } from "./visibility.js";
import { sleep } from "./waiting.js";

const SOON_TRIES = 60;
const SOON_MS = 2000;
const LATER_MS = 15000; // once that many tries were in vain

/**
 * @typedef {object} ModelReport
 * @property {string} name
 * @property {boolean} ready
 * @property {string | null} fault why it cannot run
 * @property {string | null} device that it runs on
 * @property {number | null} rate rows of the network a second, where they were measured
 */

/**
 * Wait for a model that is ready; nobody asks while the page is hidden. Rejects with AbortError once `signal`
 * fires.
 *
 * @param {string} name
 * @param {object} options
 * @param {AbortSignal} options.signal
 * @param {(report: ModelReport) => void} options.onAsleep called with each report of a model that is not ready
 * @param {number} [options.everyMs] between two tries, for the first minutes
 * @returns {Promise<ModelReport>}
 */
export async function readyModel(name, { signal, onAsleep, everyMs = SOON_MS }) {
  for (let tries = 0; ; tries += 1) {
    await untilShown(signal);
    const model = await report(name);
    signal.throwIfAborted();
    if (model?.ready) return model;
    if (model) onAsleep(model);
    await sleep(tries < SOON_TRIES ? everyMs : LATER_MS, signal);
  }
}

/**
 * @param {string} name
 * @returns {Promise<ModelReport | null>} null where the server gives no answer, or knows no such model
 */
async function report(name) {
  try {
    const response = await fetch(at("/api/models"), { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!response.ok) return null;
    /** @type {ModelReport[]} */
    const models = await response.json();
    return models.find((model) => model.name === name) ?? null;
  } catch {
    return null;
  }
}
