/** A clock that runs down once, from its start. */

const TICK_MS = 200;

export class Countdown {
  /**
   * @param {number} seconds
   * @param {object} on
   * @param {() => void} on.tick
   * @param {() => void} on.end
   */
  constructor(seconds, { tick, end }) {
    this.seconds = seconds;
    this.tick = tick;
    this.end = end;
    this.startedAt = NaN; // ms; NaN while it has not started
    this.stoppedAt = NaN;
    this.timer = 0;
  }

  get isRunning() {
    return this.timer !== 0;
  }

  /** Seconds since the start, at most those of the clock. */
  get elapsed() {
    if (Number.isNaN(this.startedAt)) return 0;
    const until = Number.isNaN(this.stoppedAt) ? performance.now() : this.stoppedAt;
    return Math.min(this.seconds, (until - this.startedAt) / 1000);
  }

  get left() {
    return Math.ceil(this.seconds - this.elapsed);
  }

  start() {
    this.reset();
    this.startedAt = performance.now();
    this.timer = setInterval(() => {
      this.tick();
      if (this.elapsed >= this.seconds) {
        this.stop();
        this.end();
      }
    }, TICK_MS);
  }

  stop() {
    if (!this.isRunning) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.stoppedAt = performance.now();
  }

  reset() {
    clearInterval(this.timer);
    this.timer = 0;
    this.startedAt = this.stoppedAt = NaN;
  }
}
