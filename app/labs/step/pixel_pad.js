/** The picture before the step, on which a pixel is chosen: by mouse, by finger and by keyboard. */

import { find } from "../../kit/elements.js";

/** @type {Record<string, readonly [right: number, down: number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class PixelPad {
  /**
   * @param {HTMLElement} element
   * @param {{ width: number, height: number, onChoose: (x: number, y: number) => void }} options
   */
  constructor(element, { width, height, onChoose }) {
    this.width = width;
    this.height = height;
    this.onChoose = onChoose;
    this.x = 0;
    this.y = 0;
    this.root = find(element, "[data-role=pad]", HTMLElement);
    this.places = [...element.querySelectorAll(".pane-sheet")].map((sheet) => ({
      canvas: find(sheet, "canvas", HTMLCanvasElement),
      cursor: find(sheet, "[data-role=cursor]", HTMLElement),
    }));
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.places[0].canvas.addEventListener("pointerdown", (event) => this.point(event));
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in MOVES)) return;
    event.preventDefault();
    const [right, down] = MOVES[event.key];
    this.choose(this.x + right, this.y + down);
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (event.button !== 0) return;
    const { left, top, width, height } = this.places[0].canvas.getBoundingClientRect();
    this.choose(
      Math.floor(((event.clientX - left) * this.width) / width),
      Math.floor(((event.clientY - top) * this.height) / height),
    );
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  choose(x, y) {
    this.stand(Math.max(0, Math.min(this.width - 1, x)), Math.max(0, Math.min(this.height - 1, y)));
    this.onChoose(this.x, this.y);
  }

  /**
   * Mark a pixel in every picture.
   *
   * @param {number} x
   * @param {number} y
   */
  stand(x, y) {
    this.x = x;
    this.y = y;
    for (const { canvas, cursor } of this.places) {
      const size = canvas.clientWidth / this.width;
      cursor.style.width = cursor.style.height = `${size}px`;
      cursor.style.left = `${canvas.offsetLeft + x * size}px`;
      cursor.style.top = `${canvas.offsetTop + y * size}px`;
      cursor.hidden = false;
    }
  }
}
