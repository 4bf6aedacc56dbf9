/** The home page's recorded run, and the lessons' thumbnails, which are frames of the same recording. */

import { Clock } from "../kit/clock.js";
import { find } from "../kit/elements.js";
import { Scrubber } from "../kit/scrubber.js";
import { drawFrame, loadSprite } from "./sprite.js";

/** @import { Sprite } from "./sprite.js" */

const SECONDS = 4.6; // an animation that starts by itself ends within five seconds (WCAG 2.2.2)
const FIRST_HOLD = 0.12; // share of the time for which the pure noise stands still

/** @type {Promise<Sprite> | null} */
let loading = null;
const sprite = () => (loading ??= loadSprite(find(document, "recorded-run", HTMLElement)));

class Recording {
  /**
   * @param {HTMLElement} element
   * @param {Sprite} loaded
   */
  constructor(element, loaded) {
    this.element = element;
    this.sprite = loaded;
    this.last = loaded.frames - 1;
    this.pictures = Array.from({ length: loaded.columns }, (_, index) => index);
    this.canvas = find(element, "canvas", HTMLCanvasElement);
    this.button = find(element, "button", HTMLButtonElement);
    this.count = find(element, ".count", HTMLElement);
    this.clock = new Clock({
      onStep: (step) => this.show(step),
      onPlaying: () => this.name(),
      pace: (last) => last / (SECONDS * (1 - FIRST_HOLD)),
      firstHoldMs: 1000 * SECONDS * FIRST_HOLD,
      skipsLate: true,
    });
    const range = find(element, "input", HTMLInputElement);
    this.scrubber = new Scrubber({ range, buttons: [this.button] }, this.clock);
    this.scrubber.begin(this.last);
    this.clock.load(this.last);
    this.watcher = new ResizeObserver(() => this.show(this.clock.step));
    this.watcher.observe(element);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.clock.seek(this.last);
    else this.clock.play();
    this.name();
  }

  /** @param {number} step */
  show(step) {
    const across = Number(getComputedStyle(this.element).getPropertyValue("--columns")) || 6;
    const text = `step ${step} of ${this.last}`;
    drawFrame(this.canvas, this.sprite, step, this.pictures, across);
    this.scrubber.at(step, text);
    this.count.textContent = text;
    this.name();
  }

  /** Name the button after what it does next. */
  name() {
    this.scrubber.setPlaying(this.clock.isPlaying);
    if (!this.clock.isPlaying && this.clock.isAtEnd) this.button.textContent = "Play again";
  }

  close() {
    this.clock.pause();
    this.watcher.disconnect();
  }
}

class RecordedRun extends HTMLElement {
  async connectedCallback() {
    const loaded = await sprite();
    if (!this.isConnected) return;
    find(this, ".transport", HTMLElement).hidden = false;
    this.recording = new Recording(this, loaded);
  }

  disconnectedCallback() {
    this.recording?.close();
  }
}

/** A lesson's picture: pure noise at share 0, clear at share 1. */
class LessonThumb extends HTMLElement {
  async connectedCallback() {
    const canvas = document.createElement("canvas");
    canvas.className = "pixels";
    canvas.setAttribute("aria-hidden", "true");
    this.replaceChildren(canvas);
    const loaded = await sprite();
    const frame = Math.round(Number(this.getAttribute("share")) * (loaded.frames - 1));
    drawFrame(canvas, loaded, frame, [Number(this.getAttribute("picture")) % loaded.columns], 1);
  }
}

customElements.define("recorded-run", RecordedRun);
customElements.define("lesson-thumb", LessonThumb);
