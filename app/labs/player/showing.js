// One run on show: its frames as they come, where the viewer is among them, and what can be taken away.

import { FrameStore } from "../../kit/frames.js";
import { Keepsakes } from "./keepsakes.js";
import { Plate } from "./plate.js";
import { Playback } from "../../kit/playback.js";
import { Transport } from "../../kit/transport.js";

export class Showing {
  constructor(element, start) {
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.frames = new FrameStore();
    this.run = null; // and the settings that it was made with
    this.made = null;
    this.isSteered = false; // the viewer, or a link, has chosen a frame
    this.plate = new Plate(element, start);
    this.keepsakes = new Keepsakes(element, element.dataset.plate);
    this.playback = new Playback(
      (step) => this.show(step),
      () => this.transport?.setPlaying(this.playback.isPlaying),
    );
    this.transport = new Transport(element, {
      act: (move) => this.move(move),
      seek: (step) => this.seek(step),
      speed: (speed) => (this.playback.speed = speed),
    });
  }

  get received() {
    return this.frames.received;
  }

  // A run has been started with these settings, along this path of noise; `wanted` is the frame to stop at.
  begin(run, settings, path, wanted) {
    this.run = run;
    this.made = { ...settings, count: run.count, steps: run.steps };
    this.frames = new FrameStore(run.steps);
    this.keepsakes.offer(false);
    this.keepsakes.claimAddress();
    this.plate.beginRun(run, settings.sampler);
    this.plate.planCurve(path, settings.grid);
    this.transport.begin(run.steps);
    this.isSteered = wanted !== null;
    this.playback.begin(run.steps, { play: !this.calm.matches, wanted });
  }

  // Keep a frame that has arrived; false where it is not the next one.
  receive(frame) {
    if (!this.frames.add(frame)) return false;
    this.plate.curve.received(this.frames.frames, this.frames.steps);
    this.playback.arrived(this.received);
    return true;
  }

  // No more will come; what is here stays, and the files are those of a whole run.
  end({ isWhole }) {
    if (isWhole) this.keepsakes.offer(true);
    this.playback.ended({ rest: this.calm.matches && !this.isSteered });
    if (!this.received) this.plate.endWithoutFrames();
  }

  show(step) {
    const frame = this.frames.get(step);
    this.plate.show(frame, this.frames.steps, this.made.sampler);
    this.transport.at(frame, this.frames.steps);
    this.keepsakes.at(this.run, this.made, step);
  }

  repaint() {
    this.plate.relayOut();
    if (this.received) this.show(this.playback.step);
  }

  move(move) {
    if (!this.received) return;
    this.takeOver();
    if (move === "play") this.playback.toggle();
    else if (move === "first") this.seek(0);
    else if (move === "last") this.seek(this.received - 1);
    else this.seek(this.playback.step + (move === "back" ? -1 : 1));
  }

  seek(step) {
    if (!this.received) return;
    this.takeOver();
    this.playback.seek(step);
    // Where the step did not change, the scrubber may still stand on a frame that is not here yet.
    this.transport.at(this.frames.get(this.playback.step), this.frames.steps);
  }

  // From now on the viewer chooses what is seen, and the page's address follows.
  takeOver() {
    this.isSteered = true;
    this.keepsakes.claimAddress();
  }

  // Another plate has started, or the address leads elsewhere.
  pause() {
    this.playback.pause();
    this.keepsakes.yieldAddress();
  }

  close() {
    this.keepsakes.close();
  }
}
