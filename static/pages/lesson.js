// Marks the section being read in the table of contents.

const links = [...document.querySelectorAll(".toc a[href^='#']")];
const targets = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));

function mark() {
  const line = innerHeight * 0.3;
  const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  let current = -1;
  targets.forEach((target, index) => {
    if (target && target.getBoundingClientRect().top <= line) current = index;
  });
  if (atEnd) current = links.length - 1;
  links.forEach((link, index) => {
    if (index === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

let asked = false;
function ask() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    mark();
  });
}

addEventListener("scroll", ask, { passive: true });
addEventListener("resize", ask);
mark();
