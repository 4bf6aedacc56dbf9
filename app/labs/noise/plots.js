/** The two kinds of plot of the plate: a histogram beside two densities, and the schedules over t. */

import { Axes, Curve, Marker } from "../../kit/curve.js";
import { find } from "../../kit/elements.js";
import { EDGE, bellCurve, densities, outline } from "./histogram.js";
import { decibels } from "../../kit/schedule.js";

/** @import { Point } from "../../kit/curve.js" */
/** @import { Level, Schedule } from "../../kit/schedule.js" */

const LOWEST_TOP = 0.6; // density at the top of a histogram: the bell curve reaches 0.4
const HIGHEST_TOP = 1.2; // higher bars are cut
const DECIBELS = 30; // from the middle of the plot of schedules to its top and bottom

export class Histogram {
  /**
   * @param {SVGSVGElement} svg
   * @param {Float32Array} x0 whose own histogram stays in sight
   */
  constructor(svg, x0) {
    const own = densities(x0);
    const top = Math.min(HIGHEST_TOP, Math.max(LOWEST_TOP, ...own));
    this.axes = new Axes({ x: [-EDGE, EDGE], y: [0, top], above: 4 });
    const limits = find(svg, ".spread-limits", SVGPathElement);
    limits.setAttribute("d", [-1, 1].map((x) => `M${this.axes.across(x)} 0V100`).join(""));
    new Curve(find(svg, ".spread-picture", SVGPathElement)).draw(this.axes, outline(own));
    new Curve(find(svg, ".spread-noise", SVGPathElement)).draw(this.axes, bellCurve());
    this.now = new Curve(find(svg, ".spread-now", SVGPathElement));
  }

  /** @param {Float32Array} values */
  show(values) {
    this.now.draw(this.axes, outline(densities(values)));
  }
}

export class Ratios {
  /**
   * @param {SVGSVGElement} svg
   * @param {ReadonlyMap<string, Schedule>} schedules
   */
  constructor(svg, schedules) {
    this.axes = new Axes({ x: [0, 1], y: [-DECIBELS, DECIBELS] });
    this.now = find(svg, ".curve-now", SVGPathElement);
    this.curves = [...schedules].map(([name, schedule]) => {
      const line = find(svg, `.scale-line[data-of=${name}]`, SVGPathElement);
      const point = find(svg, `.curve-point[data-of=${name}]`, SVGPathElement);
      new Curve(line).draw(this.axes, schedule.levels().map(curvePoint));
      return { name, line, point, marker: new Marker({ point }) };
    });
  }

  /**
   * Mark where each schedule stands, and the time or the ratio that they share.
   *
   * @param {Record<string, Level>} levels
   * @param {string} chosen
   * @param {boolean} isSameTime
   */
  show(levels, chosen, isSameTime) {
    for (const { name, line, point, marker } of this.curves) {
      marker.at(this.axes, place(levels[name]));
      line.classList.toggle("is-chosen", name === chosen);
      point.classList.toggle("is-chosen", name === chosen);
    }
    const [t, ratio] = place(levels[chosen]);
    const shared = isSameTime ? `M${this.axes.across(t)} 0V100` : `M0 ${this.axes.down(ratio)}H1000`;
    this.now.setAttribute("d", shared);
  }
}

/**
 * @param {Level} level
 * @returns {Point} a gap in the line where the ratio is beyond the edges
 */
function curvePoint(level) {
  const ratio = decibels(level);
  return [level.t, Math.abs(ratio) > DECIBELS ? NaN : ratio];
}

/**
 * @param {Level} level
 * @returns {Point} at the edge where the ratio is beyond it
 */
function place(level) {
  return [level.t, Math.max(-DECIBELS, Math.min(DECIBELS, decibels(level)))];
}
