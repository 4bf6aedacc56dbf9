// Where the player is in its frames: playing at a readable pace, following a live run, stepping, seeking.

const SECONDS_A_RUN = 5;
const SLOWEST = 2.5; // frames a second
const FASTEST = 24;

export class Playback {
  // `show(step)` is called whenever the step changes, `changed()` whenever playing starts or stops.
  constructor(show, changed) {
    this.show = show;
    this.changed = changed;
    this.speed = 1;
    this.reset(0);
  }

  reset(steps) {
    this.steps = steps;
    this.step = -1;
    this.received = 0;
    this.isLive = false;
    this.setPlaying(false);
  }

  begin(steps, { play, wanted = null }) {
    this.reset(steps);
    this.isLive = true;
    this.wanted = wanted;
    this.setPlaying(play && wanted === null);
  }

  // One more frame is here.
  arrived(received) {
    this.received = received;
    if (this.wanted !== null && this.wanted < received) {
      this.seek(this.wanted);
      this.wanted = null;
    } else if (this.step < 0) {
      this.go(0);
    }
  }

  // No more frames will come. A viewer who is not watching them pass gets the last one.
  ended({ rest }) {
    this.isLive = false;
    if (rest) this.go(this.received - 1);
    else if (this.isPlaying && this.step >= this.received - 1) this.setPlaying(false);
  }

  toggle() {
    if (!this.isPlaying && !this.isLive && this.step >= this.received - 1) this.go(0);
    this.setPlaying(!this.isPlaying);
  }

  pause() {
    this.setPlaying(false);
  }

  // The viewer takes over: show this frame, or the nearest that is here, and stay on it.
  seek(step) {
    this.setPlaying(false);
    this.wanted = null;
    this.go(Math.max(0, Math.min(step, this.received - 1)));
  }

  go(step) {
    if (step === this.step || step < 0) return;
    this.step = step;
    this.show(step);
  }

  setPlaying(isPlaying) {
    if (isPlaying === this.isPlaying) return;
    this.isPlaying = isPlaying;
    this.due = 0;
    this.changed();
    cancelAnimationFrame(this.ticking);
    if (isPlaying) this.ticking = requestAnimationFrame((now) => this.tick(now));
  }

  get pace() {
    const natural = Math.max(SLOWEST, Math.min(FASTEST, this.steps / SECONDS_A_RUN));
    return natural * this.speed;
  }

  tick(now) {
    if (this.due === 0) this.due = now + 1000 / this.pace;
    if (now >= this.due && this.step < this.received - 1) {
      this.due = Math.max(this.due, now - 1000 / this.pace) + 1000 / this.pace;
      this.go(this.step + 1);
    }
    if (!this.isLive && this.step >= this.received - 1) this.setPlaying(false);
    else this.ticking = requestAnimationFrame((next) => this.tick(next));
  }
}
