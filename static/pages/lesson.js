/** Marks the section that is being read in the table of contents. */

import { findAll } from "../kit/elements.js";

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

let isDue = false;

/** Mark at the page's next frame, however often it scrolls until then. */
function markSoon() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    mark();
  });
}

addEventListener("scroll", markSoon, { passive: true });
addEventListener("resize", markSoon);
mark();
