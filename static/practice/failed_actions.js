/**
 * What was pressed and failed says so where it was pressed. What was chosen stays, and it can be pressed again: an
 * answer that is no question, from our server or from one before it, takes no question's place.
 */

const UNREACHABLE = "The server cannot be reached. Nothing is lost: press again once you are online.";
const PRESSED = "form, a, button"; // what loads by itself fails in silence, and leaves its link there

/**
 * @typedef {object} RequestContext  of htmx
 * @property {Element} sourceElement
 * @property {Event | undefined} sourceEvent
 * @property {{ status: number } | undefined} response
 * @property {string | undefined} text
 * @property {string} swap  how the answer is put into the page
 */

/** @param {Event} event */
function contextOf(event) {
  return /** @type {CustomEvent<{ ctx?: RequestContext }>} */ (event).detail?.ctx ?? null;
}

/**
 * The line of buttons that a request was sent from.
 *
 * @param {RequestContext} context
 */
function lineOf({ sourceElement, sourceEvent }) {
  const submitter = sourceEvent instanceof SubmitEvent ? sourceEvent.submitter : null;
  const pressed = submitter ?? sourceElement;
  return pressed.closest(".buttons") ?? pressed.querySelector(".buttons") ?? pressed;
}

/** @param {RequestContext} context */
function clear(context) {
  lineOf(context).parentElement?.querySelectorAll(":scope > [data-failed]").forEach((note) => note.remove());
}

/**
 * @param {RequestContext} context
 * @param {string} message
 */
function say(context, message) {
  clear(context);
  const note = document.createElement("p");
  note.className = "note bad";
  note.setAttribute("role", "alert");
  note.dataset.failed = "";
  note.textContent = message;
  lineOf(context).after(note);
}

/**
 * What an error page of ours says, or that the server failed.
 *
 * @param {RequestContext} context
 */
function messageOf({ text = "", response }) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const said = page.querySelector(".notice .lead")?.textContent?.trim();
  const status = response?.status ?? 0;
  const again = status === 429 || status >= 500 ? " What you chose is still here: press again." : "";
  return `${said ?? `The server answered with status ${status}.`}${again}`;
}

/**
 * Whether the server has answered with an error, and not with the question and what is wrong with its form.
 *
 * @param {RequestContext} context
 */
function isNotice({ text = "", response }) {
  return response?.status !== 422 || text.includes('class="notice"');
}

document.addEventListener("htmx:before:request", (event) => {
  const context = contextOf(event);
  if (context) clear(context);
});

document.addEventListener("htmx:response:error", (event) => {
  const context = contextOf(event);
  if (!context?.sourceElement.matches(PRESSED) || !isNotice(context)) return;
  context.swap = "none";
  say(context, messageOf(context));
});

document.addEventListener("htmx:error", (event) => {
  const context = contextOf(event);
  if (context?.sourceElement.matches(PRESSED) && !context.response) say(context, UNREACHABLE);
});
