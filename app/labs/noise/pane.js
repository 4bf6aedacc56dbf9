/** One schedule of the plate: its noisy picture, the histogram of its values, and its read-outs. */

import { Sheet } from "../../kit/canvas.js";
import { find, findAll } from "../../kit/elements.js";
import { figures, percent, sigmaText } from "../../kit/figures.js";
import { moments } from "./histogram.js";
import { NoisyPicture } from "../../kit/noisy.js";
import { Histogram } from "./plots.js";
import { decibels } from "../../kit/schedule.js";

/** @import { Level } from "../../kit/schedule.js" */

const GREYS = Uint32Array.from({ length: 256 }, (_, level) => (0xff000000 | (level * 0x010101)) >>> 0);

export class Pane {
  /**
   * @param {HTMLElement} element
   * @param {Float32Array} x0
   * @param {number} side
   * @param {number} channels
   */
  constructor(element, x0, side, channels) {
    this.element = element;
    this.name = element.dataset.schedule ?? "";
    this.radio = find(element, "input[type=radio]", HTMLInputElement);
    this.frame = find(element, ".pane-sheet", HTMLElement);
    this.canvas = find(this.frame, "canvas", HTMLCanvasElement);
    this.plot = find(element, "[data-role=histogram]", SVGSVGElement);
    this.picture = new NoisyPicture(x0);
    this.sheet = new Sheet(this.canvas);
    this.sheet.layOut([channels, side, side], 1, GREYS);
    this.histogram = new Histogram(this.plot, x0);
    this.readouts = findAll(element, "[data-read]", HTMLElement);
  }

  /** @param {() => void} react  called when the learner chooses this schedule */
  onChosen(react) {
    this.radio.addEventListener("change", react);
    this.canvas.addEventListener("click", react);
  }

  /** @param {boolean} isChosen */
  choose(isChosen) {
    this.radio.checked = isChosen;
    this.element.classList.toggle("is-chosen", isChosen);
  }

  /**
   * Show the picture at a level.
   *
   * @param {Float32Array} eps
   * @param {Level} level
   * @param {boolean} preserves whether the schedule has an alpha_bar
   */
  show(eps, level, preserves) {
    const { picture } = this;
    picture.add(eps, level);
    this.sheet.paint(picture.pixels);
    this.histogram.show(picture.values);
    const { mean, deviation } = moments(picture.values);
    /** @type {Record<string, string>} */
    const texts = {
      t: figures(level.t, 3),
      snr: `${figures(decibels(level), 1)} dB`,
      sigma: sigmaText(level.noise / level.signal),
      alpha_bar: preserves ? figures(level.signal ** 2, 3) : "–",
      clipped: percent(picture.clipped, picture.values.length),
      signal: figures(level.signal, 3),
      noise: figures(level.noise, 3),
      deviation: figures(deviation, 2),
    };
    for (const readout of this.readouts) readout.textContent = texts[readout.dataset.read ?? ""];
    this.plot.setAttribute(
      "aria-label",
      `Histogram of the values of x_t, ${this.name}: mean ${figures(mean, 2)}, standard deviation ${texts.deviation}`,
    );
  }
}
