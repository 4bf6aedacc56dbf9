// Painting: pixels of a run onto a canvas, one to sixteen pictures in a square, ink on paper or in colour.

const GAP = 1;
const DENSEST = 0.85;

// Colours for one channel: 0 is the paper, 255 the ink, as the page's own colours have them.
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

// Levels of the element's own colour over what lies below: 0 lets all of it through, 255 little.
export function veil(element) {
  const colour = rgba(getComputedStyle(element).color);
  const palette = new Uint32Array(256);
  const bytes = new Uint8ClampedArray(palette.buffer);
  for (let level = 0; level < 256; level += 1) bytes.set([...colour.slice(0, 3), level * DENSEST], 4 * level);
  return palette;
}

function rgba(colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

export class Sheet {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.palette = null;
  }

  // Make room for `count` pictures of `shape`; what is kept between frames is made here, once.
  layOut(shape, count) {
    const [channels, height, width] = shape;
    const columns = Math.ceil(Math.sqrt(count));
    const rows = Math.ceil(count / columns);
    this.canvas.width = columns * (width + GAP) - GAP;
    this.canvas.height = rows * (height + GAP) - GAP;
    this.image = this.context.createImageData(this.canvas.width, this.canvas.height);
    this.words = new Uint32Array(this.image.data.buffer);
    this.channels = channels;
    this.sources = new Uint32Array(count * height * width);
    let source = 0;
    for (let picture = 0; picture < count; picture += 1) {
      const left = (picture % columns) * (width + GAP);
      const top = Math.floor(picture / columns) * (height + GAP);
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          this.sources[source] = (top + y) * this.canvas.width + left + x;
          source += 1;
        }
      }
    }
    this.fit();
  }

  paint(pixels) {
    const { words, sources, palette } = this;
    if (this.channels === 1) {
      for (let index = 0; index < sources.length; index += 1) words[sources[index]] = palette[pixels[index]];
    } else {
      for (let index = 0, from = 0; index < sources.length; index += 1, from += 3) {
        words[sources[index]] =
          0xff000000 | (pixels[from + 2] << 16) | (pixels[from + 1] << 8) | pixels[from];
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }

  clear() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  // As large as the sheet allows, every pixel the same whole number of device pixels.
  fit() {
    const sheet = this.canvas.parentElement;
    const room = Math.min(sheet.clientWidth, sheet.clientHeight);
    if (!room) return;
    const density = window.devicePixelRatio || 1;
    const longest = Math.max(this.canvas.width, this.canvas.height);
    const scale = Math.max(1, Math.floor((room * density) / longest)) / density;
    this.canvas.style.width = `${this.canvas.width * scale}px`;
    this.canvas.style.height = `${this.canvas.height * scale}px`;
  }
}
