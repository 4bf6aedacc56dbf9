/**
 * What a plate shows of one frame, all at once: the three sheets, the noise curve, the numbers, the code, and
 * for a model of prompts what each word drew.
 */

import { Sheet } from "../../kit/canvas.js";
import { find, findAll, findOptional } from "../../kit/elements.js";
import { PANES, decodePixels } from "../../kit/frames.js";
import { CodeView } from "./code_view.js";
import { whereabouts } from "./description.js";
import { MeanPane } from "./mean_pane.js";
import { NoiseCurve } from "./noise_curve.js";
import { readings } from "./readouts.js";
import { WordMaps } from "./word_maps.js";

/** @import { Shape } from "../../kit/canvas.js" */
/** @import { Frame } from "../../kit/frames.js" */
/** @import { Run } from "../../kit/run_request.js" */
/** @import { Start } from "./start.js" */

/** What the panes are called by those who do not see them. */
const LABELS = ["The noisy picture", "The model's guess of the clean picture", "The noise that the model predicts"];

/** The caption of the third pane; and at the end, where it shows no prediction of that frame. */
const NOISE = "Noise it predicts";
const LAST_NOISE = "Its last prediction";

const ROOM_FOR_THREE = 480; // px; on a narrower plate the third pane would push the scrubber out of sight

export class Plate {
  /**
   * @param {HTMLElement} element
   * @param {Start} start
   */
  constructor(element, { shape, noise, noiseScale, curves, prompt }) {
    this.element = element;
    this.shape = shape;
    /** @type {Uint8Array | null} */
    this.noise = noise ? decodePixels(noise) : null; // what a run with the plate's own settings starts from
    this.noiseScale = noiseScale;
    this.isBeginning = false; // that noise is what is to be seen
    this.curves = curves;
    this.count = 1;
    this.code = new CodeView(find(element, "[data-role=code]", HTMLElement));
    this.curve = new NoiseCurve(find(element, "[data-role=curve]", SVGSVGElement));
    this.sheets = PANES.map(
      (pane) => new Sheet(find(element, `[data-pane=${pane}] canvas`, HTMLCanvasElement)),
    );
    this.readouts = new Map(
      findAll(element, "[data-read]", HTMLElement).map((place) => [place.dataset.read ?? "", place]),
    );
    this.wordMaps = findOptional(element, "[data-role=word-maps]", HTMLElement) ? new WordMaps(element, prompt) : null;
    const mean = findOptional(element, "[data-pane=mean]", HTMLElement);
    this.mean = mean && new MeanPane(mean);
    const sheets = this.mean ? [...this.sheets, this.mean.sheet] : this.sheets;
    this.watcher = new ResizeObserver(() => sheets.forEach((sheet) => sheet.fit()));
    for (const { canvas } of sheets) if (canvas.parentElement) this.watcher.observe(canvas.parentElement);
    const showNoise = find(element, "[data-role=show-noise]", HTMLInputElement);
    const follow = () => element.classList.toggle("without-noise", !showNoise.checked);
    const isCovered = findOptional(element, "[data-pane=eps_hat].is-covered", HTMLElement) !== null;
    showNoise.checked = isCovered || (!this.mean && element.clientWidth >= ROOM_FOR_THREE);
    showNoise.addEventListener("change", follow);
    follow();
  }

  /**
   * @param {Shape} shape
   * @param {number} count
   */
  layOut(shape, count) {
    this.shape = shape;
    this.count = count;
    for (const sheet of this.sheets) sheet.layOut(shape, count);
    this.mean?.layOut(shape, count);
  }

  /** Take over the page's new colours; the caller shows its frame again. */
  relayOut() {
    this.layOut(this.shape, this.count);
    if (this.wordMaps?.words.length) this.wordMaps.layOut();
  }

  /**
   * Draw the noise_scale of a run that has not been made yet.
   *
   * @param {string} path
   * @param {string} grid
   */
  planCurve(path, grid) {
    this.curve.plan(this.curves[`${path} ${grid}`]);
  }

  /**
   * Before anything has run: the real noise where it is known, else a clear sheet.
   *
   * @param {{ seed: number, count: number } | null} known  the plate's own settings, as long as the form has them
   */
  showBeginning(known) {
    this.isBeginning = known !== null;
    if (known && this.noise) this.sheets[0].paint(this.noise);
    else this.sheets[0].clear();
    if (known && !this.noise) void this.drawNoise(known);
  }

  /** @param {{ seed: number, count: number }} settings */
  async drawNoise({ seed, count }) {
    const { startingNoise } = await import("./starting_noise.js");
    this.noise ??= startingNoise(seed, this.shape, count, this.noiseScale);
    if (this.isBeginning) this.sheets[0].paint(this.noise);
  }

  /**
   * @param {Run} run
   * @param {string} sampler
   */
  beginRun(run, sampler) {
    this.isBeginning = false;
    this.layOut(run.shape, run.count);
    this.wordMaps?.begin(run);
    this.element.classList.add("has-frames");
    this.code.choose(sampler);
    for (const place of this.readouts.values()) place.textContent = "–";
  }

  endWithoutFrames() {
    this.element.classList.remove("has-frames");
  }

  /**
   * Say what each pane shows. The finished picture has no noise left to predict, so its frame repeats the
   * prediction before it.
   *
   * @param {Frame} frame
   * @param {number} steps
   */
  name(frame, steps) {
    const isDone = frame.stage === "done";
    find(this.element, "[data-pane=eps_hat] figcaption span", HTMLElement).textContent = isDone ? LAST_NOISE : NOISE;
    const labels = isDone ? [...LABELS.slice(0, 2), "The last noise that the model predicted"] : LABELS;
    this.sheets.forEach(({ canvas }, index) => {
      canvas.setAttribute("aria-label", `${labels[index]}, ${whereabouts(frame, steps)}`);
    });
  }

  /**
   * @param {Frame} frame
   * @param {number} steps
   * @param {string} sampler
   */
  show(frame, steps, sampler) {
    this.sheets.forEach((sheet, index) => sheet.paint(frame[PANES[index]]));
    this.mean?.show(frame.x0_hat, whereabouts(frame, steps));
    this.wordMaps?.show(frame);
    this.curve.mark(frame, steps);
    this.name(frame, steps);
    for (const [name, text] of Object.entries(readings(frame, steps))) {
      const place = this.readouts.get(name);
      if (place) place.textContent = text;
    }
    if (this.code.sampler !== sampler) this.code.choose(sampler);
    this.code.show(frame);
  }

  close() {
    this.watcher.disconnect();
    this.wordMaps?.close();
  }
}
