/** A schedule as a table of its scales at every place of the slider, computed by `app/diffusion/schedules.py`. */

/**
 * How much signal and noise there is.
 *
 * @typedef {object} Level
 * @property {number} t
 * @property {number} signal signal_scale
 * @property {number} noise noise_scale
 */

/**
 * @typedef {object} Table
 * @property {string} scales every signal_scale, then every noise_scale, as float32 in base64
 * @property {boolean} preserves whether the squares of the two always add up to 1
 */

/**
 * Return the bytes of a base64 text.
 *
 * @param {string} text
 */
export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/**
 * Signal-to-noise ratio in decibels, for data of variance 1; infinite where there is no noise or no signal.
 *
 * @param {Level} level
 */
export function decibels({ signal, noise }) {
  return 20 * Math.log10(signal / noise);
}

export class Schedule {
  /**
   * @param {Float32Array} signal signal_scale at even times from 0 to 1
   * @param {Float32Array} noise noise_scale likewise
   * @param {boolean} preserves whether the squares of the two always add up to 1
   */
  constructor(signal, noise, preserves) {
    this.signal = signal;
    this.noise = noise;
    this.preserves = preserves;
    this.last = signal.length - 1;
  }

  /** @param {Table} table */
  static of({ scales, preserves }) {
    const values = new Float32Array(bytesOf(scales).buffer);
    const half = values.length / 2;
    return new Schedule(values.subarray(0, half), values.subarray(half), preserves);
  }

  /**
   * Return the level at a place of the slider.
   *
   * @param {number} position from 0 to `last`
   * @returns {Level}
   */
  at(position) {
    return { t: position / this.last, signal: this.signal[position], noise: this.noise[position] };
  }

  /** Every level of the table. */
  levels() {
    return Array.from(this.signal, (_, position) => this.at(position));
  }

  /**
   * Return the level with the same ratio of signal to noise as another one, or the last where none has so much
   * noise. Between two places of the table, the angle whose tangent is sigma is taken as growing evenly; its
   * time is then off by less than 0.001.
   *
   * @param {Level} level
   * @returns {Level}
   */
  matching(level) {
    const sought = angle(level);
    let [low, high] = [0, this.last];
    if (sought >= angle(this.at(high))) return this.at(high);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (angle(this.at(middle)) <= sought) low = middle;
      else high = middle;
    }
    const [before, after] = [this.at(low), this.at(high)];
    const share = (sought - angle(before)) / (angle(after) - angle(before));
    const length = between(Math.hypot(before.signal, before.noise), Math.hypot(after.signal, after.noise), share);
    return {
      t: between(before.t, after.t, share),
      signal: length * Math.cos(sought),
      noise: length * Math.sin(sought),
    };
  }
}

/** @param {Level} level  of which sigma is the tangent */
function angle({ signal, noise }) {
  return Math.atan2(noise, signal);
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} share
 */
function between(from, to, share) {
  return from + share * (to - from);
}
