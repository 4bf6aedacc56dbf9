/** Which letter or digit a key press means, on any keyboard: by what it types, else by the key's place. */

/**
 * Return a small Latin letter, a digit from 0 to 9, or what the key types otherwise.
 *
 * A keyboard of another script has no Latin letters, and a French one no digits without Shift; there the key counts
 * that lies where a Latin keyboard has them.
 *
 * @param {KeyboardEvent} event
 */
export function latinKey({ key, code }) {
  if (/^[a-z0-9]$/i.test(key)) return key.toLowerCase();
  const place = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(code);
  return place ? (place[1] ?? place[2]).toLowerCase() : key;
}
