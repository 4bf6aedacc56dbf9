/** The player's current run, from the request to its end: its frames shown, its state said, and its buttons. */

import { find } from "../../kit/elements.js";
import { readFrame } from "../../kit/frames.js";
import { LiveRun } from "../../kit/live_run.js";
import { BROKEN, LOST, SILENT } from "../../kit/messages.js";
import { counted, doneText, goesOnText, leavingText, queueText, waitingText } from "../../kit/messages.js";

/** @import { Summary } from "../../kit/live_run.js" */
/** @import { Run, RunRefused } from "../../kit/run_request.js" */
/** @import { Status } from "../../kit/status.js" */
/** @import { Showing } from "./showing.js" */
/** @import { RunSettings } from "./start.js" */

/** @typedef {"done" | "failed" | "lost" | "stopped"} Ending */

/**
 * @typedef {object} Hooks
 * @property {(run: Run, settings: RunSettings) => void} onStarted the server has taken the run; begins to show it
 * @property {(error: RunRefused) => void} onRefused
 * @property {(summary: Summary) => void} onDone
 * @property {() => void} onEnded however it ended, after all others
 */

const START = "Start from noise";
const START_AGAIN = "Start again";

export class CurrentRun {
  /**
   * @param {HTMLElement} element
   * @param {Status} status
   * @param {Showing} showing
   * @param {Hooks} hooks
   */
  constructor(element, status, showing, hooks) {
    this.startButton = find(element, "[data-role=start]", HTMLButtonElement);
    this.startText = find(element, "[data-role=start-text]", HTMLElement);
    this.cancelButton = find(element, "[data-role=cancel]", HTMLButtonElement);
    this.status = status;
    this.showing = showing;
    this.hooks = hooks;
    /** @type {LiveRun | null} */
    this.live = null; // while it is asked for or watched
    this.noted = ""; // what the server had to say of it
    this.cancelButton.addEventListener("click", () => this.cancel());
  }

  /**
   * @param {RunSettings} settings
   * @param {Run | null} [replaces]  the run on show, where this is the same with a change
   */
  begin(settings, replaces = null) {
    this.stop();
    this.noted = "";
    this.cancelButton.hidden = false;
    this.startText.textContent = START;
    this.status.set("asking", "Asking for the run …");
    this.live = new LiveRun(settings, {
      onWait: (wait) => this.status.tell(wait.isWaking ? "waking" : "busy", waitingText(wait)),
      onRefused: (error) => this.refused(error),
      onStarted: (run) => this.started(run, settings),
      onQueued: ({ ahead }) => this.status.tell("queued", queueText(ahead)),
      onFrame: (data) => this.receive(data),
      onNote: ({ text }) => this.note(text),
      onDone: (summary) => this.done(summary),
      onFailed: ({ reason }) => this.end("failed", `The run failed: ${reason.replace(/\.?$/, ".")}`),
      onSilent: () => this.status.tell("silent", SILENT),
      onAnswering: () => this.answering(),
      onLeaving: (seconds) => this.status.tell("leaving", leavingText(seconds)),
      onBroken: () => this.status.tell("broken", BROKEN),
      onLost: () => this.end("lost", LOST),
    }, replaces);
    this.live.begin();
  }

  /** @param {RunRefused} error */
  refused(error) {
    this.end("failed", error.message);
    this.hooks.onRefused(error);
  }

  /**
   * @param {Run} run
   * @param {RunSettings} settings
   */
  started(run, settings) {
    this.hooks.onStarted(run, settings);
    this.status.set("running", "Started.");
    this.status.announce(`The run has started: ${counted(run.steps, "step")}.`);
  }

  /** @param {string} data  of a frame's event */
  receive(data) {
    const frame = readFrame(data);
    if (!this.showing.receive(frame)) return;
    const received = `Received ${frame.step} of ${this.showing.frames.steps} steps.`;
    this.status.set("running", this.noted ? `${received} ${this.noted}` : received);
  }

  /**
   * Say something for as long as the run takes, whatever its frames say.
   *
   * @param {string} text  a sentence or two
   */
  note(text) {
    this.noted = text;
    this.status.set("running", text);
    this.status.announce(text);
  }

  /** The model answers again, and no frame has said so. */
  answering() {
    if (this.status.state === "running") return;
    const { received, frames } = this.showing;
    this.status.tell("running", goesOnText(received - 1, frames.steps));
  }

  /** @param {Summary} summary */
  done(summary) {
    this.hooks.onDone(summary);
    this.end("done", doneText(summary));
  }

  /** @param {string} [why]  a sentence */
  stop(why = "") {
    if (!this.live) return;
    const steps = counted(Math.max(0, this.showing.received - 1), "step");
    const text = this.live.hasStarted ? `Stopped after ${steps}.` : "Cancelled.";
    this.end("stopped", why ? `${text} ${why}` : text);
  }

  cancel() {
    this.live?.withdraw();
    this.stop();
  }

  /**
   * Nothing more will arrive; what is here stays on show.
   *
   * @param {Ending} state
   * @param {string} text
   */
  end(state, text) {
    this.live?.close();
    this.live = null;
    const hadFocus = document.activeElement === this.cancelButton;
    this.cancelButton.hidden = true;
    if (hadFocus) this.startButton.focus();
    this.startText.textContent = state === "failed" || state === "lost" ? START_AGAIN : START;
    this.status.set(state, text);
    this.showing.end({ isWhole: state === "done" });
    if (state === "done") this.showing.onEndShown(() => this.status.announce(text));
    else this.status.announce(text);
    this.hooks.onEnded();
  }
}
