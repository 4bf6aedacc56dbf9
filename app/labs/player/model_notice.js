/** What the model behind a plate has to say: that it wakes up, then where it runs and how fast. */

import { findOptional } from "../../kit/elements.js";
import { readyModel } from "../../kit/model.js";

/** @import { Status } from "../../kit/status.js" */

const WAKING_TEXT =
  "The model is waking up. You can press the button now; the run starts when the model is ready.";

/**
 * Look a model up, and say on an idle plate that it wakes up until it is ready.
 *
 * @param {HTMLElement} element  the player, whose plate names the device
 * @param {string} name
 * @param {object} options
 * @param {AbortSignal} options.signal
 * @param {Status} options.status
 * @param {(rate: number | null | undefined) => void} options.onReady  `rate` in rows of the network a second
 */
export function lookUpModel(element, name, { signal, status, onReady }) {
  readyModel(name, {
    signal,
    onAsleep: ({ fault }) => {
      const text = fault ? `The model cannot run: ${fault}` : WAKING_TEXT;
      if (status.state === "idle") status.set("idle", text);
    },
  }).then(
    ({ rate, device }) => {
      const plate = element.parentElement;
      const place = plate && findOptional(plate, "[data-role=device]", HTMLElement);
      if (place && device) place.textContent = ` Runs on: ${device}.`;
      onReady(rate);
    },
    () => {}, // the player is gone
  );
}
