/** The error over the time on the clock, as a small curve that grows while one paints. */

import { Axes, Curve, Marker } from "../../kit/curve.js";
import { find } from "../../kit/elements.js";

/** @import { Point } from "../../kit/curve.js" */

export class ErrorCurve {
  /**
   * @param {HTMLElement} element
   * @param {number} seconds
   */
  constructor(element, seconds) {
    const svg = find(element, "[data-role=curve]", SVGSVGElement);
    this.curve = new Curve(find(svg, ".curve-known", SVGPathElement));
    this.marker = new Marker({ point: find(svg, ".curve-point", SVGPathElement) });
    this.seconds = seconds;
    /** @type {Point[]} */
    this.points = [];
  }

  begin() {
    this.points = [];
    this.curve.clear();
    this.marker.clear();
  }

  /**
   * @param {number} elapsed seconds
   * @param {number} error
   */
  add(elapsed, error) {
    this.points.push([elapsed, error]);
    const most = Math.max(...this.points.map(([, value]) => value));
    const axes = new Axes({ x: [0, this.seconds], y: [0, 1.1 * most] });
    this.curve.draw(axes, this.points);
    this.marker.at(axes, [elapsed, error]);
  }
}
