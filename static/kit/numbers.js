/**
 * Numbers as people write them in a field: with a decimal comma, or with the digits of another script; by the rules
 * of app/numbers.py. Fields of numbers are fields of text: a browser's own would take "1,5" for 15 and change under a
 * wheel. Their arrow keys are here.
 */

/** @type {Record<string, string>} */
const POINTS = { "\u066b": ".", "\uff0e": ".", "\uff0c": ",", "\u2212": "-", "\uff0d": "-", "\uff0b": "+" };
const MARKS = /[\u200e\u200f\u061c]/g;
const LONGEST = 32;
const NUMBER = /^[-+]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]{1,3})?$/;
const THOUSANDS = /^[-+]?[1-9][0-9]{0,2},[0-9]{3}$/;

/**
 * Return a number as JavaScript reads it, or "" where the text is no number, or not one alone: "1,500" is two.
 *
 * @param {string} text
 */
export function plainNumber(text) {
  if ([...text].length > LONGEST) return "";
  const plain = inAscii(text);
  return NUMBER.test(plain) && !THOUSANDS.test(plain) ? plain.replace(",", ".") : "";
}

/**
 * Say how a number is to be written, where this text could be read as two; a whole one takes no point.
 *
 * @param {string} text
 * @param {{ isWhole: boolean }} kind
 */
export function asWritten(text, { isWhole }) {
  const plain = inAscii(text);
  if (!THOUSANDS.test(plain)) return "";
  const without = `; write ${plain.replace(",", "")}`;
  return isWhole ? without : `${without}, or ${plain.replace(",", ".")}`;
}

/** @param {string} text */
export function decimalNumber(text) {
  const plain = plainNumber(text);
  return plain === "" ? NaN : Number(plain);
}

/** @param {string} text */
export function wholeNumber(text) {
  const plain = plainNumber(text);
  return /^[-+]?[0-9]+$/.test(plain) ? Number(plain) : NaN;
}

/** @param {string} text */
function inAscii(text) {
  return [...text.trim().replace(MARKS, "")].map((sign) => POINTS[sign] ?? digitOf(sign)).join("");
}

/**
 * Return the ASCII digit of a decimal digit of any script; another sign stays itself. Each script has its ten digits
 * in a row, and rows of digits of different scripts lie apart or begin at a multiple of ten from each other.
 *
 * @param {string} sign
 */
function digitOf(sign) {
  if (!/^\p{Nd}$/u.test(sign)) return sign;
  const code = sign.codePointAt(0) ?? 0;
  let first = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((code - first) % 10);
}

/**
 * Step a field of numbers by its arrow keys, as a browser's own field does.
 *
 * @param {KeyboardEvent} event
 */
function step(event) {
  const field = event.target;
  const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!by || !(field instanceof HTMLInputElement) || field.dataset.number === undefined || field.readOnly) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const now = decimalNumber(field.value);
  if (Number.isNaN(now)) return;
  event.preventDefault();
  const { least = "-Infinity", most = "Infinity" } = field.dataset;
  const next = Number((now + by).toFixed(6));
  field.value = String(Math.min(Number(most), Math.max(Number(least), next)));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("keydown", step);
