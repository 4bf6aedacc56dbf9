/** A pane that is covered until the learner uncovers it. */

import { findOptional } from "../../kit/elements.js";

/** @param {HTMLElement} element  the player */
export function letUncover(element) {
  const button = findOptional(element, "[data-role=uncover]", HTMLButtonElement);
  button?.addEventListener("click", () => {
    button.closest(".pane")?.classList.remove("is-covered");
    button.remove();
    element.querySelector("[data-role=panes]")?.dispatchEvent(new Event("uncovered", { bubbles: true }));
    /** @type {HTMLElement | null} */ (element.querySelector("[data-role=panes]"))?.focus({ preventScroll: true });
  });
}
