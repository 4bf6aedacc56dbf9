/**
 * A page asks for the learner's progress again when it comes back from the browser's memory, when a question
 * in it was answered, and when something was predicted.
 */

import { at } from "../kit/site.js";

function askAgain() {
  for (const place of document.querySelectorAll(`[hx-get^='${at("/fragments/progress")}']`)) {
    place.dispatchEvent(new Event("again"));
  }
}

document.addEventListener("prediction:made", askAgain);

addEventListener("pageshow", ({ persisted }) => {
  if (persisted) askAgain();
});

document.addEventListener("htmx:after:swap", ({ target }) => {
  if (target instanceof Element && target.closest("[data-in-text]")) askAgain();
});
