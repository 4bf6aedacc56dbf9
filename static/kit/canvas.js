/**
 * Pixels on a canvas: one picture or a sheet of several, of one channel through a palette or of three as RGB.
 * Palettes take the canvas's own colours, so that a picture of one channel is ink on paper: dark on light in
 * every colour scheme, and so in every file (app/pictures.py).
 */

const GAP = 1; // pixels between two pictures of a sheet
const DENSEST = 0.85; // opacity of the highest level of a veil

/** @typedef {readonly [channels: number, height: number, width: number]} Shape */

/**
 * Colours for one channel: 0 is the element's background, 255 its text colour.
 *
 * @param {Element} element
 * @returns {Uint32Array<ArrayBuffer>} a colour for each of 256 levels
 */
export function inkOnPaper(element) {
  const style = getComputedStyle(element);
  const [paper, ink] = [rgba(style.backgroundColor), rgba(style.color)];
  const palette = new Uint32Array(256);
  const bytes = new Uint8ClampedArray(palette.buffer);
  for (let level = 0; level < 256; level += 1) {
    for (let part = 0; part < 3; part += 1) {
      bytes[4 * level + part] = paper[part] + ((ink[part] - paper[part]) * level) / 255;
    }
    bytes[4 * level + 3] = 255;
  }
  return palette;
}

/**
 * Levels of the element's text colour over what lies below: 0 is transparent, 255 nearly opaque.
 *
 * @param {Element} element
 * @returns {Uint32Array<ArrayBuffer>} a colour for each of 256 levels
 */
export function veil(element) {
  const colour = rgba(getComputedStyle(element).color);
  const palette = new Uint32Array(256);
  const bytes = new Uint8ClampedArray(palette.buffer);
  for (let level = 0; level < 256; level += 1) bytes.set([...colour.slice(0, 3), level * DENSEST], 4 * level);
  return palette;
}

/** @param {string} colour  as CSS writes it */
function rgba(colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = contextOf(canvas);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser gives no 2D context for the canvas");
  return context;
}

export class Sheet {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = contextOf(canvas);
    this.channels = 1;
    this.image = this.context.createImageData(1, 1); // nothing is laid out yet
    this.words = new Uint32Array(this.image.data.buffer); // the image's pixels, each as one number
    this.places = new Uint32Array(0); // in the image, of each pixel that is painted
    /** @type {Uint32Array} */
    this.palette = new Uint32Array(256);
  }

  /**
   * Make room for `count` pictures in a square; what is kept between two frames is made here, once.
   *
   * @param {Shape} shape of one picture, of 1 or 3 channels
   * @param {number} count
   * @param {Uint32Array} [palette] for one channel; as a rule the canvas's own ink on paper
   */
  layOut(shape, count, palette) {
    const [channels, height, width] = shape;
    const columns = Math.ceil(Math.sqrt(count));
    const rows = Math.ceil(count / columns);
    this.canvas.width = columns * (width + GAP) - GAP;
    this.canvas.height = rows * (height + GAP) - GAP;
    this.image = this.context.createImageData(this.canvas.width, this.canvas.height);
    this.words = new Uint32Array(this.image.data.buffer);
    this.channels = channels;
    if (palette || channels === 1) this.palette = palette ?? inkOnPaper(this.canvas);
    this.places = new Uint32Array(count * height * width);
    let pixel = 0;
    for (let picture = 0; picture < count; picture += 1) {
      const left = (picture % columns) * (width + GAP);
      const top = Math.floor(picture / columns) * (height + GAP);
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          this.places[pixel] = (top + y) * this.canvas.width + left + x;
          pixel += 1;
        }
      }
    }
    this.fit();
  }

  /** @param {Uint8Array} pixels  of all pictures: count, height, width, channels */
  paint(pixels) {
    const { words, places, palette } = this;
    if (this.channels === 1) {
      for (let index = 0; index < places.length; index += 1) words[places[index]] = palette[pixels[index]];
    } else {
      for (let index = 0, from = 0; index < places.length; index += 1, from += 3) {
        words[places[index]] =
          0xff000000 | (pixels[from + 2] << 16) | (pixels[from + 1] << 8) | pixels[from];
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }

  clear() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** Fill the element around the canvas, with every pixel the same whole number of device pixels. */
  fit() {
    const around = this.canvas.parentElement;
    const room = around ? Math.min(around.clientWidth, around.clientHeight) : 0;
    if (!room) return;
    const density = window.devicePixelRatio || 1;
    const longest = Math.max(this.canvas.width, this.canvas.height);
    const scale = Math.max(1, Math.floor((room * density) / longest)) / density;
    this.canvas.style.width = `${this.canvas.width * scale}px`;
    this.canvas.style.height = `${this.canvas.height * scale}px`;
  }
}
