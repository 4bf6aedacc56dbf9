// One run from the press to its last frame: asked for, then watched. It is over when it was refused, when it
// is done or failed or lost, or when it is called off; then nothing more is told of it.

import { RunRefused, RunStream, requestRun, withdraw } from "./stream.js";

export class LiveRun {
  // `told` has a function for each thing that may happen: `onWait` until the server takes the run, then
  // `onStarted(run)` or `onRefused(error)`, and from the start on those that RunStream calls.
  constructor(values, told) {
    this.values = values;
    this.told = told;
    this.calledOff = new AbortController();
    this.run = null; // once the server has taken it
    this.stream = null; // of its frames, from then on
  }

  get hasStarted() {
    return this.stream !== null;
  }

  async begin() {
    const { signal } = this.calledOff;
    try {
      const run = await requestRun(this.values, { signal, onWait: (wait) => this.told.onWait(wait) });
      if (signal.aborted) return;
      this.run = run;
      this.told.onStarted(run);
      this.stream = new RunStream(run, this.told);
    } catch (error) {
      if (signal.aborted || error.name === "AbortError") return;
      if (!(error instanceof RunRefused)) throw error;
      this.told.onRefused(error);
    }
  }

  // Listen no more; the server keeps the run for a while.
  close() {
    this.calledOff.abort();
    this.stream?.close();
  }

  // Tell the server that nobody wants it.
  withdraw() {
    if (this.stream) withdraw(this.run, this.stream.viewer);
  }
}
