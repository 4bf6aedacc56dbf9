// Practice by keyboard: a single key goes to the question it is meant for, Enter answers and goes on. Everything
// works without this file. What a key means to a question is known in the script of its kind, which hears
// "answer-key" on the question's form and prevents the default of the keys it takes.

const OFF = "practice-keys-off";
const TYPED_IN = "select, textarea, input:not([type=radio], [type=checkbox])";
let off = remembered();

// A browser may keep no storage for us; the choice then lasts as long as the page.
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
  for (const hint of document.querySelectorAll("[data-keys]")) {
    hint.hidden = false;
    hint.querySelector("[data-keys-off]").textContent = off ? "Turn keys on" : "Turn keys off";
  }
}

/** The question that has the focus, or the only one of the page. */
function questionFor(target) {
  const questions = document.querySelectorAll("[data-question]");
  return target.closest("[data-question]") ?? (questions.length === 1 ? questions[0] : null);
}

function answerOrGoOn(form) {
  if (form) {
    if (!new FormData(form).getAll("option").some(Boolean)) return false;
    form.requestSubmit();
    return true;
  }
  const next = document.querySelector("[data-next]");
  next?.click();
  return Boolean(next);
}

document.addEventListener("keydown", (event) => {
  if (off || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  const question = questionFor(event.target);
  if (!question) return;
  const form = question.querySelector("[data-answer]");
  if (event.key === "Enter") {
    const inControl = event.target.closest(`a, button, summary, ${TYPED_IN}`);
    if (!inControl && answerOrGoOn(form)) event.preventDefault();
    return;
  }
  if (!form || event.key.length !== 1 || event.target.closest(TYPED_IN)) return;
  const asked = new CustomEvent("answer-key", { detail: event.key, bubbles: true, cancelable: true });
  if (!form.dispatchEvent(asked)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-keys-off]")) return;
  off = !off;
  remember();
  showHints();
});

document.addEventListener("htmx:after:swap", showHints);
showHints();
