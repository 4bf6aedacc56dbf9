/** One training and its place on the plate: asked for, followed report by report, and shown as it was at any. */

import { find, findAll } from "../../kit/elements.js";
import { figures } from "../../kit/figures.js";
import { LiveRun } from "../../kit/live_run.js";
import { BROKEN, LOST, SILENT, leavingText, queueText, waitingText } from "../../kit/messages.js";
import { TRAINING } from "../../kit/run_request.js";
import { LevelsPlot } from "./levels_plot.js";
import { Plane } from "./plane.js";
import { Reports } from "./reports.js";
import { standingText, trainingText } from "./words.js";

/** @import { RunRefused } from "../../kit/run_request.js" */
/** @import { Scene } from "./plane.js" */
/** @import { Print } from "./reports.js" */

/**
 * @typedef {object} TrainingRequest  what the server is asked for: app/engine/points/spec.py
 * @property {string} [preset]
 * @property {readonly (readonly number[])[]} [points]
 * @property {string} target
 * @property {string} schedule
 * @property {boolean} level_told
 * @property {string} loop
 * @property {number} updates
 * @property {number} seed
 */

/** @typedef {{ id: string, updates: number, events: string }} Training  as the server describes it */
/** @typedef {"idle" | "waiting" | "training" | "done" | "failed" | "stopped"} State */

const AGAIN = "Press Train to start it again.";

export class Column {
  /**
   * @param {HTMLElement} root
   * @param {() => void} onChange  its state, its text or its reports are others
   */
  constructor(root, onChange) {
    this.root = root;
    this.onChange = onChange;
    this.name = find(root, "[data-role=name]", HTMLElement);
    this.line = find(root, "[data-role=state]", HTMLElement);
    this.sentence = find(root, "[data-role=standing]", HTMLElement);
    this.canvas = find(root, "canvas", HTMLCanvasElement);
    this.plane = new Plane(this.canvas);
    this.plot = new LevelsPlot(root);
    this.figures = findAll(root, "[data-figure]", HTMLElement);
    this.untold = findAll(root, "[data-untold]", HTMLElement);
    this.prints = find(root, "[data-role=prints]", HTMLElement);
    /** @type {State} */
    this.state = "idle";
    this.text = "";
    this.reports = new Reports();
    /** @type {TrainingRequest | null} */
    this.request = null;
    /** @type {LiveRun<Training, { updates: number, seconds: number }> | null} */
    this.live = null;
    /** @type {{ now: number, update: number } | null} */
    this.since = null; // when the first report of this watching came
  }

  get isLive() {
    return this.live !== null;
  }

  get last() {
    return this.reports.last;
  }

  /**
   * @param {TrainingRequest} request
   * @param {string} name  in words
   */
  begin(request, name) {
    this.stop();
    this.request = request;
    this.reports = new Reports();
    this.name.textContent = name;
    this.clear();
    this.since = null;
    this.live = new LiveRun(
      request,
      {
        onWait: (wait) => this.enter("waiting", waitingText(wait)),
        onRefused: (error) => this.refused(error),
        onStarted: () => this.enter("waiting", "The training begins …"),
        onQueued: ({ ahead }) => this.enter("waiting", queueText(ahead)),
        onFrame: (data) => this.receive(data),
        onNote: ({ text }) => this.enter(this.state, text),
        onDone: ({ seconds }) => this.end("done", `Trained in ${figures(seconds, 1)} s.`),
        onFailed: ({ reason }) => this.end("failed", `${reason} ${AGAIN}`),
        onSilent: () => this.enter(this.state, SILENT),
        onAnswering: () => this.enter(this.state, "The training goes on."),
        onLeaving: (seconds) => this.enter(this.state, leavingText(seconds)),
        onBroken: () => this.enter(this.state, BROKEN),
        onLost: () => this.end("failed", `${LOST} ${AGAIN}`),
      },
      null,
      TRAINING,
    );
    this.enter("waiting", "Asking for the training …");
    void this.live.begin();
  }

  /** @param {RunRefused} error */
  refused(error) {
    const [first, rest] = [error.message[0].toUpperCase(), error.message.slice(1)];
    this.end("failed", `${first}${rest}${/[.?!]$/.test(rest) ? "" : "."}`);
  }

  /** @param {string} data */
  receive(data) {
    this.reports.add(data);
    const { update, updates } = this.reports.at(this.last);
    const now = performance.now();
    this.since ??= { now, update };
    const [gone, made] = [(now - this.since.now) / 1000, update - this.since.update];
    const left = gone > 1 && made > 0 ? (gone * (updates - update)) / made : null;
    this.enter("training", trainingText(update, updates, left));
  }

  /**
   * @param {State} state
   * @param {string} text
   */
  enter(state, text) {
    this.state = state;
    this.text = text;
    this.root.dataset.state = state;
    this.line.textContent = text;
    this.onChange();
  }

  /**
   * @param {State} state
   * @param {string} text
   */
  end(state, text) {
    this.live?.close();
    this.live = null;
    this.enter(state, text);
  }

  /** Train no further; what has come stays. */
  stop() {
    if (!this.live) return;
    this.live.withdraw();
    this.end("stopped", "Stopped.");
  }

  /** The top of the scale that its losses need; 0 before the first report. */
  get top() {
    const { beginning } = this.reports;
    return beginning ? LevelsPlot.top(beginning, this.reports.all) : 0;
  }

  /**
   * @param {number} number  of a report
   * @param {object} how
   * @param {Scene} how.scene
   * @param {number} how.level
   * @param {number} how.top
   */
  show(number, { scene, level, top }) {
    const { beginning } = this.reports;
    if (!beginning || !this.request) return;
    const report = this.reports.at(number);
    const isTold = this.request.level_told;
    this.plane.show(beginning, report, scene, level);
    this.plot.show(beginning, this.reports.at(0), report, { isTold, top });
    this.sentence.textContent = standingText(beginning, report, this.request);
    for (const place of this.figures) {
      const values = { now: report.validation, floor: beginning.floor, blind: beginning.blindFloor };
      const { figure = "", level: row = "0" } = place.dataset;
      place.textContent = figures(values[/** @type {keyof typeof values} */ (figure)][Number(row)], 3);
    }
    for (const place of this.untold) place.hidden = isTold;
    this.prints.replaceChildren(...this.reports.prints(Math.min(number, this.last)).map(rowOf));
  }

  clear() {
    this.plane.begin();
    this.plot.clear();
    this.sentence.textContent = "";
    for (const place of this.figures) place.textContent = "–";
    this.prints.replaceChildren();
  }

  /** What came of it, in sentences. */
  outcome() {
    return `${this.name.textContent}: ${this.text} ${this.sentence.textContent}`;
  }
}

/**
 * @param {Print} print
 * @param {number} index
 */
function rowOf({ t, loss, exact }, index) {
  const row = document.createElement("tr");
  for (const text of [index + 1, t === null ? "mixed" : figures(t, 1), figures(loss, 2), figures(exact, 2)]) {
    row.insertCell().textContent = String(text);
  }
  return row;
}
