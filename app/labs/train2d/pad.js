/**
 * The points to learn from: a preset's, to be looked at, or the learner's, to be drawn by mouse, finger or
 * keyboard. A finger draws only on the learner's own, so that elsewhere it scrolls the page.
 */

import { find } from "../../kit/elements.js";
import { counted } from "../../kit/messages.js";
import { Plane } from "./plane.js";
import { Strokes } from "./strokes.js";

/** @import { Place } from "./strokes.js" */

/** @typedef {{ std: number, centres: readonly Place[] }} Mixture */

const KEPT = "train2d:strokes";
const STEP = 0.1; // of the cursor by keyboard
const PEN = 0.04; // standard deviation around each drawn point: app/engine/points/datasets.py

/** @type {Record<string, readonly [right: number, up: number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Pad {
  /**
   * @param {HTMLElement} element
   * @param {object} options
   * @param {number} options.edge
   * @param {number} options.most points
   * @param {(text: string) => void} options.say aloud
   * @param {() => void} options.onChange
   */
  constructor(element, { edge, most, say, onChange }) {
    this.root = find(element, "[data-role=pad]", HTMLElement);
    this.tools = find(element, "[data-role=pad-tools]", HTMLElement);
    this.count = find(element, "[data-role=pad-count]", HTMLElement);
    this.undo = find(element, "[data-role=undo]", HTMLButtonElement);
    this.clear = find(element, "[data-role=clear]", HTMLButtonElement);
    this.canvas = find(this.root, "canvas", HTMLCanvasElement);
    this.plane = new Plane(this.canvas);
    this.strokes = new Strokes(edge, most);
    this.strokes.strokes = recall();
    this.keys = this.root.getAttribute("aria-describedby") ?? "";
    this.drawing = -1; // id of the pointer that draws
    this.say = say;
    this.onChange = onChange;
    /** @type {Mixture | null} */
    this.mixture = null; // null where the learner draws
    /** @type {Place} */
    this.cursor = [0, 0];
    this.watcher = new ResizeObserver(() => this.draw());
    this.watcher.observe(this.canvas);
    this.listen();
  }

  close() {
    this.watcher.disconnect();
  }

  listen() {
    this.canvas.addEventListener("pointerdown", (event) => {
      if (this.mixture || event.button !== 0 || !event.isPrimary) return;
      event.preventDefault();
      this.root.focus({ preventScroll: true });
      this.canvas.setPointerCapture(event.pointerId);
      this.drawing = event.pointerId;
      this.strokes.begin(this.plane.placeOf(event));
      this.changed();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(end, () => {
        this.drawing = -1;
        remember(this.strokes.strokes);
      });
    }
    this.canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.drawing) return;
      const way = event.getCoalescedEvents();
      for (const point of way.length ? way : [event]) this.strokes.goOn(this.plane.placeOf(point));
      this.changed();
    });
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.root.addEventListener("focus", () => this.draw());
    this.root.addEventListener("blur", () => this.draw());
    this.undo.addEventListener("click", () => this.takeBack());
    this.clear.addEventListener("click", () => {
      this.strokes.clear();
      remember([]);
      this.changed();
      this.root.focus();
      this.say("No points.");
    });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (this.mixture || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in MOVES) {
      const [right, up] = MOVES[event.key];
      const [x, y] = this.cursor;
      this.cursor = this.strokes.inside([x + right * STEP, y + up * STEP]);
      this.draw();
      this.say(`${this.cursor[0].toFixed(1)}, ${this.cursor[1].toFixed(1)}`);
    } else if (event.key === " " || event.key === "Enter") {
      this.strokes.begin(this.cursor);
      remember(this.strokes.strokes);
      this.changed();
      this.say(this.countText());
    } else if (event.key === "Backspace" || event.key === "Delete") this.takeBack();
    else return;
    event.preventDefault();
  }

  takeBack() {
    this.strokes.undo();
    remember(this.strokes.strokes);
    this.changed();
    if (this.undo.disabled) this.root.focus();
    this.say(this.countText());
  }

  /**
   * Show a preset, or let the learner draw.
   *
   * @param {Mixture | null} mixture
   */
  choose(mixture) {
    this.mixture = mixture;
    const isOwn = mixture === null;
    this.tools.hidden = !isOwn;
    this.root.tabIndex = isOwn ? 0 : -1;
    this.root.toggleAttribute("data-own", isOwn);
    this.root.setAttribute("role", isOwn ? "application" : "img");
    if (isOwn && !this.strokes.count) this.strokes.strokes = recall(); // drawn on another plate of the page
    if (isOwn) this.root.setAttribute("aria-describedby", this.keys);
    else this.root.removeAttribute("aria-describedby");
    this.changed();
  }

  /** The points that were drawn. */
  get points() {
    return this.strokes.points;
  }

  changed() {
    this.count.textContent = this.countText();
    this.undo.disabled = this.clear.disabled = this.strokes.count === 0;
    this.draw();
    this.onChange();
  }

  countText() {
    const { count, most, isFull } = this.strokes;
    if (!count) return "No points yet.";
    return isFull ? `${most} points: there is room for no more.` : `${counted(count, "point")}.`;
  }

  draw() {
    if (!this.plane.begin()) return;
    if (this.mixture) {
      this.plane.dots(this.mixture.centres.flat(), "--ink-soft", this.mixture.std);
      return;
    }
    this.plane.dots(this.points.flat(), "--ink", PEN);
    if (document.activeElement === this.root) this.plane.dots(this.cursor, "--accent", 2 * PEN);
  }
}

/**
 * The strokes that were drawn on this tab's pages before; none where the browser keeps nothing.
 *
 * @returns {Place[][]}
 */
function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {readonly Place[][]} strokes */
function remember(strokes) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(strokes));
  } catch {
    // storage is off or full: they stay on the page
  }
}
