/** The page hidden and shown again, for work that pauses while nobody can see it. */

import { until } from "./waiting.js";

/**
 * Call `react` whenever the page is hidden or shown, until `signal` fires.
 *
 * @param {(isHidden: boolean) => void} react
 * @param {AbortSignal} signal
 */
export function onVisibility(react, signal) {
  document.addEventListener("visibilitychange", () => react(document.hidden), { signal });
}

/**
 * Wait until the page is not hidden.
 *
 * @param {AbortSignal} signal
 */
export function untilShown(signal) {
  return until(signal, (resolve) => {
    const look = () => {
      if (!document.hidden) resolve();
    };
    document.addEventListener("visibilitychange", look);
    look();
    return () => document.removeEventListener("visibilitychange", look);
  });
}
