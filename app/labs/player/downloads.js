/** The pictures of a run as files: an animation, the frame on show, and a film strip. */

import { find, findAll } from "../../kit/elements.js";
import { at } from "../../kit/site.js";

/** @import { Run } from "../../kit/run_request.js" */

export class Downloads {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.place = find(element, "[data-role=keep]", HTMLElement);
    this.links = findAll(this.place, "[data-keep]", HTMLAnchorElement);
  }

  /**
   * Link the files of this run, and of this frame of it.
   *
   * @param {Run} run
   * @param {number} step
   */
  at(run, step) {
    /** @type {Record<string, string>} */
    const files = { gif: "animation.gif", png: `image.png?frame=${step}`, strip: "strip.png" };
    for (const link of this.links) {
      link.href = at(`/api/runs/${encodeURIComponent(run.id)}/${files[link.dataset.keep ?? ""]}`);
    }
  }

  /** @param {boolean} isOffered */
  offer(isOffered) {
    this.place.hidden = !isOffered;
  }
}
