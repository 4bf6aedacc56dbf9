/** Reports of a training, as the server sends them: app/engine/points/progress.py says what is in them. */

import { bytesOf } from "../../kit/schedule.js";

/**
 * @typedef {object} Report
 * @property {number} update how many updates were made
 * @property {number} updates of the whole training
 * @property {number[]} validation mean squared error at each level
 * @property {Print[]} prints what the loop printed since the report before: the first updates alone
 * @property {Float32Array} samples x and y of each
 * @property {Float32Array[]} ways of some samples, from noise on: x and y of each place
 * @property {Float32Array[]} guesses at the places of a grid, for each of `Beginning.guessTimes`
 */

/** @typedef {{ t: number | null, loss: number, exact: number }} Print  `exact`: that of the exact denoiser */

/**
 * @typedef {object} Beginning  what comes with the first report and stays
 * @property {number[]} levels t of each
 * @property {number[]} floor error of the exact denoiser at each level
 * @property {number[]} blindFloor the same where the level is not told
 * @property {Float32Array} data x and y of points to learn from
 * @property {number[]} guessTimes
 * @property {Float32Array} grid x and y of the places of guesses
 */

/** The reports of one training that have come, and what came with the first. */
export class Reports {
  constructor() {
    /** @type {Report[]} */
    this.all = [];
    /** @type {Beginning | null} */
    this.beginning = null;
    this.steps = 0; // of a way from noise to a sample
  }

  /** @param {string} text  of the next event */
  add(text) {
    const content = JSON.parse(text);
    if (content.levels) this.begin(content);
    if (!this.beginning) throw new Error("the first report of a training has not come");
    const ways = halves(content.trajectories);
    this.all.push({
      update: content.update,
      updates: content.updates,
      validation: content.validation,
      prints: content.prints.map(printed),
      samples: halves(content.samples),
      ways: parts(ways, ways.length / (2 * (this.steps + 1))),
      guesses: parts(halves(content.field), this.beginning.guessTimes.length),
    });
  }

  /** @param {any} content  of the first event */
  begin(content) {
    this.steps = content.steps;
    this.beginning = {
      levels: content.levels,
      floor: content.floor,
      blindFloor: content.blind_floor,
      data: halves(content.data),
      guessTimes: content.field_times,
      grid: gridOf(content.field_side, content.field_edge),
    };
  }

  get last() {
    return this.all.length - 1;
  }

  /**
   * Return the report with this number, or the last one where it has not come.
   *
   * @param {number} number
   */
  at(number) {
    return this.all[Math.min(number, this.last)];
  }

  /** What the loop printed so far, up to a report. */
  prints(number = this.last) {
    return this.all.slice(0, number + 1).flatMap((report) => report.prints);
  }
}

/**
 * @param {[number | null, number, number]} print
 * @returns {Print}
 */
function printed([t, loss, exact]) {
  return { t, loss, exact };
}

/** @param {readonly number[]} values */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Decode little-endian float16 in base64.
 *
 * @param {string} text
 */
function halves(text) {
  const bytes = bytesOf(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 2 }, (_, index) => half(view.getUint16(2 * index, true)));
}

/** @param {number} bits */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

/**
 * @param {Float32Array} values
 * @param {number} count of equal parts
 */
function parts(values, count) {
  const length = values.length / count;
  return Array.from({ length: count }, (_, part) => values.subarray(part * length, (part + 1) * length));
}

/**
 * @param {number} side
 * @param {number} edge
 */
function gridOf(side, edge) {
  const places = Array.from({ length: side }, (_, index) => edge * ((2 * index) / (side - 1) - 1));
  return Float32Array.from(places.flatMap((y) => places.flatMap((x) => [x, y])));
}
