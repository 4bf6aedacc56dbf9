// A prompt read against a model's vocabulary, as the server reads it (app/prompts.py) for every word it can know:
// for marks while typing, and for what a run costs.

const LETTER = "\\p{L}\\p{N}";
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const WORD = `[${LETTER}]+(?:['’][${LETTER}]+)*`;
const SIGNS = `[^${LETTER}_${SPACE}.,;:!?'’"“”()\\-–—…/]+`;
const PIECES = new RegExp(`${WORD}|${SIGNS}|_+`, "gu");
const ANY = "other"; // the kind of words that go with any others
const CONTRADICTING = ["time", "side"]; // kinds of which only one can hold; two of any other merely compete

export class Vocabulary {
  // `words`: kind -> entries, each a list of words that mean the same; `max_words`: how many a model reads.
  constructor({ words, max_words: maxWords }) {
    this.maxWords = maxWords;
    this.entries = new Map(); // word -> { kind, name }
    for (const [kind, entries] of Object.entries(words)) {
      for (const entry of entries) {
        for (const word of entry) this.entries.set(word, { kind, name: entry[0] });
      }
    }
  }

  read(text) {
    const pieces = plain(text).match(PIECES) ?? [];
    const known = pieces.filter((piece) => this.entries.has(piece));
    const words = known.slice(0, this.maxWords);
    return {
      words,
      names: words.map((word) => this.entries.get(word).name),
      unknown: [...new Set(pieces.filter((piece) => !this.entries.has(piece)))],
      unread: known.length - words.length,
      ...this.rivals(words),
    };
  }

  // The words of each kind of which more than one entry is named.
  rivals(words) {
    const said = new Map();
    for (const word of words) {
      const { kind, name } = this.entries.get(word);
      if (!said.has(kind)) said.set(kind, new Map());
      if (!said.get(kind).has(name)) said.get(kind).set(name, word);
    }
    const found = [...said].filter(([kind, named]) => kind !== ANY && named.size > 1);
    const of = (isContradicting) =>
      found
        .filter(([kind]) => CONTRADICTING.includes(kind) === isContradicting)
        .map(([, named]) => [...named.values()]);
    return { contradictions: of(true), competing: of(false) };
  }

  // Whether more letters could make a known word of this, or another one.
  begins(text) {
    const begun = plain(text);
    return [...this.entries.keys()].some((word) => word !== begun && word.startsWith(begun));
  }
}

// Letters that differ in form only, brought to one form. JavaScript has no case folding; these two letters
// are what lower case leaves of it.
function plain(text) {
  return text.normalize("NFKC").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ");
}
