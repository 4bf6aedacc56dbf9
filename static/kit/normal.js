/**
 * Standard normal noise of a seed: the very values with which the server begins a picture of this seed, by the
 * ziggurat of numpy's `Generator.standard_normal(dtype=float32)`. A test holds them to numpy's.
 *
 * Reference: Marsaglia & Tsang 2000, "The ziggurat method for generating random variables", with 256 layers.
 */

import { Philox, keyOf } from "./philox.js";

const LAYERS = 256;
const TAIL = 3.6541528853610088; // where the lowest layer ends and the tail begins
const AREA = 0.004928673233974655; // of each layer
const UNIT = 2 ** 23; // heights within a layer are integers below this

/** @param {number} x */
function bell(x) {
  return Math.exp(-0.5 * x * x);
}

/** The layers: how wide a unit is in each, below which integer a point is surely under the curve, and heights. */
function makeLayers() {
  const width = new Float32Array(LAYERS);
  const sure = new Uint32Array(LAYERS);
  const height = new Float32Array(LAYERS);
  const lowest = AREA / bell(TAIL);
  width[0] = lowest / UNIT;
  sure[0] = Math.round((TAIL / lowest) * UNIT);
  height[0] = 1;
  for (let layer = LAYERS - 1, x = TAIL; layer > 0; layer -= 1) {
    const above = layer > 1 ? Math.sqrt(-2 * Math.log(AREA / x + bell(x))) : 0;
    width[layer] = x / UNIT;
    sure[layer] = Math.round((above / x) * UNIT);
    height[layer] = bell(x);
    x = above;
  }
  return { width, sure, height };
}

const { width, sure, height } = makeLayers();

/** @param {Philox} bits  from 0 to below 1, of 24 bits */
function uniform(bits) {
  return (bits.next() >>> 8) / 2 ** 24;
}

/** @param {Philox} bits */
function one(bits) {
  for (;;) {
    const word = bits.next();
    const layer = word & 0xff;
    const isNegative = word & 0x100;
    const across = word >>> 9;
    const size = Math.fround(across * width[layer]);
    const x = isNegative ? -size : size;
    if (across < sure[layer]) return x;
    if (layer === 0) return tail(bits, (across & 0x100) !== 0);
    const thick = Math.fround(height[layer - 1] - height[layer]);
    const up = Math.fround(Math.fround(thick * uniform(bits)) + height[layer]);
    if (up < bell(x)) return x;
  }
}

/**
 * @param {Philox} bits
 * @param {boolean} isNegative
 */
function tail(bits, isNegative) {
  for (;;) {
    const beyond = -Math.log1p(-uniform(bits)) / TAIL;
    const up = -Math.log1p(-uniform(bits));
    if (2 * up > beyond * beyond) return isNegative ? -(TAIL + beyond) : TAIL + beyond;
  }
}

/**
 * Return the first `count` values of a picture's noise.
 *
 * @param {number} seed from 0 to below 2^53
 * @param {number} index of the picture in its run
 * @param {number} count
 */
export function normalNoise(seed, index, count) {
  const bits = new Philox(keyOf(seed, index));
  return Float32Array.from({ length: count }, () => one(bits));
}
