// What a plate shows of one frame, all at once: the three sheets, the curve, the numbers, the code,
// and for a model of prompts what each word drew.

import { Sheet, inkOnPaper } from "./canvas.js";
import { Curve } from "./curve.js";
import { PANES, decodePixels } from "./frames.js";
import { CodeView, readings } from "./readouts.js";
import { WordMaps } from "./word_maps.js";

// What the third pane shows, as its caption and for those who do not see it.
const NOISE = ["The noise it predicts", "The noise that the model predicts"];
const LAST_NOISE = ["Its last prediction", "The last noise that the model predicted"];

export class Plate {
  constructor(element, { shape, noise, curves }) {
    this.element = element;
    this.shape = shape;
    this.noise = noise; // pixels of the frame that a run with the plate's own settings starts from
    this.curves = curves;
    this.count = 1;
    this.code = new CodeView(element.querySelector(".player-code"));
    this.curve = new Curve(element.querySelector("[data-role=curve]"));
    this.sheets = PANES.map((pane) => new Sheet(element.querySelector(`[data-pane=${pane}] canvas`)));
    this.wordMaps = element.querySelector("[data-role=word-maps]") ? new WordMaps(element) : null;
    this.watcher = new ResizeObserver(() => this.sheets.forEach((sheet) => sheet.fit()));
    for (const sheet of this.sheets) this.watcher.observe(sheet.canvas.parentElement);
    const showNoise = element.querySelector("[data-role=show-noise]");
    const follow = () => element.classList.toggle("without-noise", !showNoise.checked);
    showNoise.addEventListener("change", follow);
    follow(); // a browser may have kept the tick of the last visit
  }

  layOut(shape, count) {
    this.shape = shape;
    this.count = count;
    const palette = inkOnPaper(this.sheets[0].canvas);
    for (const sheet of this.sheets) {
      sheet.palette = palette;
      sheet.layOut(shape, count);
    }
  }

  // Colours of the page have changed; the caller shows its frame again.
  relayOut() {
    this.layOut(this.shape, this.count);
    if (this.wordMaps?.words.length) this.wordMaps.layOut();
  }

  // Draw the noise level of a run that has not been made yet.
  planCurve(path, grid) {
    this.curve.plan(this.curves[`${path} ${grid}`]);
  }

  // Before anything has run: real noise where we know it, else a clear sheet.
  showBeginning(isKnown) {
    if (isKnown) this.sheets[0].paint(decodePixels(this.noise));
    else this.sheets[0].clear();
  }

  beginRun(run, sampler) {
    this.layOut(run.shape, run.count);
    this.wordMaps?.begin(run);
    this.element.classList.add("has-frames");
    this.code.choose(sampler);
    for (const place of this.element.querySelectorAll("[data-read]")) place.textContent = "–";
  }

  endWithoutFrames() {
    this.element.classList.remove("has-frames");
  }

  show(frame, steps, sampler) {
    this.sheets.forEach((sheet, index) => sheet.paint(frame[PANES[index]]));
    this.nameNoise(frame);
    this.wordMaps?.show(frame);
    this.curve.mark(frame, steps);
    for (const [name, text] of Object.entries(readings(frame, steps))) {
      this.element.querySelector(`[data-read=${name}]`).textContent = text;
    }
    if (this.code.sampler !== sampler) this.code.choose(sampler);
    this.code.show(frame);
  }

  // The finished picture has no noise left to predict, so its frame repeats the prediction before it.
  nameNoise(frame) {
    const [caption, label] = frame.stage === "done" ? LAST_NOISE : NOISE;
    const pane = this.element.querySelector("[data-pane=eps_hat]");
    pane.querySelector("figcaption span").textContent = caption;
    pane.querySelector("canvas").setAttribute("aria-label", label);
  }
}
