/** One picture with the same noise at several times of a schedule, side by side. */

import { Sheet } from "../../kit/canvas.js";
import { find, findAll } from "../../kit/elements.js";
import { figures } from "../../kit/figures.js";
import { NoisyPicture } from "../../kit/noisy.js";
import { decibels } from "../../kit/schedule.js";

/** @import { Schedule } from "../../kit/schedule.js" */

const GREYS = Uint32Array.from({ length: 256 }, (_, level) => (0xff000000 | (level * 0x010101)) >>> 0);

export class PictureRow {
  /**
   * @param {HTMLElement} element
   * @param {Float32Array} x0
   * @param {number} side
   * @param {number} channels
   */
  constructor(element, x0, side, channels) {
    this.name = find(element, "[data-role=row-name]", HTMLElement);
    this.picture = new NoisyPicture(x0);
    this.places = findAll(element, "[data-time]", HTMLElement).map((place) => {
      const sheet = new Sheet(find(place, "canvas", HTMLCanvasElement));
      sheet.layOut([channels, side, side], 1, GREYS);
      return { t: Number(place.dataset.time), sheet, ratio: find(place, "[data-role=ratio]", HTMLElement) };
    });
  }

  /**
   * @param {string} name
   * @param {Schedule} schedule
   * @param {Float32Array} eps
   */
  show(name, schedule, eps) {
    this.name.textContent = name;
    for (const { t, sheet, ratio } of this.places) {
      const level = schedule.at(Math.round(t * schedule.last));
      this.picture.add(eps, level);
      sheet.paint(this.picture.pixels);
      ratio.textContent = `${figures(decibels(level), 0)} dB`;
      sheet.canvas.setAttribute("aria-label", `${name}, t ${t}: ${ratio.textContent}`);
    }
  }

  fit() {
    for (const { sheet } of this.places) sheet.fit();
  }
}
