/** Bringing what was started into view, wherever the press was. */

/**
 * Scroll so far that both parts are in view, the first one at the top; not at all where they are already.
 *
 * @param {Element} first
 * @param {Element} last
 * @param {{ isCalm: boolean }} how  `isCalm`: at once, without movement
 */
export function bringIntoView(first, last, { isCalm }) {
  const [from, to] = [first.getBoundingClientRect(), last.getBoundingClientRect()];
  if (from.top >= 0 && to.bottom <= innerHeight) return;
  first.scrollIntoView({ block: "start", behavior: isCalm ? "auto" : "smooth" });
}
