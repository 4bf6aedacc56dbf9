// What each word drew: a button for every word with its maps, and the chosen word's maps laid over the guess.

import { Sheet, veil } from "../../kit/canvas.js";

const THIRDS = [
  ["top left", "top middle", "top right"],
  ["left middle", "middle", "right middle"],
  ["bottom left", "bottom middle", "bottom right"],
];

export class WordMaps {
  constructor(element) {
    this.section = element.querySelector("[data-role=word-maps]");
    this.row = element.querySelector("[data-role=word-row]");
    this.said = element.querySelector("[data-role=word-said]");
    this.overlay = new Sheet(element.querySelector("[data-role=overlay]"));
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(this.overlay.canvas.parentElement);
    this.words = [];
  }

  // Make room for the words of a run; a run without any hides the whole row.
  begin({ shape, count, attention = [] }) {
    this.shape = shape;
    this.count = count;
    this.chosen = this.looked = null;
    this.side = null;
    this.frame = null;
    this.words = attention.map((text, index) => new Word(this, text, index));
    this.row.replaceChildren(...this.words.map((word) => word.item));
    this.section.hidden = this.words.length === 0;
    this.layOut();
  }

  layOut() {
    const [, height, width] = this.shape;
    this.overlay.palette = veil(this.overlay.canvas);
    this.overlay.layOut([1, height, width], this.count);
    this.side = null;
    if (this.frame) this.show(this.frame);
    else this.lay();
  }

  fit() {
    if (this.words.length) this.overlay.fit();
  }

  show(frame) {
    if (!frame.attention || !this.words.length) return;
    this.frame = frame;
    if (this.side === null) this.layOutThumbnails(frame.attention.length);
    for (const word of this.words) word.show(this.maps(word.index), this.peaks(word.index), this.side);
    this.lay();
  }

  // Maps have the proportions of the picture, and fewer points.
  layOutThumbnails(length) {
    const [, height, width] = this.shape;
    const each = Math.sqrt((height * width * this.count * this.words.length) / length);
    this.side = { height: Math.round(height / each), width: Math.round(width / each) };
    for (const word of this.words) {
      word.sheet.palette = this.overlay.palette;
      word.sheet.layOut([1, this.side.height, this.side.width], this.count);
    }
  }

  // One word's map of each picture.
  maps(word) {
    const size = this.side.height * this.side.width;
    return Array.from({ length: this.count }, (_, picture) => {
      const start = (picture * this.words.length + word) * size;
      return this.frame.attention.subarray(start, start + size);
    });
  }

  peaks(word) {
    const all = this.frame.attention_peaks.flat();
    return Array.from({ length: this.count }, (_, picture) => all[picture * this.words.length + word]);
  }

  // Choose a word for good, or let it go again.
  choose(word) {
    this.chosen = this.chosen === word ? null : word;
    this.looked = null;
    for (const one of this.words) one.button.setAttribute("aria-pressed", String(one === this.chosen));
    this.lay();
  }

  // Look at a word as long as it is pointed at or has the focus.
  look(word) {
    this.looked = word;
    this.lay();
  }

  lay() {
    const word = this.looked ?? this.chosen;
    const isLaid = Boolean(word && this.frame);
    this.overlay.canvas.hidden = !isLaid;
    this.overlay.canvas.parentElement.classList.toggle("is-overlaid", isLaid);
    this.said.textContent = isLaid ? `${word.text}: ${word.where}` : "";
    if (isLaid) this.overlay.paint(this.enlarged(this.maps(word.index)));
  }

  enlarged(maps) {
    const [, height, width] = this.shape;
    const { side } = this;
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
}

class Word {
  constructor(maps, text, index) {
    this.text = text;
    this.index = index;
    this.where = "";
    this.item = document.createElement("li");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "word-map";
    this.button.setAttribute("aria-pressed", "false");
    this.place = part("span", "unseen"); // part of the button's name for those who hear it
    this.share = part("span", "share");
    const canvas = part("canvas");
    canvas.setAttribute("aria-hidden", "true");
    const frame = part("span", "word-sheet");
    frame.append(canvas);
    const name = part("span", "", text);
    name.append(this.place);
    this.button.append(frame, name, this.share);
    this.item.append(this.button);
    this.sheet = new Sheet(canvas);
    this.button.addEventListener("click", () => maps.choose(this));
    this.button.addEventListener("focus", () => this.button.matches(":focus-visible") && maps.look(this));
    this.button.addEventListener("blur", () => maps.look(null));
    this.button.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && maps.look(this));
    this.button.addEventListener("pointerleave", () => maps.look(null));
  }

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

// Name the ninth of a map that has most of it.
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

function joined(maps) {
  const all = new Uint8Array(maps.length * maps[0].length);
  maps.forEach((map, index) => all.set(map, index * map.length));
  return all;
}

function part(tag, className = "", text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
