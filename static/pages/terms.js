/**
 * What a term means, beside the term: on hover, on focus, and at the first tap. It comes from the glossary's page,
 * which is asked for when the first one is wanted. Without this script a term is a link to that page.
 */

import { at } from "../kit/site.js";

/** @type {Promise<Document> | undefined} */
let glossary;

const note = document.createElement("div");
note.className = "term-note";
note.id = "term-note";
note.setAttribute("role", "tooltip");
note.popover = "manual";
(document.querySelector(".lesson-text") ?? document.body).append(note);

/** @type {HTMLAnchorElement | null} */
let shownFor = null;

/** @param {HTMLAnchorElement} term */
async function meaningOf(term) {
  glossary ??= fetch(at("/glossary")).then(async (response) => {
    if (!response.ok) throw new Error(`the glossary was answered with ${response.status}`);
    return new DOMParser().parseFromString(await response.text(), "text/html");
  });
  const entry = (await glossary).getElementById(decodeURIComponent(term.hash.slice(1)));
  return entry?.nextElementSibling ?? null;
}

/** @param {HTMLAnchorElement} term */
async function show(term) {
  if (shownFor === term) return;
  shownFor = term;
  const meaning = await meaningOf(term).catch(() => {
    glossary = undefined; // the link still leads there
    return null;
  });
  if (!meaning || shownFor !== term) return;
  const parts = [...meaning.childNodes].filter((node) => node.nodeName !== "A"); // the term itself is the link
  note.replaceChildren(...parts.map((node) => document.importNode(node, true)));
  term.setAttribute("aria-describedby", note.id);
  note.showPopover();
  place(term);
}

/** @param {HTMLAnchorElement} term */
function place(term) {
  const { left, top, bottom } = term.getBoundingClientRect();
  const { width, height } = note.getBoundingClientRect();
  const isBelow = bottom + height + 8 <= innerHeight;
  note.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  note.style.top = `${isBelow ? bottom : top - height}px`;
}

function hide() {
  shownFor?.removeAttribute("aria-describedby");
  shownFor = null;
  if (note.matches(":popover-open")) note.hidePopover();
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLAnchorElement | null}
 */
function termOf(target) {
  return target instanceof Element ? target.closest("a.term") : null;
}

/** @param {EventTarget | null} target */
function asNode(target) {
  return target instanceof Node ? target : null;
}

document.addEventListener("pointerover", (event) => {
  const term = termOf(event.target);
  if (term && event.pointerType === "mouse") show(term);
  else if (event.pointerType === "mouse" && !isAtTerm() && !note.contains(asNode(event.target))) hide();
});

document.addEventListener("focusin", (event) => {
  const term = termOf(event.target);
  if (term) show(term);
  else if (!note.contains(asNode(event.target))) hide();
});

let wasShown = false; // when the finger came down: the first tap shows, the second follows the link
document.addEventListener("pointerdown", (event) => {
  const term = termOf(event.target);
  wasShown = term !== null && shownFor === term;
  if (!term && !note.contains(asNode(event.target))) hide();
});

document.addEventListener("click", (event) => {
  const term = termOf(event.target);
  const isTap = event instanceof PointerEvent && event.pointerType !== "mouse" && event.pointerType !== "";
  if (!term || !isTap || wasShown) return;
  event.preventDefault();
  show(term);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});

/** Whether somebody is still at the term: a page also scrolls because one is focused. */
function isAtTerm() {
  return shownFor !== null && (shownFor === document.activeElement || shownFor.matches(":hover"));
}

function follow() {
  if (!shownFor || !isAtTerm()) hide();
  else if (note.matches(":popover-open")) place(shownFor);
}

addEventListener("scroll", follow, { passive: true });
