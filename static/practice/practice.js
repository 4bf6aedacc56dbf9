// Practice by keyboard: A-E or 1-5 choose, Enter answers and goes on. Everything works without this file.

const OFF = "practice-keys-off";
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

function showHint() {
  const hint = document.querySelector("[data-keys]");
  if (!hint) return;
  hint.hidden = false;
  const button = hint.querySelector("[data-keys-off]");
  button.textContent = off ? "Turn keys on" : "Turn keys off";
}

function choose(index) {
  const input = document.querySelectorAll("[data-answer] input[name=option]")[index];
  if (!input) return false;
  if (input.type === "checkbox") input.checked = !input.checked;
  else input.checked = true;
  input.focus();
  return true;
}

function answerOrGoOn() {
  const form = document.querySelector("[data-answer]");
  if (form) {
    if (!form.querySelector("input[name=option]:checked")) return false;
    form.requestSubmit();
    return true;
  }
  const next = document.querySelector("[data-next]");
  next?.click();
  return Boolean(next);
}

document.addEventListener("keydown", (event) => {
  if (off || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  const inControl = event.target.closest("a, button, select, textarea, summary, input:not([name=option])");
  if (event.key === "Enter") {
    if (!inControl && answerOrGoOn()) event.preventDefault();
    return;
  }
  if (event.target.closest("select, textarea, input:not([name=option])")) return;
  const letter = "abcde".indexOf(event.key.toLowerCase());
  const index = letter >= 0 ? letter : "12345".indexOf(event.key);
  if (event.key.length === 1 && index >= 0 && choose(index)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-keys-off]")) return;
  off = !off;
  remember();
  showHint();
});

document.addEventListener("htmx:after:swap", showHint);
showHint();
