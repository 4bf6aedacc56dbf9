/**
 * The plane with points on it: those to learn from, and what a network makes of noise or guesses of noisy points.
 * Colours are the page's, asked for at every drawing, so that a change of scheme needs a redrawing and no more.
 */

/** @import { Beginning, Report } from "./reports.js" */

const REACH = 2.5; // the plane is shown from -REACH to REACH
const DOT = 1.6; // CSS pixels of a point's radius, on a plane 400 pixels wide
const HEAD = 3; // CSS pixels of an arrow's head
const SHARE = 0.4; // of the way to a guess that its arrow goes

/** @typedef {"samples" | "ways" | "guesses"} Scene */

export class Plane {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser gives no 2D context for the canvas");
    this.canvas = canvas;
    this.context = context;
    this.side = 0; // CSS pixels
  }

  /** Begin a drawing: take over the room that there is; false where there is none. */
  begin() {
    this.side = this.canvas.clientWidth;
    if (!this.side) return false;
    const dots = Math.round(this.side * (window.devicePixelRatio || 1));
    this.canvas.width = this.canvas.height = dots;
    this.context.setTransform(dots / this.side, 0, 0, dots / this.side, 0, 0);
    this.context.lineWidth = 1;
    this.axes();
    return true;
  }

  axes() {
    const { context, side } = this;
    context.strokeStyle = this.colour("--rule");
    context.beginPath();
    context.moveTo(side / 2, 0);
    context.lineTo(side / 2, side);
    context.moveTo(0, side / 2);
    context.lineTo(side, side / 2);
    context.stroke();
  }

  /** @param {string} token  a custom property of the page's */
  colour(token) {
    return getComputedStyle(this.canvas).getPropertyValue(token).trim();
  }

  /** @param {number} x */
  across(x) {
    return ((x + REACH) / (2 * REACH)) * this.side;
  }

  /** @param {number} y */
  down(y) {
    return ((REACH - y) / (2 * REACH)) * this.side;
  }

  /**
   * Return the place on the plane under a pointer.
   *
   * @param {PointerEvent} event
   * @returns {[x: number, y: number]}
   */
  placeOf({ clientX, clientY }) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    return [((clientX - left) / width) * 2 * REACH - REACH, REACH - ((clientY - top) / width) * 2 * REACH];
  }

  /**
   * @param {ArrayLike<number>} points  x and y of each
   * @param {string} token
   * @param {number} [radius] on the plane; a dot unless given
   */
  dots(points, token, radius = 0) {
    const { context, side } = this;
    const size = Math.max((radius * side) / (2 * REACH), DOT * Math.min(1.3, Math.max(0.7, side / 400)));
    context.fillStyle = this.colour(token);
    for (let index = 0; index < points.length; index += 2) {
      context.beginPath();
      context.arc(this.across(points[index]), this.down(points[index + 1]), size, 0, 2 * Math.PI);
      context.fill();
    }
  }

  /**
   * Draw what a training stands for at a report.
   *
   * @param {Beginning} beginning
   * @param {Report} report
   * @param {Scene} scene
   * @param {number} level  of guesses, by its place among `guessTimes`
   */
  show(beginning, report, scene, level) {
    if (!this.begin()) return;
    this.dots(beginning.data, "--rule-strong");
    if (scene === "samples") this.dots(report.samples, "--accent");
    else if (scene === "ways") this.ways(report.ways);
    else this.arrows(beginning.grid, report.guesses[level]);
  }

  /** @param {readonly Float32Array[]} ways */
  ways(ways) {
    const { context } = this;
    context.strokeStyle = this.colour("--x-t");
    context.beginPath();
    for (const way of ways) {
      context.moveTo(this.across(way[0]), this.down(way[1]));
      for (let index = 2; index < way.length; index += 2) {
        context.lineTo(this.across(way[index]), this.down(way[index + 1]));
      }
    }
    context.stroke();
    this.dots(Float32Array.from(ways.flatMap((way) => [...way.slice(-2)])), "--accent");
  }

  /**
   * Draw an arrow from each place towards the guess there.
   *
   * @param {Float32Array} places
   * @param {Float32Array} guesses
   */
  arrows(places, guesses) {
    const { context } = this;
    context.strokeStyle = this.colour("--x0-hat");
    context.beginPath();
    for (let index = 0; index < places.length; index += 2) {
      const [x, y] = [this.across(places[index]), this.down(places[index + 1])];
      const right = SHARE * (this.across(guesses[index]) - x);
      const down = SHARE * (this.down(guesses[index + 1]) - y);
      const turn = Math.atan2(down, right);
      context.moveTo(x, y);
      context.lineTo(x + right, y + down);
      for (const side of [-2.6, 2.6]) {
        context.moveTo(x + right, y + down);
        context.lineTo(x + right + HEAD * Math.cos(turn + side), y + down + HEAD * Math.sin(turn + side));
      }
    }
    context.stroke();
  }
}
