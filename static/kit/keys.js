/** Which letter or digit a key press means, on any keyboard: by what it types, or by place in another script. */

/**
 * Return a small Latin letter, a digit from 0 to 9, or what the key types otherwise.
 *
 * A keyboard of another script has no Latin letters; there the key counts that lies where a Latin keyboard has them.
 * What a Latin keyboard types counts as it is: Dvorak has "." and French "&" and "é" where others have letters and
 * digits.
 *
 * @param {KeyboardEvent} event
 */
export function latinKey({ key, code }) {
  if (/^[a-z0-9]$/i.test(key)) return key.toLowerCase();
  if (/[\p{ASCII}\p{Script=Latin}]/u.test(key)) return key;
  const place = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(code);
  return place ? (place[1] ?? place[2]).toLowerCase() : key;
}
