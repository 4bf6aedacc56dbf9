/**
 * Loads the script of a lab when its plate nears the view, or when the page's address is about that plate. Those of
 * the first plate's kind come with the page.
 */

import { findAll } from "../kit/elements.js";

const NEAR = "1500px 0px"; // some two screens before it is seen

/** @type {Map<Element, string[]>} addresses by the plate that is still without them */
const waiting = new Map();

for (const { dataset, content } of findAll(document, "meta[name=lab-script]", HTMLMetaElement)) {
  const plate = document.getElementById(dataset.plate ?? "");
  if (plate) waiting.set(plate, [...(waiting.get(plate) ?? []), content]);
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) if (entry.isIntersecting) load(entry.target);
  },
  { rootMargin: NEAR },
);

/** @param {Element} plate */
function load(plate) {
  watcher.unobserve(plate);
  const addresses = waiting.get(plate) ?? [];
  waiting.delete(plate);
  for (const address of addresses) {
    import(address).catch(() => {
      waiting.set(plate, [...(waiting.get(plate) ?? []), address]);
      watcher.observe(plate); // tried again when it comes near once more
    });
  }
}

/** A link such as `#lab-3?seed=1` is read by the lab itself, which has to be there. */
function loadAddressed() {
  for (const plate of waiting.keys()) {
    const hash = `#${plate.id}`;
    if (location.hash === hash || location.hash.startsWith(`${hash}?`)) load(plate);
  }
}

for (const plate of waiting.keys()) watcher.observe(plate);
addEventListener("hashchange", loadAddressed);
loadAddressed();
