/** The numbers of a frame as text, for the read-outs under the scrubber. */

import { noisePercent } from "./description.js";

/** @import { Frame } from "../../kit/frames.js" */

/**
 * @param {number} value
 * @param {number} [digits] after the point
 */
export function figures(value, digits = 3) {
  return Number.isFinite(value) ? value.toFixed(digits).replace("-", "−") : "–";
}

/** @param {Frame} frame */
function sigma(frame) {
  const ratio = frame.noise_scale / frame.signal_scale;
  return ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 10 ? 1 : 3);
}

/**
 * Return what each read-out says, by its name.
 *
 * @param {Frame} frame
 * @param {number} steps of the run
 */
export function readings(frame, steps) {
  return {
    step: `${frame.step} / ${steps}`,
    noise: `${noisePercent(frame)} %`,
    t: figures(frame.t),
    alpha_bar: frame.alpha_bar === null ? "–" : figures(frame.alpha_bar),
    sigma: sigma(frame),
    snr: frame.snr_db === null ? "∞ dB" : `${figures(frame.snr_db, 1)} dB`,
  };
}
