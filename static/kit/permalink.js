/** The state of a plate in the page's address, after the #: `#PLATE?NAME=VALUE&NAME=VALUE`. */

/** Some programs that people send links with cut longer ones. */
const LONGEST = 2000;

/**
 * Write the fragment of a state; null where it would be too long for a link.
 *
 * @param {string} plate  id of the plate
 * @param {Record<string, string | number | boolean>} state  by name, in the order of the link
 * @returns {string | null}
 */
export function encode(plate, state) {
  const texts = Object.entries(state).map(([name, value]) => [name, String(value)]);
  const hash = `#${plate}?${new URLSearchParams(texts)}`;
  return hash.length <= LONGEST ? hash : null;
}

/**
 * Read the state of a plate from a fragment; null where it is not of this plate, or too long.
 *
 * @param {string} plate
 * @param {string} hash
 * @returns {Map<string, string> | null}  texts by name; of a name that is given twice, the last
 */
export function decode(plate, hash) {
  const start = `#${plate}?`;
  if (!hash.startsWith(start) || hash.length > LONGEST) return null;
  return new Map(new URLSearchParams(hash.slice(start.length)));
}
