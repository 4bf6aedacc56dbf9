/**
 * The random bits of a seed, the same as those of `app/diffusion/seeds.py`: numpy's SeedSequence spreads the
 * seed over a key, and Philox4x64-10 makes bits out of the key and a counter.
 *
 * References: O'Neill 2015, "Developing a seed_seq alternative"; Salmon et al. 2011, "Parallel random numbers:
 * as easy as 1, 2, 3".
 */

const POOL = 4; // words of 32 bits
const SHIFT = 16;
const ROUNDS = 10;
const MASK = (1n << 64n) - 1n;
const MULTIPLIERS = [0xd2e7470ee14c6c93n, 0xca5a826395121157n];
const WEYL = [0x9e3779b97f4a7c15n, 0xbb67ae8584caa73bn];

/** @typedef {readonly [bigint, bigint]} Key  two words of 64 bits */

/**
 * A hash of 32 bits whose constant changes with every word that it is given.
 *
 * @param {number} constant
 * @param {number} multiplier
 */
function hasher(constant, multiplier) {
  let salt = constant;
  /** @param {number} word */
  return (word) => {
    const salted = word ^ salt;
    salt = Math.imul(salt, multiplier);
    return folded(Math.imul(salted, salt));
  };
}

/** @param {number} word */
function folded(word) {
  return (word ^ (word >>> SHIFT)) >>> 0;
}

/**
 * @param {number} left
 * @param {number} right
 */
function mixed(left, right) {
  return folded(Math.imul(0xca01f9dd, left) - Math.imul(0x4973f715, right));
}

/**
 * Return the key of a picture: that of `SeedSequence(seed, spawn_key=(index,))`.
 *
 * @param {number} seed from 0 to below 2^53
 * @param {number} index of the picture in its run
 * @returns {Key}
 */
export function keyOf(seed, index) {
  const entropy = [seed >>> 0, Math.floor(seed / 2 ** 32), 0, 0]; // padded with zeros to the size of the pool
  const hash = hasher(0x43b0d7e5, 0x931e8875);
  const pool = entropy.map(hash);
  for (let from = 0; from < POOL; from += 1) {
    for (let to = 0; to < POOL; to += 1) {
      if (from !== to) pool[to] = mixed(pool[to], hash(pool[from]));
    }
  }
  for (let to = 0; to < POOL; to += 1) pool[to] = mixed(pool[to], hash(index));
  const words = pool.map(hasher(0x8b51f9dd, 0x58f38ded)).map(BigInt);
  return [words[0] | (words[1] << 32n), words[2] | (words[3] << 32n)];
}

export class Philox {
  /** @param {Key} key */
  constructor(key) {
    this.key = key;
    this.block = 0n; // which block of 256 bits was made last
    /** @type {number[]} words of 32 bits that are still to be given out, the next one last */
    this.words = [];
  }

  /** Return the next 32 bits. */
  next() {
    if (!this.words.length) this.refill();
    return /** @type {number} */ (this.words.pop());
  }

  refill() {
    this.block += 1n;
    const words = scrambled([this.block, 0n, 0n, 0n], this.key);
    this.words = words.flatMap((word) => [Number(word & 0xffffffffn), Number(word >> 32n)]).reverse();
  }
}

/**
 * @param {readonly bigint[]} counter four words of 64 bits
 * @param {Key} key
 */
function scrambled(counter, key) {
  let [a, b, c, d] = counter;
  let [left, right] = key;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [first, second] = [MULTIPLIERS[0] * a, MULTIPLIERS[1] * c];
    [a, b, c, d] = [(second >> 64n) ^ b ^ left, second & MASK, (first >> 64n) ^ d ^ right, first & MASK];
    left = (left + WEYL[0]) & MASK;
    right = (right + WEYL[1]) & MASK;
  }
  return [a, b, c, d];
}
