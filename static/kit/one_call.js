/** Asking the server for one call of a model on the picture of a lab. */

import { at } from "./site.js";

/**
 * @param {string} address from the site's own root on
 * @param {Record<string, string | number>} which the lab, by its lesson and id, and what was chosen there
 * @param {AbortSignal} signal
 * @returns {Promise<Record<string, any> | string>} the answer, or in words why there is none
 * @throws {DOMException} the signal fired
 */
export async function askOnce(address, which, signal) {
  let response;
  try {
    response = await fetch(at(address), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(which),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    return "The server cannot be reached.";
  }
  let body;
  try {
    body = await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    if (response.ok) return "The answer did not come whole.";
    body = {};
  }
  if (response.ok) return body;
  const message = body.error?.message ?? `the server answered with status ${response.status}`;
  const sentence = message[0].toUpperCase() + message.slice(1);
  return sentence.endsWith(".") ? sentence : `${sentence}.`;
}
