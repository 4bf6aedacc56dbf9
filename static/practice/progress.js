/** A page that comes back from the browser's memory asks for the learner's progress again. */

addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const place of document.querySelectorAll("[hx-get^='/fragments/progress']")) {
    place.dispatchEvent(new Event("again"));
  }
});
