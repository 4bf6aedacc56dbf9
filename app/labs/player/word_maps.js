/** What each word drew: a button for every word with its maps, and the chosen word's maps laid over the guess. */

import { Sheet, veil } from "../../kit/canvas.js";
import { find } from "../../kit/elements.js";
import { Word } from "./word.js";

/** @import { Shape } from "../../kit/canvas.js" */
/** @import { Frame } from "../../kit/frames.js" */
/** @import { Run } from "../../kit/run_request.js" */
/** @import { Side } from "./word.js" */

export class WordMaps {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.section = find(element, "[data-role=word-maps]", HTMLElement);
    this.row = find(element, "[data-role=word-row]", HTMLElement);
    this.said = find(element, "[data-role=word-said]", HTMLElement);
    this.overlay = new Sheet(find(element, "[data-role=overlay]", HTMLCanvasElement));
    /** @type {Shape} */
    this.shape = [1, 1, 1];
    this.count = 1;
    /** @type {Word[]} */
    this.words = [];
    /** @type {Word | null} */
    this.chosen = null;
    /** @type {Word | null} */
    this.looked = null; // at, as long as it is pointed at or has the focus
    /** @type {Side | null} */
    this.side = null; // of a map in points, known with the first frame
    /** @type {Frame | null} */
    this.frame = null; // on show
    this.watcher = new ResizeObserver(() => this.fit());
    if (this.overlay.canvas.parentElement) this.watcher.observe(this.overlay.canvas.parentElement);
  }

  /**
   * Make room for the words of a run; a run without any hides the whole row.
   *
   * @param {Run} run
   */
  begin({ shape, count, attention = [] }) {
    this.shape = shape;
    this.count = count;
    this.chosen = this.looked = null;
    this.frame = null;
    this.words = attention.map(
      (text, index) =>
        new Word(text, index, { choose: (word) => this.choose(word), look: (word) => this.look(word) }),
    );
    this.row.replaceChildren(...this.words.map((word) => word.item));
    this.section.hidden = this.words.length === 0;
    this.layOut();
  }

  layOut() {
    const [, height, width] = this.shape;
    this.overlay.layOut([1, height, width], this.count, veil(this.overlay.canvas));
    this.side = null;
    if (this.frame) this.show(this.frame);
    else this.lay();
  }

  fit() {
    if (this.words.length) this.overlay.fit();
  }

  /** @param {Frame} frame */
  show(frame) {
    const { attention, attention_peaks: peaks } = frame;
    if (!attention || !peaks || !this.words.length) return;
    this.frame = frame;
    this.side ??= this.layOutThumbnails(attention.length);
    for (const word of this.words) word.show(this.maps(word, attention), this.peaks(word, peaks), this.side);
    this.lay();
  }

  /**
   * Maps have the proportions of the picture, and fewer points.
   *
   * @param {number} length of all maps of a frame
   * @returns {Side}
   */
  layOutThumbnails(length) {
    const [, height, width] = this.shape;
    const each = Math.sqrt((height * width * this.count * this.words.length) / length);
    const side = { height: Math.round(height / each), width: Math.round(width / each) };
    for (const word of this.words) {
      word.sheet.layOut([1, side.height, side.width], this.count, this.overlay.palette);
    }
    return side;
  }

  /**
   * One word's map of each picture.
   *
   * @param {Word} word
   * @param {Uint8Array} attention
   */
  maps(word, attention) {
    const size = attention.length / (this.count * this.words.length);
    return Array.from({ length: this.count }, (_, picture) => {
      const start = (picture * this.words.length + word.index) * size;
      return attention.subarray(start, start + size);
    });
  }

  /**
   * One word's peak in each picture.
   *
   * @param {Word} word
   * @param {number[][]} peaks
   */
  peaks(word, peaks) {
    const all = peaks.flat();
    return Array.from({ length: this.count }, (_, picture) => all[picture * this.words.length + word.index]);
  }

  /**
   * Choose a word until it is chosen again.
   *
   * @param {Word} word
   */
  choose(word) {
    this.chosen = this.chosen === word ? null : word;
    this.looked = null;
    for (const one of this.words) one.button.setAttribute("aria-pressed", String(one === this.chosen));
    this.lay();
  }

  /** @param {Word | null} word */
  look(word) {
    this.looked = word;
    this.lay();
  }

  lay() {
    const word = this.looked ?? this.chosen;
    const attention = word && this.frame?.attention;
    this.overlay.canvas.hidden = !attention;
    this.overlay.canvas.parentElement?.classList.toggle("is-overlaid", Boolean(attention));
    this.said.textContent = attention ? `${word.text}: ${word.where}` : "";
    if (attention && this.side) this.overlay.paint(this.enlarged(this.maps(word, attention), this.side));
  }

  /**
   * Stretch maps to the size of the pictures.
   *
   * @param {Uint8Array[]} maps
   * @param {Side} side
   */
  enlarged(maps, side) {
    const [, height, width] = this.shape;
    const pixels = new Uint8Array(maps.length * height * width);
    let to = 0;
    for (const map of maps) {
      for (let y = 0; y < height; y += 1) {
        const row = Math.floor((y * side.height) / height) * side.width;
        for (let x = 0; x < width; x += 1, to += 1) pixels[to] = map[row + Math.floor((x * side.width) / width)];
      }
    }
    return pixels;
  }

  close() {
    this.watcher.disconnect();
  }
}
