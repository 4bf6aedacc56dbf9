/**
 * Curves in an SVG: axes that place values in its view box, any number of curves that share them, and a marker
 * for where one stands. Colours and widths are the style sheet's.
 */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {readonly [x: number, y: number]} Point */
/** @typedef {readonly [from: number, to: number]} Range */

/**
 * Add a path to an SVG and return it.
 *
 * @param {SVGSVGElement} svg
 * @param {string} className
 */
export function addPath(svg, className) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", className);
  svg.append(path);
  return path;
}

export class Axes {
  /**
   * @param {object} options
   * @param {Range} options.x values at the left and right edges
   * @param {Range} options.y values at the bottom and top edges
   * @param {number} [options.width] of the view box
   * @param {number} [options.height] of the view box
   * @param {number} [options.above] room left free above the highest value
   * @param {number} [options.below] room left free below the lowest value
   */
  constructor({ x, y, width = 1000, height = 100, above = 0, below = 0 }) {
    this.x = x;
    this.y = y;
    this.width = width;
    this.height = height;
    this.above = above;
    this.below = below;
  }

  /** @param {number} x */
  across(x) {
    const [from, to] = this.x;
    return ((this.width * (x - from)) / (to - from)).toFixed(1);
  }

  /** @param {number} y */
  down(y) {
    const [from, to] = this.y;
    const room = this.height - this.above - this.below;
    return (this.height - this.below - (room * (y - from)) / (to - from)).toFixed(2);
  }

  /**
   * Return a path through the points; one that is not finite leaves a gap.
   *
   * @param {readonly Point[]} points
   */
  path(points) {
    let data = "";
    let isDrawing = false;
    for (const [x, y] of points) {
      const isFinite = Number.isFinite(x) && Number.isFinite(y);
      if (isFinite) data += `${isDrawing ? "L" : "M"}${this.across(x)} ${this.down(y)}`;
      isDrawing = isFinite;
    }
    return data;
  }
}

export class Curve {
  /** @param {SVGPathElement} path */
  constructor(path) {
    this.path = path;
    this.drawing = 0;
  }

  /**
   * @param {Axes} axes
   * @param {readonly Point[]} points
   */
  draw(axes, points) {
    cancelAnimationFrame(this.drawing);
    this.path.setAttribute("d", axes.path(points));
  }

  /**
   * Draw at the page's next frame: what changes several times until then is drawn once.
   *
   * @param {Axes} axes
   * @param {() => readonly Point[]} points
   */
  drawSoon(axes, points) {
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => this.draw(axes, points()));
  }

  clear() {
    cancelAnimationFrame(this.drawing);
    this.path.setAttribute("d", "");
  }
}

export class Marker {
  /** @param {{ rule?: SVGPathElement, point?: SVGPathElement }} parts  a line over the whole height, and a dot */
  constructor({ rule, point }) {
    this.rule = rule;
    this.point = point;
  }

  /**
   * @param {Axes} axes
   * @param {Point} place
   */
  at(axes, [x, y]) {
    this.rule?.setAttribute("d", `M${axes.across(x)} 0V${axes.height}`);
    this.point?.setAttribute("d", `M${axes.across(x)} ${axes.down(y)}h0.01`); // a round cap makes it a dot
  }

  clear() {
    this.rule?.setAttribute("d", "");
    this.point?.setAttribute("d", "");
  }
}
