/**
 * One run, or training, from the request to its last step. It is over when it was refused, when it is done, failed or lost,
 * or when it is closed; after that no handler is called.
 */

import { EventStream } from "./event_stream.js";
import { RUN, RunRefused, requestRun, withdrawRun } from "./run_request.js";
import { sleep } from "./waiting.js";

/** @import { Kind, Run, Taken, Wait } from "./run_request.js" */

/** @typedef {{ steps: number, calls: number, seconds?: number }} Summary  of a run that is done */

/**
 * @template {Taken} Work
 * @template Ending
 * @typedef {object} WorkHandlers  of a run, or of other work that the server does step by step
 * @property {(wait: Wait) => void} onWait the server cannot take the run yet; every second
 * @property {(error: RunRefused) => void} onRefused
 * @property {(run: Work) => void} onStarted the server has taken the run
 * @property {(place: { ahead: number }) => void} onQueued so many other runs come first
 * @property {(data: string) => void} onFrame the text of a step's event
 * @property {(note: { text: string }) => void} onNote something to know while the run goes on
 * @property {(summary: Ending) => void} onDone
 * @property {(failure: { reason: string }) => void} onFailed
 * @property {() => void} onSilent the model does not answer, for now
 * @property {() => void} onAnswering the model, or a server that had left, answers again
 * @property {(seconds: number) => void} onLeaving the server stops; it is asked again after so long
 * @property {() => void} onBroken the connection was lost and is tried again
 * @property {() => void} onLost the connection is given up
 */

/** @typedef {WorkHandlers<Run, Summary>} RunHandlers */

/**
 * @template {Taken} [Work=Run]
 * @template [Ending=Summary]
 */
export class LiveRun {
  /**
   * @param {object} settings
   * @param {WorkHandlers<Work, Ending>} handlers
   * @param {Run | null} [replaces]  the run that this one stands in for, after a change of its settings
   * @param {Kind} [kind]
   */
  constructor(settings, handlers, replaces = null, kind = RUN) {
    this.settings = settings;
    this.handlers = handlers;
    this.replaces = replaces;
    this.kind = kind;
    this.closed = new AbortController();
    this.viewer = newName();
    /** @type {Work | null} */
    this.run = null; // once the server has taken it
    /** @type {EventStream | null} */
    this.stream = null; // of its frames, from then on
  }

  get hasStarted() {
    return this.stream !== null;
  }

  async begin() {
    const { signal } = this.closed;
    try {
      const onWait = (/** @type {Wait} */ wait) => this.handlers.onWait(wait);
      const { kind, replaces } = this;
      const run = await requestRun(this.settings, { kind, signal, onWait, replaces });
      if (signal.aborted) return;
      this.run = run;
      this.handlers.onStarted(run);
      if (signal.aborted) return;
      this.stream = this.watch(run);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RunRefused)) throw error;
      this.handlers.onRefused(error);
    }
  }

  /**
   * Ask a server that has stopped, or the one in its place, for the same run, and go on after the last frame.
   *
   * @param {number} ms  what it said before it stopped
   */
  async comeBack(ms) {
    const { signal } = this.closed;
    const lastId = this.stream?.lastId;
    this.handlers.onLeaving(Math.round(ms / 1000));
    try {
      await sleep(ms, signal);
      const onWait = (/** @type {Wait} */ wait) => this.handlers.onWait(wait);
      const run = await requestRun(this.settings, { kind: this.kind, signal, onWait, returns: true });
      if (signal.aborted) return;
      this.run = run;
      this.handlers.onAnswering();
      this.stream = this.watch(run, lastId);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RunRefused)) throw error;
      this.handlers.onRefused(error);
    }
  }

  /**
   * @param {Work & { frames?: string, events?: string }} run
   * @param {string} [lastId]  of the last frame that came
   */
  watch(run, lastId = "") {
    const { handlers } = this;
    const address = new URL(run.frames ?? run.events ?? "", location.href);
    address.searchParams.set("viewer", this.viewer);
    return new EventStream(address, {
      on: {
        [this.kind.event]: (data) => handlers.onFrame(data),
        waiting: (data) => handlers.onQueued(JSON.parse(data)),
        note: (data) => handlers.onNote(JSON.parse(data)),
        engine: (data) => (JSON.parse(data).answers ? handlers.onAnswering() : handlers.onSilent()),
      },
      endsOn: {
        done: (data) => handlers.onDone(JSON.parse(data)),
        failed: (data) => handlers.onFailed(JSON.parse(data)),
        leaving: (data) => this.comeBack(JSON.parse(data).retry_ms),
      },
      onBroken: () => handlers.onBroken(),
      onLost: () => handlers.onLost(),
      lastId,
    });
  }

  /** Listen no more; the server keeps the run for a while. */
  close() {
    this.closed.abort();
    this.stream?.close();
  }

  /** Withdraw this viewer, so that the server can stop a run that nobody watches. */
  withdraw() {
    if (this.run && this.stream) withdrawRun(this.run, this.viewer, this.kind);
  }
}

function newName() {
  const words = crypto.getRandomValues(new Uint32Array(2));
  return Array.from(words, (word) => word.toString(36)).join("");
}
