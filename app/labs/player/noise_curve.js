/** How much noise is mixed in over a run, under the scrubber: what is planned, what has arrived, and the frame on show. */

import { Axes, Curve, Marker } from "../../kit/curve.js";
import { find } from "../../kit/elements.js";

/** @import { Frame } from "../../kit/frames.js" */

const ABOVE = 6; // room for the marker where it is all noise

export class NoiseCurve {
  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    const path = (/** @type {string} */ name) => find(svg, `.curve-${name}`, SVGPathElement);
    this.planned = new Curve(path("whole"));
    this.arrived = new Curve(path("known"));
    this.marker = new Marker({ rule: path("now"), point: path("point") });
  }

  /**
   * Draw a plan, spread over the whole run, of which nothing has arrived.
   *
   * @param {readonly number[]} levels of noise_scale in thousandths
   */
  plan(levels) {
    this.planned.draw(axes(levels.length - 1), levels.map((level, index) => [index, level / 1000]));
    this.arrived.clear();
    this.marker.clear();
  }

  /**
   * @param {readonly Frame[]} frames that have arrived
   * @param {number} steps
   */
  received(frames, steps) {
    this.arrived.drawSoon(axes(steps), () => frames.map((frame) => [frame.step, frame.noise_scale]));
  }

  /**
   * @param {Frame} frame on show
   * @param {number} steps
   */
  mark(frame, steps) {
    this.marker.at(axes(steps), [frame.step, frame.noise_scale]);
  }
}

/** @param {number} steps */
function axes(steps) {
  return new Axes({ x: [0, steps], y: [0, 1], above: ABOVE });
}
