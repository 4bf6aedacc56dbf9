/** Points that a learner draws, stroke by stroke: along a stroke they are equally far apart. No page. */

export const SPACING = 0.05; // between two points of a stroke
const DECIMALS = 3; // as the server rounds them

/** @typedef {[x: number, y: number]} Place */

export class Strokes {
  /**
   * @param {number} edge  points lie from -edge to edge in both directions
   * @param {number} most  so many points, and no more
   */
  constructor(edge, most) {
    this.edge = edge;
    this.most = most;
    /** @type {Place[][]} */
    this.strokes = [];
  }

  get points() {
    return this.strokes.flat();
  }

  get count() {
    return this.strokes.reduce((sum, stroke) => sum + stroke.length, 0);
  }

  get isFull() {
    return this.count >= this.most;
  }

  /**
   * Begin a stroke with one point.
   *
   * @param {Place} place
   */
  begin(place) {
    if (this.isFull || !place.every(Number.isFinite)) return;
    this.strokes.push([this.inside(place)]);
  }

  /**
   * Go on with the last stroke: points along the line from its last one, the place itself being reached by a
   * later one where it is nearer than a point's distance.
   *
   * @param {Place} place
   */
  goOn(place) {
    const stroke = this.strokes.at(-1);
    if (!stroke) return;
    let [x, y] = stroke[stroke.length - 1];
    const [toX, toY] = this.inside(place);
    const length = Math.hypot(toX - x, toY - y);
    const [stepX, stepY] = [(SPACING * (toX - x)) / length, (SPACING * (toY - y)) / length];
    for (let gone = SPACING; gone <= length && !this.isFull; gone += SPACING) {
      x += stepX;
      y += stepY;
      stroke.push(this.inside([x, y]));
    }
  }

  undo() {
    this.strokes.pop();
  }

  clear() {
    this.strokes = [];
  }

  /**
   * @param {Place} place
   * @returns {Place}
   */
  inside([x, y]) {
    return [this.rounded(x), this.rounded(y)];
  }

  /** @param {number} value */
  rounded(value) {
    return Number(Math.max(-this.edge, Math.min(this.edge, value)).toFixed(DECIMALS));
  }
}
