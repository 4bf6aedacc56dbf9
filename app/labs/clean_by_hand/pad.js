/**
 * The picture under a brush of one dot: by mouse, by finger and by keyboard. A finger on it paints and does not
 * scroll the page. What a stroke does to the picture is the caller's.
 */

import { Sheet } from "../../kit/canvas.js";
import { find } from "../../kit/elements.js";
import { latinKey } from "../../kit/keys.js";
import { Part } from "./part.js";

/** @type {Record<string, readonly [right: number, down: number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pad {
  /**
   * @param {HTMLElement} element
   * @param {number} side of the picture
   * @param {object} on
   * @param {(dot: number) => void} on.paint
   * @param {(dot: number) => void} on.move by keyboard
   * @param {() => void} on.swap the brushes
   */
  constructor(element, side, on) {
    this.side = side;
    this.on = on;
    this.root = find(element, "[data-role=pad]", HTMLElement);
    this.frame = find(this.root, ".pane-sheet", HTMLElement);
    this.canvas = find(this.root, "canvas", HTMLCanvasElement);
    this.cursor = find(this.root, "[data-role=cursor]", HTMLElement);
    this.sheet = new Sheet(this.canvas);
    /** @type {Uint8Array} */
    this.pixels = new Uint8Array(side * side);
    this.x = this.y = Math.floor(side / 2);
    this.part = new Part(element, side, () => this.redraw());
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(this.frame);
    this.listen();
    this.fit();
  }

  close() {
    this.watcher.disconnect();
  }

  listen() {
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault(); // of a text selection; the focus is given here
      this.root.focus({ preventScroll: true });
      this.canvas.setPointerCapture(event.pointerId);
      this.stroke(event);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (this.canvas.hasPointerCapture(event.pointerId)) this.stroke(event);
      else this.hover(event);
    });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in MOVES) {
      const [right, down] = MOVES[event.key];
      this.place(this.x + right, this.y + down);
      this.on.move(this.dot);
    } else if (event.key === " " || event.key === "Enter") this.on.paint(this.dot);
    else if (latinKey(event) === "x") this.on.swap();
    else return;
    event.preventDefault();
  }

  /** @param {PointerEvent} event  whose way since the last one is painted, too */
  stroke(event) {
    const way = event.getCoalescedEvents();
    for (const point of way.length ? way : [event]) if (this.hover(point)) this.on.paint(this.dot);
  }

  /**
   * Bring the brush to the dot under a pointer; false where there is none.
   *
   * @param {PointerEvent} event
   */
  hover(event) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    const x = Math.floor(((event.clientX - left) * this.part.size) / width);
    const y = Math.floor(((event.clientY - top) * this.part.size) / width);
    if (x < 0 || y < 0 || x >= this.part.size || y >= this.part.size) return false;
    this.place(this.part.left + x, this.part.top + y);
    return true;
  }

  get dot() {
    return this.y * this.side + this.x;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  place(x, y) {
    this.x = Math.max(0, Math.min(this.side - 1, x));
    this.y = Math.max(0, Math.min(this.side - 1, y));
    const { left, top } = this.part;
    this.part.include(this.x, this.y);
    if (this.part.left !== left || this.part.top !== top) this.redraw();
    else this.mark();
  }

  /** Take over the room that there is, and the page's colours. */
  fit() {
    if (!this.frame.clientWidth) return; // not shown now
    this.part.fit(this.frame.clientWidth);
    this.part.include(this.x, this.y);
    this.sheet.layOut([1, this.part.size, this.part.size], 1);
    this.redraw();
  }

  /** @param {Uint8Array} pixels */
  show(pixels) {
    this.pixels = pixels;
    this.redraw();
  }

  redraw() {
    this.sheet.paint(this.part.cut(this.pixels));
    this.mark();
  }

  /** Put the frame of the brush around its dot. */
  mark() {
    const dot = this.canvas.clientWidth / this.part.size;
    this.cursor.style.width = this.cursor.style.height = `${dot}px`;
    this.cursor.style.left = `${this.canvas.offsetLeft + (this.x - this.part.left) * dot}px`;
    this.cursor.style.top = `${this.canvas.offsetTop + (this.y - this.part.top) * dot}px`;
    this.cursor.hidden = !this.part.holds(this.x, this.y);
  }
}
