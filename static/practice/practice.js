/**
 * Practice by keyboard: a single key goes to the question it is meant for, Enter answers and goes on. Everything
 * works without this file. What a key means to a question is known in the script of its kind, which listens for
 * "answer-key" on the question's form and prevents the default of the keys it takes.
 */

import "./failed_actions.js";
import { latinKey } from "../kit/keys.js";
import { find, findAll, findOptional } from "../kit/elements.js";

const OFF = "practice-keys-off";
const TYPED_IN = "select, textarea, input:not([type=radio], [type=checkbox])";
let off = remembered();

/** A browser may keep no storage for the site; the choice then lasts as long as the page. */
function remembered() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function remember() {
  try {
    localStorage.setItem(OFF, off ? "1" : "0");
  } catch {
    // nothing is kept
  }
}

function showHints() {
  if (matchMedia("(hover: none) and (pointer: coarse)").matches) return; // a touch screen, without keys
  for (const hint of findAll(document, "[data-keys]", HTMLElement)) {
    hint.hidden = false;
    find(hint, "[data-keys-off]", HTMLButtonElement).textContent = off ? "Turn keys on" : "Turn keys off";
  }
}

/**
 * The question that has the focus, or the only one of the page, unless that is a page of something else.
 *
 * @param {Element} target
 */
function questionFor(target) {
  const questions = document.querySelectorAll("[data-question]");
  const only = questions.length === 1 && !questions[0].closest("[data-in-text]") ? questions[0] : null;
  return target.closest("[data-question]") ?? only;
}

/**
 * @param {HTMLFormElement | null} form  of a question that can be answered
 * @returns {boolean} there was something to do
 */
function answerOrGoOn(form) {
  if (form) {
    if (!new FormData(form).getAll("option").some(Boolean)) return false;
    form.requestSubmit();
    return true;
  }
  const next = findOptional(document, "[data-next]", HTMLElement);
  next?.click();
  return Boolean(next);
}

document.addEventListener("keydown", (event) => {
  if (off || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  const { target } = event;
  const question = target instanceof Element ? questionFor(target) : null;
  if (!(target instanceof Element) || !question) return;
  const form = findOptional(question, "[data-answer]", HTMLFormElement);
  if (event.key === "Enter") {
    const inControl = target.closest(`a, button, summary, ${TYPED_IN}`);
    if (!inControl && answerOrGoOn(form)) event.preventDefault();
    return;
  }
  const key = latinKey(event);
  if (!form || key.length !== 1 || target.closest(TYPED_IN)) return;
  const asked = new CustomEvent("answer-key", { detail: key, bubbles: true, cancelable: true });
  if (!form.dispatchEvent(asked)) event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element) || !target.closest("[data-keys-off]")) return;
  off = !off;
  remember();
  showHints();
});

document.addEventListener("htmx:after:swap", showHints);
showHints();
