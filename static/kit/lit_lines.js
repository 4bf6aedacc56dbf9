/** Lines of a sampler's source that run at a stage of the run: which they are, the page says in `data-lit`. */

import { findAll } from "./elements.js";

/**
 * Mark the lines of one sampler at one stage, and no others.
 *
 * @param {HTMLElement} section  that holds the sources, each with its `data-sampler`
 * @param {string | undefined} sampler
 * @param {string | null} stage  first, middle, last or done; null for no lines
 */
export function litLines(section, sampler, stage) {
  for (const line of findAll(section, ".line.lit", HTMLElement)) line.classList.remove("lit");
  const source = findAll(section, ".code-of", HTMLElement).find(({ dataset }) => dataset.sampler === sampler);
  const span = stage && new RegExp(`\\b${stage}:(\\d+)-(\\d+)`).exec(source?.dataset.lit ?? "");
  if (!source || !span) return;
  for (const line of findAll(source, ".line", HTMLElement)) {
    const number = Number(line.dataset.line);
    line.classList.toggle("lit", number >= Number(span[1]) && number <= Number(span[2]));
  }
}
