/** What a page needs on paper: addresses with their host, and a button that prints. */

import { findAll } from "../kit/elements.js";

for (const link of findAll(document, "a[data-address]", HTMLAnchorElement)) link.textContent = link.href;

for (const button of findAll(document, "[data-print-page]", HTMLButtonElement)) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
