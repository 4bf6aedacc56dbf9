/** Labs that hold streams: when one starts, the others of the page stop, so that a page has no more than it shows. */

const STARTS = "lab:starts";

/**
 * Tell the other labs of the page that this one starts.
 *
 * @param {Element} element
 */
export function tellStart(element) {
  element.dispatchEvent(new Event(STARTS, { bubbles: true }));
}

/**
 * Call `react` whenever another lab of the page starts, until `signal` fires.
 *
 * @param {Element} element  the lab that is told
 * @param {() => void} react
 * @param {AbortSignal} signal
 */
export function onOtherStart(element, react, signal) {
  document.addEventListener(STARTS, ({ target }) => target !== element && react(), { signal });
}
