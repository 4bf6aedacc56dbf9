/**
 * The plate of a lab step: a run, a step of it and a pixel; the server works that step out again at that pixel. What
 * is on show follows from these three alone.
 */

import { Sheet } from "../../kit/canvas.js";
import { find, findAll, findOptional } from "../../kit/elements.js";
import { Fields } from "../../kit/fields.js";
import { FrameStore, readFrame } from "../../kit/frames.js";
import { litLines } from "../../kit/lit_lines.js";
import { LiveRun } from "../../kit/live_run.js";
import { BROKEN, LOST, SILENT, doneText, goesOnText, leavingText, queueText, waitingText } from "../../kit/messages.js";
import { wholeNumber } from "../../kit/numbers.js";
import { Scrubber } from "../../kit/scrubber.js";
import { at } from "../../kit/site.js";
import { Status } from "../../kit/status.js";
import { Numbers } from "./numbers.js";
import { PixelPad } from "./pixel_pad.js";

/** @import { Pane } from "../../kit/frames.js" */
/** @import { Told } from "./numbers.js" */

const SOON_MS = 120; // between the last move of a slider and the question to the server
const PANES = /** @type {const} */ (["x_t", "x0_hat", "x_next"]);

export class StepPlate {
  /** @param {HTMLElement} element */
  constructor(element) {
    const { shape, controls, step, x, y } = JSON.parse(element.dataset.start ?? "");
    const role = (/** @type {string} */ name) => find(element, `[data-role=${name}]`, HTMLElement);
    const input = (/** @type {string} */ name) => find(element, `[data-role=${name}]`, HTMLInputElement);
    const form = find(element, "[data-role=form]", HTMLFormElement);
    const [, height, width] = shape;
    this.element = element;
    this.shape = shape;
    this.fields = new Fields(form, controls, role("form-fault"));
    this.status = new Status({ element, line: role("status"), voice: role("voice") });
    this.fault = role("fault");
    this.numbers = new Numbers(element);
    this.code = role("code");
    this.places = { step: input("step"), x: input("x"), y: input("y") };
    this.channel = findOptional(element, "[data-role=channel]", HTMLSelectElement);
    this.sheets = PANES.map((name) => {
      const pane = find(element, `[data-pane=${name}]`, HTMLElement);
      return { name, sheet: new Sheet(find(pane, "canvas", HTMLCanvasElement)), empty: find(pane, "[data-role=empty]", HTMLElement) };
    });
    this.pad = new PixelPad(element, { width, height, onChoose: (right, down) => this.choose({ x: right, y: down }) });
    this.frames = new FrameStore();
    this.step = step;
    this.x = x;
    this.y = y;
    /** @type {LiveRun | null} */
    this.run = null;
    this.asking = new AbortController();
    this.timer = 0;
    const buttons = findAll(element, "[data-go]", HTMLButtonElement);
    this.scrubber = new Scrubber({ range: input("scrubber"), buttons, keys: role("numbers") }, this.clock());
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(element);
    this.gone = new AbortController();
    this.listen(form);
    this.layOut();
  }

  close() {
    this.gone.abort();
    this.asking.abort();
    this.watcher.disconnect();
    clearTimeout(this.timer);
    this.run?.withdraw();
    this.run?.close();
  }

