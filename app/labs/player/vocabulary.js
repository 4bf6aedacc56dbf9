/**
 * A prompt read against a model's vocabulary, as the server reads it (app/prompts.py) for every word it can know:
 * for marks while typing, and for what a run costs.
 */

const LETTER = "\\p{L}\\p{N}";
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const WORD = `[${LETTER}]+(?:['’][${LETTER}]+)*`;
const SIGNS = `[^${LETTER}_${SPACE}.,;:!?'’"“”()\\-–—…/]+`;
const PIECES = new RegExp(`${WORD}|${SIGNS}|_+`, "gu");
const ANY = "other"; // the kind of words that go with any others
const CONTRADICTING = ["time", "side"]; // kinds of which only one can hold; two of any other merely compete

/**
 * @typedef {object} Rules  of a model's prompts
 * @property {Record<string, string[][]>} words entries of each kind, each a list of words that mean the same
 * @property {number} max_words that the model reads
 */

/**
 * @typedef {object} Reading  of a prompt
 * @property {string[]} words that the model reads
 * @property {string[]} names of their entries
 * @property {string[]} unknown
 * @property {number} unread known words beyond those that the model reads
 * @property {string[][]} contradictions
 * @property {string[][]} competing
 */

export class Vocabulary {
  /** @param {Rules} rules */
  constructor({ words, max_words: maxWords }) {
    this.maxWords = maxWords;
    /** @type {Map<string, { kind: string, name: string }>} */
    this.entries = new Map(); // by word
    for (const [kind, entries] of Object.entries(words)) {
      for (const entry of entries) {
        for (const word of entry) this.entries.set(word, { kind, name: entry[0] });
      }
    }
  }

  /**
   * @param {string} text
   * @returns {Reading}
   */
  read(text) {
    /** @type {string[]} */
    const pieces = plain(text).match(PIECES) ?? [];
    const known = pieces.flatMap((word) => {
      const entry = this.entries.get(word);
      return entry ? [{ word, ...entry }] : [];
    });
    const read = known.slice(0, this.maxWords);
    return {
      words: read.map(({ word }) => word),
      names: read.map(({ name }) => name),
      unknown: [...new Set(pieces.filter((piece) => !this.entries.has(piece)))],
      unread: known.length - read.length,
      ...rivals(read),
    };
  }

  /**
   * Whether more letters could make a known word of this, or another one.
   *
   * @param {string} text
   */
  begins(text) {
    const begun = plain(text);
    return [...this.entries.keys()].some((word) => word !== begun && word.startsWith(begun));
  }
}

/**
 * The words of each kind of which more than one entry is named.
 *
 * @param {{ word: string, kind: string, name: string }[]} read
 */
function rivals(read) {
  /** @type {Map<string, Map<string, string>>} */
  const said = new Map(); // kind -> name of an entry -> the word that named it first
  for (const { word, kind, name } of read) {
    const named = said.get(kind) ?? new Map();
    if (!named.has(name)) named.set(name, word);
    said.set(kind, named);
  }
  const found = [...said].filter(([kind, named]) => kind !== ANY && named.size > 1);
  const of = (/** @type {boolean} */ isContradicting) =>
    found
      .filter(([kind]) => CONTRADICTING.includes(kind) === isContradicting)
      .map(([, named]) => [...named.values()]);
  return { contradictions: of(true), competing: of(false) };
}

/**
 * Bring letters that differ in form only to one form. JavaScript has no case folding; these two letters are
 * what lower case leaves of it.
 *
 * @param {string} text
 */
function plain(text) {
  return text.normalize("NFKC").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ");
}
