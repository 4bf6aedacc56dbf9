/** Options by single keys: A-E or 1-5 choose. practice.js finds the question that a key is for. */

import { findAll } from "../../kit/elements.js";

document.addEventListener("answer-key", (event) => {
  const { target, detail: key } = /** @type {CustomEvent<string>} */ (event);
  if (!(target instanceof Element)) return;
  const inputs = findAll(target, "[data-choice] input[name=option]", HTMLInputElement);
  const letter = "abcde".indexOf(key);
  const input = inputs[letter >= 0 ? letter : "12345".indexOf(key)];
  if (!input || input.disabled) return;
  input.checked = input.type === "radio" || !input.checked;
  input.focus();
  event.preventDefault();
});