  /** @param {HTMLFormElement} form */
  listen(form) {
    const { signal } = this.gone;
    form.noValidate = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.begin();
    });
    for (const [name, field] of Object.entries(this.places)) {
      field.addEventListener("input", () => this.type(/** @type {"step" | "x" | "y"} */ (name), field));
    }
    this.channel?.addEventListener("change", () => this.show());
    this.fields.field("sampler")?.addEventListener("change", () => this.depend());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.layOut(), { signal });
    this.depend();
  }

  /** Only DDIM has eta; the source is that of the sampler that ran, or is to run. */
  depend() {
    const sampler = this.fields.text("sampler");
    const eta = this.fields.field("eta");
    if (eta) eta.disabled = sampler !== "ddim";
    for (const source of findAll(this.code, ".code-of", HTMLElement)) source.hidden = source.dataset.sampler !== sampler;
  }

  /** What the scrubber steers: a row of steps, each with the picture before and after it. */
  clock() {
    const plate = this;
    return {
      speed: 1,
      get step() {
        return plate.step;
      },
      get received() {
        return plate.steps;
      },
      seek: (/** @type {number} */ step) => plate.choose({ step }),
      toggle: () => {},
    };
  }

  /** So many steps have a picture before and after them. */
  get steps() {
    return Math.max(0, this.frames.received - 1);
  }

  begin() {
    const problem = this.fields.problem();
    if (problem) {
      this.fields.complain(problem);
      return;
    }
    this.fields.clearComplaint();
    this.run?.withdraw();
    this.run?.close();
    this.asking.abort();
    this.numbers.hide();
    this.tell("waiting", "Asking for the run …");
    this.frames = new FrameStore();
    const model = find(this.element, "[name=model]", HTMLInputElement).value;
    this.run = new LiveRun({ model, ...this.fields.values() }, this.handlers());
    void this.run.begin();
  }

  /** @returns {import("../../kit/live_run.js").RunHandlers} */
  handlers() {
    return {
      onWait: (wait) => this.tell("waiting", waitingText(wait)),
      onRefused: (error) => {
        this.tell("failed", "The run was refused.");
        this.fields.complain(error);
      },
      onStarted: (run) => {
        this.frames = new FrameStore(run.steps);
        this.scrubber.begin(run.steps - 1);
      },
      onQueued: ({ ahead }) => this.tell("waiting", queueText(ahead)),
      onFrame: (data) => this.arrived(data),
      onNote: ({ text }) => this.tell("running", text),
      onDone: (summary) => {
        this.tell("done", doneText(summary));
        this.choose({});
      },
      onFailed: ({ reason }) => this.tell("failed", `${reason} Press “Run it” to start again.`),
      onSilent: () => this.tell("silent", SILENT),
      onAnswering: () => this.tell("running", goesOnText(this.steps, this.frames.steps)),
      onLeaving: (seconds) => this.tell("silent", leavingText(seconds)),
      onBroken: () => this.tell("silent", BROKEN),
      onLost: () => this.tell("failed", `${LOST} Press “Run it” to start again.`),
    };
  }

  /**
   * @param {string} state
   * @param {string} text
   */
  tell(state, text) {
    this.status.tell(state, text);
  }

  /** @param {string} data */
  arrived(data) {
    if (!this.frames.add(readFrame(data))) return;
    const { steps } = this;
    this.tell("running", goesOnText(steps, this.frames.steps));
    if (steps && (steps === 1 || steps - 1 === this.step)) this.choose({});
  }

  /**
   * @param {"step" | "x" | "y"} name
   * @param {HTMLInputElement} field
   */
  type(name, field) {
    const number = wholeNumber(field.value);
    const isRight = number >= 0 && number <= Number(field.dataset.most);
    field.setAttribute("aria-invalid", String(!isRight));
    if (isRight) this.choose({ [name]: number }, field);
  }

  /**
   * Stand on a step and a pixel, as far as the run has come.
   *
   * @param {{ step?: number, x?: number, y?: number }} change
   * @param {HTMLInputElement} [typed]  the field that says so already
   */
  choose(change, typed) {
    Object.assign(this, change);
    const shown = { step: Math.max(0, Math.min(this.step, this.steps - 1)), x: this.x, y: this.y };
    if (change.step !== undefined) this.step = this.steps ? shown.step : this.step;
    for (const [name, field] of Object.entries(this.places)) {
      if (field === typed) continue;
      field.value = String(name === "step" && !this.steps ? this.step : shown[/** @type {"step" | "x" | "y"} */ (name)]);
      field.removeAttribute("aria-invalid");
    }
    this.pad.stand(this.x, this.y);
    if (!this.steps) return;
    this.paint(shown.step);
    this.scrubber.at(shown.step, `step ${shown.step} of ${this.frames.steps}`);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(shown), SOON_MS);
  }

  /** @param {number} step */
  paint(step) {
    const [before, after] = [this.frames.get(step), this.frames.get(step + 1)];
    const pixels = { x_t: before.x_t, x0_hat: before.x0_hat, x_next: after.x_t };
    for (const { name, sheet, empty } of this.sheets) {
      empty.hidden = true;
      sheet.paint(pixels[name]);
    }
    litLines(this.code, this.fields.text("sampler"), before.stage);
  }

  /** @param {{ step: number, x: number, y: number }} shown */
  async ask({ step, x, y }) {
    this.asking.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const id = this.run?.run?.id ?? "";
    const query = new URLSearchParams({ x: String(x), y: String(y) });
    const answer = await fetch(at(`/api/runs/${id}/steps/${step}?${query}`), { signal }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (signal.aborted) return;
    const isFault = !answer?.ok || !told;
    this.fault.hidden = !isFault;
    if (isFault) {
      const why = told?.error?.message ?? "The server cannot be reached.";
      this.fault.textContent = answer?.status === 404 ? "This run is gone; press “Run it” to make it again." : `${why} Choose again in a moment.`;
      return;
    }
    /** @type {Told} */
    this.told = told;
    this.show();
  }

  /** Write what the server said; aloud, too, since somebody chose it. */
  show() {
    if (!this.told) return;
    const channel = Number(this.channel?.value ?? 0);
    const { x, y } = this;
    this.status.announce(this.numbers.show(this.told, { x, y, channel }));
  }

  layOut() {
    for (const { sheet } of this.sheets) sheet.layOut(this.shape, 1);
    this.choose({});
  }

  fit() {
    for (const { sheet } of this.sheets) sheet.fit();
    this.pad.stand(this.x, this.y);
  }
}
