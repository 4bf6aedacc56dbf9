/**
 * What each word drew: a button for every word that counts, with its maps, and the chosen word's maps laid over
 * the guess. The maps are the average over the steps that decide the layout, or those of the frame on show.
 */

import { Sheet, veil } from "../../kit/canvas.js";
import { find } from "../../kit/elements.js";
import { LayoutAverage, shareOf } from "./layout_average.js";
import { Word } from "./word.js";

/** @import { Shape } from "../../kit/canvas.js" */
/** @import { Frame } from "../../kit/frames.js" */
/** @import { Run } from "../../kit/run_request.js" */
/** @import { Maps } from "./layout_average.js" */
/** @import { Rules } from "./vocabulary.js" */
/** @import { Side } from "./word.js" */

const SMALL_WORDS = "other"; // the kind of words that carry nothing by themselves, such as articles

export class WordMaps {
  /**
   * @param {HTMLElement} element
   * @param {Rules | null} rules of the model's prompts
   */
  constructor(element, rules) {
    this.smallWords = new Set(rules?.words[SMALL_WORDS]?.flat());
    this.section = find(element, "[data-role=word-maps]", HTMLElement);
    this.row = find(element, "[data-role=word-row]", HTMLElement);
    this.said = find(element, "[data-role=word-said]", HTMLElement);
    this.about = find(element, "[data-role=word-about]", HTMLElement);
    this.ofLayout = find(element, "[data-role=word-layout]", HTMLButtonElement);
    this.ofStep = find(element, "[data-role=word-step]", HTMLButtonElement);
    this.overlay = new Sheet(find(element, "[data-role=overlay]", HTMLCanvasElement));
    /** @type {Shape} */
    this.shape = [1, 1, 1];
    this.count = 1;
    this.read = 0; // words of the prompt, small ones among them: each has a map
    /** @type {Word[]} */
    this.words = []; // that count
    /** @type {Word | null} */
    this.chosen = null;
    /** @type {Word | null} */
    this.looked = null; // at, as long as it is pointed at or has the focus
    /** @type {Side | null} */
    this.side = null; // of a map in points, known with the first frame
    /** @type {Frame | null} */
    this.frame = null; // on show
    this.average = new LayoutAverage(0);
    this.showsLayout = true;
    /** @type {Maps | null} */
    this.shown = null;
    this.ofLayout.addEventListener("click", () => this.follow(true));
    this.ofStep.addEventListener("click", () => this.follow(false));
    // Whoever moves the scrubber looks for one step; a run that plays leaves the average alone.
    const scrubber = find(element, "[data-role=scrubber]", HTMLInputElement);
    scrubber.addEventListener("input", () => this.follow(false));
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
    this.frame = this.shown = null;
    this.read = attention.length;
    this.average = new LayoutAverage(count * this.read);
    const actions = { choose: (/** @type {Word} */ word) => this.choose(word), look: (/** @type {Word | null} */ word) => this.look(word) };
    const words = attention.map((text, index) => new Word(text, index, actions));
    const counting = words.filter(({ text }) => !this.smallWords.has(text));
    this.words = counting.length ? counting : words;
    this.row.replaceChildren(...this.words.map((word) => word.item));
    this.section.hidden = this.words.length === 0;
    this.about.textContent = "";
    this.press(true);
    this.layOut();
  }

  layOut() {
    const [, height, width] = this.shape;
    this.overlay.layOut([1, height, width], this.count, veil(this.overlay.canvas));
    this.side = null;
    if (this.frame) this.draw();
    else this.lay();
  }

  fit() {
    if (this.words.length) this.overlay.fit();
  }

  /**
   * Frames have arrived, whether they are shown yet or not.
   *
   * @param {Frame[]} frames of the run so far
   */
  received(frames) {
    if (this.words.length && this.average.add(frames) && this.showsLayout && this.frame) this.draw();
  }

  /** @param {Frame} frame */
  show(frame) {
    if (!frame.attention || !this.words.length) return;
    const isFirst = !this.frame;
    this.frame = frame;
    if (isFirst || !this.showsLayout) this.draw();
  }

  /**
   * Show the average over the layout's steps from now on, or the step on show.
   *
   * @param {boolean} showsLayout
   */
  follow(showsLayout) {
    if (showsLayout === this.showsLayout) return;
    this.press(showsLayout);
    if (this.frame) this.draw();
  }

  /** @param {boolean} showsLayout */
  press(showsLayout) {
    this.showsLayout = showsLayout;
    this.ofLayout.setAttribute("aria-pressed", String(showsLayout));
    this.ofStep.setAttribute("aria-pressed", String(!showsLayout));
  }

  draw() {
    const { attention, attention_peaks: peaks } = this.frame ?? {};
    const ofStep = attention && peaks ? { attention, peaks: peaks.flat() } : null;
    this.shown = (this.showsLayout && this.average.result) || ofStep;
    if (!this.shown) return;
    this.side ??= this.layOutThumbnails(this.shown.attention.length);
    for (const word of this.words) word.show(this.maps(word), this.peaks(word), this.side);
    this.about.textContent = this.whatIsShown();
    this.lay();
  }

  whatIsShown() {
    const { steps } = this.average;
    const [first, last] = [steps[0], steps.at(-1)];
    const isAverage = this.showsLayout && steps.length > 0;
    const span = first === last ? `Step ${first}` : `Average of steps ${first} to ${last}`;
    const when = isAverage ? `${span}, in which the layout is decided` : `Step ${this.frame?.step}`;
    const maps = this.words.flatMap((word) => {
      const peaks = this.peaks(word);
      return this.maps(word).map((map, picture) => ({ map, peak: peaks[picture] }));
    });
    const share = Math.round(100 * shareOf(maps, this.count));
    const small = this.words.length < this.read ? "to small words or " : "";
    return `${when}. These words had ${share}% of the picture’s attention; the rest went ${small}to no word.`;
  }

  /**
   * Maps have the proportions of the picture, and fewer points.
   *
   * @param {number} length of all maps of a frame
   * @returns {Side}
   */
  layOutThumbnails(length) {
    const [, height, width] = this.shape;
    const each = Math.sqrt((height * width * this.count * this.read) / length);
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
   * @returns {Uint8Array[]}
   */
  maps(word) {
    const { attention } = this.shown ?? { attention: new Uint8Array(0) };
    const size = attention.length / (this.count * this.read);
    return Array.from({ length: this.count }, (_, picture) => {
      const start = (picture * this.read + word.index) * size;
      return attention.subarray(start, start + size);
    });
  }

  /**
   * One word's peak in each picture.
   *
   * @param {Word} word
   */
  peaks(word) {
    return Array.from({ length: this.count }, (_, picture) => this.shown?.peaks[picture * this.read + word.index] ?? 0);
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
    const isLaid = word !== null && this.shown !== null;
    this.overlay.canvas.hidden = !isLaid;
    this.overlay.canvas.parentElement?.classList.toggle("is-overlaid", isLaid);
    this.said.textContent = isLaid ? `${word.text}: ${word.where}` : "";
    if (isLaid && this.side) this.overlay.paint(this.enlarged(this.maps(word), this.side));
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
