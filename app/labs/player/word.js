/** One word of a prompt: its button, with its maps of attention and where in the picture they are strongest. */

import { Sheet } from "../../kit/canvas.js";

/** @typedef {{ height: number, width: number }} Side  of a map, in points */

/**
 * @typedef {object} Actions  of a viewer
 * @property {(word: Word) => void} choose
 * @property {(word: Word | null) => void} look
 */

const THIRDS = [
  ["top left", "top middle", "top right"],
  ["left middle", "middle", "right middle"],
  ["bottom left", "bottom middle", "bottom right"],
];

export class Word {
  /**
   * @param {string} text
   * @param {number} index among the words of the run
   * @param {Actions} actions
   */
  constructor(text, index, { choose, look }) {
    this.text = text;
    this.index = index;
    this.where = "";
    this.item = document.createElement("li");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "word-map";
    this.button.setAttribute("aria-pressed", "false");
    this.place = span("unseen"); // part of the button's name for those who hear it
    this.share = span("share");
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    const frame = span("word-sheet");
    frame.append(canvas);
    const name = span("", text);
    name.append(this.place);
    this.button.append(frame, name, this.share);
    this.item.append(this.button);
    this.sheet = new Sheet(canvas);
    this.button.addEventListener("click", () => choose(this));
    this.button.addEventListener("focus", () => this.button.matches(":focus-visible") && look(this));
    this.button.addEventListener("blur", () => look(null));
    this.button.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && look(this));
    this.button.addEventListener("pointerleave", () => look(null));
  }

  /**
   * @param {Uint8Array[]} maps one for each picture
   * @param {number[]} peaks share of the attention at the strongest point of each
   * @param {Side} side
   */
  show(maps, peaks, side) {
    this.sheet.paint(maps.length === 1 ? maps[0] : joined(maps));
    const places = maps.map((map) => whereMost(map, side));
    const shares = peaks.map((peak) => `${Math.round(100 * peak)}%`);
    // The place is the ninth that looked most at all; the share is that of one point, wherever it is.
    const one = `looked at most from the ${places[0]}; at its strongest point`;
    const each = places.map(
      (place, index) => `in picture ${index + 1} most from the ${place} (at its strongest point ${shares[index]})`,
    );
    this.where = maps.length === 1 ? `${one} ${shares[0]}` : `looked at ${each.join("; ")}`;
    this.place.textContent = maps.length === 1 ? ` ${one} ` : ` ${this.where}; at most `;
    this.share.textContent = `${Math.round(100 * Math.max(...peaks))}%`;
  }
}

/**
 * Name the ninth of a map that has most of it.
 *
 * @param {Uint8Array} map
 * @param {Side} side
 */
function whereMost(map, { height, width }) {
  const sums = new Array(9).fill(0);
  const sizes = new Array(9).fill(0);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const ninth = 3 * Math.floor((3 * y) / height) + Math.floor((3 * x) / width);
      sums[ninth] += map[y * width + x];
      sizes[ninth] += 1;
    }
  }
  const means = sums.map((sum, ninth) => (sizes[ninth] ? sum / sizes[ninth] : -1));
  const most = means.indexOf(Math.max(...means));
  return THIRDS[Math.floor(most / 3)][most % 3];
}

/** @param {Uint8Array[]} maps */
function joined(maps) {
  const all = new Uint8Array(maps.length * maps[0].length);
  maps.forEach((map, index) => all.set(map, index * map.length));
  return all;
}

/**
 * @param {string} className
 * @param {string} [text]
 */
function span(className, text = "") {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}
