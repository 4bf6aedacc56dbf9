/** The frames of a run: decoded once as they arrive and kept in the browser, so that scrubbing asks no server. */

/** @typedef {"x_t" | "x0_hat" | "eps_hat"} Pane  a picture of a frame */

/** @type {readonly Pane[]} */
export const PANES = ["x_t", "x0_hat", "eps_hat"];

/**
 * @typedef {object} Frame
 * @property {number} step
 * @property {number} t
 * @property {number} signal_scale
 * @property {number} noise_scale
 * @property {number | null} alpha_bar null where the scales do not keep the variance
 * @property {number | null} snr_db null where there is no noise
 * @property {string} stage of the sampler's code: first, middle, last or done
 * @property {number} calls of the network so far
 * @property {Record<string, number> | null} row factors of the step that follows; null on the last frame
 * @property {Uint8Array} x_t pixels of all pictures: count, height, width, channels
 * @property {Uint8Array} x0_hat
 * @property {Uint8Array} eps_hat
 * @property {Uint8Array} [attention] levels of all maps: count, words, height, width
 * @property {number[][]} [attention_peaks] for each picture and word, the share at its map's highest point
 */

/**
 * @param {string} text bytes in base64
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function decodePixels(text) {
  const { fromBase64 } = /** @type {{ fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }} */ (Uint8Array);
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/**
 * Read a frame's event, with its pictures, and its maps of attention if it has any, as bytes.
 *
 * @param {string} data
 * @returns {Frame}
 */
export function readFrame(data) {
  const frame = JSON.parse(data);
  for (const pane of PANES) frame[pane] = decodePixels(frame[pane]);
  if (frame.attention) frame.attention = decodePixels(frame.attention);
  return frame;
}

export class FrameStore {
  /** @param {number} [steps] of the run */
  constructor(steps = 0) {
    this.steps = steps;
    /** @type {Frame[]} */
    this.frames = [];
  }

  /**
   * Keep a frame. Returns false for one that was here already or that leaves a gap; it is dropped.
   *
   * @param {Frame} frame
   */
  add(frame) {
    if (frame.step !== this.frames.length) return false;
    this.frames.push(frame);
    return true;
  }

  /** @param {number} step */
  get(step) {
    return this.frames[step];
  }

  get received() {
    return this.frames.length;
  }
}
