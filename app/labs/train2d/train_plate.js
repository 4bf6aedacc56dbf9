/**
 * The plate of a train2d lab: points, the settings of a training, and one training or two side by side that are
 * watched while they go on and looked over afterwards. Its state is changed here and in column.js.
 */

import { find, findAll } from "../../kit/elements.js";
import { bringIntoView } from "../../kit/in_view.js";
import { onOtherStart, tellStart } from "../../kit/one_at_a_time.js";
import { Column } from "./column.js";
import { knownPace } from "./pace.js";
import { Pad } from "./pad.js";
import { OWN, Settings } from "./settings.js";
import { durationText, whole } from "./words.js";

/** @import { Pace } from "./pace.js" */
/** @import { Scene } from "./plane.js" */

/** @type {Record<Scene, string>} */
const LABELS = {
  samples: "The plane: points to learn from, and what the network makes of noise",
  ways: "The plane: the ways of some samples from noise to where they end",
  guesses: "The plane: arrows from places on a grid towards the network's guess there",
};
const LONGEST_S = 20; // that a training may take which is offered first

export class TrainPlate {
  /** @param {HTMLElement} element */
  constructor(element) {
    const { presets, beside, edge, mostPoints } = JSON.parse(element.dataset.start ?? "");
    this.element = element;
    this.presets = presets;
    const place = (/** @type {string} */ role) => find(element, `[data-role=${role}]`, HTMLElement);
    this.results = place("results");
    this.cost = place("cost");
    this.note = place("note");
    this.fault = place("fault");
    this.voice = place("voice");
    this.train = find(element, "[data-role=train]", HTMLButtonElement);
    this.train.disabled = false;
    this.halt = find(element, "[data-role=stop]", HTMLButtonElement);
    this.slider = find(element, "[data-role=report]", HTMLInputElement);
    this.sliderValue = find(element, "[data-role=report-value]", HTMLOutputElement);
    this.scenes = findAll(element, "[data-role=scene]", HTMLInputElement);
    this.guessLevel = find(element, "[data-role=guess-level]", HTMLSelectElement);
    this.guessLabel = place("guess-label");
    this.blindLegend = place("blind-legend");
    this.legends = findAll(element, "[data-scenes]", HTMLElement);
    this.settings = new Settings(find(element, "form", HTMLFormElement), beside);
    this.firstUpdates = this.settings.updates.value;
    this.pad = new Pad(element, {
      edge,
      most: mostPoints,
      say: (text) => this.say(text),
      onChange: () => (this.fault.hidden = true),
    });
    this.columns = findAll(element, "[data-role=column]", HTMLElement).map(
      (root) => new Column(root, () => this.columnChanged()),
    );
    this.follows = true; // the newest report is on show
    this.wasLive = false;
    /** @type {Pace | null} */
    this.pace = null;
    this.gone = new AbortController();
    this.watcher = new ResizeObserver(() => this.show());
    this.watcher.observe(this.results);
    this.listen();
    this.settingsChanged();
    void this.learnPace();
  }

  close() {
    this.gone.abort();
    this.watcher.disconnect();
    this.pad.close();
    this.columns.forEach((column) => column.stop());
  }

