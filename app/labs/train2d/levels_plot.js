/** The loss level by level: now, at the start, and the best that is possible. */

import { Axes, Curve } from "../../kit/curve.js";
import { find, findAll } from "../../kit/elements.js";
import { figures } from "../../kit/figures.js";

/** @import { Beginning, Report } from "./reports.js" */

const LEAST_TOP = 0.05; // of the scale

export class LevelsPlot {
  /** @param {HTMLElement} element  the place of one training */
  constructor(element) {
    this.svg = find(element, "[data-role=levels]", SVGSVGElement);
    const curve = (/** @type {string} */ name) => new Curve(find(this.svg, `.${name}`, SVGPathElement));
    this.floor = curve("floor-line");
    this.blind = curve("blind-line");
    this.first = curve("first-line");
    this.now = curve("now-line");
    this.points = find(this.svg, ".now-points", SVGPathElement);
    this.marks = findAll(element, "[data-mark]", HTMLElement);
  }

  /**
   * The highest value that has to be shown.
   *
   * @param {Beginning} beginning
   * @param {readonly Report[]} reports  that have come
   */
  static top({ floor, blindFloor }, reports) {
    return Math.max(LEAST_TOP, ...floor, ...blindFloor, ...reports.flatMap(({ validation }) => validation));
  }

  /**
   * @param {Beginning} beginning
   * @param {Report} first
   * @param {Report} report
   * @param {object} how
   * @param {boolean} how.isTold whether the network is given the level
   * @param {number} how.top of the scale
   */
  show(beginning, first, report, { isTold, top }) {
    const { levels } = beginning;
    const axes = new Axes({ x: [levels[0], levels[levels.length - 1]], y: [0, top] });
    const line = (/** @type {readonly number[]} */ values) =>
      values.map((value, index) => /** @type {[number, number]} */ ([levels[index], Math.min(value, top)]));
    this.floor.draw(axes, line(beginning.floor));
    if (isTold) this.blind.clear();
    else this.blind.draw(axes, line(beginning.blindFloor));
    this.first.draw(axes, line(first.validation));
    this.now.draw(axes, line(report.validation));
    const dots = line(report.validation).map(([x, y]) => `M${axes.across(x)} ${axes.down(y)}h0.01`);
    this.points.setAttribute("d", dots.join(""));
    this.marks[0].textContent = figures(top, top < 1 ? 2 : 1);
    this.svg.setAttribute("aria-label", labelOf(report));
  }

  clear() {
    for (const curve of [this.floor, this.blind, this.first, this.now]) curve.clear();
    this.points.setAttribute("d", "");
    this.marks[0].textContent = "";
  }
}

/** @param {Report} report */
function labelOf({ update, validation }) {
  const ends = [validation[0], validation[validation.length - 1]].map((value) => figures(value, 2));
  return (
    `Error at each of ten levels after ${update} updates, from ${ends[0]} at the lowest to ${ends[1]} at the ` +
    "highest; all of them are in the table below."
  );
}
