/**
 * Keeps the screen on while something plays and the page is seen. A browser without wake locks, or one that
 * refuses, lets the screen go dark as always: nothing else depends on it.
 */

import { onVisibility } from "./visibility.js";

/**
 * @typedef {object} Lock  the part of a WakeLockSentinel that counts here
 * @property {() => Promise<void>} release
 * @property {(type: "release", listener: () => void) => void} addEventListener
 */
/** @typedef {{ request: (type: "screen") => Promise<Lock> }} WakeLocks */

export class KeepAwake {
  /** @param {WakeLocks | undefined} [wakeLocks]  as a rule the browser's */
  constructor(wakeLocks = navigator.wakeLock) {
    this.wakeLocks = wakeLocks;
    this.isPlaying = false;
    this.isAsking = false;
    /** @type {Lock | null} */
    this.lock = null;
    this.gone = new AbortController();
    onVisibility(() => this.update(), this.gone.signal);
  }

  /** @param {boolean} isPlaying */
  set(isPlaying) {
    this.isPlaying = isPlaying;
    return this.update();
  }

  get isNeeded() {
    return this.isPlaying && !document.hidden;
  }

  async update() {
    if (!this.isNeeded) this.release();
    else if (!this.lock && !this.isAsking) await this.ask();
  }

  async ask() {
    if (!this.wakeLocks) return;
    this.isAsking = true;
    try {
      const lock = await this.wakeLocks.request("screen");
      this.lock = lock;
      lock.addEventListener("release", () => {
        if (this.lock === lock) this.lock = null; // the browser releases it when the page is hidden
      });
    } catch {
      // refused, as with a low battery
    } finally {
      this.isAsking = false;
    }
    if (!this.isNeeded) this.release();
  }

  release() {
    this.lock?.release().catch(() => {});
    this.lock = null;
  }

  close() {
    this.gone.abort();
    this.isPlaying = false;
    this.release();
  }
}
