/** Which part of the picture is under the brush: all of it where there is room, else one of four overlapping parts. */

import { Sheet } from "../../kit/canvas.js";
import { find, findAll } from "../../kit/elements.js";

const LEAST_DOT = 14; // CSS pixels of a dot's side, below which the picture is shown in parts
const PART = 16; // dots of a part's side, so that two parts of 28 share four rows

export class Part {
  /**
   * @param {HTMLElement} element
   * @param {number} side of the picture
   * @param {() => void} onChosen
   */
  constructor(element, side, onChosen) {
    this.side = side;
    this.size = side;
    this.left = 0;
    this.top = 0;
    this.overview = find(element, "[data-role=overview]", HTMLElement);
    this.buttons = findAll(this.overview, "[data-role=part]", HTMLButtonElement);
    this.sheet = new Sheet(find(this.overview, "canvas", HTMLCanvasElement));
    this.buttons.forEach((button, index) => {
      button.addEventListener("click", () => {
        this.moveTo(index % 2, Math.floor(index / 2));
        onChosen();
      });
    });
  }

  /** @param {number} room  CSS pixels */
  fit(room) {
    const isWhole = room >= LEAST_DOT * this.side;
    this.size = isWhole ? this.side : Math.min(PART, this.side);
    this.overview.hidden = isWhole;
    if (isWhole) this.left = this.top = 0;
    else this.sheet.layOut([1, this.side, this.side], 1);
    this.mark();
  }

  /**
   * @param {number} column 0 or 1
   * @param {number} row 0 or 1
   */
  moveTo(column, row) {
    this.left = column * (this.side - this.size);
    this.top = row * (this.side - this.size);
    this.mark();
  }

  /**
   * Bring a dot into the part, from wherever it is.
   *
   * @param {number} x
   * @param {number} y
   */
  include(x, y) {
    const column = x < this.left ? 0 : x >= this.left + this.size ? 1 : Number(this.left > 0);
    const row = y < this.top ? 0 : y >= this.top + this.size ? 1 : Number(this.top > 0);
    this.moveTo(column, row);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  holds(x, y) {
    return x >= this.left && y >= this.top && x < this.left + this.size && y < this.top + this.size;
  }

  mark() {
    this.buttons.forEach((button, index) => {
      const isHere = index % 2 === Number(this.left > 0) && Math.floor(index / 2) === Number(this.top > 0);
      button.setAttribute("aria-pressed", String(isHere));
    });
  }

  /**
   * Cut the part out of the picture's pixels, and show the whole in the overview.
   *
   * @param {Uint8Array} pixels
   */
  cut(pixels) {
    if (this.size === this.side) return pixels;
    this.sheet.paint(pixels);
    const part = new Uint8Array(this.size * this.size);
    for (let row = 0; row < this.size; row += 1) {
      const from = (this.top + row) * this.side + this.left;
      part.set(pixels.subarray(from, from + this.size), row * this.size);
    }
    return part;
  }
}
