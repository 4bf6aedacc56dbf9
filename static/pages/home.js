// The home page's recorded run, and the lessons' thumbnails, which are frames of the same recording.

const SECONDS = 4.6; // an animation that starts by itself ends within five seconds (WCAG 2.2.2)
const FIRST_HOLD = 0.12; // share of the time for which the pure noise stands still

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** The sprite of a recording: a row of `height` pixels a frame, a column of `width` pixels a picture. */
async function loadSprite(element) {
  const image = new Image();
  image.src = element.getAttribute("src");
  await image.decode();
  const number = (name) => Number(element.getAttribute(name));
  return {
    image,
    frames: number("frames"),
    columns: number("columns"),
    width: number("width"),
    height: number("height"),
  };
}

let spriteLoading = null;
const sprite = () => (spriteLoading ??= loadSprite(document.querySelector("recorded-run")));

/** Draw pictures of one frame side by side in rows of `across`. */
function drawFrame(canvas, { image, width, height }, frame, pictures, across) {
  const down = Math.ceil(pictures.length / across);
  if (canvas.width !== across * width || canvas.height !== down * height) {
    canvas.width = across * width;
    canvas.height = down * height;
  }
  const context = canvas.getContext("2d");
  pictures.forEach((picture, index) => {
    const [x, y] = [(index % across) * width, Math.floor(index / across) * height];
    context.drawImage(image, picture * width, frame * height, width, height, x, y, width, height);
  });
}

class RecordedRun extends HTMLElement {
  async connectedCallback() {
    this.canvas = this.querySelector("canvas");
    this.button = this.querySelector("button");
    this.slider = this.querySelector("input");
    this.count = this.querySelector(".count");
    this.sprite = await sprite();
    this.last = this.sprite.frames - 1;
    this.playing = null;
    this.button.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    this.slider.addEventListener("input", () => {
      this.pause();
      this.show(Number(this.slider.value));
    });
    new ResizeObserver(() => this.show(this.frame)).observe(this);
    this.querySelector(".transport").hidden = false;
    this.show(calm.matches ? this.last : 0);
    this.pause();
    if (!calm.matches) this.play();
  }

  show(frame) {
    this.frame = frame;
    const across = Number(getComputedStyle(this).getPropertyValue("--columns")) || 6;
    const pictures = Array.from({ length: this.sprite.columns }, (_, index) => index);
    drawFrame(this.canvas, this.sprite, this.frame, pictures, across);
    this.slider.value = this.frame;
    this.slider.setAttribute("aria-valuetext", `step ${this.frame} of ${this.last}`);
    this.count.textContent = `step ${this.frame} of ${this.last}`;
  }

  play() {
    const from = this.frame >= this.last ? 0 : this.frame;
    const began = performance.now() - this.timeOf(from) * SECONDS * 1000;
    const tick = (now) => {
      const share = Math.max(0, now - began) / 1000 / SECONDS;
      const frame = Math.min(this.last, this.frameAt(share));
      if (frame !== this.frame) this.show(frame);
      if (frame === this.last) this.pause();
      else this.playing = requestAnimationFrame(tick);
    };
    this.button.textContent = "Pause";
    this.playing = requestAnimationFrame(tick);
  }

  /** Noise stands, then the steps come evenly. */
  frameAt(share) {
    return Math.floor((Math.max(0, share - FIRST_HOLD) / (1 - FIRST_HOLD)) * this.last);
  }

  timeOf(frame) {
    return frame === 0 ? 0 : FIRST_HOLD + (frame / this.last) * (1 - FIRST_HOLD);
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = null;
    this.button.textContent = this.frame >= this.last ? "Play again" : "Play";
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
    drawFrame(canvas, loaded, frame, [Number(this.getAttribute("picture"))], 1);
  }
}

customElements.define("recorded-run", RecordedRun);
customElements.define("lesson-thumb", LessonThumb);