  listen() {
    const { signal } = this.gone;
    this.settings.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.start();
    });
    this.settings.form.addEventListener("change", () => this.settingsChanged());
    this.halt.addEventListener("click", () => {
      this.stop();
      this.train.focus();
    });
    this.slider.addEventListener("input", () => {
      this.follows = this.slider.valueAsNumber === this.last;
      this.show();
    });
    for (const input of [...this.scenes, this.guessLevel]) input.addEventListener("change", () => this.show());
    onOtherStart(this.element, () => this.stop(), signal);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", () => [this.pad.draw(), this.show()], { signal });
  }

  async learnPace() {
    this.pace = await knownPace();
    if (!this.pace || this.gone.signal.aborted) return;
    const isUntouched = this.settings.updates.value === this.firstUpdates && !this.wasLive;
    const most = this.pace.updatesWithin(LONGEST_S / this.trained);
    if (isUntouched && Number(this.firstUpdates) > most) {
      const fewer = this.settings.limitUpdates(most);
      this.note.textContent = `This machine takes its time, so ${whole(fewer)} updates are set to begin with.`;
      this.say(this.note.textContent);
    }
    this.sayCost();
  }

  /** How many trainings a press begins. */
  get trained() {
    return this.settings.variation ? 2 : 1;
  }

  settingsChanged() {
    const { settings } = this;
    settings.depend();
    settings.check();
    const preset = this.presets[settings.preset] ?? null;
    if (this.pad.mixture !== preset || !this.pad.count.textContent) this.pad.choose(preset);
    this.sayCost();
  }

  sayCost() {
    const seconds = this.pace?.seconds(Number(this.settings.updates.value));
    this.cost.textContent = seconds === undefined ? "" : `takes ${durationText(seconds * this.trained)}`;
  }

  start() {
    const { settings, pad } = this;
    if (!settings.check()) return settings.seed.focus();
    if (settings.preset === OWN && !pad.points.length) {
      this.complain("There is nothing to learn from: draw at least one point.");
      return pad.root.focus();
    }
    this.fault.hidden = true;
    this.note.textContent = "";
    tellStart(this.element);
    this.follows = true;
    const { values, variation } = settings;
    const [first, second] = this.columns;
    const points = pad.points;
    second.root.hidden = variation === null;
    this.results.hidden = false;
    this.results.toggleAttribute("data-two", variation !== null);
    first.begin(settings.request(values, points), settings.inWords(values));
    if (variation) {
      const [name, value] = variation;
      second.begin(settings.request({ ...values, [name]: value }, points), `Beside, ${settings.differenceInWords()}`);
    } else second.stop();
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    bringIntoView(this.train, first.canvas, { isCalm });
    return undefined;
  }

  stop() {
    this.columns.forEach((column) => column.stop());
  }

  /** @param {string} text */
  complain(text) {
    this.fault.textContent = text;
    this.fault.hidden = false;
  }

  get shownColumns() {
    return this.columns.filter((column) => !column.root.hidden);
  }

  /** Number of the newest report of all. */
  get last() {
    return Math.max(0, ...this.shownColumns.map((column) => column.last));
  }

  columnChanged() {
    const isLive = this.columns.some((column) => column.isLive);
    this.halt.hidden = !isLive;
    if (isLive !== this.wasLive) this.say(isLive ? this.columns[0].text : this.outcome());
    this.wasLive = isLive;
    this.slider.max = String(this.last);
    if (this.follows) this.slider.value = String(this.last);
    this.show();
  }

  /** What came of the trainings, in sentences. */
  outcome() {
    return this.shownColumns.map((column) => column.outcome()).join(" ");
  }

  show() {
    const number = this.slider.valueAsNumber;
    const scene = /** @type {Scene} */ (this.scenes.find((input) => input.checked)?.value ?? "samples");
    this.guessLabel.hidden = scene !== "guesses";
    for (const legend of this.legends) legend.hidden = !legend.dataset.scenes?.split(" ").includes(scene);
    const level = Number(this.guessLevel.value);
    const columns = this.shownColumns;
    this.blindLegend.hidden = columns.every(({ request }) => request?.level_told ?? true);
    const isOneScale = new Set(columns.map(({ request }) => `${request?.target} ${request?.schedule}`)).size === 1;
    const top = Math.max(...columns.map((column) => column.top));
    for (const column of columns) column.show(number, { scene, level, top: isOneScale ? top : column.top });
    const farthest = columns.reduce((best, column) => (column.last > best.last ? column : best));
    const report = farthest.reports.at(number);
    for (const column of columns) column.canvas.setAttribute("aria-label", LABELS[scene]);
    this.slider.disabled = this.last < 1;
    this.sliderValue.value = report ? `${whole(report.update)} of ${whole(report.updates)}` : "–";
    this.slider.setAttribute("aria-valuetext", report ? `${report.update} of ${report.updates} updates` : "none yet");
  }

  /** @param {string} text  aloud, for screen readers */
  say(text) {
    this.voice.textContent = text;
  }
}
