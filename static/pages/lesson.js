/**
 * The table of contents: open where it stands beside the text, marking the section that is being read, and saying
 * about how many minutes are left.
 */

import { findAll, findOptional } from "../kit/elements.js";

const contents = findOptional(document, "[data-contents]", HTMLDetailsElement);
const isBeside = matchMedia("(min-width: 56rem)"); // as in lesson.css

/** Beside the text it stands open; above the text it would push that out of sight. */
function unfold() {
  if (contents) contents.open = isBeside.matches;
}

isBeside.addEventListener("change", unfold);
unfold();

const links = findAll(document, ".toc a[href^='#']", HTMLAnchorElement);
const targets = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));

function mark() {
  const line = innerHeight * 0.3;
  const isAtEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  let current = -1;
  targets.forEach((target, index) => {
    if (target && target.getBoundingClientRect().top <= line) current = index;
  });
  if (isAtEnd) current = links.length - 1;
  links.forEach((link, index) => {
    if (index === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

const left = findOptional(document, "[data-minutes]", HTMLElement);
const text = findOptional(document, ".lesson-text", HTMLElement);

/** Minutes go with the way down the text, which is no more than a rule of thumb. */
function count() {
  if (!left || !text) return;
  const { bottom, height } = text.getBoundingClientRect();
  const share = Math.max(0, Math.min(1, (bottom - innerHeight) / Math.max(1, height - innerHeight)));
  const minutes = Math.ceil(share * Number(left.dataset.minutes));
  left.textContent = minutes === 1 ? "About a minute left" : `About ${minutes} minutes left`;
  left.hidden = minutes === 0;
}

let isDue = false;

/** Mark at the page's next frame, however often it scrolls until then. */
function markSoon() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    mark();
    count();
  });
}

addEventListener("scroll", markSoon, { passive: true });
addEventListener("resize", markSoon);
mark();
count();
