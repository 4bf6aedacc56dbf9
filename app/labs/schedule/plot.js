/** The plot over t: one quantity of every schedule, and the handles of the learner's own. */

import { Axes, Curve, Marker } from "../../kit/curve.js";
import { find, findAll } from "../../kit/elements.js";
import { decibels } from "../../kit/schedule.js";

/** @import { Point, Range } from "../../kit/curve.js" */
/** @import { Level, Schedule } from "../../kit/schedule.js" */

/**
 * @typedef {object} Quantity
 * @property {Range} range from the bottom of the plot to its top
 * @property {(level: Level) => number} of a level
 * @property {(value: number) => number} ratio the decibels at which a variance-preserving schedule has this value
 * @property {readonly string[]} scale what stands at the top, the middle and the bottom
 */

/** @type {Record<string, Quantity>} */
export const QUANTITIES = {
  snr: { range: [-30, 30], of: decibels, ratio: (value) => value, scale: ["30 dB", "0 dB", "−30 dB"] },
  alpha_bar: { range: [0, 1], of: ({ signal }) => signal ** 2, ratio: shareRatio, scale: ["1", "0.5", "0"] },
  signal_scale: {
    range: [0, 1],
    of: ({ signal }) => signal,
    ratio: (value) => shareRatio(value ** 2),
    scale: ["1", "0.5", "0"],
  },
  noise_scale: {
    range: [0, 1],
    of: ({ noise }) => noise,
    ratio: (value) => shareRatio(1 - value ** 2),
    scale: ["1", "0.5", "0"],
  },
};

/** @param {number} share of the variance that is signal */
function shareRatio(share) {
  return 10 * Math.log10(share / (1 - share));
}

export class Plot {
  /**
   * @param {HTMLElement} element
   * @param {ReadonlyMap<string, Schedule>} schedules
   * @param {(handle: number, ratio: number) => void} onDragged
   */
  constructor(element, schedules, onDragged) {
    this.svg = find(element, "[data-role=plot]", SVGSVGElement);
    this.schedules = schedules;
    this.onDragged = onDragged;
    this.lines = [...schedules.keys()].map((name) => ({ name, path: this.path(`[data-of=${name}]`) }));
    this.own = new Curve(this.path(".own-line"));
    this.handles = findAll(this.svg, ".handle", SVGGElement);
    this.scale = find(element, ".plot-scale", HTMLElement);
    this.marks = findAll(element, "[data-mark]", HTMLElement);
    this.quantity = QUANTITIES.snr;
    this.axes = this.axesOf();
    this.handles.forEach((handle, index) => this.listen(handle, index));
  }

  /** @param {string} selector */
  path(selector) {
    return find(this.svg, selector, SVGPathElement);
  }

  axesOf() {
    return new Axes({ x: [0, 1], y: this.quantity.range });
  }

  /**
   * Follow a pointer that drags a handle, over the whole page until it is lifted.
   *
   * @param {SVGGElement} handle
   * @param {number} index
   */
  listen(handle, index) {
    /** @param {PointerEvent} event */
    const drag = (event) => {
      const { top, height } = this.svg.getBoundingClientRect();
      const [low, high] = this.quantity.range;
      const share = Math.min(0.999, Math.max(0.001, (event.clientY - top) / height));
      this.onDragged(index, this.quantity.ratio(high + (low - high) * share));
    };
    // A finger on a handle drags it; `touch-action` has no effect on paths, which have no size of their own.
    handle.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      handle.addEventListener("pointermove", drag);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      handle.addEventListener(end, () => handle.removeEventListener("pointermove", drag));
    }
  }

  /**
   * @param {string} quantity by name
   * @param {string} chosen the schedule that one's own is compared with
   * @param {Schedule} own
   * @param {readonly number[]} times of the handles
   */
  show(quantity, chosen, own, times) {
    this.quantity = QUANTITIES[quantity];
    this.axes = this.axesOf();
    for (const { name, path } of this.lines) {
      const schedule = this.schedules.get(name);
      if (schedule) path.setAttribute("d", this.axes.path(this.points(schedule)));
      path.classList.toggle("is-chosen", name === chosen);
    }
    this.own.draw(this.axes, this.points(own));
    this.handles.forEach((handle, index) => {
      const level = own.at(Math.round(times[index] * own.last));
      for (const path of findAll(handle, "path", SVGPathElement)) {
        new Marker({ point: path }).at(this.axes, [level.t, this.inside(this.quantity.of(level))]);
      }
    });
    this.scale.classList.toggle("is-rising", quantity === "noise_scale");
    this.marks.forEach((mark, index) => (mark.textContent = this.quantity.scale[index]));
  }

  /**
   * @param {Schedule} schedule
   * @returns {Point[]} with a gap where the value is beyond the edges
   */
  points(schedule) {
    return schedule.levels().map((level) => {
      const value = this.quantity.of(level);
      return [level.t, this.inside(value) === value ? value : NaN];
    });
  }

  /** @param {number} value */
  inside(value) {
    const [low, high] = this.quantity.range;
    return Math.max(low, Math.min(high, value));
  }
}
