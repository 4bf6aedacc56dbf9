/**
 * A playback clock: which frame of a row is on show. It plays at a readable pace, follows a row that is still
 * arriving, steps and seeks. It draws nothing and touches no element; the animation frames that drive it are
 * an argument.
 */

const SECONDS_A_ROW = 5;
const SLOWEST = 2.5; // frames a second
const FASTEST = 24;

/**
 * @typedef {object} AnimationFrames  what calls the clock again and again while it plays
 * @property {(call: (now: number) => void) => number} request
 * @property {(handle: number) => void} cancel
 */

/**
 * @typedef {object} ClockOptions
 * @property {(step: number) => void} onStep called when the frame on show changes
 * @property {(isPlaying: boolean) => void} [onPlaying] called when playing starts or stops
 * @property {(last: number) => number} [pace] frames a second at speed 1, for a row that ends at step `last`
 * @property {number} [firstHoldMs] how much longer than the others frame 0 is on show
 * @property {boolean} [skipsLate] passes over frames that are late, so that a slow device ends in time
 * @property {AnimationFrames} [animation] as a rule those of the page
 */

/** @type {AnimationFrames} */
const PAGE = {
  request: (call) => requestAnimationFrame(call),
  cancel: (handle) => cancelAnimationFrame(handle),
};

/** @param {number} last */
function readablePace(last) {
  return Math.max(SLOWEST, Math.min(FASTEST, last / SECONDS_A_ROW));
}

export class Clock {
  /** @param {ClockOptions} options */
  constructor({ onStep, onPlaying, pace = readablePace, firstHoldMs = 0, skipsLate = false, animation = PAGE }) {
    this.onStep = onStep;
    this.onPlaying = onPlaying ?? (() => {});
    this.paceOf = pace;
    this.firstHoldMs = firstHoldMs;
    this.skipsLate = skipsLate;
    this.animation = animation;
    this.speed = 1; // times the pace
    this.last = 0; // step of the row's last frame
    this.received = 0; // frames that are here
    this.step = -1; // on show; -1 before the first one
    this.isLive = false; // more frames are to come
    this.isPlaying = false;
    this.due = 0; // when the next frame is to be shown; 0 until the first tick knows the time
    this.ticking = 0;
    /** @type {number | null} */
    this.target = null; // a step to stop at once it is here
  }

  /**
   * Begin a row whose frames are to arrive.
   *
   * @param {number} last step of its last frame
   * @param {{ play: boolean, target?: number | null }} options `target`: show that step once it is here, and
   *   stay on it
   */
  begin(last, { play, target = null }) {
    this.setPlaying(false);
    this.last = last;
    this.received = 0;
    this.step = -1;
    this.isLive = true;
    this.target = target;
    this.setPlaying(play && target === null);
  }

  /**
   * Take a row whose frames are all here, and show the first one.
   *
   * @param {number} last step of its last frame
   */
  load(last) {
    this.begin(last, { play: false });
    this.arrived(last + 1);
    this.isLive = false;
  }

  /** @param {number} received  frames that are here by now */
  arrived(received) {
    this.received = received;
    if (this.target !== null && this.target < received) this.seek(this.target);
    else if (this.step < 0) this.go(0);
  }

  /**
   * No more frames will arrive.
   *
   * @param {{ showLast: boolean }} options `showLast`: go to the last one, for a viewer who sees none play
   */
  ended({ showLast }) {
    this.isLive = false;
    if (showLast) this.go(this.received - 1);
    else if (this.isPlaying && this.isAtEnd) this.setPlaying(false);
  }

  /** Whether the newest frame is on show. */
  get isAtEnd() {
    return this.step >= this.received - 1;
  }

  /** Play on, or from the first frame again where the row has been played to its end. */
  play() {
    if (!this.isLive && this.isAtEnd) this.go(0);
    this.setPlaying(true);
  }

  pause() {
    this.setPlaying(false);
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /**
   * Stop at a step, or at the nearest one that is here.
   *
   * @param {number} step
   */
  seek(step) {
    this.setPlaying(false);
    this.target = null;
    this.go(Math.max(0, Math.min(step, this.received - 1)));
  }

  /** @param {number} step */
  go(step) {
    if (step === this.step || step < 0) return;
    this.step = step;
    this.onStep(step);
  }

  /** @param {boolean} isPlaying */
  setPlaying(isPlaying) {
    if (isPlaying === this.isPlaying) return;
    this.isPlaying = isPlaying;
    this.due = 0;
    this.onPlaying(isPlaying);
    this.animation.cancel(this.ticking);
    if (isPlaying) this.ticking = this.animation.request((now) => this.tick(now));
  }

  /** @param {number} now  in ms, as the animation frames give it */
  tick(now) {
    const interval = 1000 / (this.paceOf(this.last) * this.speed);
    if (this.due === 0) this.due = now + interval + (this.step === 0 ? this.firstHoldMs : 0);
    if (now >= this.due && !this.isAtEnd) {
      const late = this.skipsLate ? Math.floor((now - this.due) / interval) : 0;
      this.due = Math.max(this.due + late * interval, now - interval) + interval;
      this.go(Math.min(this.step + 1 + late, this.received - 1));
    }
    if (!this.isLive && this.isAtEnd) this.setPlaying(false);
    else this.ticking = this.animation.request((next) => this.tick(next));
  }
}
