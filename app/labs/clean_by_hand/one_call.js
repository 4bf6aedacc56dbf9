/** Asking the server for the model's one call on the picture of a lab. */

import { decodePixels } from "../../kit/frames.js";

/**
 * @typedef {object} Answer
 * @property {Uint8Array} pixels of the model's guess
 * @property {number} error of it
 */

/**
 * @param {string} lesson its slug; empty on the lab's own page
 * @param {string} lab its id
 * @param {AbortSignal} signal
 * @returns {Promise<Answer | string>} the answer, or in words why there is none
 */
export async function askOnce(lesson, lab, signal) {
  let response;
  try {
    response = await fetch("/api/clean", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ lesson, lab }),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    return "The server cannot be reached.";
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return { pixels: decodePixels(body.estimate), error: body.rms_estimate };
  const message = body.error?.message ?? `the server answered with status ${response.status}`;
  const sentence = message[0].toUpperCase() + message.slice(1);
  return sentence.endsWith(".") ? sentence : `${sentence}.`;
}
